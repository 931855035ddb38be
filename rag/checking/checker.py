"""A sentence held against passages, which support it, say otherwise, or say nothing of it.

The words of a passage that are nearest to the sentence are looked up by its terms in both
languages and by meaning; then the numbers, dates and names of the sentence must be there, what
belongs together must belong together there too, and nothing be denied that is affirmed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rag.checking.aliases import Aliases
from rag.checking.clauses import Clause, clauses, differ, parts_of
from rag.checking.facts import (
    Fact,
    facts_of,
    goes_without_saying,
    is_telling,
    lacking,
    sure_facts,
)
from rag.checking.known_names import DEMONYMS
from rag.checking.name_match import Presence, Words, presence
from rag.checking.names import is_country, is_person, is_surely_a_name, names_of
from rag.checking.negation import denials
from rag.checking.quantities import Quantity, agrees
from rag.checking.swaps import Place, opposites, roles_exchanged, swapped
from rag.checking.term_finder import Located
from rag.checking.windows import Claim, Key, Text, Window, crosses, own, text_of, words_of
from rag.index.fusion import Search
from rag.index.lexical import LexicalIndex
from rag.index.passage import Passage
from rag.language.entities import Mention
from rag.language.lexicon import Lexicon
from rag.language.sentences import sentences
from rag.language.term_groups import Group
from rag.language.terms import index_terms
from rag.language.text import fold

PASSAGES = 8  # that a sentence of unknown origin is held against
UNITS = 3  # of a passage, in the words that a sentence is held against
LENGTH = 400  # characters of these at most
BEST = 6  # windows looked at closely
COVERED = 0.3  # of the sentence's terms that the words must meet
COVERED_ACROSS = 0.2  # the same across languages
COVERED_CLAUSE = 0.1  # of the terms of a clause that the passage must meet
CLAUSE = 4  # terms, from which a clause says something of its own
MOST_THINGS, MOST_WORDS, MOST_PLACES = 12, 60, 8  # compared by what stands near them, and where
LONGEST = 1000  # characters of a sentence; longer ones are `TOO_LONG`

_MEANING = 3.0  # weight of the cosine beside the share of terms met
_TYPICAL = 0.85
_ABOVE = 0.5  # of a term that only the title and the section meet
_SPARE = 0.02  # for each further unit
_WRONG = 0.5  # for each number or date that is not there
_UNNAMED, _NAMED_NEAR = 0.2, 0.05  # for each name that is not in the passage, and not in the words
_BORNE_OUT = 0.1  # for each fact that is there
_VERBATIM = 0.85  # coverage from which a sentence all but repeats the words
_HALF = 0.5  # of what the best sentence meets
_ADDS = 0.25  # of the terms of a clause, that a further clause of the passage meets
_ANAPHOR = re.compile(
    r"(?<!其)[他她它]|其(?![他她它中实實余])|[该該这這](?:家|个|個)?[公机機][司构構]"
    r"|\b(?:he|she|it|they|his|her|its|their|the (?:company|firm|group))\b",
    re.IGNORECASE,
)

Verdict = Literal["supported", "unsupported", "contradicted"]
Reason = Literal[
    "",
    "nothing_near",
    "number",
    "date",
    "name",
    "added",
    "negation",
    "swapped",
    "too_long",
    "not_an_answer",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a sentence: `start` and `end` are the nearest words in the passage's text.

    `passage` counts among the passages given, None where there was none. `claimed` are the words
    of the sentence that are not borne out, `given` those of the passage in their place, as far
    as `reason` has such.
    """

    verdict: Verdict
    reason: Reason = ""
    claimed: str = ""
    given: str = ""
    passage: int | None = None
    start: int = 0
    end: int = 0


TOO_LONG = Finding("unsupported", "too_long")


