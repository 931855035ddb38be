"""When something happened that a sentence calls recent (日前), from a sentence with the date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.index.passage import Passage
from rag.language.numerals import MONTHS
from rag.language.sentences import CLAUSE_END, sentences
from rag.language.text import han_share, simplify_in_place
from rag.reading.results import Span
from rag.reading.strategies.base import Answered, Asked, Read

FARTHEST = 3  # passages before and behind that are looked at
SAME = (
    6  # characters of Han text that both sentences go on with; Latin text has three times as many
)
_VAGUE = re.compile(
    r"日前|近日|近期|不久前|此前|昨[日天晚]|今[日天]|当[日天晚]|上周|本周|上个?月|本月"
    r"|\b(?:recently|yesterday|today|the other day|(?:last|earlier this) (?:week|month))\b",
    re.IGNORECASE,
)
_MONTH = rf"(?:{'|'.join(MONTHS)})"
_DATE = re.compile(
    r"(?:\d{4} ?年)? ?\d{1,2} ?月(?: ?\d{1,2} ?[日号])?"
    rf"|\b(?:\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}})(?:,? \d{{4}})?\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s，,的]*")
_CLAUSE_END = re.compile(CLAUSE_END)


def dated_elsewhere(asked: Asked, read: Read) -> Answered | None:
    """The date, where the best sentence only says "recently" and the same words follow a date.

    The dated sentence stands in the same document, at most three passages away; both are quoted.
    """
    if "when" not in asked.kinds:
        return None
    best = read.best
    held = next(
        (each for each in sentences(best.text) if each[0] <= best.span.start < each[1]), None
    )
    if held is None:
        return None
    vague = _VAGUE.search(simplify_in_place(best.text), *held)
    if vague is None or _DATE.search(best.text, *held):
        return None
    told = _behind(best.text, vague.end())
    least = SAME if han_share(told) >= 0.5 else 3 * SAME
    for passage in _near(read, read.passages[best.passage]):
        for match in _DATE.finditer(passage.text):
            if _shared(told, _behind(passage.text, match.end())) >= least:
                return _both(read, passage, match.span(), held)
    return None


def _both(read: Read, passage: Passage, date: tuple[int, int], held: tuple[int, int]) -> Answered:
    ids = [each.chunk.id for each in read.passages]
    is_read = passage.chunk.id in ids
    number = ids.index(passage.chunk.id) if is_read else len(ids)
    start, end = next(each for each in sentences(passage.text) if each[0] <= date[0] < each[1])
    words = (date[0] + (passage.text[date[0]] == " "), date[1])
    return Answered(
        read.best,
        (Span(number, start, end, (words,)), Span(read.best.passage, *held)),
        () if is_read else (passage,),
    )


def _near(read: Read, passage: Passage) -> Iterator[Passage]:
    """A passage and those around it, the nearest first."""
    seen = {passage.chunk.id}
    row = [passage]
    for _ in range(FARTHEST + 1):
        yield from row
        around = [other for each in row for other in read.neighbours(each)]
        row = [each for each in around if each.chunk.id not in seen]
        seen.update(each.chunk.id for each in row)


def _behind(text: str, start: int) -> str:
    """The words of a clause from an offset on, without what joins them to a date."""
    joint = _BETWEEN.match(text, start)
    start = joint.end() if joint else start
    stop = _CLAUSE_END.search(text, start)
    return simplify_in_place(text[start : stop.start() if stop else len(text)]).lower()


def _shared(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    alike = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        alike += 1
    return alike
