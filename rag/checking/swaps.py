"""What belongs to what: whether a sentence gives two things each other's places.

"Five for residents, three for the city" against "three for residents, five for the city": all
words are there, and yet it says something else. Each of two things of a kind is compared by what
stands near it, here and there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from rag.checking.relations import Span, direction, relations
from rag.language.tables import table
from rag.language.text import fold_in_place

NEAR = 3.0  # words, over which nearness falls to a third
OTHER_SIDE = 0.7  # of what stands before a thing here and behind it there
# Share of what tells the two apart that must speak for the other order: (numbers, names).
AGAINST = (0.3, 0.3)
AGAINST_IN_ORDER = (0.4, 0.8)  # where they stand in the same order here and there
TELLING = 0.02  # nearness from which a word tells two things apart; two words must
LEAST = 0.1  # nearness that says something
_ACTORS = ("name", "country", "word")  # kinds of things that act on each other
_OUTER = {"before", "behind"}
_BREAKS = {
    **dict.fromkeys("：:（）()、", 1.5),
    **dict.fromkeys("，,；;", 2.5),
    **dict.fromkeys("。！？.!?\n", 4.0),
}
_OPPOSITES = [tuple(map(re.compile, pair)) for pair in table("opposites")]


@dataclass(frozen=True, slots=True)
class Place:
    """A thing where it is mentioned: offsets in the claim, and all those in the text held to it."""

    kind: str
    claimed: Span
    given: Sequence[Span]
    weight: float = 1.0


def swapped(
    claim: str, text: str, things: Sequence[Place], context: Sequence[Place]
) -> tuple[Place, Place] | None:
    """Two of `things`, of one kind, that the claim gives each other's places; None where none are.

    `context` are the other words that both texts have.
    """
    here, there = _Scale(claim), _Scale(text)
    worst, found = 0.0, None
    for first, second in combinations(things, 2):
        if first.kind != second.kind or set(first.given) & set(second.given):
            continue
        if first.kind in _ACTORS and _roles(claim, text, first, second, context) > 0:
            continue
        alike = [thing.claimed for thing in things if thing.kind == first.kind]
        others = [*context, *(thing for thing in things if thing.kind != first.kind)]
        around = [each for each in others if not any(_touches(each.claimed, at) for at in alike)]
        difference = total = 0.0
        telling = set()
        nearest = min(product(first.given, second.given), key=lambda at: abs(at[0][0] - at[1][0]))
        in_order = (first.claimed < second.claimed) == (nearest[0] < nearest[1])
        for other in around:
            if in_order and _side(other.claimed, first.claimed, second.claimed) in (
                _OUTER & {_side(place, *nearest) for place in other.given}
            ):
                continue  # "In Russia A and B …" binds to neither
            a, b = (here.nearness([each.claimed], [other.claimed]) for each in (first, second))
            x, y = (there.nearness(each.given, other.given) for each in (first, second))
            of_first = other.weight * (_product(a, x) - _product(a, y))
            of_second = other.weight * (_product(b, y) - _product(b, x))
            difference += of_first + of_second
            total += abs(of_first) + abs(of_second)
            if min(of_first, of_second) < -TELLING:
                telling.add(other.claimed)
        of_numbers, of_names = AGAINST_IN_ORDER if in_order else AGAINST
        needed = of_numbers if first.kind.startswith("number") else of_names
        if len(telling) > 1 and total > LEAST and difference < min(worst, -needed * total):
            worst, found = difference, (first, second)
    return found


def opposites(claim: str, text: str) -> Iterator[Place]:
    """Words of contrary meaning, where the claim and the text have both of them."""
    here, there = fold_in_place(claim), fold_in_place(text)
    for number, pair in enumerate(_OPPOSITES):
        ours = [match.span() for each in pair if (match := each.search(here))]
        theirs = [tuple(m.span() for m in each.finditer(there)) for each in pair]
        if len(ours) == 2 and all(theirs):
            for claimed, given in zip(ours, theirs, strict=True):
                yield Place(f"opposite {number}", claimed, given)


def roles_exchanged(
    claim: str, text: str, actors: Sequence[Place], context: Sequence[Place]
) -> tuple[Place, Place] | None:
    """Two of `actors` of whom the claim has the one act on the other, and the text the reverse."""
    for first, second in combinations(actors, 2):
        if (
            first.kind == second.kind
            and first.kind in _ACTORS
            and not set(first.given) & set(second.given)
            and _roles(claim, text, first, second, context) < 0
        ):
            return first, second
    return None


def _roles(claim: str, text: str, first: Place, second: Place, context: Sequence[Place]) -> int:
    """-1 where a word has the two act on each other the other way round in the text, 1 as here."""
    found = set()
    related = (Place("word", *each) for each in relations(claim, text))
    for word in related if first.kind != "word" else context:
        here = direction(claim, first.claimed, second.claimed, word.claimed)
        if not here:
            continue
        for a, b, place in product(first.given, second.given, word.given):
            found.add(here * direction(text, a, b, place))
    found.discard(0)
    return found.pop() if len(found) == 1 else 0


def _side(place: Span, first: Span, second: Span) -> str:
    """Whether a place is before both others, between them, or behind both."""
    if place[0] < min(first[0], second[0]):
        return "before"
    return "behind" if place[0] > max(first[0], second[0]) else "between"


def _product(here: float, there: float) -> float:
    return abs(here * there) * (1.0 if here * there >= 0 else OTHER_SIDE)


def _touches(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]


class _Scale:
    """A text measured in words: a Han character is half a word, a mark holds apart."""

    def __init__(self, text: str) -> None:
        self._at = [0.0]
        for character, following in zip(text, f"{text} "[1:], strict=True):
            step = 0.5 if character >= "\u3400" else 0.0
            if character.isascii() and character.isalnum() and not following.isalnum():
                step = 1.0
            if character in _BREAKS and not (character in ".,:" and following.isalnum()):
                step = _BREAKS[character]
            self._at.append(self._at[-1] + step)

    def nearness(self, things: Sequence[Span], others: Sequence[Span]) -> float:
        """The greatest nearness of two of them in 0..1, negative where the other stands first."""
        found = (self._nearness(thing, other) for thing in things for other in others)
        return max(found, key=abs, default=0.0)

    def _nearness(self, thing: Span, other: Span) -> float:
        behind = self._at[other[0]] - self._at[thing[1]]
        before = self._at[thing[0]] - self._at[other[1]]
        if behind >= before:
            return math.exp(-max(0.0, behind) / NEAR)
        return -math.exp(-max(0.0, before) / NEAR)
