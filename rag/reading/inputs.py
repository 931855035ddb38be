"""A question and a passage as one sequence of tokens, as the reader sees them.

`<s> question </s></s> title and section </s> passage </s>`, each token with a type: how far the
question's terms, in either language, meet it; and of the question, whether the passage meets it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.language.file_names import beyond
from rag.language.term_groups import Group
from rag.language.terms import stem
from rag.language.text import fold_in_place, han_share, simplify_in_place
from rag.models.vocabulary import BEGIN, END, Tokens

MAX_TOKENS = 512
MAX_QUESTION_TOKENS = 96
MAX_CONTEXT_TOKENS = 32
ASKED, READ = 0, 1  # types: of the question and its surroundings, of the passage
WEAK, STRONG = 1, 2  # levels, which make the types 2 and 3 of a passage's token
FOUND, MISSING = 4, 5  # types: of a question's token whose term the passage holds, or lacks
TYPES = 6
_STRONG_WEIGHT = 0.5
_LONGEST_READ = 1_000  # characters of a question that its last tokens can have
_HAN_SHARE = 0.2  # from which on a passage could hold a Chinese term
_LATIN = re.compile(r"[a-zà-öø-ÿ0-9]+(?:[.,][0-9]+)*")


class Tokenizer(Protocol):
    """What `rag.models.vocabulary.Vocabulary` does."""

    def encode(self, text: str) -> Tokens:
        """The tokens of a text, without those that begin and end a sequence."""
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
    """A question's terms, each with its level: Han words by their lengths, stems of Latin words.

    `required` holds, for each term that the question itself names, that term and all that stands
    for it.
    """

    han: Mapping[int, Mapping[str, int]]
    latin: Mapping[str, int]
    required: Sequence[tuple[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Meeting:
    """How question and passage meet, a uint8 a character.

    `passage` is 0 where no term is met, else `WEAK` or `STRONG`; `question` is 0 where there is no
    term that the passage could hold, else `FOUND` or `MISSING`.
    """

    question: np.ndarray
    passage: np.ndarray


def terms_of(groups: Sequence[Group]) -> Terms:
    """The terms of `groups`; unsure translations and single characters are weak."""
    han: dict[int, dict[str, int]] = defaultdict(dict)
    latin: dict[str, int] = {}
    required: dict[str, frozenset[str]] = {}
    for group in groups:
        for term, weight in group.alternatives:
            words = term.removeprefix("^")
            is_sure = group.weight * weight >= _STRONG_WEIGHT and len(words) > 1
            level = STRONG if is_sure or words.isdigit() else WEAK
            alike = han[len(words)] if _is_han(words) else latin
            alike[words] = max(alike.get(words, 0), level)
        if group.alternatives and not group.optional:
            standing = [term.removeprefix("^") for term, _ in group.alternatives]
            # A single character that may translate a word stands in too many others.
            sure = [term for term in standing[1:] if len(term) > 1 or not _is_han(term)]
            required[standing[0]] = frozenset([standing[0], *sure])
    return Terms(han, latin, list(required.items()))


def meet(terms: Terms, question: str, context: str, passage: str) -> Meeting:
    """How the terms of `question` meet a passage under its title and section, `context`.

    A term is met in either script, in full-width and capital letters, and where it is a
    translation of the question's word.
    """
    levels = np.zeros(len(passage), dtype=np.uint8)
    folded = fold_in_place(passage)
    met = {word for *_, word in _meetings(terms, fold_in_place(context))}
    for start, end, level, word in _meetings(terms, folded):
        _raise(levels, start, end, level)
        met.add(word)
    is_han = han_share(passage) >= _HAN_SHARE
    asked = np.zeros(len(question), dtype=np.uint8)
    before = max(0, len(question) - _LONGEST_READ)
    folded = " " * before + fold_in_place(question[before:])
    places = defaultdict(list)
    for match in _LATIN.finditer(folded):
        places[_stem(match.group())].append(match.span())
    # The shorter word last: of 副馆长, which the passage lacks, it may hold 馆长.
    for term, standing in sorted(terms.required, key=lambda required: -len(required[0])):
        if not standing & met and not any(_could_stand(each, is_han) for each in standing):
            continue
        if _is_han(term):
            found = [match.span() for match in re.finditer(re.escape(term), folded)]
        else:
            found = places.get(term, [])
        for start, end in found:
            asked[start:end] = FOUND if standing & met else MISSING
    return Meeting(asked, levels)


def _meetings(terms: Terms, folded: str) -> Iterator[tuple[int, int, int, str]]:
    """Where each term is met: start, end, level, and the term."""
    for length, level_of in terms.han.items():
        for start in range(len(folded) - length + 1):
            word = folded[start : start + length]
            if level := level_of.get(word):
                yield start, start + length, level, word
    for match in _LATIN.finditer(folded):
        word = _stem(match.group())
        if level := terms.latin.get(word):
            yield match.start(), match.end(), level, word


def _could_stand(term: str, is_han: bool) -> bool:
    """Whether a passage in Han script, or not, could hold the term: numbers stand in any."""
    return any(c.isdigit() for c in term) or _is_han(term) == is_han


def _is_han(term: str) -> bool:
    return term[0] >= "\u3400"


def _stem(word: str) -> str:
    return stem(word.replace(",", ""))


def context_of(title: str, section: str, name: str = "") -> str:
    """What stands above a passage, said once; `name` is what its file's name says.

    >>> context_of("灯塔", "灯塔 > 高度"), context_of("灯塔", "高度"), context_of("灯塔", "")
    ('灯塔 > 高度', '灯塔 高度', '灯塔')
    >>> context_of("白皮书", "", "AB001 白皮书")
    '白皮书 AB001'
    """
    above = section if section.startswith(title) else f"{title} {section}".strip()
    return " ".join(filter(None, (above, beyond(name, above))))


def pair(
    tokenizer: Tokenizer,
    question: str,
    context: str,
    passage: str,
    meeting: Meeting,
    longest: int = MAX_QUESTION_TOKENS,
) -> Pair:
    """A question with a passage, at most 512 tokens: the passage is cut at its end.

    Of a question of more than `longest` tokens the last are kept, where it asks.
    """
    encoded = tokenizer.encode(simplify_in_place(question))
    asked = encoded.ids[-longest:]
    asking = [int(meeting.question[a:b].max(initial=ASKED)) for a, b in encoded.offsets[-longest:]]
    around = tokenizer.encode(simplify_in_place(context)).ids
    around = around[-MAX_CONTEXT_TOKENS:]
    head = [BEGIN, *asked, END, END, *around, END]
    rest = [ASKED] * (len(around) + 3)
    encoded = tokenizer.encode(simplify_in_place(passage))
    room = MAX_TOKENS - len(head) - 1
    offsets = encoded.offsets[:room]
    types = [READ + int(meeting.passage[a:b].max(initial=0)) for a, b in offsets]
    return Pair(
        [*head, *encoded.ids[:room], END],
        [ASKED, *asking, *rest, *types, ASKED],
        len(head),
        offsets,
    )


def _raise(levels: np.ndarray, start: int, end: int, level: int) -> None:
    np.maximum(levels[start:end], level, out=levels[start:end])
