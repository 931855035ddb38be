"""A sentence and the parts of passages that may support it, made ready to compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.checking.facts import Fact, Facts, facts_of
from rag.checking.name_match import Words
from rag.checking.negation import Denial
from rag.checking.term_finder import Located
from rag.index.fusion import Search
from rag.index.passage import Passage
from rag.language.entities import Mention
from rag.language.term_groups import Group
from rag.language.terms import index_terms
from rag.language.text import han_share


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


def words_of(search: Search, facts: Sequence[Fact]) -> Iterator[Group]:
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
