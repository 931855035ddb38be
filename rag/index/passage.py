"""A passage as it travels from retrieval to the prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.documents.page_map import NO_PAGES, PageMap
from rag.types import Chunk, Hit


@dataclass(frozen=True, slots=True)
class Scale:
    """How the cosines of a question lie with the passages of one partition: mean and deviation."""

    mean: float = 0.0
    deviation: float = 1.0

    def of(self, cosine: float) -> float:
        """A cosine in standard deviations above the mean."""
        return (cosine - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found, with what is indexed of it and how well it ranks.

    `spans` are half-open offsets of its units in `chunk.text`, `unit_vectors` (n, d) their vectors.
    `score` is higher for better, `rank` counts from 1, and `ranks` is the rank in each arm that
    found it, for example `{"dense": 2, "lexical": 1}`. `scale` is that of the question's cosines
    with the chunk's partition of the index, `pages` says on which page of the file a place is.
    """

    chunk: Chunk
    title: str
    source: str
    spans: Sequence[tuple[int, int]]
    unit_vectors: np.ndarray = field(repr=False, compare=False)
    score: float = 0.0
    rank: int = 0
    ranks: Mapping[str, int] = field(default_factory=dict)
    scale: Scale = Scale()
    pages: PageMap = NO_PAGES

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
            self.pages.at(chunk.start),
            self.pages.is_read(chunk.start),
        )
