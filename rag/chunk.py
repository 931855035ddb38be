"""Documents to passages: sentence-aware, with exact offsets, never across a heading."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from rag.headings import Section, sections
from rag.text import SENTENCE_END, count_letters, han_share
from rag.types import Chunk, Document

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

HAN_LIMIT, LATIN_LIMIT = 450, 1200  # characters; a promise to readers
HAN_IDEAL, LATIN_IDEAL = 300, 800  # characters; smaller passages rank better
SMALLEST = 40  # characters; less joins a neighbour of the same section
CONTEXT_LENGTH = 120

_MARKS = r"\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\u200d\U0001f3fb-\U0001f3ff"  # the usual ones
_SEPARATORS = [
    r"\n[^\S\n]*\n\s*",
    SENTENCE_END,
    r"[，、：,:](?!\d)",
    r"\s+",
    rf"[\s\S]{{63}}[^\u200d](?![{_MARKS}])",
    r"[\s\S]{64}",
]
_SENTENCE_ENDS = re.compile(r"[。！？｡；…!?;.][”’」』》）)】\"']*$")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz,")
_ITEM = re.compile(r"(?:[-*+•·]|\d{1,2}[.、)）])\s*\S")


def chunk(document: Document) -> list[Chunk]:
    """The passages of `document` in order: `chunk.text == document.text[start:end]`.

    At most 450 characters where mostly Han, 1,200 otherwise; no overlap; together all of the
    text but white space between passages.
    """
    spans = [
        (start, end, section.path)
        for section in sections(document.text)
        for start, end in _passages(document.text, section)
    ]
    return [
        Chunk(f"{document.id}#{i}", document.id, path, document.text[start:end], start, end, i)
        for i, (start, end, path) in enumerate(spans)
    ]


def context(document: Document, chunk: Chunk) -> str:
    """Title and section of `chunk`, a line each, to be indexed before its text; at most 120.

    The title is left out where the section names it.
    """
    section, title = chunk.section, document.title.strip()
    if title and title in section:
        title = ""
    title = title[: max(0, CONTEXT_LENGTH - len(section) - 2)].strip()
    return "".join(f"{line}\n" for line in (title, section) if line)


def _mostly_han(letters: int, han: int) -> bool:
    return 2 * han >= letters > 0  # as rag.text.han_share(…) >= 0.5


@functools.cache
def _splitter() -> RecursiveCharacterTextSplitter:
    """A splitter into pieces that, joined, are the text: paragraphs, else sentences, else less.

    It divides what has length 3 and would merge what sums up to 3: pieces that may stay have
    length 2, so each comes out alone, and merging is left to `_packed`, which sees both sides.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    def length(text: str) -> int:
        short = len(text) <= HAN_IDEAL or (len(text) <= LATIN_IDEAL and han_share(text) < 0.5)
        return 0 if not text else 2 if short else 3

    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=3,
        chunk_overlap=0,
        length_function=length,
        strip_whitespace=False,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """The smallest unit of a passage: begins and ends with something to read."""

    start: int
    end: int
    letters: int
    han: int

    def until(self, other: _Piece) -> _Piece:
        """One piece of both: `other` is the next."""
        return _Piece(self.start, other.end, self.letters + other.letters, self.han + other.han)

    def fits(self) -> bool:
        return self.end - self.start <= (
            HAN_LIMIT if _mostly_han(self.letters, self.han) else LATIN_LIMIT
        )

    def is_small(self) -> bool:
        return self.end - self.start < SMALLEST


def _passages(text: str, section: Section) -> list[tuple[int, int]]:
    pieces = _cut(text, section.start, section.body) + _cut(text, section.body, section.end)
    costs = [_break_cost(text, a.end, b.start, section.body) for a, b in pairwise(pieces)]
    return _packed(*_joined(pieces, costs))


def _cut(text: str, start: int, end: int) -> list[_Piece]:
    """The pieces of `text[start:end]`, in order; white space lies between them."""
    pieces = []
    for raw in _splitter().split_text(text[start:end]):
        words = raw.strip()
        if words:
            first = start + len(raw) - len(raw.lstrip())
            pieces.append(_Piece(first, first + len(words), *count_letters(words)))
        start += len(raw)
    return pieces


def _break_cost(text: str, left: int, right: int, body: int) -> float:
    """What it costs to end a passage at `left` and begin the next at `right`: 0.02 to 50."""
    gap = text[left:right]
    if left <= body <= right:
        return 20.0  # a heading stays with what it heads
    if not gap and _within_character(text, right):
        return 50.0
    if "\n" in gap:
        line = text[max(text.rfind("\n", max(0, left - HAN_LIMIT), left) + 1, 0) : left]
        if _ITEM.match(text[right : right + 8]) and _ITEM.match(line.lstrip()[:8]):
            return 0.7
        if line[-1] in "：:":
            return 0.6
        if gap.count("\n") > 1:
            return 0.02
        return 1.5 if line[-1] in _LOWER and text[right] in _LOWER else 0.1
    if _SENTENCE_ENDS.search(text[max(0, left - 8) : left]):
        return 0.2
    if text[left - 1] in "，、：,:":
        return 1.5
    return 2.0 if gap else 4.0 if text[left - 1].isascii() and text[right].isascii() else 3.0


def _within_character(text: str, offset: int) -> bool:
    """Whether `offset` parts a base character from its marks, or the parts of an emoji."""
    joiner = "\u200d"
    here = text[offset]
    return (
        unicodedata.category(here)[0] == "M"
        or here == joiner
        or text[offset - 1] == joiner
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )


def _joined(pieces: list[_Piece], costs: list[float]) -> tuple[list[_Piece], list[float]]:
    """`pieces` without the small ones: each is part of the neighbour it belongs to."""
    joined: list[_Piece] = []
    kept: list[float] = []
    for i, piece in enumerate(pieces):
        before = costs[i - 1] if i else 0.0
        after = costs[i] if i < len(costs) else 0.0
        if joined and (
            before >= 20 or joined[-1].is_small() or (piece.is_small() and before > after)
        ):
            both = joined[-1].until(piece)
            if both.fits():
                joined[-1] = both
                continue
        if joined:
            kept.append(before)
        joined.append(piece)
    return joined, kept


def _packed(pieces: list[_Piece], costs: list[float]) -> list[tuple[int, int]]:
    """The cheapest passages made of `pieces`: near the ideal size, broken where it costs least.

    Dynamic programming over the last break; a single piece always fits.
    """
    best = [0.0]
    previous = [0]
    for end in range(1, len(pieces) + 1):
        passage = pieces[end - 1]
        cheapest, choice = inf, end - 1
        for first in range(end - 1, -1, -1):
            if first < end - 1:
                passage = pieces[first].until(passage)
            if passage.end - passage.start > LATIN_LIMIT:
                break
            if first == end - 1 or passage.fits():
                cost = best[first] + _cost(passage) + (costs[first - 1] if first else 0.0)
                if cost < cheapest:
                    cheapest, choice = cost, first
        best.append(cheapest)
        previous.append(choice)
    spans, end = [], len(pieces)
    while end:
        spans.append((pieces[previous[end]].start, pieces[end - 1].end))
        end = previous[end]
    return spans[::-1]


def _cost(passage: _Piece) -> float:
    length = passage.end - passage.start
    ideal = HAN_IDEAL if _mostly_han(passage.letters, passage.han) else LATIN_IDEAL
    return (length / ideal - 1) ** 2
