"""BM25 (Lucene's) over index terms, with alternatives.

    idf · tf / (tf + k1 · (1 - b + b · length / mean length)), idf = ln(1 + (N - n + ½) / (n + ½))

A question's terms come in groups of alternatives of which the best one counts (a disjunction-max,
so that a word with ten translations does not outweigh one with a single). Passages lie in segments
that stay as they are while others come and go; terms are weighed when they are asked for, over all
segments together, so that scores are those of a single index. Libraries that store finished weights
(bm25s) would have to compute all of them again at each change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set

import numpy as np

from rag.index.postings import Postings
from rag.language.term_groups import Group

K1 = 1.2
B = 0.75


def inverse_document_frequency(passages: int, holding: int) -> float:
    """Lucene's idf, which is positive for every term."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


class LexicalIndex:
    """Passages by the terms they hold, each under the key of its chunk."""

    def __init__(
        self, parts: Sequence[tuple[np.ndarray, Postings]], kept: Sequence[np.ndarray]
    ) -> None:
        """From segments – keys (n,) ascending, postings – and (n,) bool: which rows are left."""
        self._parts = []
        keys, lengths, before = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], 0
        for (part_keys, postings), keeps in zip(parts, kept, strict=True):
            places = np.where(keeps, np.cumsum(keeps) - 1 + before, -1)
            self._parts.append((postings, places, bool(keeps.all())))
            keys.append(part_keys[keeps])
            lengths.append(postings.lengths[keeps])
            before += int(keeps.sum())
        self.keys = np.concatenate(keys)
        size = np.concatenate(lengths).astype(np.float64)
        self.mean_length = float(size.mean()) if size.any() else 1.0
        self._norms = (K1 * (1 - B + B * size / self.mean_length)).astype(np.float32)

    @classmethod
    def build(cls, keys: np.ndarray, terms: Sequence[Sequence[str]]) -> LexicalIndex:
        """From keys (n,) int64, ascending, and the terms of each passage, with repetitions."""
        return cls([(keys, Postings.build(terms))], [np.ones(len(keys), dtype=bool)])

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def passages(self) -> int:
        """The number of passages of which idf speaks."""
        return len(self.keys)

    def among_all(self, term: str, held: int) -> int:  # noqa: ARG002 (others look at it)
        """How many of `passages` hold a term that `held` of those here do."""
        return held

    def knows(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return self.among_all(term, self.held(term)) > 0

    def scores(self, groups: Sequence[Group]) -> np.ndarray:
        """BM25 (n,) float32 of every passage, in the order of `keys`; 0 where nothing matches."""
        total = np.zeros(len(self.keys), dtype=np.float32)
        for group in groups:
            best = np.zeros(len(self.keys), dtype=np.float32)
            for term, weight in group.alternatives:
                rows, weights = self._weighed(term)
                best[rows] = np.maximum(best[rows], weight * weights)
            total += group.weight * best
        return total

    def ideal(self, groups: Sequence[Group]) -> float:
        """The score of a passage in which every group met its best alternative without end."""
        return float(self.importances(groups).sum())

    def importance(self, group: Group) -> float:
        """The highest weighted idf among a group's alternatives.

        A group of which nothing occurs anywhere counts as much as the rarest term would, unless
        it is optional.
        """
        known = [weight * self.idf(term) for term, weight in group.alternatives if self.knows(term)]
        rarest = inverse_document_frequency(self.passages, 0)
        return max(known, default=0.0 if group.optional else rarest)

    def importances(self, groups: Sequence[Group]) -> np.ndarray:
        """(groups,) what each group is worth where it is met in full."""
        return np.array([group.weight * self.importance(group) for group in groups])

    def matched(self, groups: Sequence[Group], terms: Set[str]) -> np.ndarray:
        """(groups,) the weighted idf of the best alternative among the terms, 0 for none."""
        met = []
        for group in groups:
            among = [each for each in group.alternatives if each[0] in terms]
            weights = (group.weight * weight * self.idf(term) for term, weight in among)
            met.append(max(weights, default=0.0))
        return np.array(met)

    def idf(self, term: str) -> float:
        """Inverse document frequency of a term."""
        return inverse_document_frequency(self.passages, self.among_all(term, self.held(term)))

    def held(self, term: str) -> int:
        """The number of passages here that hold a term."""
        found = 0
        for postings, places, is_whole in self._parts:
            rows, _ = postings.of(term)
            found += len(rows) if is_whole else int((places[rows] >= 0).sum())
        return found

    def _weighed(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """The passages that hold a term, by their place in `keys`, and its weight in each."""
        rows, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
        for postings, places, is_whole in self._parts:
            held, often = postings.of(term)
            found = places[held]
            rows.append(found if is_whole else found[found >= 0])
            counts.append(often if is_whole else often[found >= 0])
        where, often = np.concatenate(rows), np.concatenate(counts).astype(np.float32)
        among_all = self.among_all(term, len(where))
        idf = np.float32(inverse_document_frequency(self.passages, among_all))
        return where, idf * often / (often + self._norms[where])
