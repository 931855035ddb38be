"""Nearest vectors by cosine, over the segments of an index.

Passages of the question's own language lie nearer to it than those of another language, whatever
they say. In a mixed collection that hides every answer in the smaller language. So passages are
kept in two partitions, mostly Han and other, and a cosine is standardised within its partition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rag.index.passage import Scale
from rag.index.vectors import HAN, OTHER, Moments, Vectors

_SHRINKAGE = 8  # passages' worth of belief in the covariance of all parts
_LEAST = 0.02  # standard deviation of cosines; 0.04 to 0.05 is usual


class DenseIndex:
    """Search over unit vectors, each under the key of its chunk, by standardised cosine."""

    def __init__(self, parts: Sequence[Vectors], kept: Sequence[np.ndarray]) -> None:
        """From segments in the order of their keys, and (n,) bool of each: which rows are left."""
        self._parts = []
        keys, numbers = [np.zeros(0, np.int64)], [np.zeros(0, np.int8)]
        sums: list[list[Moments]] = [[], []]
        for part, keeps in zip(parts, kept, strict=True):
            gone = part.keys[~keeps]
            self._parts.append((part, [gone[part.numbers[~keeps] == each] for each in (0, 1)]))
            keys.append(part.keys[keeps])
            numbers.append(part.numbers[keeps])
            for number, without in enumerate(self._parts[-1][1]):
                moments = part.moments[number]
                sums[number].append(
                    moments - Moments.of(part.rows(without)) if len(without) else moments
                )
        self._keys, self._numbers = np.concatenate(keys), np.concatenate(numbers)
        self._counts = [int((self._numbers == number).sum()) for number in (HAN, OTHER)]
        self._first_keys = np.array([part.keys[0] for part, _ in self._parts if len(part)])
        self._parts = [(part, gone) for part, gone in self._parts if len(part)]
        self._statistics = _statistics([_sum(each) for each in sums]) if parts else None

    @classmethod
    def build(cls, keys: np.ndarray, vectors: np.ndarray, is_han: np.ndarray) -> DenseIndex:
        """From keys (n,) int64, vectors (n, d) float32 of unit length, and (n,) bool."""
        return cls([Vectors.build(keys, vectors, is_han)], [np.ones(len(keys), dtype=bool)])

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> set[int]:
        """Keys of all vectors."""
        return set(self._keys.tolist())

    @property
    def sizes(self) -> list[int]:
        """Number of vectors in each partition."""
        return self._counts

    def partitions_of(self, keys: np.ndarray) -> np.ndarray:
        """(n,) the partition, `HAN` or `OTHER`, that holds each key."""
        return self._numbers[np.searchsorted(self._keys, keys)]

    def search(self, query: np.ndarray, top_k: int) -> dict[int, float]:
        """Key → cosine of the nearest `top_k` of each partition."""
        found: dict[int, float] = {}
        for number in (HAN, OTHER):
            each = [part.nearest(number, query, top_k, gone[number]) for part, gone in self._parts]
            if not each:
                continue
            keys = np.concatenate([keys for keys, _ in each])
            cosines = np.concatenate([cosines for _, cosines in each])
            best = np.argsort(-cosines, kind="stable")[:top_k]
            found |= dict(zip(keys[best].tolist(), cosines[best].tolist(), strict=True))
        return found

    def cosines(self, query: np.ndarray, keys: Sequence[int]) -> dict[int, float]:
        """Key → cosine of the query with its vector."""
        found: dict[int, float] = {}
        sought = np.array(sorted(keys), dtype=np.int64)
        numbers = np.searchsorted(self._first_keys, sought, side="right") - 1
        for number in np.unique(numbers).tolist():
            here = sought[numbers == number]
            rows = self._parts[number][0].rows(here)
            found |= dict(zip(here.tolist(), (rows @ query).tolist(), strict=True))
        return found

    def scales(self, query: np.ndarray) -> list[Scale]:
        """How the cosines of the query lie in each partition.

        Their mean and variance follow from the mean and the covariance of the vectors.
        """
        return [
            Scale(
                float(query @ mean),
                max(math.sqrt(max(float(query @ covariance @ query), 0.0)), _LEAST),
            )
            for mean, covariance in self._statistics or _no_statistics(len(query))
        ]


def standardised(
    cosines: np.ndarray, partitions: np.ndarray, scales: Sequence[Scale], sizes: Sequence[int]
) -> np.ndarray:
    """(n,) standard deviations above what the best of a partition would reach by chance.

    From cosines (n,) and their partitions (n,); scale and size are each partition's. The best of n
    normal values lies sqrt(2 ln n) above the mean, so that the best passages of a large and of a
    small partition meet at zero.
    """
    means = np.array([scale.mean for scale in scales])
    deviations = np.array([scale.deviation for scale in scales])
    expected = np.sqrt(2 * np.log(np.maximum(sizes, 1)))
    above = (cosines - means[partitions]) / deviations[partitions]
    found: np.ndarray = above - expected[partitions]
    return found


def _sum(moments: Sequence[Moments]) -> Moments:
    first, *others = moments
    for each in others:
        first += each
    return first


_Statistics = list[tuple[np.ndarray, np.ndarray]]


def _no_statistics(dimension: int) -> _Statistics:
    return [(np.zeros(dimension), np.zeros((dimension, dimension)))] * 2


def _statistics(parts: Sequence[Moments]) -> _Statistics:
    """Mean (d,) and covariance (d, d) of each part.

    The covariance of a small part is drawn towards that within the parts together; the mean of a
    single vector, which would be the vector itself, halfway towards that of all.
    """
    whole = _sum(parts)
    if not whole.count:
        return _no_statistics(len(whole.total))
    owns = [part if part.count else whole for part in parts]
    covariances = [_covariance(own) for own in owns]
    sizes = [part.count for part in parts]
    within = sum(n * c for n, c in zip(sizes, covariances, strict=True)) / whole.count
    statistics = []
    for size, own, covariance in zip(sizes, owns, covariances, strict=True):
        mean = own.total / own.count
        if size == 1:
            mean = (mean + whole.total / whole.count) / 2
        trust = size / (size + _SHRINKAGE)
        statistics.append((mean, trust * covariance + (1 - trust) * within))
    return statistics


def _covariance(moments: Moments) -> np.ndarray:
    mean = moments.total / moments.count
    covariance: np.ndarray = moments.outer / moments.count - np.outer(mean, mean)
    return covariance
