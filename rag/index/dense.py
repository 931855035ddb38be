"""Nearest vectors by cosine: the home of FAISS.

Passages of the question's own language lie nearer to it than those of another language, whatever
they say. In a mixed collection that hides every answer in the smaller language. So passages are
kept in two partitions, mostly Han and other, and a cosine is standardised within its partition.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import faiss
import numpy as np

from rag.index.passage import Scale

HAN, OTHER = 0, 1
_FILES = "han.faiss", "other.faiss"
_SHRINKAGE = 8  # passages' worth of belief in the covariance of all parts
_LEAST = 0.02  # standard deviation of cosines; 0.04 to 0.05 is usual


class DenseIndex:
    """Exact search over unit vectors, each under the key of its chunk, by standardised cosine."""

    def __init__(self, partitions: Sequence[faiss.IndexIDMap2]) -> None:
        self._partitions = partitions
        keys = [faiss.vector_to_array(part.id_map) for part in partitions]
        numbers = np.repeat(np.arange(len(keys), dtype=np.int8), [len(each) for each in keys])
        order = np.argsort(np.concatenate(keys))
        self._keys, self._numbers = np.concatenate(keys)[order], numbers[order]
        self._partition_of = dict(zip(self._keys.tolist(), self._numbers.tolist(), strict=True))
        self._statistics = _statistics([_vectors(part) for part in partitions])

    @classmethod
    def build(cls, keys: np.ndarray, vectors: np.ndarray, is_han: np.ndarray) -> DenseIndex:
        """From keys (n,) int64, vectors (n, d) float32 of unit length, and (n,) bool."""
        partitions = []
        for rows in (is_han, ~is_han):
            part = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
            part.add_with_ids(vectors[rows], keys[rows])
            partitions.append(part)
        return cls(partitions)

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """From a folder written by `save`; raises RuntimeError if FAISS cannot read it."""
        partitions = []
        for name in _FILES:
            part = faiss.read_index(str(folder / name))
            if not isinstance(part, faiss.IndexIDMap2):
                raise RuntimeError(f"{folder / name} holds another kind of FAISS index")
            partitions.append(part)
        return cls(partitions)

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True)
        for part, name in zip(self._partitions, _FILES, strict=True):
            faiss.write_index(part, str(folder / name))

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> set[int]:
        """Keys of all vectors."""
        return set(self._partition_of)

    def partitions_of(self, keys: np.ndarray) -> np.ndarray:
        """(n,) the partition, `HAN` or `OTHER`, that holds each key."""
        return self._numbers[np.searchsorted(self._keys, keys)]

    def search(self, query: np.ndarray, top_k: int) -> dict[int, float]:
        """Key → cosine of the nearest `top_k` of each partition."""
        found: dict[int, float] = {}
        for part in self._partitions:
            if part.ntotal:
                cosines, keys = part.search(query[None, :], min(top_k, part.ntotal))
                found |= dict(zip(keys[0].tolist(), cosines[0].tolist(), strict=True))
        return found

    def cosine(self, query: np.ndarray, key: int) -> float:
        """Cosine of the query with the vector of a key."""
        return float(self._partitions[self._partition_of[key]].reconstruct(key) @ query)

    def partition_of(self, key: int) -> int:
        """The partition, `HAN` or `OTHER`, that holds a key."""
        return int(self._partition_of[key])

    def scales(self, query: np.ndarray) -> list[Scale]:
        """How the cosines of the query lie in each partition.

        Their mean and variance follow from the mean and the covariance of the vectors.
        """
        return [
            Scale(
                float(query @ mean),
                max(math.sqrt(max(float(query @ covariance @ query), 0.0)), _LEAST),
            )
            for mean, covariance in self._statistics
        ]

    def standardise(
        self, scales: Sequence[Scale], cosines: Mapping[int, float]
    ) -> dict[int, float]:
        """Key → standard deviations above what the best of a partition would reach by chance.

        The best of n normal values lies sqrt(2 ln n) above the mean, so that the best passages of
        a large and of a small partition meet at zero.
        """
        expected = [math.sqrt(2 * math.log(max(part.ntotal, 1))) for part in self._partitions]
        numbers = {key: self._partition_of[key] for key in cosines}
        return {
            key: scales[numbers[key]].of(cosine) - expected[numbers[key]]
            for key, cosine in cosines.items()
        }


def _vectors(part: faiss.IndexIDMap2) -> np.ndarray:
    flat = faiss.downcast_index(part.index)
    return np.asarray(flat.reconstruct_n(0, part.ntotal)).reshape(part.ntotal, part.d)


def _statistics(parts: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Mean (d,) and covariance (d, d) of each part.

    The covariance of a small part is drawn towards that within the parts together; the mean of a
    single vector, which would be the vector itself, halfway towards that of all.
    """
    whole = np.concatenate(parts).astype(np.float64)
    if not len(whole):
        dimension = whole.shape[1]
        return [(np.zeros(dimension), np.zeros((dimension, dimension)))] * len(parts)
    owns = [part.astype(np.float64) if len(part) else whole for part in parts]
    covariances = [np.cov(own.T, bias=True) for own in owns]
    sizes = [len(part) for part in parts]
    within = sum(n * c for n, c in zip(sizes, covariances, strict=True)) / len(whole)
    statistics = []
    for size, own, covariance in zip(sizes, owns, covariances, strict=True):
        mean = own.mean(axis=0)
        if size == 1:
            mean = (mean + whole.mean(axis=0)) / 2
        trust = size / (size + _SHRINKAGE)
        statistics.append((mean, trust * covariance + (1 - trust) * within))
    return statistics