class Checker:
    """Holds sentences against passages of one index; safe to share between threads.

    `document_words` gives the words of a whole document, in which what goes unsaid in a passage
    may be named.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        lexical: LexicalIndex,
        aliases: Aliases,
        document_words: Callable[[str], Words],
    ) -> None:
        self._lexicon = lexicon
        self._lexical = lexical
        self._aliases = aliases
        self._document_words = document_words
        self._text = functools.lru_cache(maxsize=512)(text_of)

    def check(self, claim: Search, passages: Sequence[Passage]) -> Finding:
        """What the passages say of the sentence that `claim` was made from."""
        read = self._claim(claim)
        windows = self._best(read, passages)
        if not windows:
            return Finding("unsupported", "nothing_near")
        return self._judged(read, windows[0])

    def _claim(self, search: Search) -> Claim:
        text = search.query
        said = facts_of(text)
        return Claim(
            text,
            search,
            tuple(dict.fromkeys(words_of(search, [*said.quantities, *said.dates]))),
            sure_facts(said, text),
            tuple(names_of(text, self._lexicon)),
            tuple(denials(text)),
        )

    def _best(self, claim: Claim, passages: Sequence[Passage]) -> list[Window]:
        """The windows that fit the claim best, best first."""
        importance = self._lexical.importances(claim.groups)
        windows = [
            window
            for number, indexed in enumerate(passages)
            for window in self._windows(claim, importance, number, self._text_of(indexed))
        ]
        windows.sort(key=lambda window: -window.score)
        firsts = {window.passage: window for window in reversed(windows)}
        best = windows[:BEST]
        looked_at = best + [window for window in firsts.values() if window not in best]
        named = [self._named(claim, window) for window in looked_at]
        return sorted(named, key=lambda window: -window.score)

    def _text_of(self, indexed: Passage) -> Text:
        return self._text(Key(indexed))

    def _windows(
        self, claim: Claim, importance: np.ndarray, number: int, text: Text
    ) -> Iterator[Window]:
        ideal = float(importance.sum()) or 1.0
        indexed = text.indexed
        cosines = indexed.unit_vectors @ claim.search.vector
        met = np.array([self._lexical.matched(claim.groups, terms) for terms in text.terms])
        above = _ABOVE * self._lexical.matched(claim.groups, text.context_terms)
        for first in range(len(indexed.spans)):
            for last in range(first, min(first + UNITS, len(indexed.spans))):
                start, end = indexed.spans[first][0], indexed.spans[last][1]
                if last > first and end - start > LENGTH:
                    break
                inside = np.maximum(met[first : last + 1].max(axis=0), above)
                coverage = float(np.minimum(inside, importance).sum()) / ideal
                wrong = lacking(claim.facts, text.facts, start, end)
                score = (
                    coverage
                    + _MEANING * (float(cosines[first : last + 1].max()) - _TYPICAL)
                    - _SPARE * (last - first)
                    - _WRONG * len(wrong)
                )
                yield Window(number, text, start, end, score, coverage, wrong)

    def _named(self, claim: Claim, window: Window) -> Window:
        """The window with the names that it lacks."""
        words = Words.of(f"{window.text.context}\n{window.words}")
        passage = window.text.words
        unnamed = tuple(
            name for name in claim.names if self._presence(name, words) is not Presence.FOUND
        )
        near = sum(self._presence(name, passage) is Presence.FOUND for name in unnamed)
        lost = _UNNAMED * (len(unnamed) - near) + _NAMED_NEAR * near
        return replace(window, unnamed=unnamed, score=window.score - lost)

    def _presence(self, name: Mention, words: Words) -> Presence:
        return presence(name.text, words, self._lexicon, self._aliases)

    def _judged(self, claim: Claim, window: Window) -> Finding:
        found = Finding(
            "supported",
            passage=window.passage,
            start=window.start,
            end=window.end,
        )
        named = len(claim.names) - len(window.unnamed)
        all_facts: tuple[Fact, ...] = (*claim.facts.quantities, *claim.facts.dates)
        there = [each for each in all_facts if each not in window.wrong]
        borne_out = named + len(there) + sum(map(is_telling, there))
        needed = COVERED_ACROSS if crosses(claim.text, window.words) else COVERED
        if window.coverage + _BORNE_OUT * borne_out < needed:
            return replace(found, verdict="unsupported", reason="nothing_near")
        if window.wrong and not self._goes_without_saying(window):
            return _otherwise(found, claim, window)
        if (name := self._missing_name(claim, window)) is not None:
            return replace(found, verdict="unsupported", reason="name", claimed=name.text)
        if clause := self._added(claim, window):
            return replace(found, verdict="unsupported", reason="added", claimed=clause)
        if pair := self._swapped(claim, window):
            words = " / ".join(claim.text[slice(*each.claimed)] for each in pair)
            return replace(found, verdict="contradicted", reason="swapped", claimed=words)
        if (denial := self._denied(claim, window)) is not None:
            claimed, given = denial
            return replace(
                found, verdict="contradicted", reason="negation", claimed=claimed, given=given
            )
        return found

    def _goes_without_saying(self, window: Window) -> bool:
        """Whether only a year is missing, which these words leave unsaid and the document has."""
        given = window.facts.dates
        if any(each.year for each in given):
            return False
        document = self._document_words(window.text.indexed.chunk.document_id).folded
        return all(goes_without_saying(each, given, document) for each in window.wrong)

    def _missing_name(self, claim: Claim, window: Window) -> Mention | None:
        """A name that the passage does not hold, or that stands in the place of another one."""
        core = self._core(claim, window)
        found = self._rivals(claim, core)
        rivals = {name.kind for name in found}
        refers_back = _ANAPHOR.search(core)  # and to whom, may be said before
        words = Words.of(core)
        outside = [name for name in claim.names if not self._is_named(name, words)]
        stands_alone = not (found and refers_back and refers_back.start() < found[0].start)
        if stands_alone and any(is_person(name.text, self._lexicon) for name in found):
            for name in outside:
                if name not in window.unnamed and is_person(name.text, self._lexicon):
                    return name
        chunk = window.text.indexed.chunk
        said_before = Words.of(f"{window.text.context}\n{chunk.text[: window.start]}")
        document = self._document_words(chunk.document_id)
        for name in window.unnamed:
            if self._is_named(name, window.text.words):
                is_meant = (
                    not stands_alone and len(outside) == 1 and self._is_named(name, said_before)
                )
                if name.kind in rivals and not is_meant:
                    return name
                continue
            somewhere = self._presence(name, document)
            if somewhere is Presence.UNKNOWN and not _is_judged(name.text):
                continue
            if somewhere is not Presence.FOUND or name.kind in rivals:
                return name
        return None

    def _is_named(self, name: Mention, words: Words) -> bool:
        return self._presence(name, words) is Presence.FOUND

    def _added(self, claim: Claim, window: Window) -> str:
        """A clause of words alone, no number and no name, that the passage says nothing of."""
        importance = self._lexical.importances(claim.groups)
        terms = window.text.context_terms.union(*window.text.terms)
        met = np.minimum(self._lexical.matched(claim.groups, terms), importance)
        here = Located(claim.text)
        places = [here.find(own(group)) for group in claim.groups]
        told: tuple[Fact | Mention, ...] = (
            *claim.facts.quantities,
            *claim.facts.dates,
            *claim.names,
        )
        for start, end in clauses(claim.text):
            if any(start <= each.start < end for each in told):
                continue
            inside = [
                n for n, spans in enumerate(places) if any(start <= at < end for at, _ in spans)
            ]
            lacks = met[inside].sum() < COVERED_CLAUSE * importance[inside].sum()
            if len(inside) >= CLAUSE and lacks:
                return claim.text[start:end]
        return ""

    def _rivals(self, claim: Claim, core: str) -> list[Mention]:
        """The names in the words that speak of what the claim does, and that it does not name."""
        words = Words.of(claim.text)
        return [
            name
            for name in names_of(core, self._lexicon)
            if is_surely_a_name(name.text) and not self._is_named(name, words)
        ]

    def _core(self, claim: Claim, window: Window) -> str:
        """The sentences of the window that speak most of what the claim does."""
        text = window.words
        found = [
            (text[start:end], self._lexical.matched(claim.search.groups, terms).sum())
            for start, end in sentences(text)
            if (terms := frozenset(index_terms(text[start:end])))
        ]
        least = _HALF * max((met for _, met in found), default=0.0)
        return " ".join(sentence for sentence, met in found if met >= least)

    def _swapped(self, claim: Claim, window: Window) -> tuple[Place, Place] | None:
        here, there = Located(claim.text), Located(window.words)
        context = self._shared(claim, here, there)
        things = [
            Place(f"number {each.dimension}", (each.start, each.end), given)
            for each in claim.facts.quantities[:MOST_THINGS]
            if (given := _places_of(each, window))
        ]
        things += opposites(claim.text, window.words)
        actors = []
        for name in claim.names[:MOST_THINGS]:
            given = tuple(dict.fromkeys(self._places_of_name(name, there, context)))[:MOST_PLACES]
            if given:
                kind = "country" if is_country(name.text, self._lexicon) else name.kind
                named = Place(kind, (name.start, name.end), given)
                if fold(name.text) not in DEMONYMS:
                    actors.append(named)
                if not _belongs(name, claim.text):
                    things.append(named)
        if window.coverage >= _VERBATIM and not crosses(claim.text, window.words):
            once = (word for word in context if len(word.given) == 1)
            actors += [word for word in once if word.weight >= _HALF]
        return roles_exchanged(claim.text, window.words, actors, context) or swapped(
            claim.text, window.words, things, context
        )

    def _shared(self, claim: Claim, here: Located, there: Located) -> list[Place]:
        """The words of the claim that the window has too, in either language."""
        found = []
        for group in claim.groups:
            theirs = there.find(group, sure=True)
            if theirs:
                weight = group.weight * self._lexical.importance(group)
                given = tuple(dict.fromkeys(theirs))[:MOST_PLACES]
                found += [Place("word", place, given, weight) for place in here.find(group)]
        heaviest = max((each.weight for each in found), default=1.0) or 1.0
        found = sorted(found, key=lambda each: -each.weight)[:MOST_WORDS]
        return [replace(each, weight=each.weight / heaviest) for each in found]

    def _places_of_name(
        self, name: Mention, there: Located, shared: Sequence[Place]
    ) -> Iterator[tuple[int, int]]:
        found = [
            place
            for other in (name.text, *self._aliases.get(fold(name.text), ()))
            for place in there.find_words(other)
        ]
        if not found:
            found = [
                (mention.start, mention.end)
                for mention in names_of(there.text, self._lexicon)
                if self._presence(name, Words.of(mention.text)) is Presence.FOUND
            ]
        if not found:
            found = [
                place
                for word in shared
                if name.start <= word.claimed[0] < name.end
                for place in word.given
            ]
        yield from found

    def _denied(self, claim: Claim, window: Window) -> tuple[str, str] | None:
        """Words that deny, of the claim and of the window, where one of the two does not."""
        theirs = denials(window.words)
        if not claim.denials and not theirs:
            return None
        aligned = list(self._aligned(claim, window))
        differs = differ(claim, window, aligned, claim.denials, theirs)
        if differs and any(each.is_half for each in (*claim.denials, *theirs)):
            whole = [each for each in claim.denials if not each.is_half]
            firm = [each for each in theirs if not each.is_half]
            differs = differ(claim, window, aligned, whole, firm)
        return differs

    def _aligned(self, claim: Claim, window: Window) -> Iterator[Clause]:
        here, there = Located(claim.text), Located(window.words)
        places = [(group, here.find(own(group))) for group in claim.groups]
        for start, end in clauses(claim.text):
            groups = [group for group, spans in places if any(start <= at < end for at, _ in spans)]
            yield Clause(start, end, len(groups), self._covering(groups, there))

    def _covering(self, groups: Sequence[Group], there: Located) -> list[tuple[int, int]]:
        """The clauses of a text that have the terms, each of them adding some to those before."""
        places = [there.find(group) for group in groups]
        weights = [
            group.weight * self._lexical.importance(group) if spans else 0.0
            for group, spans in zip(groups, places, strict=True)
        ]
        left = dict(enumerate(weights))
        parts, found = list(parts_of(there.text)), []
        while parts:
            inside = {
                part: [n for n in left if any(part[0] <= at < part[1] for at, _ in places[n])]
                for part in parts
            }
            best = max(parts, key=lambda part: sum(left[n] for n in inside[part]))
            if sum(left[n] for n in inside[best]) < _ADDS * max(sum(weights), 1e-9):
                break
            found.append(best)
            parts.remove(best)
            for n in inside[best]:
                del left[n]
        return found


def _belongs(name: Mention, text: str) -> bool:
    """Whether a name only says whose something is: Korea's minister, the Indian firm."""
    return fold(name.text) in DEMONYMS or text.startswith(("'s", "’s"), name.end)


def _is_judged(name: str) -> bool:
    """Whether a name of unknown translation can be said to be missing: no acronym, not Chinese.

    Chinese words are as often taken for names as they are some.
    """
    return name.isascii() and not (name.isupper() and len(name) <= 6)


def _places_of(claimed: Quantity, window: Window) -> tuple[tuple[int, int], ...]:
    return tuple(
        (each.start - window.start, each.end - window.start)
        for each in window.facts.quantities
        if agrees(claimed, each)
    )


def _otherwise(found: Finding, claim: Claim, window: Window) -> Finding:
    """The finding that a number or a date differs, with what is given in its place."""
    wrong = window.wrong[0]
    text = window.text.indexed.chunk.text
    given: Sequence[Fact] = window.facts.dates
    reason: Reason = "date"
    if isinstance(wrong, Quantity):
        numbers = window.facts.quantities
        alike = [each for each in numbers if each.dimension in (wrong.dimension, "")]
        given, reason = alike or numbers, "number"
    words = "、".join(dict.fromkeys(text[each.start : each.end] for each in given))
    return replace(
        found,
        verdict="contradicted" if given else "unsupported",
        reason=reason,
        claimed=claim.text[wrong.start : wrong.end],
        given=words,
    )
