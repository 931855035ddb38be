"""A question's best passages: both arms, and the fusion of their scores.

The setting is one for all collections: `dense + 0.4 * lexical`, each in standard deviations.
The lexical deviation has a floor of 2% of the score that a passage matching every term would
get, so that an arm in which hardly anything matches stays as quiet as it is uncertain.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from rag.index.candidates import Candidates, Searchers
from rag.index.dense import standardised
from rag.index.passage import Scale
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
    found = searchers.candidates(search.vector, search.groups, CANDIDATES + len(hidden))
    closeness = standardised(found.cosines, found.partitions, found.scales, found.sizes)
    floor = LEXICAL_FLOOR * searchers.lexical.ideal(search.groups)
    boosts = LEXICAL_WEIGHT * _boosts(found, floor)
    dense_ranks, lexical_ranks = _ranks(found.dense), _ranks(found.lexical)
    candidates = []
    for key, score, partition in zip(
        found.keys.tolist(), (closeness + boosts).tolist(), found.partitions.tolist(), strict=True
    ):
        if key in hidden:
            continue
        ranks = {
            arm: order[key]
            for arm, order in (("dense", dense_ranks), ("lexical", lexical_ranks))
            if key in order
        }
        candidates.append(ScoredChunk(key, score, found.scales[partition], ranks))
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.key))
    return candidates[:top_k]


def _boosts(found: Candidates, floor: float) -> np.ndarray:
    """Each lexical score above the mean of its partition, in standard deviations of all.

    These are `floor` at least. A question's own words meet more of the passages in its own language
    than their translations meet of the others; the difference of the means is that advantage.
    """
    centred: np.ndarray = found.scores - np.array(found.means)[found.partitions]
    deviation = max(found.deviation, floor)
    return centred / deviation if deviation > 0 else centred


def _ranks(keys: Sequence[int]) -> dict[int, int]:
    return {key: rank for rank, key in enumerate(keys, start=1)}
