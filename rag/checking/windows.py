"""A sentence and the parts of passages that may support it, made ready to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.checking.facts import Fact, Facts, facts_of, lacking, sure_facts
from rag.checking.name_match import Presence, Words, presence
from rag.checking.names import names_of
from rag.checking.negation import Denial, denials
from rag.checking.term_finder import Located
from rag.index.fusion import Search
from rag.index.lexical import LexicalIndex
from rag.index.passage import Passage
from rag.language.aliases import Aliases
from rag.language.entities import Mention
from rag.language.lexicon import Lexicon
from rag.language.term_groups import Group
from rag.language.terms import index_terms
from rag.language.text import han_share

UNITS = 3  # of a passage, in the words that a sentence is checked against
LENGTH = 400  # characters of these at most
BEST = 6  # windows looked at closely
_MEANING = 1.2  # weight of the cosine beside the share of terms met
_ABOVE = 0.5  # of a term that only the title and the section meet
_SPARE = 0.02  # for each further unit
_WRONG = 0.5  # for each number or date that is not there
_UNNAMED, _NAMED_NEAR = 0.2, 0.05  # for each name that is not in the passage, and not in the words


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What sentences and passages of one index are compared with."""

    lexicon: Lexicon
    lexical: LexicalIndex
    aliases: Aliases

    def presence(self, name: Mention, words: Words) -> Presence:
        """Whether `words` name what `name` names."""
        return presence(name.text, words, self.lexicon, self.aliases)

    def has(self, name: Mention, words: Words) -> bool:
        """Whether they name it beyond doubt."""
        return self.presence(name, words) is Presence.FOUND


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence made ready: its terms without its facts, these, its names and denials."""

    text: str
    search: Search
    groups: tuple[Group, ...]
    facts: Facts
    names: tuple[Mention, ...]
    denials: tuple[Denial, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A passage made ready: its parts by unit, its facts by their offsets."""

    indexed: Passage
    context: str
    terms: tuple[frozenset[str], ...]
    context_terms: frozenset[str]
    facts: Facts
    words: Words


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Neighbouring units of a passage, and which facts of the claim they lack."""

    passage: int
    text: Text
    start: int
    end: int
    score: float
    coverage: float
    wrong: tuple[Fact, ...]
    unnamed: tuple[Mention, ...] = ()

    @property
    def words(self) -> str:
        """The window's text."""
        return self.text.indexed.chunk.text[self.start : self.end]

    @property
    def facts(self) -> Facts:
        """The facts that lie in it at least in part, at offsets of the passage."""
        return self.text.facts.between(self.start, self.end)


def claim_of(search: Search, lexicon: Lexicon) -> Claim:
    """The sentence that `search` was made from, made ready."""
    text = search.query
    said = facts_of(text)
    return Claim(
        text,
        search,
        tuple(dict.fromkeys(_words_of(search, [*said.quantities, *said.dates]))),
        sure_facts(said, text),
        tuple(names_of(text, lexicon)),
        tuple(denials(text)),
    )


def best_windows(claim: Claim, texts: Iterable[Text], known: Knowledge) -> list[Window]:
    """The windows that fit the claim best, best first."""
    importance = known.lexical.importances(claim.groups)
    windows = [
        window
        for number, text in enumerate(texts)
        for window in _windows(claim, importance, number, text, known.lexical)
    ]
    windows.sort(key=lambda window: -window.score)
    firsts = {window.passage: window for window in reversed(windows)}
    best = windows[:BEST]
    looked_at = best + [window for window in firsts.values() if window not in best]
    named = [_named(claim, window, known) for window in looked_at]
    return sorted(named, key=lambda window: -window.score)


def _windows(
    claim: Claim, importance: np.ndarray, number: int, text: Text, lexical: LexicalIndex
) -> Iterator[Window]:
    ideal = float(importance.sum()) or 1.0
    indexed = text.indexed
    cosines = indexed.unit_vectors @ claim.search.vector
    met = np.array([lexical.matched(claim.groups, terms) for terms in text.terms])
    above = _ABOVE * lexical.matched(claim.groups, text.context_terms)
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
                + _MEANING * float(cosines[first : last + 1].max())
                - _SPARE * (last - first)
                - _WRONG * len(wrong)
            )
            yield Window(number, text, start, end, score, coverage, wrong)


def _named(claim: Claim, window: Window, known: Knowledge) -> Window:
    """The window with the names that it lacks."""
    words = Words.of(f"{window.text.context}\n{window.words}")
    passage = window.text.words
    unnamed = tuple(name for name in claim.names if not known.has(name, words))
    near = sum(known.has(name, passage) for name in unnamed)
    lost = _UNNAMED * (len(unnamed) - near) + _NAMED_NEAR * near
    return replace(window, unnamed=unnamed, score=window.score - lost)


def crosses(claim: str, words: str) -> bool:
    """Whether the two are of different languages."""
    return (han_share(claim) < 0.5) != (han_share(words) < 0.5)


def own(group: Group) -> Group:
    """A group's own word without its translations."""
    return replace(group, alternatives=group.alternatives[:1])


class Key:
    """A chunk as a key: what it holds never changes under its id and text."""

    def __init__(self, indexed: Passage) -> None:
        self.indexed = indexed
        self._key = (indexed.chunk.id, indexed.chunk.text)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._key == other._key


def text_of(key: Key) -> Text:
    """A passage made ready."""
    indexed = key.indexed
    chunk = indexed.chunk
    context = f"{indexed.title}\n{chunk.section}"
    return Text(
        indexed,
        context,
        tuple(frozenset(index_terms(chunk.text[start:end])) for start, end in indexed.spans),
        frozenset(index_terms(context)),
        facts_of(chunk.text, context),
        Words.of(f"{context}\n{chunk.text}"),
    )


def _words_of(search: Search, facts: Sequence[Fact]) -> Iterator[Group]:
    """The terms of a sentence that are no part of its numbers and dates."""
    here = Located(search.query)
    is_fact = bytearray(len(search.query))
    for fact in facts:
        is_fact[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
    for group in search.groups:
        word = own(group)
        inside = [all(is_fact[start:end]) for start, end in here.find(word)]
        is_letter = len(word.alternatives[0][0]) == 1 and word.alternatives[0][0].isascii()
        if not group.optional and not is_letter and not (inside and all(inside)):
            yield group
