"""What searches an index as of one generation: its segments as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.index.candidates import Candidates, spread
from rag.index.dense import DenseIndex
from rag.index.lexical import LexicalIndex
from rag.index.segment import Segment, aliases_among
from rag.language.aliases import Aliases
from rag.language.term_groups import Group


@dataclass(frozen=True, slots=True)
class SegmentSearchers:
    """Both arms as of one generation of the store, and the names its documents write twice."""

    generation: int
    dense: DenseIndex
    lexical: LexicalIndex
    aliases: Aliases
    segments: Sequence[Segment] = field(default=(), repr=False)

    @classmethod
    def over(
        cls, generation: int, segments: Sequence[Segment], live: np.ndarray
    ) -> SegmentSearchers:
        """Over segments in the order of their keys; `live` (n,) are the keys left, ascending."""
        kept = [segment.kept(live) for segment in segments]
        return cls(
            generation,
            DenseIndex([segment.vectors for segment in segments], kept),
            LexicalIndex([(segment.keys, segment.postings) for segment in segments], kept),
            aliases_among(segments, live),
            tuple(segments),
        )

    @classmethod
    def build(
        cls,
        generation: int,
        keys: np.ndarray,
        vectors: np.ndarray,
        terms: Sequence[list[str]],
        texts: Mapping[int, str],
    ) -> SegmentSearchers:
        """Over one segment, of what `Segment.build` takes."""
        return cls.over(generation, [Segment.build(keys, vectors, terms, texts)], keys)

    def candidates(self, query: np.ndarray, groups: Sequence[Group], wanted: int) -> Candidates:
        """The best `wanted` of each partition by vector (d,), and of all by terms."""
        cosines = self.dense.search(query, wanted)
        scores = self.lexical.scores(groups)
        best = np.argsort(-scores, kind="stable")[:wanted]
        by_terms = [int(self.lexical.keys[row]) for row in best[scores[best] > 0]]
        by_vector = sorted(cosines, key=lambda key: -cosines[key])
        cosines |= self.dense.cosines(query, [key for key in by_terms if key not in cosines])
        keys = np.fromiter(cosines, np.int64, len(cosines))
        means, deviation = spread(scores, self.dense.partitions_of(self.lexical.keys))
        return Candidates(
            keys,
            self.dense.partitions_of(keys),
            np.fromiter(cosines.values(), np.float64, len(cosines)),
            scores[np.searchsorted(self.lexical.keys, keys)],
            by_vector,
            by_terms,
            self.dense.sizes,
            self.dense.scales(query),
            means,
            deviation,
        )
