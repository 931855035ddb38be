"""BM25 over index terms, with alternatives: the home of bm25s.

bm25s computes and stores the weight of every term in every passage (Lucene's BM25); a question
is scored here, because its terms come in groups of alternatives of which the best one counts
(a disjunction-max, so that a word with ten translations does not outweigh one with a single).
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from pathlib import Path

import bm25s
import numpy as np

from rag.language.term_groups import Group

K1 = 1.2
B = 0.75
_KEYS_FILE = "keys.npy"


def inverse_document_frequency(passages: int, holding: int) -> float:
    """Lucene's idf, which is positive for every term."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


class LexicalIndex:
    """Passages by the terms they hold, each under the key of its chunk."""

    def __init__(self, keys: np.ndarray, model: bm25s.BM25 | None) -> None:
        self.keys = keys
        self._model = model
        self._vocabulary: dict[str, int] = dict(model.vocab_dict) if model else {}

    @classmethod
    def build(cls, keys: np.ndarray, terms: Sequence[Sequence[str]]) -> LexicalIndex:
        """From keys (n,) int64 and the terms of each passage, with repetitions."""
        if not any(terms):
            return cls(keys, None)
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index([list(passage) for passage in terms], show_progress=False)
        return cls(keys, model)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """From a folder written by `save`; raises OSError or ValueError if it is not one."""
        keys = np.load(folder / _KEYS_FILE)
        if not (folder / "params.index.json").exists():
            return cls(keys, None)
        return cls(keys, bm25s.BM25.load(folder, show_progress=False))

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True)
        np.save(folder / _KEYS_FILE, self.keys)
        if self._model is not None:
            self._model.save(folder, show_progress=False)

    def __len__(self) -> int:
        return len(self.keys)

    def knows(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return bool(term) and term in self._vocabulary

    def scores(self, groups: Sequence[Group]) -> np.ndarray:
        """BM25 (n,) float32 of every passage, in the order of `keys`; 0 where nothing matches."""
        total = np.zeros(len(self.keys), dtype=np.float32)
        for group in groups:
            best = np.zeros(len(self.keys), dtype=np.float32)
            for term, weight in group.alternatives:
                rows, weights = self._postings(term)
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
        rarest = inverse_document_frequency(len(self.keys), 0)
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
        return inverse_document_frequency(len(self.keys), len(self._postings(term)[0]))

    def _postings(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        token = self._vocabulary.get(term) if term else None
        if token is None or self._model is None:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        scores = self._model.scores
        start, end = scores["indptr"][token], scores["indptr"][token + 1]
        return scores["indices"][start:end], scores["data"][start:end]
