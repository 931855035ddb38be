"""What a question measures – money, time, weight – and which columns do, be it by their names."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

import numpy as np

from rag.language.tables import table

# A name's likeness to the questions for one dimension, about the mean of all. Of 42 usual names of
# columns in both languages, those of money had 0.114 and more but for four, no other above 0.05.
ALIKE, APART = 0.1, 0.04
Embed = Callable[[str], np.ndarray]


@functools.cache
def dimensions() -> Sequence[tuple[str, re.Pattern[str], tuple[str, str]]]:
    """What questions measure: dimension, how they ask for it, and plain questions for it."""
    return [(row[0], re.compile(row[1]), (row[2], row[3])) for row in table("asked_dimensions")]


def dimensions_in(asked: str) -> list[str]:
    """The dimensions that a folded question asks for, in the order of the table.

    >>> dimensions_in("云雀多少钱?"), dimensions_in("how long is the river?")
    (['money'], ['time', 'length'])
    """
    return [dimension for dimension, pattern, _ in dimensions() if pattern.search(asked)]


class Likeness:
    """Tells what a name is likely to measure; `embed` gives the vector of a question."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    def of(self, name: str) -> str:
        """The dimension whose questions a column's name is like, "" where that is open."""
        if not name:
            return ""
        names, vectors = self._prototypes
        middle = vectors.mean(axis=0)
        scores = (vectors - middle) @ (self._embed(name) - middle)
        best: dict[str, float] = {}
        for dimension, score in zip(names, scores, strict=True):
            best[dimension] = max(best.get(dimension, -1.0), float(score))
        first, second, *_ = sorted(best.items(), key=lambda each: -each[1])
        return first[0] if first[1] >= ALIKE and first[1] - second[1] >= APART else ""

    @functools.cached_property
    def _prototypes(self) -> tuple[list[str], np.ndarray]:
        """The dimension of each plain question, and their vectors (n, d)."""
        rows = [(name, example) for name, _, examples in dimensions() for example in examples]
        return [name for name, _ in rows], np.array([self._embed(each) for _, each in rows])
