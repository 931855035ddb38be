"""Passages in the order of their reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.index.retriever import FoundPassage
from rag.reading.results import Ranked, Read


def to_read(found: Sequence[FoundPassage]) -> list[Read]:
    """The passages as a reader takes them."""
    return [Read(each.candidate, each.indexed, each.hit.title) for each in found]


def reranked(passages: Sequence[FoundPassage], ranking: Sequence[Ranked]) -> list[FoundPassage]:
    """The passages in the order of `ranking`, with its scores; the others follow, below it."""
    read: dict[int, Ranked] = {}
    for ranked in ranking:
        read.setdefault(ranked.passage, ranked)
    lowest = min((ranked.score for ranked in read.values()), default=0.0)
    found: list[FoundPassage] = []
    for rank, ranked in enumerate(read.values(), start=1):
        passage = passages[ranked.passage]
        ranks = {**passage.hit.ranks, "reader": rank}
        hit = replace(passage.hit, score=ranked.score, rank=rank, ranks=ranks)
        found.append(replace(passage, hit=hit))
    rest = [passage for number, passage in enumerate(passages) if number not in read]
    above = rest[0].hit.score if rest else 0.0
    for passage in rest:
        score = passage.hit.score
        if ranking:
            score = min(score, lowest - (above - score))
        found.append(replace(passage, hit=replace(passage.hit, score=score, rank=len(found) + 1)))
    return found
