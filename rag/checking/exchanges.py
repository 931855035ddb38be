"""Whether a sentence gives two things of a window each other's places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.checking.known_names import DEMONYMS
from rag.checking.name_match import Words
from rag.checking.names import is_country, names_of
from rag.checking.quantities import Quantity, agrees
from rag.checking.swaps import Place, opposites, roles_exchanged, swapped
from rag.checking.term_finder import Located
from rag.checking.windows import Claim, Knowledge, Window, crosses
from rag.index.lexical import LexicalIndex
from rag.language.entities import Mention
from rag.language.text import fold

MOST_THINGS, MOST_WORDS, MOST_PLACES = 12, 60, 8  # compared by what stands near them, and where
_VERBATIM = 0.85  # coverage from which a sentence all but repeats the words
_TELLING = 0.5  # of the weight of the heaviest word, from which a word may act on another


def exchanged(claim: Claim, window: Window, known: Knowledge) -> tuple[Place, Place] | None:
    """Two things that the claim gives each other's places, None where there are none."""
    here, there = Located(claim.text), Located(window.words)
    context = _shared(claim, here, there, known.lexical)
    things = [
        Place(f"number {each.dimension}", (each.start, each.end), given)
        for each in claim.facts.quantities[:MOST_THINGS]
        if (given := _places_of(each, window))
    ]
    things += opposites(claim.text, window.words)
    actors = []
    for name in claim.names[:MOST_THINGS]:
        given = tuple(dict.fromkeys(_places_of_name(name, there, context, known)))[:MOST_PLACES]
        if given:
            kind = "country" if is_country(name.text, known.lexicon) else name.kind
            named = Place(kind, (name.start, name.end), given)
            if fold(name.text) not in DEMONYMS:
                actors.append(named)
            if not _belongs(name, claim.text):
                things.append(named)
    if window.coverage >= _VERBATIM and not crosses(claim.text, window.words):
        once = (word for word in context if len(word.given) == 1)
        actors += [word for word in once if word.weight >= _TELLING]
    return roles_exchanged(claim.text, window.words, actors, context) or swapped(
        claim.text, window.words, things, context
    )


def _shared(claim: Claim, here: Located, there: Located, lexical: LexicalIndex) -> list[Place]:
    """The words of the claim that the window has too, in either language."""
    found = []
    for group in claim.groups:
        theirs = there.find(group, sure=True)
        if theirs:
            weight = group.weight * lexical.importance(group)
            given = tuple(dict.fromkeys(theirs))[:MOST_PLACES]
            found += [Place("word", place, given, weight) for place in here.find(group)]
    heaviest = max((each.weight for each in found), default=1.0) or 1.0
    found = sorted(found, key=lambda each: -each.weight)[:MOST_WORDS]
    return [replace(each, weight=each.weight / heaviest) for each in found]


def _places_of_name(
    name: Mention, there: Located, shared: Sequence[Place], known: Knowledge
) -> Iterator[tuple[int, int]]:
    found = [
        place
        for other in (name.text, *known.aliases.get(fold(name.text), ()))
        for place in there.find_words(other)
    ]
    if not found:
        found = [
            (mention.start, mention.end)
            for mention in names_of(there.text, known.lexicon)
            if known.has(name, Words.of(mention.text))
        ]
    if not found:
        found = [
            place
            for word in shared
            if name.start <= word.claimed[0] < name.end
            for place in word.given
        ]
    yield from found


def _belongs(name: Mention, text: str) -> bool:
    """Whether a name only says whose something is: Korea's minister, the Indian firm."""
    return fold(name.text) in DEMONYMS or text.startswith(("'s", "’s"), name.end)


def _places_of(claimed: Quantity, window: Window) -> tuple[tuple[int, int], ...]:
    return tuple(
        (each.start - window.start, each.end - window.start)
        for each in window.facts.quantities
        if agrees(claimed, each)
    )
