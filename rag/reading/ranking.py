"""Passages in the order of their reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.index.passage import Passage
from rag.reading.results import Ranked


def reranked(passages: Sequence[Passage], ranking: Sequence[Ranked]) -> list[Passage]:
    """The passages in the order of `ranking`, with its scores; the others follow, below it."""
    read: dict[int, Ranked] = {}
    for ranked in ranking:
        read.setdefault(ranked.passage, ranked)
    found = [
        replace(
            passages[number],
            score=ranked.score,
            rank=rank,
            ranks={**passages[number].ranks, "reader": rank},
        )
        for rank, (number, ranked) in enumerate(read.items(), start=1)
    ]
    rest = [passage for number, passage in enumerate(passages) if number not in read]
    lowest = min((ranked.score for ranked in read.values()), default=0.0)
    for passage in rest:
        score = passage.score
        if ranking:
            score = min(score, lowest - (rest[0].score - score))
        found.append(replace(passage, score=score, rank=len(found) + 1))
    return found


def led_by(cited: Sequence[Passage], found: Sequence[Passage]) -> list[Passage]:
    """The passages found, best first, behind those that are cited, which need not be among them."""
    own = {each.chunk.id: each for each in found}
    best = max((each.score for each in found), default=0.0)
    first = [replace(own.pop(each.chunk.id, each), score=best) for each in cited]
    return [replace(each, rank=rank) for rank, each in enumerate([*first, *own.values()], start=1)]
