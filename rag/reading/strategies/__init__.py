"""The ways from what was read to an answer, one for each kind of question; the first that has one.

`answered` tries, in this order: what is asked for by its number (`numbered`), who a person or
what a thing is (`description`), the date of what is dated vaguely (`vague_date`), a series over
sentences or lines (`series`), a list within a sentence (`enumeration`), a web address
(`address`), what holds in the newest year (`dated`), the clause of a reason (`reason`), and the
best words, with more where several things are asked for (`words`).
"""

from rag.reading.strategies.address import at_address
from rag.reading.strategies.base import Answered, Asked, Read, Strategy
from rag.reading.strategies.dated import newest
from rag.reading.strategies.description import described
from rag.reading.strategies.enumeration import enumerated
from rag.reading.strategies.numbered import by_number
from rag.reading.strategies.reason import in_its_clause
from rag.reading.strategies.series import in_series
from rag.reading.strategies.vague_date import dated_elsewhere
from rag.reading.strategies.words import best_words

STRATEGIES: tuple[Strategy, ...] = (
    by_number,
    described,
    dated_elsewhere,
    in_series,
    enumerated,
    at_address,
    newest,
    in_its_clause,
    best_words,
)


def answered(asked: Asked, read: Read) -> Answered:
    """The answer of the first strategy that has one; `read` holds a candidate at least."""
    return next(found for strategy in STRATEGIES if (found := strategy(asked, read)))


__all__ = ["Answered", "Asked", "Read", "Strategy", "answered"]
