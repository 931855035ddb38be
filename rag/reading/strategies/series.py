"""All items of a series over sentences or lines, asked for a list or for steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.index.passage import Passage
from rag.language import question
from rag.language.sentences import CLAUSE_END
from rag.language.series import Item, Series, head, series
from rag.language.text import fold
from rag.reading.candidates import Candidate
from rag.reading.results import Span
from rag.reading.strategies.base import Answered, Asked, Read, heading_terms_in

SHORT = 200  # characters of items that are given whole; of longer ones the first sentence
MOST = 340  # characters of all; where first sentences are longer, their first clauses
HEADED = 0.5  # how sure a series under the very words of the question is at least
LONGEST_WAY = 6  # passages over which one series is followed
_ONE_THING = frozenset({"when", "number", "share", "who", "where", "name", "address", "why"})
_CLAUSE_END = re.compile(CLAUSE_END)


def in_series(asked: Asked, read: Read) -> Answered | None:
    """The items of the series that the best words stand in or are led to by, each quoted.

    A series answers where its lead names what is asked for by its number (四方面举措), or where it
    has no other number of items and none speaks of more that is asked than lead and heading.
    """
    is_open = asked.wanted or "list" in asked.kinds or not asked.kinds & _ONE_THING
    if not is_open:
        return None
    seen = set()
    for candidate in read.near():
        if candidate.passage in seen:
            continue
        seen.add(candidate.passage)
        for found in series(candidate.text):
            whole = list(_whole(found, read.passages[candidate.passage], read))
            if _answers(asked, read, candidate, found, len(whole)):
                passage = read.passages[candidate.passage]
                is_headed = heading_terms_in(fold(asked.query), passage) == 1
                return _quoted(candidate, whole, read, HEADED if is_headed else 0.0)
    return None


def _answers(asked: Asked, read: Read, candidate: Candidate, found: Series, count: int) -> bool:
    if count < 2 or found.first != 1 or (asked.wanted or count) != count:
        return False
    text, passage = candidate.text, read.passages[candidate.passage]
    if asked.counted and asked.counted in fold(text[slice(*found.lead)]):
        return True
    if asked.wanted and question.items(read.best.words) == asked.wanted:
        return False
    is_by = candidate.meets(found.lead[0], found.end) or asked.wanted == count
    own = [
        item
        for item in found.items
        if candidate.meets(item.start, item.end) and not candidate.meets(*found.lead)
    ]
    if len(own) == 1 and _is_part(candidate, own[0]) and not asked.wanted:
        return False
    led = f"{passage.chunk.section}\n{text[slice(*found.lead)]}"
    speaks = read.met(led)
    return (
        is_by
        and speaks > 0
        and all(read.met(f"{led}\n{text[item.start : item.end]}") <= speaks for item in own)
    )


_Placed = tuple[Passage, Item]


def _is_part(candidate: Candidate, item: Item) -> bool:
    """Whether the words are less than half of an item: an answer of their own."""
    return 2 * (candidate.span.end - candidate.span.start) < item.end - item.start


def _whole(found: Series, passage: Passage, read: Read) -> Iterator[_Placed]:
    """The items of a series with their passages, followed into the next passages."""
    yield from ((passage, item) for item in found.items)
    number = found.first + len(found.items)
    for _ in range(LONGEST_WAY if found.is_numbered else 0):
        behind = [
            each for each in read.neighbours(passage) if each.chunk.ordinal > passage.chunk.ordinal
        ]
        if not behind:
            return
        passage = behind[0]
        for more in series(passage.text):
            if more.way == found.way and more.first == number:
                yield from ((passage, item) for item in more.items)
                number += len(more.items)


def _quoted(candidate: Candidate, items: Sequence[_Placed], read: Read, least: float) -> Answered:
    """The items as quotes of their passages; those of one passage together where all are short."""
    are_short = _length(items) <= SHORT
    if not are_short:
        items = [(passage, head(passage.text, item)) for passage, item in items]
    if _length(items) > MOST:
        items = [(passage, _clause(passage.text, item)) for passage, item in items]
    numbers = {read.passages[candidate.passage].chunk.id: candidate.passage}
    further: list[Passage] = []
    spans: list[Span] = []
    for passage, (mark, start, end) in items:
        if passage.chunk.id not in numbers:
            numbers[passage.chunk.id] = len(read.passages) + len(further)
            further.append(passage)
        number = numbers[passage.chunk.id]
        last = spans[-1] if spans else None
        if last and last.passage == number and are_short:
            spans[-1] = Span(number, last.start, end, (*last.highlights, (start, end)))
        else:
            spans.append(Span(number, mark, end, ((start, end),)))
    return Answered(candidate, tuple(spans), tuple(further), least)


def _length(items: Sequence[_Placed]) -> int:
    return sum(item.end - item.start for _, item in items)


def _clause(text: str, item: Item) -> Item:
    stop = _CLAUSE_END.search(text, item.start + 1, item.end)
    return item._replace(end=stop.start()) if stop else item
