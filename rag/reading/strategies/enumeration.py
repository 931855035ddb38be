"""The whole list within a sentence, asked for a list: 天津、上海和重庆."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.language import question
from rag.language.lists import Enumeration, enumerations
from rag.language.text import fold
from rag.reading.candidates import Candidate
from rag.reading.strategies.base import Answered, Asked, Read, further, in_sentences

SEVERAL_ITEMS = 3  # of a list near the best words, which are one item, to be meant instead


def enumerated(asked: Asked, read: Read) -> Answered | None:
    """The whole list that the answer to a question for a list lies in.

    Where the question says how many things it asks for, a list of as many in a sentence that was
    read, be it beside the words themselves; where it does not and the best words are one thing,
    a list that was read nearly as well.
    """
    best = _listed(asked, read)
    return in_sentences(read, [best, *further(asked, read, best)]) if best else None


def _listed(asked: Asked, read: Read) -> Candidate | None:
    if asked.wanted is None and "list" not in asked.kinds:
        return None
    best = read.best
    if question.items(best.words) == asked.wanted:
        return None
    near = list(read.near())
    if asked.wanted is None and question.items(best.words) == 1:
        for candidate, found in _lists(asked, near):
            if candidate.holds(found) and found.items >= SEVERAL_ITEMS:
                return candidate
    there = [each for each in read.ranked if each in near or each.passage == best.passage]
    for candidate, found in _lists(asked, near if asked.wanted else near[:1]):
        if candidate.holds(found):
            return candidate
        if candidate.meets(found.start, found.end):
            return candidate.mended(found)
    together = [best, *further(asked, read, best)]
    if not asked.wanted or sum(question.items(each.words) for each in together) == asked.wanted:
        return None
    by = list(_lists(asked, there))
    for candidate, found in by:
        if candidate.meets(found.start, found.end):
            return candidate.mended(found)
    return next((candidate.moved(found.start, found.end) for candidate, found in by), None)


def _lists(
    asked: Asked, candidates: Sequence[Candidate]
) -> Iterator[tuple[Candidate, Enumeration]]:
    """The lists by the candidates, of as many items as are asked for."""
    for candidate in candidates:
        for found in enumerations(candidate.text):
            is_as_long = asked.wanted in (None, found.items)
            words = candidate.text[found.start : found.end]
            if is_as_long and candidate.is_by(found) and not _repeats(asked, words):
                yield candidate, found


def _repeats(asked: Asked, words: str) -> bool:
    """Whether `words` are what is asked about: 六大体系、两个平台, asked which 两个平台."""
    return bool(asked.counted) and asked.counted in fold(words)
