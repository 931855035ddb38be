"""The vectors of one segment of an index, and how they lie: the home of FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

HAN, OTHER = 0, 1
_FILES = "han.faiss", "other.faiss"
_BLOCK = 4096  # vectors that are multiplied at a time


@dataclass(frozen=True, slots=True)
class Moments:
    """Of a set of vectors: their number, their sum (d,), and the sum of v·vᵀ (d, d); float64.

    Those of two sets add up, so that mean and covariance of all follow without any vector.
    """

    count: int
    total: np.ndarray
    outer: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray) -> Moments:
        """Of vectors (n, d)."""
        dimension = vectors.shape[1]
        total, outer = np.zeros(dimension), np.zeros((dimension, dimension))
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK].astype(np.float64)
            total += block.sum(axis=0)
            outer += block.T @ block
        return cls(len(vectors), total, outer)

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.count + other.count, self.total + other.total, self.outer + other.outer)

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.count - other.count, self.total - other.total, self.outer - other.outer)


class Vectors:
    """Unit vectors in two partitions, each under the key of its chunk; never changed."""

    def __init__(
        self, partitions: Sequence[faiss.IndexIDMap2], moments: Sequence[Moments] | None = None
    ) -> None:
        self._partitions = partitions
        keys = [faiss.vector_to_array(part.id_map) for part in partitions]
        numbers = np.repeat(np.arange(len(keys), dtype=np.int8), [len(each) for each in keys])
        order = np.argsort(np.concatenate(keys))
        self.keys, self.numbers = np.concatenate(keys)[order], numbers[order]
        self.moments = moments or [Moments.of(_all(part)) for part in partitions]

    @classmethod
    def build(cls, keys: np.ndarray, vectors: np.ndarray, is_han: np.ndarray) -> Vectors:
        """From keys (n,) int64, vectors (n, d) float32 of unit length, and (n,) bool."""
        partitions = []
        for rows in (is_han, ~is_han):
            part = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
            part.add_with_ids(vectors[rows], keys[rows])
            partitions.append(part)
        return cls(partitions)

    @classmethod
    def load(cls, folder: Path, moments: Sequence[Moments] | None = None) -> Vectors:
        """From a folder written by `save`; raises RuntimeError if FAISS cannot read it."""
        partitions = []
        for name in _FILES:
            part = faiss.read_index(str(folder / name))
            if not isinstance(part, faiss.IndexIDMap2):
                raise RuntimeError(f"{folder / name} holds another kind of FAISS index")
            partitions.append(part)
        return cls(partitions, moments)

    def save(self, folder: Path) -> None:
        """Write into a folder that is there; without the moments."""
        for part, name in zip(self._partitions, _FILES, strict=True):
            faiss.write_index(part, str(folder / name))

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self, keys: np.ndarray) -> np.ndarray:
        """(n, d) the vectors of these keys."""
        found = np.empty((len(keys), self._partitions[HAN].d), dtype=np.float32)
        numbers = self.numbers[np.searchsorted(self.keys, keys)]
        for number, part in enumerate(self._partitions):
            places = np.flatnonzero(numbers == number)
            if len(places):
                found[places] = part.reconstruct_batch(keys[places])
        return found

    def all_rows(self) -> np.ndarray:
        """(n, d) all vectors, in the order of `keys`."""
        parts = [_all(part) for part in self._partitions]
        keys = [faiss.vector_to_array(part.id_map) for part in self._partitions]
        vectors: np.ndarray = np.concatenate(parts)[np.argsort(np.concatenate(keys))]
        return vectors

    def nearest(
        self, partition: int, query: np.ndarray, top_k: int, without: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Keys and cosines of the nearest `top_k` of a partition, `without` those keys."""
        part = self._partitions[partition]
        if not part.ntotal:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        only = None
        if len(without):
            gone = faiss.IDSelectorBatch(np.ascontiguousarray(without))
            only = faiss.SearchParameters(sel=faiss.IDSelectorNot(gone))  # type: ignore[call-arg]
        cosines, keys = part.search(query[None, :], min(top_k, part.ntotal), params=only)
        is_found = keys[0] >= 0
        return keys[0][is_found], cosines[0][is_found]


def _all(part: faiss.IndexIDMap2) -> np.ndarray:
    flat = faiss.downcast_index(part.index)
    return np.asarray(flat.reconstruct_n(0, part.ntotal)).reshape(part.ntotal, part.d)
