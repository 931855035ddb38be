"""The ways from what was read to an answer, one for each kind of question; the first that has one.

`answers` tries, in this order: a series over sentences or lines (`in_series`), a list within a
sentence (`enumerated`), a web address (`address`), and the best words, with more where several
things are asked for (`words`).
"""

from rag.reading.strategies.address import at_address
from rag.reading.strategies.base import Answered, Asked, Read, Strategy
from rag.reading.strategies.enumeration import enumerated
from rag.reading.strategies.series import in_series
from rag.reading.strategies.words import best_words

STRATEGIES: tuple[Strategy, ...] = (in_series, enumerated, at_address, best_words)


def answered(asked: Asked, read: Read) -> Answered:
    """The answer of the first strategy that has one; `read` holds a candidate at least."""
    return next(found for strategy in STRATEGIES if (found := strategy(asked, read)))


__all__ = ["Answered", "Asked", "Read", "Strategy", "answered"]
