"""Which passages hold which terms, in one segment of an index: counts, not yet weighed.

A weight depends on how many passages there are and how long they are, which every change moves;
counts stay what they are. So segments hold counts, and `rag.index.lexical` weighs them when asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms of n passages.

    The term with number t is held by `rows[starts[t]:starts[t + 1]]` (ascending), so many times as
    `counts` says there; `lengths` (n,) is the number of terms of each passage.
    """

    vocabulary: Mapping[str, int]
    starts: np.ndarray
    rows: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> Postings:
        """From the terms of each passage, with repetitions."""
        vocabulary: dict[str, int] = {}
        numbers = [
            vocabulary.setdefault(term, len(vocabulary)) for passage in passages for term in passage
        ]
        lengths = np.array([len(passage) for passage in passages], dtype=np.int32)
        size = max(len(passages), 1)
        places = np.asarray(numbers, dtype=np.int64) * size + np.repeat(
            np.arange(len(passages)), lengths
        )
        found, counts = np.unique(places, return_counts=True)
        starts = np.searchsorted(found, np.arange(len(vocabulary) + 1, dtype=np.int64) * size)
        return cls(
            vocabulary,
            starts.astype(np.int64),
            (found % size).astype(np.int32),
            counts.astype(np.int32),
            lengths,
        )

    @classmethod
    def merged(cls, parts: Sequence[Postings], kept: Sequence[np.ndarray]) -> Postings:
        """All parts in one, of each the rows (n,) bool that are kept; no other term is left."""
        vocabulary: dict[str, int] = {}
        terms, rows, counts, before = [], [], [], 0
        for part, keeps in zip(parts, kept, strict=True):
            is_kept = keeps[part.rows]
            holders = np.repeat(np.arange(len(part.vocabulary)), np.diff(part.starts))[is_kept]
            is_used = np.zeros(len(part.vocabulary), dtype=bool)
            is_used[holders] = True
            numbers = np.full(len(part.vocabulary), -1, dtype=np.int64)
            for term, number in part.vocabulary.items():
                if is_used[number]:
                    numbers[number] = vocabulary.setdefault(term, len(vocabulary))
            places = np.cumsum(keeps) - 1 + before
            terms.append(numbers[holders])
            rows.append(places[part.rows[is_kept]])
            counts.append(part.counts[is_kept])
            before += int(keeps.sum())
        holding = np.concatenate(terms) if terms else np.zeros(0, np.int64)
        order = np.argsort(holding, kind="stable")  # and so by row within a term
        starts = np.searchsorted(holding[order], np.arange(len(vocabulary) + 1))
        lengths = [part.lengths[keeps] for part, keeps in zip(parts, kept, strict=True)]
        return cls(
            vocabulary,
            starts.astype(np.int64),
            _joined(rows)[order],
            _joined(counts)[order],
            _joined(lengths),
        )

    def of(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """The rows that hold a term, and how often each."""
        number = self.vocabulary.get(term)
        if number is None:
            return self.rows[:0], self.counts[:0]
        start, end = self.starts[number], self.starts[number + 1]
        return self.rows[start:end], self.counts[start:end]

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything but the vocabulary, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)[1:]}


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int32), *parts]).astype(np.int32)
