"""What searches an index as of one generation: its segments as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.index.dense import DenseIndex
from rag.index.lexical import LexicalIndex
from rag.index.segment import Segment, aliases_among
from rag.language.aliases import Aliases


@dataclass(frozen=True, slots=True)
class Searchers:
    """Both arms as of one generation of the store, and the names its documents write twice."""

    generation: int
    dense: DenseIndex
    lexical: LexicalIndex
    aliases: Aliases
    segments: Sequence[Segment] = field(default=(), repr=False)

    @classmethod
    def over(cls, generation: int, segments: Sequence[Segment], live: np.ndarray) -> Searchers:
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
    ) -> Searchers:
        """Over one segment, of what `Segment.build` takes."""
        return cls.over(generation, [Segment.build(keys, vectors, terms, texts)], keys)
