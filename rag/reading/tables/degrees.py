"""Words of degree in a question: the highest, cheaper, 最长, 哪个更贵."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.tables import table

_WITHIN = r"[\u4e00-\u9fff]{0,2}?"  # 最为贵, 更加贵


@dataclass(frozen=True, slots=True)
class Degree:
    """A word of degree at half-open offsets of the folded question.

    `senses` are pairs of direction, 1 for more and -1 for less, and the dimension that it measures
    then, "" for any. A superlative compares all rows, a comparative those that are named.
    """

    start: int
    end: int
    is_superlative: bool
    senses: tuple[tuple[int, str], ...]

    def direction(self, dimension: str) -> int | None:
        """1 or -1 for a column of a dimension, None where the word does not measure that.

        What may measure anything is taken for a column of any dimension or of none known.
        """
        own = [direction for direction, measured in self.senses if measured == dimension]
        anything = [direction for direction, measured in self.senses if not measured]
        return next(iter(own or anything), None)

    @property
    def dimensions(self) -> list[str]:
        """The dimensions that it can measure, without "any"."""
        return [dimension for _, dimension in self.senses if dimension]


def degree_in(asked: str, *, compares: bool = False) -> Degree | None:
    """The first words of degree of a folded question, "most expensive", None where there are none.

    Without 最 or an ending, a Chinese word is one only where the question `compares` rows.

    >>> degree_in("哪款音箱最便宜?").senses, degree_in("which is longer").is_superlative
    (((-1, 'money'),), False)
    """
    for is_superlative in (True, False):
        places: dict[tuple[int, int], list[tuple[int, str]]] = {}
        for direction, dimension, patterns in _degrees():
            pattern = patterns[0 if is_superlative else 1 + compares]
            if match := pattern.search(asked):
                places.setdefault(match.span(), []).append((direction, dimension))
        if places:
            start, end = min(places, key=lambda place: (place[0], -place[1]))  # the longest
            return Degree(start, end, is_superlative, tuple(places[start, end]))
    return None


@functools.cache
def _degrees() -> Sequence[tuple[int, str, tuple[re.Pattern[str], ...]]]:
    """Direction, dimension, and patterns of superlatives and of comparatives, strict and loose."""
    found = []
    for direction, dimension, chinese, highest, higher in table("degrees"):
        superlative = re.compile(rf"最{_WITHIN}(?:{chinese})|\b(?:{highest})\b")
        strict = re.compile(rf"(?:更|比较|较){_WITHIN}(?:{chinese})|\b(?:{higher})\b")
        loose = re.compile(rf"{strict.pattern}|(?:{chinese})")
        found.append((int(direction), dimension, (superlative, strict, loose)))
    return found
