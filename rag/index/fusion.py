"""A question's best passages: both arms, and the fusion of their scores.

The setting is one for all collections: `dense + 0.4 * lexical`, each in standard deviations.
The lexical deviation has a floor of 2% of the score that a passage matching every term would
get, so that an arm in which hardly anything matches stays as quiet as it is uncertain.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from rag.index.passage import Scale
from rag.index.searchers import Searchers
from rag.language.lexicon import Lexicon
from rag.language.term_groups import Group, query_groups

LEXICAL_WEIGHT = 0.4
LEXICAL_FLOOR = 0.02
CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """A chunk's key with its fused score and what it rests on.

    `scale` is that of the question's cosines with the partition of the chunk.
    """

    key: int
    score: float
    scale: Scale
    ranks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Search:
    """A question made ready: its vector (d,) and its term groups."""

    query: str
    vector: np.ndarray
    groups: list[Group]


def prepare(query: str, vector: np.ndarray, lexicon: Lexicon | None) -> Search:
    """A question ready for both arms."""
    return Search(query, vector, query_groups(query, lexicon))


def fuse(
    search: Search, searchers: Searchers, top_k: int, hidden: Collection[int] = ()
) -> list[ScoredChunk]:
    """The best `top_k` chunks, best first, without those whose keys are hidden."""
    dense, lexical = searchers.dense, searchers.lexical
    if not len(dense):
        return []
    wanted = CANDIDATES + len(hidden)
    cosines = dense.search(search.vector, wanted)
    scores = lexical.scores(search.groups)
    best_rows = np.argsort(-scores, kind="stable")[:wanted]
    best_rows = best_rows[scores[best_rows] > 0]
    dense_ranks = _ranks(sorted(cosines, key=lambda key: -cosines[key]))
    lexical_ranks = _ranks([int(lexical.keys[row]) for row in best_rows])
    cosines |= dense.cosines(search.vector, [key for key in lexical_ranks if key not in cosines])
    ideal = lexical.ideal(search.groups)
    boosts = _standardised(scores, dense.partitions_of(lexical.keys), LEXICAL_FLOOR * ideal)
    scales = dense.scales(search.vector)
    keys = np.fromiter(cosines, np.int64, len(cosines))
    rows, partitions = np.searchsorted(lexical.keys, keys), dense.partitions_of(keys)
    candidates = []
    for (key, standardised), row, partition in zip(
        dense.standardise(scales, cosines).items(), rows.tolist(), partitions.tolist(), strict=True
    ):
        if key in hidden:
            continue
        boost = LEXICAL_WEIGHT * float(boosts[row])
        ranks = {
            arm: order[key]
            for arm, order in (("dense", dense_ranks), ("lexical", lexical_ranks))
            if key in order
        }
        candidates.append(ScoredChunk(key, standardised + boost, scales[partition], ranks))
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.key))
    return candidates[:top_k]


def _standardised(scores: np.ndarray, partitions: np.ndarray, floor: float) -> np.ndarray:
    """Each score above the mean of its partition, in standard deviations of all, or of `floor`.

    A question's own words meet more of the passages in its own language than their translations
    meet of the others; the difference of the means is that advantage.
    """
    centred = np.zeros(len(scores))
    for partition in np.unique(partitions):
        rows = partitions == partition
        centred[rows] = scores[rows] - scores[rows].mean()
    deviation = max(float(centred.std()), floor)
    return centred / deviation if deviation > 0 else centred


def _ranks(keys: list[int]) -> dict[int, int]:
    return {key: rank for rank, key in enumerate(keys, start=1)}
