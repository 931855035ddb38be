"""Passages and hits for tests, of which only what matters is named."""

import numpy as np

from rag.index.passage import Passage
from rag.types import Chunk, Hit


def passage_of(chunk: Chunk, title: str = "", source: str = "", **fields) -> Passage:
    """A passage without units."""
    return Passage(chunk, title, source, (), np.zeros((0, 1), np.float32), **fields)


def hit_of(
    chunk: Chunk, score: float = 1.0, rank: int = 1, title: str = "", source: str = ""
) -> Hit:
    """What an answer shows of the chunk."""
    return passage_of(chunk, title, source, score=score, rank=rank).hit
