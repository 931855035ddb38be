"""The readings of a question's parts, as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.index.passage import Passage
from rag.reading.quotes import meet, merged
from rag.reading.results import Reading, Span


def of_sides(
    sides: Sequence[Reading], whole: Callable[[], list[Reading]], threshold: float
) -> Sequence[Reading]:
    """The readings of both sides of a comparison where all are sure, else those of the whole.

    Where nothing is sure in these, the sides again, of which one may be.
    """
    is_sure = [each.confidence >= threshold for each in sides]
    if sides and all(is_sure):
        return sides
    readings = whole()
    none = all(each.confidence < threshold for each in readings)
    return sides if none and any(is_sure) else readings


def joined(readings: Sequence[Reading], read: int, threshold: float) -> Reading:
    """What the parts of a question are answered by, each as sure as `threshold`.

    All were read over the same `read` passages. The confidence is the least of those that are
    answered; where none is, the reading is the surest one.
    """
    if len(readings) == 1:
        return readings[0]
    sure = [each for each in readings if each.spans and each.confidence >= threshold]
    best = max(readings, key=lambda each: each.confidence)
    if not sure:
        return replace(best, tokens=sum(each.tokens for each in readings))
    spans: list[Span] = []
    further: tuple[Passage, ...] = ()
    for each in sure:
        for span in each.spans:
            if span.passage >= read:
                span = replace(span, passage=span.passage + len(further))
            _add(spans, span)
        further = (*further, *each.further)
    return replace(
        best,
        spans=tuple(spans),
        confidence=min(each.confidence for each in sure),
        tokens=sum(each.tokens for each in readings),
        further=further,
    )


def _add(spans: list[Span], span: Span) -> None:
    """Add a span, joined with one of its passage that it meets."""
    for number, other in enumerate(spans):
        if meet(other, span):
            whole = merged(other, span)
            words = sorted(set(whole.highlights))
            spans[number] = replace(
                whole, highlights=tuple(each for each in words if not _is_within(each, words))
            )
            return
    spans.append(span)


def _is_within(words: tuple[int, int], all_words: Sequence[tuple[int, int]]) -> bool:
    """Whether other words meet these and are longer, or as long and before them."""
    return any(
        other != words
        and other[0] < words[1]
        and words[0] < other[1]
        and (other[1] - other[0], words) > (words[1] - words[0], other)
        for other in all_words
    )
