"""A question and a passage as one sequence of tokens, as the reader sees them.

`<s> question </s></s> title and section </s> passage </s>`, each token with a type: how far the
question's terms, in either language, meet it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.language.term_groups import Group
from rag.language.terms import stem
from rag.language.text import fold_in_place, simplify_in_place

MAX_TOKENS = 512
MAX_QUESTION_TOKENS = 96
MAX_CONTEXT_TOKENS = 32
BEGIN, END = 0, 2  # ids of <s> and </s>
ASKED, READ = 0, 1  # types: of the question and its surroundings, of the passage
TYPES = 4  # and of the passage where a term is met weakly, and strongly
WEAK, STRONG = 1, 2  # levels
_STRONG_WEIGHT = 0.5
_LATIN = re.compile(r"[a-zà-öø-ÿ0-9]+(?:[.,][0-9]+)*")


class Encoding(Protocol):
    """Ids of a text's tokens, and the half-open span of each in the text."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Tokenizer(Protocol):
    """What `tokenizers.Tokenizer` does."""

    def encode(self, sequence: str, *, add_special_tokens: bool) -> Encoding:
        """The tokens of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """`ids` and `types` (tokens,); the passage's tokens begin at `first`, `offsets` are theirs."""

    ids: list[int]
    types: list[int]
    first: int
    offsets: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Terms:
    """A question's terms, each with its level: Han words by their lengths, stems of Latin words."""

    han: Mapping[int, Mapping[str, int]]
    latin: Mapping[str, int]


def terms_of(groups: Sequence[Group]) -> Terms:
    """The terms of `groups`; unsure translations and single characters are weak."""
    han: dict[int, dict[str, int]] = defaultdict(dict)
    latin: dict[str, int] = {}
    for group in groups:
        for term, weight in group.alternatives:
            words = term.removeprefix("^")
            is_sure = group.weight * weight >= _STRONG_WEIGHT and len(words) > 1
            level = STRONG if is_sure or words.isdigit() else WEAK
            alike = han[len(words)] if words[0] >= "\u3400" else latin
            alike[words] = max(alike.get(words, 0), level)
    return Terms(han, latin)


def met(terms: Terms, passage: str) -> np.ndarray:
    """(characters of `passage`,) uint8: 0 where no term is met, else `WEAK` or `STRONG`.

    A term is met in either script, in full-width and capital letters, and where it is a
    translation of the question's word.
    """
    levels = np.zeros(len(passage), dtype=np.uint8)
    folded = fold_in_place(passage)
    for length, level_of in terms.han.items():
        for start in range(len(folded) - length + 1):
            if level := level_of.get(folded[start : start + length]):
                _raise(levels, start, start + length, level)
    for match in _LATIN.finditer(folded):
        level = terms.latin.get(stem(match.group().replace(",", "")), 0)
        _raise(levels, match.start(), match.end(), level)
    return levels


def context_of(title: str, section: str) -> str:
    """What stands above a passage, said once.

    >>> context_of("灯塔", "灯塔 > 高度"), context_of("灯塔", "高度"), context_of("灯塔", "")
    ('灯塔 > 高度', '灯塔 高度', '灯塔')
    """
    return section if section.startswith(title) else f"{title} {section}".strip()


def pair(
    tokenizer: Tokenizer, question: str, context: str, passage: str, levels: np.ndarray
) -> Pair:
    """A question with a passage, at most 512 tokens: the passage is cut at its end.

    `levels` is `met` of the passage.
    """
    asked = _ids(tokenizer, question)[-MAX_QUESTION_TOKENS:]  # what is asked stands at the end
    around = _ids(tokenizer, context)[-MAX_CONTEXT_TOKENS:]
    head = [BEGIN, *asked, END, END, *around, END]
    encoded = tokenizer.encode(simplify_in_place(passage), add_special_tokens=False)
    room = MAX_TOKENS - len(head) - 1
    offsets = encoded.offsets[:room]
    types = [READ + int(levels[a:b].max(initial=0)) for a, b in offsets]
    return Pair(
        [*head, *encoded.ids[:room], END], [*[ASKED] * len(head), *types, ASKED], len(head), offsets
    )


def _ids(tokenizer: Tokenizer, text: str) -> Sequence[int]:
    return tokenizer.encode(simplify_in_place(text), add_special_tokens=False).ids


def _raise(levels: np.ndarray, start: int, end: int, level: int) -> None:
    np.maximum(levels[start:end], level, out=levels[start:end])
