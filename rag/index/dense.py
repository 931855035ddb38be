"""Nearest vectors by cosine: the home of FAISS.

Passages of the question's own language lie nearer to it than those of another language, whatever
they say. In a mixed collection that hides every answer in the smaller language. So passages are
kept in two partitions, mostly Han and other, and a cosine is standardised within its partition.
"""

from __future__ import annotations

import math
from pathlib import Path

import faiss
import numpy as np

HAN, OTHER = 0, 1
_FILES = {HAN: "han.faiss", OTHER: "other.faiss"}
_SHRINKAGE = 8  # passages' worth of belief in the covariance of all parts
_LEAST = 0.01  # standard deviation of cosines; 0.02 to 0.03 is usual


class _Partition:
    """Exact search over the unit vectors of one partition, each under the key of its chunk."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self.index = index
        self.size = int(index.ntotal)
        self.keys = np.asarray(faiss.vector_to_array(index.id_map))

    @classmethod
    def build(cls, keys: np.ndarray, vectors: np.ndarray) -> _Partition:
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        if len(keys):
            index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(keys))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> _Partition:
        index = faiss.read_index(str(path))
        if not isinstance(index, faiss.IndexIDMap2):
            raise RuntimeError(f"{path} holds another kind of FAISS index")
        return cls(index)

    def vectors(self) -> np.ndarray:
        flat = faiss.downcast_index(self.index.index)
        return np.asarray(flat.reconstruct_n(0, self.size)).reshape(self.size, self.index.d)


class DenseIndex:
    """Search over unit vectors by standardised cosine."""

    def __init__(self, partitions: dict[int, _Partition]) -> None:
        self._partitions = partitions
        self._partition_of = {
            int(key): number for number, part in partitions.items() for key in part.keys
        }
        order = sorted(self._partition_of)
        self._sorted_keys = np.array(order, dtype=np.int64)
        self._sorted_partitions = np.array([self._partition_of[k] for k in order], dtype=np.int8)
        self._statistics = _statistics([part.vectors() for part in partitions.values()])

    @classmethod
    def build(cls, keys: np.ndarray, vectors: np.ndarray, is_han: np.ndarray) -> DenseIndex:
        """From keys (n,) int64, vectors (n, d) float32 of unit length, and (n,) bool."""
        return cls(
            {
                HAN: _Partition.build(keys[is_han], vectors[is_han]),
                OTHER: _Partition.build(keys[~is_han], vectors[~is_han]),
            }
        )

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """From a folder written by `save`; raises RuntimeError if FAISS cannot read it."""
        return cls({number: _Partition.load(folder / name) for number, name in _FILES.items()})

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True)
        for number, name in _FILES.items():
            faiss.write_index(self._partitions[number].index, str(folder / name))

    def __len__(self) -> int:
        return len(self._partition_of)

    @property
    def keys(self) -> set[int]:
        """Keys of all vectors."""
        return set(self._partition_of)

    def partitions_of(self, keys: np.ndarray) -> np.ndarray:
        """(n,) the partition, `HAN` or `OTHER`, that holds each key."""
        return self._sorted_partitions[np.searchsorted(self._sorted_keys, keys)]

    def search(self, query: np.ndarray, top_k: int) -> dict[int, float]:
        """Key → cosine of the nearest `top_k` of each partition."""
        found: dict[int, float] = {}
        for part in self._partitions.values():
            if part.size:
                cosines, keys = part.index.search(query[None, :], min(top_k, part.size))
                found |= dict(zip(map(int, keys[0]), map(float, cosines[0]), strict=True))
        return found

    def cosine(self, query: np.ndarray, key: int) -> float:
        """Cosine of the query with the vector of a key."""
        index = self._partitions[self._partition_of[key]].index
        return float(index.reconstruct(key) @ query)

    def centre(self, query: np.ndarray, key: int) -> float:
        """Mean cosine of the query with the partition that holds a key."""
        return float(query @ self._statistics[self._partition_of[key]][0])

    def standardise(self, query: np.ndarray, cosines: dict[int, float]) -> dict[int, float]:
        """Key → standard deviations above what the best of a partition would reach by chance.

        The mean and the variance of a partition's cosines with the query follow from the mean
        and the covariance of its vectors; the best of n normal values lies sqrt(2 ln n) above the
        mean, so that the best passages of a large and of a small partition meet at zero.
        """
        scale = {}
        for number, part in self._partitions.items():
            mean, covariance = self._statistics[number]
            deviation = max(math.sqrt(max(float(query @ covariance @ query), 0.0)), _LEAST)
            expected_best = math.sqrt(2 * math.log(part.size)) if part.size > 1 else 0.0
            scale[number] = (float(query @ mean), deviation, expected_best)
        standardised = {}
        for key, cosine in cosines.items():
            centre, deviation, expected_best = scale[self._partition_of[key]]
            standardised[key] = (cosine - centre) / deviation - expected_best
        return standardised


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
