"""The best words that were read, and more where several things are asked for."""

from __future__ import annotations

from rag.reading.strategies.base import Answered, Asked, Read, further, in_sentences


def best_words(asked: Asked, read: Read) -> Answered:
    """The best candidate with its further answers, in their sentences."""
    return in_sentences(read, [read.best, *further(asked, read, read.best)])
