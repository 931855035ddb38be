"""Reading without an LLM: which words of the passages answer, and whether any do.

A passage is read in units (`rag.language.units`). Each unit gets a score from figures that
a person can follow; the best one is the heart of the answer, and grows by its neighbours to what
is read at a glance. Whether there is an answer at all is decided by `rag.reading.confidence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.index.fusion import Search
from rag.index.lexical import LexicalIndex
from rag.index.passage import Passage
from rag.language import question
from rag.language.file_names import name_words
from rag.language.term_groups import Group
from rag.language.terms import index_terms
from rag.language.text import han_share
from rag.reading.confidence import (
    TYPICAL_CLOSENESS,
    TYPICAL_LEAD,
    TYPICAL_SCORE,
    Evidence,
    probability,
)
from rag.reading.quotes import LENGTH, grown, length_of
from rag.reading.results import Ranked, Reading, Span, Unit

READ = 6  # passages
FEW = 30  # passages; among fewer, how far one stands out says little
CLOSE_ENOUGH = 1.2  # a second quote's score below the best one's

# Weights of a unit's score, rounded from logistic fits on public question sets.
_CLOSENESS = 1.3
_COVERAGE = 5.5
_PASSAGE_LEAD = 0.3
_SHOWS = 1.0
_AS_MANY = 2.5
_FIRST = 1.1
_ECHO = 4.0
_FOCUS = 2.0


class SentenceReader:
    """Reads passages for one question.

    `search` is the question as searched; `asked` what the person asked last, where that is only a
    part of it: then it alone decides which words answer.
    """

    def __init__(
        self,
        search: Search,
        lexical: LexicalIndex,
        asked: Search | None = None,
    ) -> None:
        self._lexical = lexical
        self._search = search
        self._asked = asked or search
        self._kinds = question.kinds_of(self._asked.query)
        self._count = question.count_of(self._asked.query)

    def read(self, passages: Sequence[Passage]) -> Reading:
        """What the passages, best first, say to the question."""
        passages = passages[:READ]
        units = self.units(passages)
        if not units:
            return Reading((), 0.0)
        answer = self._answer(units)
        spans = [_span(answer)]
        best = max(answer, key=lambda unit: unit.score)
        rest = [unit for unit in units if unit not in answer and unit.text not in best.text]
        second = max(rest, key=lambda unit: unit.score, default=None)
        is_close = second is not None and second.score >= best.score - CLOSE_ENOUGH
        if second and is_close and length_of(answer) + length_of([second]) <= LENGTH:
            spans.append(_span([second]))
        evidence = self.evidence(passages, answer)
        return Reading(tuple(spans), probability(evidence), evidence)

    def rank(self, passages: Sequence[Passage]) -> tuple[Ranked, ...]:  # noqa: ARG002
        """No order but the one in which the passages were found."""
        return ()

    def _answer(self, units: Sequence[Unit]) -> list[Unit]:
        best = max(units, key=lambda unit: unit.score)
        return grown([best], units)

    def evidence(self, passages: Sequence[Passage], answer: Sequence[Unit]) -> Evidence:
        """What speaks for the units of `answer` among all that the passages say."""
        groups = self._search.groups
        ideal = float(self._lexical.importances(groups).sum()) or 1.0
        trust = self._trust
        top = passages[0]
        runner_up = passages[1].score if len(passages) > 1 else top.score
        met = self._matches(groups, "\n".join(unit.text for unit in answer))
        return Evidence(
            coverage=float(met.sum()) / ideal,
            passage_score=self.comparable_score(top),
            lead=trust * (top.score - runner_up) + (1 - trust) * TYPICAL_LEAD,
            unmatched=self.lacking(top),
            crosses=float(self.crosses(top)),
            closeness=self._closeness(passages),
        )

    @property
    def _trust(self) -> float:
        """How far to trust scores, 0..1: among few passages, to stand out says little."""
        return min(1.0, len(self._lexical) / FEW)

    def comparable_score(self, passage: Passage) -> float:
        """The score with which a passage was found; in a small index mostly a usual one."""
        return self._trust * passage.score + (1 - self._trust) * TYPICAL_SCORE

    def lacking(self, passage: Passage) -> float:
        """The share of the term weight of what is asked that a passage and its headings lack."""
        groups = self._asked.groups
        importance = self._lexical.importances(groups)
        held = self._matches(groups, whole_of(passage))
        return float(importance[held == 0].sum()) / (float(importance.sum()) or 1.0)

    def met(self, text: str) -> float:
        """The share of the term weight of what is asked that some words speak of, 0..1."""
        groups = self._asked.groups
        ideal = float(self._lexical.importances(groups).sum()) or 1.0
        return float(self._matches(groups, text).sum()) / ideal

    def crosses(self, passage: Passage) -> bool:
        """Whether question and passage differ in language."""
        return (han_share(self._search.query) < 0.2) != (han_share(passage.text) < 0.2)

    def units(self, passages: Sequence[Passage]) -> list[Unit]:
        """The units of all passages with their scores."""
        units = []
        for number, passage in enumerate(passages):
            text = passage.text
            cosines = passage.unit_vectors @ self._asked.vector
            lead = passage.score - passages[0].score
            for position, (start, end) in enumerate(passage.spans):
                words = text[start:end]
                score = (
                    _CLOSENESS * passage.scale.of(float(cosines[position]))
                    + _PASSAGE_LEAD * lead
                    + _SHOWS * question.shown(self._kinds, words)
                    + _AS_MANY * self._holds_as_many(words)
                    + _FIRST * (number == 0)
                    - _ECHO * question.is_question(words)
                )
                matched = self._matches(self._asked.groups, words)
                units.append(Unit(number, position, start, end, words, score, matched))
        return self._with_matches(units)

    def _with_matches(self, units: Sequence[Unit]) -> list[Unit]:
        """Units with the score of the terms they meet, each weighed by how few units meet it.

        What all passages found speak of says little about which of their words answer.
        """
        if not units:
            return []
        matched = np.array([unit.matched for unit in units])
        holding = (matched > 0).sum(axis=0)
        rarity = np.log((len(units) + 1) / (holding + 0.5)) / np.log(len(units) + 1)
        weights = rarity * (1 + _FOCUS * self._in_focus())
        ideal = float((self._lexical.importances(self._asked.groups) * weights).sum()) or 1.0
        shares = (matched * weights).sum(axis=1) / ideal
        return [
            replace(unit, score=unit.score + _COVERAGE * share)
            for unit, share in zip(units, shares, strict=True)
        ]

    def _in_focus(self) -> np.ndarray:
        focus = set(index_terms(question.focus(self._asked.query)))
        return np.array(
            [any(term in focus for term, _ in group.alternatives) for group in self._asked.groups]
        )

    def _matches(self, groups: Sequence[Group], text: str) -> np.ndarray:
        """(groups,) the weighted idf of the best alternative in the text, 0 for none."""
        return self._lexical.matched(groups, set(index_terms(text)))

    def _holds_as_many(self, words: str) -> bool:
        return self._count is not None and question.items(words) >= self._count

    def _closeness(self, passages: Sequence[Passage]) -> float:
        found = max(
            passage.scale.of(float((passage.unit_vectors @ self._search.vector).max(initial=-1.0)))
            for passage in passages
        )
        return self._trust * found + (1 - self._trust) * TYPICAL_CLOSENESS


def whole_of(passage: Passage) -> str:
    """A passage with all that names it: file, title, section, and the columns of its table."""
    chunk = passage.chunk
    return "\n".join(
        (name_words(passage.source), passage.title, chunk.section, chunk.header, passage.text)
    )


def _span(units: Sequence[Unit]) -> Span:
    return Span(units[0].passage, units[0].start, units[-1].end)
