"""What both arms find for a question, and how all other passages compare with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.index.lexical import LexicalIndex
from rag.index.passage import Scale
from rag.language.aliases import Aliases
from rag.language.term_groups import Group


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages that either arm found, (n,) each, in any order.

    `keys` int64, `partitions` int8, the question's `cosines` with them and their lexical `scores`;
    `dense` and `lexical` are the keys that each arm found, best first. Of all passages of each
    partition: `sizes`, the `scales` of the cosines and the `means` of the lexical scores. The
    `deviation` of these is that from the means, over both partitions together.
    """

    keys: np.ndarray
    partitions: np.ndarray
    cosines: np.ndarray
    scores: np.ndarray
    dense: Sequence[int]
    lexical: Sequence[int]
    sizes: Sequence[int]
    scales: Sequence[Scale]
    means: Sequence[float]
    deviation: float


class Searchers(Protocol):
    """Both arms over the passages of one generation; safe to share between threads."""

    @property
    def generation(self) -> int:
        """That of the store from which they were made."""

    @property
    def lexical(self) -> LexicalIndex:
        """What terms are worth in this index; it need not hold all passages."""

    @property
    def aliases(self) -> Aliases:
        """The names that its documents write in both languages."""

    def candidates(self, query: np.ndarray, groups: Sequence[Group], wanted: int) -> Candidates:
        """The best `wanted` of each partition by vector, and of all by terms."""


def spread(scores: np.ndarray, partitions: np.ndarray) -> tuple[list[float], float]:
    """Mean of the scores (n,) in each partition, and their deviation from these."""
    means = np.zeros(2)
    for partition in np.unique(partitions):
        means[partition] = scores[partitions == partition].mean()
    centred = scores - means[partitions]
    return means.tolist(), float(centred.std()) if len(centred) else 0.0
