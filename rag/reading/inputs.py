"""A question and a passage as one sequence of tokens, as the reader sees them.

`<s> question </s></s> title and section </s> passage </s>`, each token with a type: how far the
question's terms meet it (`rag.reading.alignment`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.language.text import simplify_in_place

MAX_TOKENS = 512
MAX_QUESTION_TOKENS = 96
MAX_CONTEXT_TOKENS = 32
BEGIN, END = 0, 2  # ids of <s> and </s>
ASKED, READ = 0, 1  # types: of the question and its surroundings, of the passage
TYPES = 4  # and of the passage where a term is met weakly, and strongly


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

    `levels` is `rag.reading.alignment.met` of the passage.
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
