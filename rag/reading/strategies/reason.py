"""Why: the clause that gives the reason, to its end."""

from __future__ import annotations

import re

from rag.language.question_kinds import QuestionKind, kind_of
from rag.reading.strategies.base import Answered, Asked, Read, in_sentences

_CLAUSE_END = re.compile(r"[，；;。！？!?\n]|,(?!\d)|\.(?=\s|$)")


def in_its_clause(asked: Asked, read: Read) -> Answered | None:
    """The best words with what follows them in their clause, where a reason is asked for."""
    best = read.best
    if kind_of(asked.query) is not QuestionKind.REASON:
        return None
    if _CLAUSE_END.search(best.text, best.span.end - 1, best.span.end):
        return None
    found = _CLAUSE_END.search(best.text, best.span.end)
    rest = best.text[best.span.end : found.start() if found else None].rstrip()
    if not rest:
        return None
    return in_sentences(read, [best.moved(best.span.start, best.span.end + len(rest))])
