"""Words to lines: which words stand beside each other, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.documents.pdf.words import Word
from rag.language.text import is_wide

_SAME_LINE = 0.5  # of a word's height: how far the middles of words on one line lie apart
_RAISED = 0.8  # of the height of its line: what is smaller may stand higher or lower
_SPACE = 0.15  # of the height; a narrow space of Latin type takes 0.2
_WIDE_SPACE = 0.5  # the same between Chinese characters, which are set apart to fill a line


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one line, from left to right."""

    words: tuple[Word, ...]
    text: str

    @property
    def x0(self) -> float:
        """Its left end."""
        return min(word.x0 for word in self.words)

    @property
    def x1(self) -> float:
        """Its right end."""
        return max(word.x1 for word in self.words)

    @property
    def y0(self) -> float:
        """Its lower end."""
        return min(word.y0 for word in self.words)

    @property
    def y1(self) -> float:
        """Its upper end."""
        return max(word.y1 for word in self.words)

    @property
    def height(self) -> float:
        """The height of its words, the longer the more it counts."""
        length = sum(len(word.text) for word in self.words)
        return sum(len(word.text) * word.height for word in self.words) / length

    @property
    def base(self) -> float:
        """Where most of its characters stand: notes' numbers and indices do not count."""
        return max(self.words, key=lambda word: len(word.text)).y0

    @property
    def is_table(self) -> bool:
        """Whether it is a table and no line."""
        return self.words[0].is_table


def strips(words: Iterable[Word]) -> list[list[Word]]:
    """`words` by the line they stand on, from the top; within a line from left to right."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.middle):
        if found and _beside(found[-1][0], word):
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(strip, key=lambda word: word.x0) for strip in _with_raised(found)]


def _beside(first: Word, word: Word) -> bool:
    """Whether `word` stands on the line that `first` began."""
    apart = abs(first.middle - word.middle)
    return not (first.is_table or word.is_table) and apart < _SAME_LINE * min(
        first.height, word.height
    )


def _with_raised(found: Sequence[list[Word]]) -> list[list[Word]]:
    """`found`, where small type set higher or lower, as the number of a note, is in its line."""
    heights = [max(word.height for word in strip) for strip in found]
    kept: list[list[Word]] = []
    raised: list[Word] = []
    for index, strip in enumerate(found):
        hosts = [
            n
            for n in (index - 1, index + 1)
            if 0 <= n < len(found)
            and heights[index] < _RAISED * heights[n]
            and not found[n][0].is_table
            and _overlap(found[n], strip) > 0.4 * heights[index]
        ]
        if not hosts:
            kept.append([*strip, *raised])
            raised = []
        elif hosts[0] < index and kept:
            kept[-1] += strip
        else:
            raised += strip
    return kept


def _overlap(strip: Sequence[Word], other: Sequence[Word]) -> float:
    """How much of their heights two strips share."""
    top = min(max(word.y1 for word in strip), max(word.y1 for word in other))
    return top - max(min(word.y0 for word in strip), min(word.y0 for word in other))


def line(words: Sequence[Word]) -> Line:
    """The line of `words` that stand in it from left to right."""
    parts = [words[0].text]
    for before, after in pairwise(words):
        parts += [_between(before, after), after.text]
    return Line(tuple(words), "".join(parts))


def _between(before: Word, after: Word) -> str:
    """A space or nothing."""
    gap = after.x0 - before.x1
    height = max(before.height, after.height)
    if before.is_spaced:
        return " "
    both_wide = is_wide(before.text[-1:]) and is_wide(after.text[:1])
    return " " if gap > (_WIDE_SPACE if both_wide else _SPACE) * height else ""


def glue(before: str, after: str) -> str:
    """What joins the words of two lines: a space, or nothing between Chinese characters."""
    return "" if is_wide(before[-1:]) or is_wide(after[:1]) else " "
