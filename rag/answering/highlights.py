"""Where in a quote the short answer lies: half-open spans, clipped, moved, and cut along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

Span = tuple[int, int]


def clipped(spans: Iterable[Sequence[int]], start: int, end: int) -> tuple[Span, ...]:
    """What of the spans lies within `start`..`end`: in order, the overlapping ones as one.

    >>> clipped([(7, 12), (0, 2), (1, 4), (5, 5)], 1, 9)
    ((1, 4), (7, 9))
    """
    kept: list[Span] = []
    for first, last in sorted((max(first, start), min(last, end)) for first, last in spans):
        if first >= last:
            continue
        if kept and first < kept[-1][1]:
            former = kept.pop()
            first, last = former[0], max(former[1], last)
        kept.append((first, last))
    return tuple(kept)


def moved(spans: Iterable[Span], distance: int) -> tuple[Span, ...]:
    """The spans `distance` characters further on."""
    return tuple((start + distance, end + distance) for start, end in spans)


def in_quote(citation: Mapping[str, Any]) -> tuple[Span, ...]:
    """The highlights of a citation's JSON shape, counted from the beginning of its quote.

    () for a citation that was stored before there were highlights.
    """
    spans = citation.get("highlights")
    if not spans:
        return ()
    start = citation["start"]
    return moved(clipped(spans, start, start + len(citation["quote"])), -start)


def cut(text: str, spans: Iterable[Span]) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it lies within a span; joined they are `text`.

    >>> cut("She met Ma 马云.", [(8, 10), (10, 13)])
    [('She met ', False), ('Ma 马云', True), ('.', False)]
    """
    inside = {position for span in spans for position in range(*span)}
    pieces = []
    for is_inside, run in groupby(range(len(text)), inside.__contains__):
        positions = list(run)
        pieces.append((text[positions[0] : positions[-1] + 1], is_inside))
    return pieces
