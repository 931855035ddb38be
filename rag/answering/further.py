"""More of what was answered: sentences of the passage that no reply has shown yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rag.answering.citations import Quote, one_line
from rag.index.passage import Passage
from rag.language.sentences import sentences
from rag.language.text import han_share
from rag.reading.quotes import LENGTH

ROOM = 2 * LENGTH  # characters of Han text; Latin text may be twice as long
_MARKER = re.compile(r"\s*\[\d+\]")


def replies_of(history: Sequence[Mapping[str, str]]) -> list[str]:
    """The replies among some turns, oldest first.

    >>> replies_of([{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}])
    ['So.']
    """
    said = [turn.get("content") or "" for turn in history if turn.get("role") == "assistant"]
    return list(filter(None, said))


def said_in(replies: Sequence[str]) -> str:
    """All replies on one line, without their markers."""
    return " ".join(one_line(_MARKER.sub("", reply)) for reply in replies)


def further(
    quotes: Sequence[Quote],
    replies: Sequence[str],
    met: Callable[[str], float],
    neighbours: Callable[[Passage], Sequence[Passage]],
) -> list[Quote]:
    """Sentences beside the first quote that no reply has shown, in order, as many as read well.

    `met` says how much of what was asked a sentence speaks of: those that speak of more come first,
    then those behind the quote. Where nothing is left of its passage, the next ones are looked
    at, those behind it before those in front; [] where these are shown as well.
    """
    if not quotes:
        return []
    said, first = said_in(replies), quotes[0]
    ordinal = first.passage.chunk.ordinal
    near = sorted(neighbours(first.passage), key=lambda each: each.chunk.ordinal < ordinal)
    for passage in (first.passage, *near):
        at = first.end if passage is first.passage else 0
        left = [
            span
            for span in sentences(passage.text)
            if (words := passage.text[slice(*span)])[0] != "#" and one_line(words) not in said
        ]
        left.sort(key=lambda span: (-met(passage.text[slice(*span)]), span[0] < at, span))
        if chosen := _fitting(left, passage.text):
            return _joined(chosen, passage)
    return []


def _fitting(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    room = ROOM if han_share(text) >= 0.5 else 2 * ROOM
    chosen: list[tuple[int, int]] = []
    for start, end in spans:
        if not chosen or end - start <= room:
            chosen.append((start, end))
            room -= end - start
    return sorted(chosen)


def _joined(spans: Sequence[tuple[int, int]], passage: Passage) -> list[Quote]:
    """Quotes of the spans, those of which only white space parts as one."""
    found: list[Quote] = []
    for start, end in spans:
        if found and not passage.text[found[-1].end : start].strip():
            found[-1] = Quote(passage, found[-1].start, end)
        else:
            found.append(Quote(passage, start, end))
    return found
