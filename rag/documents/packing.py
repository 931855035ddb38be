"""Pieces of text packed into passages of a good length."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

HAN_LIMIT, LATIN_LIMIT = 450, 1200  # characters; a promise to readers
HAN_IDEAL, LATIN_IDEAL = 300, 800  # characters; smaller passages rank better
SMALLEST = 40  # characters; less joins a neighbour of the same section


class Break:
    """What it costs to end a passage there; a passage of twice the ideal length costs 1.

    The order is what matters: any of them halved or doubled, all 198 questions with evidence in
    `seeds/` and in the five real documents still find it in one passage (as tests/test_seeds.py
    counts), and at most two passages of 324 are drawn otherwise.
    """

    PARAGRAPH = 0.02
    LINE = 0.1
    SENTENCE = 0.2
    ROW = 0.1
    LIST = 0.7  # between items, or behind what introduces them
    CLAUSE = 1.5
    WORD = 2.0
    LETTER = 3.0
    HEADING = 20.0  # stays with what it heads
    CHARACTER = 50.0  # within one that people see as one


def _mostly_han(letters: int, han: int) -> bool:
    return 2 * han >= letters > 0  # as rag.language.text.han_share(…) >= 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """The smallest unit of a passage: begins and ends with something to read."""

    start: int
    end: int
    letters: int
    han: int

    def until(self, other: Piece) -> Piece:
        """One piece of both: `other` is the next."""
        return Piece(self.start, other.end, self.letters + other.letters, self.han + other.han)

    def fits(self) -> bool:
        """Whether it is within the limit of its script."""
        return self.end - self.start <= (
            HAN_LIMIT if _mostly_han(self.letters, self.han) else LATIN_LIMIT
        )

    def is_small(self) -> bool:
        """Whether it is too short to stand alone."""
        return self.end - self.start < SMALLEST


def joined(pieces: list[Piece], costs: list[float]) -> tuple[list[Piece], list[float]]:
    """`pieces` without the small ones: each is part of the neighbour it belongs to."""
    kept_pieces: list[Piece] = []
    kept_costs: list[float] = []
    for i, piece in enumerate(pieces):
        before = costs[i - 1] if i else 0.0
        after = costs[i] if i < len(costs) else 0.0
        if kept_pieces and (
            before >= Break.HEADING
            or kept_pieces[-1].is_small()
            or (piece.is_small() and before > after)
        ):
            both = kept_pieces[-1].until(piece)
            if both.fits():
                kept_pieces[-1] = both
                continue
        if kept_pieces:
            kept_costs.append(before)
        kept_pieces.append(piece)
    return kept_pieces, kept_costs


def packed(pieces: list[Piece], costs: list[float]) -> list[tuple[int, int]]:
    """The cheapest passages made of `pieces`: near the ideal size, broken where it costs least.

    Dynamic programming over the last break; a single piece always fits.
    """
    best = [0.0]
    previous = [0]
    for end in range(1, len(pieces) + 1):
        passage = pieces[end - 1]
        cheapest, choice = inf, end - 1
        for first in range(end - 1, -1, -1):
            if first < end - 1:
                passage = pieces[first].until(passage)
            if passage.end - passage.start > LATIN_LIMIT:
                break
            if first == end - 1 or passage.fits():
                cost = best[first] + _cost(passage) + (costs[first - 1] if first else 0.0)
                if cost < cheapest:
                    cheapest, choice = cost, first
        best.append(cheapest)
        previous.append(choice)
    spans, end = [], len(pieces)
    while end:
        spans.append((pieces[previous[end]].start, pieces[end - 1].end))
        end = previous[end]
    return spans[::-1]


def _cost(passage: Piece) -> float:
    length = passage.end - passage.start
    ideal = HAN_IDEAL if _mostly_han(passage.letters, passage.han) else LATIN_IDEAL
    return (length / ideal - 1) ** 2
