"""A passage as it travels from retrieval to the prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.types import Chunk, Hit


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found, with what is indexed of it and how well it ranks.

    `spans` are half-open offsets of its units in `chunk.text`, `unit_vectors` (n, d) their vectors.
    `score` is higher for better, `rank` counts from 1, and `ranks` is the rank in each arm that
    found it, for example `{"dense": 2, "lexical": 1}`. `centre` is the mean cosine of the question
    with the chunk's partition of the index.
    """

    chunk: Chunk
    title: str
    source: str
    spans: Sequence[tuple[int, int]]
    unit_vectors: np.ndarray = field(repr=False, compare=False)
    score: float = 0.0
    rank: int = 0
    ranks: Mapping[str, int] = field(default_factory=dict)
    centre: float = 0.0

    @property
    def text(self) -> str:
        """The chunk's text."""
        return self.chunk.text

    @property
    def hit(self) -> Hit:
        """What an answer shows of it."""
        chunk = self.chunk
        return Hit(
            self.rank,
            self.score,
            chunk.id,
            chunk.document_id,
            self.title,
            self.source,
            chunk.section,
            chunk.text,
            chunk.start,
            chunk.end,
        )
