"""What changes with the years: the newest value, and the older one where it is not said which."""

from __future__ import annotations

import re

from rag.language.sentences import sentences
from rag.language.terms import index_terms
from rag.language.text import fold
from rag.reading.candidates import Candidate
from rag.reading.strategies.base import Answered, Asked, Read, in_sentences
from rag.reading.years import years_in

_LATEST = re.compile(
    r"最新|现在|目前|当前|如今|现行|\b(?:latest|newest|most recent|current(?:ly)?|now|at present)\b"
)
ALIKE = 0.6  # share of the terms of two sentences that say the same of two years


def newest(asked: Asked, read: Read) -> Answered | None:
    """The words of the newest year, where the best ones are of another than others near them.

    Asked for what holds now, these alone. Where no time is named, and another document says the
    same of another year with other words, all of them, the newest first.
    """
    kinds = asked.kinds & {"when", "list"}
    if kinds or asked.wanted or asked.parts > 1 or years_in(asked.query):
        return None
    found = _of_years(read)
    if len(found) < 2:
        return None
    ordered = [found[year] for year in sorted(found, reverse=True)]
    if _LATEST.search(fold(asked.query)):
        return in_sentences(read, ordered[:1])
    documents = {read.passages[each.passage].chunk.document_id for each in ordered}
    return in_sentences(read, ordered) if len(documents) == len(ordered) else None


def _of_years(read: Read) -> dict[int, Candidate]:
    """Year → the best words of that year, as far as their sentences are like the best one's."""
    best = _sentence(read.best)
    own = _terms(best)
    found: dict[int, Candidate] = {}
    for each in read.near():
        sentence = _sentence(each)
        years = years_in(sentence)
        terms = _terms(sentence)
        alike = len(own & terms) / max(1, len(own | terms))
        if years and alike >= ALIKE and all(each.words != other.words for other in found.values()):
            found.setdefault(max(years), each)
    return found


def _sentence(candidate: Candidate) -> str:
    for start, end in sentences(candidate.text):
        if start <= candidate.span.start < end:
            return candidate.text[start:end]
    return ""


def _terms(sentence: str) -> set[str]:
    """What a sentence says, without its figures."""
    return {term for term in index_terms(re.sub(r"\d", " ", sentence)) if not term.startswith("^")}
