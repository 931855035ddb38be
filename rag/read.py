"""Reading without an LLM: which sentences answer, and whether anything does.

Every figure a decision rests on is a named feature. Sentences are ranked by a weighted sum whose
weights were rounded from logistic fits on public sets; whether there is an answer at all is the
logistic model in `rag.answerability`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag import asks
from rag.answerability import Evidence, probability
from rag.lexical import LexicalIndex
from rag.query import Group
from rag.retrieve import Candidate, Search
from rag.store import IndexedChunk
from rag.terms import index_terms
from rag.text import han_share

READ = 6  # passages
LENGTH = 110  # characters of Han text; Latin text may be twice as long
CLOSE_ENOUGH = 1.2  # a further sentence's score below the best one's

_CLOSENESS = 60.0
_COVERAGE = 2.0
_COVERAGE_LEAD = 3.5
_PASSAGE_LEAD = 0.3
_SHOWS = 0.75
_FIRST = 1.1
_ECHO = 4.0


@dataclass(frozen=True, slots=True)
class Read:
    """A candidate passage with what the store holds of it."""

    candidate: Candidate
    indexed: IndexedChunk
    title: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage; `start` and `end` count in the document."""

    passage: int
    start: int
    end: int
    text: str
    score: float
    matched: np.ndarray
    coverage: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences that answer, in the order to be shown, and the probability that they do."""

    sentences: tuple[Sentence, ...]
    confidence: float


class Reader:
    """Reads passages for one question."""

    def __init__(self, search: Search, lexical: LexicalIndex) -> None:
        self._search = search
        self._lexical = lexical
        self._kind = asks.kind_of(search.query)
        self._importance = np.array(
            [group.weight * lexical.importance(group) for group in search.groups]
        )
        self._ideal = float(self._importance.sum()) or 1.0

    def read(self, passages: Sequence[Read]) -> Reading:
        """What the passages, best first, say to the question."""
        passages = passages[:READ]
        ranked = sorted(self._sentences(passages), key=lambda s: -s.score)
        if not ranked:
            return Reading((), 0.0)
        confidence = probability(self.evidence(passages, ranked[0]))
        chosen = self._enough(ranked)
        return Reading(tuple(chosen), confidence)

    def evidence(self, passages: Sequence[Read], best: Sentence) -> Evidence:
        """What the decision to answer rests on."""
        top = passages[0]
        runner_up = passages[1].candidate.score if len(passages) > 1 else top.candidate.score
        held = self._matches(
            index_terms(f"{top.title}\n{top.indexed.chunk.section}\n{top.indexed.chunk.text}")
        )
        nowhere = np.array([not self._occurs(group) for group in self._search.groups])
        question_is_han = han_share(self._search.query) >= 0.2
        passage_is_han = han_share(top.indexed.chunk.text) >= 0.2
        return Evidence(
            sentence_coverage=best.coverage,
            passage_score=top.candidate.score,
            lead=top.candidate.score - runner_up,
            nowhere=float(self._importance[nowhere].sum()) / self._ideal if len(nowhere) else 0.0,
            unmatched=float(self._importance[held == 0].sum()) / self._ideal if len(held) else 1.0,
            crosses=float(question_is_han != passage_is_han),
            strange=self._strange() if question_is_han and passage_is_han else 0.0,
        )

    def _sentences(self, passages: Sequence[Read]) -> list[Sentence]:
        if not passages:
            return []
        found = []
        best_passage = passages[0].candidate.score
        for number, read in enumerate(passages):
            chunk = read.indexed.chunk
            cosines = read.indexed.sentence_vectors @ self._search.vector
            for (start, end), cosine in zip(read.indexed.spans, cosines, strict=True):
                text = chunk.text[start:end]
                matched = self._matches(index_terms(text))
                coverage = float(matched.sum()) / self._ideal
                fixed = (
                    _CLOSENESS * float(cosine)
                    + _COVERAGE * coverage
                    + _PASSAGE_LEAD * (read.candidate.score - best_passage)
                    + _SHOWS * (0.5 if self._kind == "what" else asks.shows(self._kind, text))
                    + _FIRST * (number == 0)
                    - _ECHO * _is_question(text)
                )
                place = (chunk.start + start, chunk.start + end)
                found.append(Sentence(number, *place, text, fixed, matched, coverage))
        best_coverage = max((sentence.coverage for sentence in found), default=0.0)
        return [
            Sentence(
                s.passage,
                s.start,
                s.end,
                s.text,
                s.score + _COVERAGE_LEAD * (s.coverage - best_coverage),
                s.matched,
                s.coverage,
            )
            for s in found
        ]

    def _enough(self, ranked: Sequence[Sentence]) -> list[Sentence]:
        """The best sentence, and further ones while they are nearly as good and all is short."""
        chosen = [ranked[0]]
        room = _room(ranked[0].text) - len(ranked[0].text)
        for sentence in ranked[1:4]:
            fits = len(sentence.text) <= room and len(chosen) < 3
            if fits and ranked[0].score - sentence.score <= CLOSE_ENOUGH:
                chosen.append(sentence)
                room -= len(sentence.text)
        return chosen

    def _matches(self, terms: Sequence[str]) -> np.ndarray:
        """(groups,) the weighted idf of the best alternative among the terms, 0 for none."""
        present = set(terms)
        return np.array(
            [
                group.weight
                * max(
                    (
                        weight * self._lexical.idf(term)
                        for term, weight in group.alternatives
                        if term in present
                    ),
                    default=0.0,
                )
                for group in self._search.groups
            ]
        )

    def _strange(self) -> float:
        pairs = [g.alternatives[0][0] for g in self._search.groups if _is_pair(g)]
        return sum(not self._lexical.knows(pair) for pair in pairs) / max(len(pairs), 1)

    def _occurs(self, group: Group) -> bool:
        return any(self._lexical.knows(term) for term, _ in group.alternatives)


def _is_pair(group: Group) -> bool:
    return len(group.alternatives) == 1 and group.alternatives[0][0].startswith("^")


def _is_question(text: str) -> bool:
    return text.rstrip("”\"’'」』）)").endswith(("?", "？"))


def _room(text: str) -> int:
    return LENGTH if han_share(text) >= 0.5 else 2 * LENGTH
