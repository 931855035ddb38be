"""Reading with the trained reader: exact words, passages ranked again, and when to say no.

The words come from `rag.reading.cross_encoder`; they are quoted in whole sentences, grown as in
`rag.reading.sentence_reader`, whose figures also enter the decision to answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rag.index.fusion import Search
from rag.index.passage import Passage
from rag.language.file_names import name_words
from rag.reading.candidates import Candidate, below_question
from rag.reading.confidence import SpanEvidence, probability_of_span
from rag.reading.cross_encoder import PassageReader, PassageReading, ReaderInput
from rag.reading.inputs import context_of
from rag.reading.naming import lack
from rag.reading.results import Ranked, Reading, Unit
from rag.reading.sentence_reader import SentenceReader, whole_of
from rag.reading.strategies import Asked, Read, answered
from rag.reading.years import is_of_another_year

CANDIDATES = 8  # passages, of which as many are read as could hold the answer
TOGETHER = 2  # passages that are read at a time

# A span's rank weighs, as `make calibrate` found, its logit against none and the score with which
# its passage was found. How its sentence reads without the reader and the logit of the passage
# answering at all add nothing on documents not in view.
WEIGHTS = (0.51, 0.93)
# That a span's rank loses to others of its passage where its sentence speaks of another year. Of
# 399 questions that name a year it changes the words of nine, in no set to worse ones in sum
# (xquad-zh-a and xquad-en-a in both languages, drcd-dev, cmrc2018-trial; 4.0 does in two).
OTHER_YEAR = 3.0
# Reading stops where the next passage would have to gain more rank by being read than any did that
# held the best span after all, but for one in two hundred.
STOP = 1.0


class SpanReader:
    """Reads passages for one question with `encoder`; `reader` gives units and evidence.

    `search` is the question as searched; `asked` what the person asked last: it alone is read
    with the passages, so that the words it was led by are not answered again, and decides what kind
    of thing and how many are asked for. `neighbours` gives the passages before and behind one.
    Reading ends where no other passage could hold the answer, unless it `reads_all`.
    """

    def __init__(
        self,
        encoder: PassageReader,
        reader: SentenceReader,
        search: Search,
        asked: Search,
        neighbours: Callable[[Passage], Sequence[Passage]] = lambda _: (),
        *,
        reads_all: bool = False,
    ) -> None:
        self._encoder = encoder
        self._reader = reader
        self._search = search
        self._asked = asked
        self._stop = math.inf if reads_all else STOP
        self._neighbours = neighbours

    def read(self, passages: Sequence[Passage]) -> Reading:
        """What the passages, best first, say to the question."""
        passages = passages[:CANDIDATES]
        units = self._reader.units(passages)
        readings = self._readings(passages)
        ranked = self._ranked(passages, readings, units)
        if not ranked:
            return Reading((), 0.0)
        read = Read(tuple(passages), units, ranked, self._reader.met, self._neighbours)
        answer = answered(Asked.of(self._asked.query), read)
        number = answer.best.passage
        evidence = self._evidence(passages[number], readings[number])
        return Reading(
            answer.spans,
            max(probability_of_span(evidence), answer.least),
            evidence,
            tuple(each.ranked for each in ranked),
            sum(reading.tokens for reading in readings),
            answer.further,
        )

    def rank(self, passages: Sequence[Passage]) -> tuple[Ranked, ...]:
        """The words that were read, best first."""
        passages = passages[:CANDIDATES]
        ranked = self._ranked(passages, self._readings(passages), self._reader.units(passages))
        return tuple(each.ranked for each in ranked)

    def _ranked(
        self,
        passages: Sequence[Passage],
        readings: Sequence[PassageReading],
        units: Sequence[Unit],
    ) -> list[Candidate]:
        """All spans of all passages, best first; those in headings where there are no others."""
        found: list[Candidate] = []
        for number, (passage, reading) in enumerate(zip(passages, readings, strict=False)):
            same = [unit for unit in units if unit.passage == number]
            own = []
            for span in reading.spans if same else ():
                unit = max(
                    (u for u in same if u.start <= span.start),
                    default=same[0],
                    key=lambda u: u.start,
                )
                figures = (span.score, passage.score)
                rank = _weighed(figures)
                own.append(Candidate(number, passage.text, span, unit, figures, rank))
            found += self._of_the_year(below_question(own, same, passage.title))
        found.sort(key=lambda each: (-each.rank, each.passage, each.span.start))
        return [each for each in found if not each.unit.text.startswith("#")] or found

    def _of_the_year(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Candidates of one passage, those of another year lower where others are near."""
        is_other = [
            is_of_another_year(self._asked.query, each.text, each.span.start) for each in candidates
        ]
        best = max((each.rank for each in candidates), default=0.0)
        is_near = any(
            each.rank >= best - OTHER_YEAR and not other
            for each, other in zip(candidates, is_other, strict=True)
        )
        return [
            replace(each, rank=each.rank - OTHER_YEAR) if other and is_near else each
            for each, other in zip(candidates, is_other, strict=True)
        ]

    def _readings(self, passages: Sequence[Passage]) -> list[PassageReading]:
        """Readings of the passages in their order, as far as another could be the best."""
        readings: list[PassageReading] = []
        best = -math.inf
        while len(readings) < len(passages):
            following = passages[len(readings) : len(readings) + TOGETHER]
            if best - WEIGHTS[1] * following[0].score > self._stop:
                break
            read = self._encoder.read(
                self._asked.query, self._asked.groups, [_input(each) for each in following]
            )
            for passage, reading in zip(following, read, strict=True):
                for span in reading.spans[:1]:
                    best = max(best, _weighed((span.score, passage.score)))
            readings += read
        return readings

    def _evidence(self, passage: Passage, reading: PassageReading) -> SpanEvidence:
        crosses = self._reader.crosses(passage)
        lacks = lack(self._search.query, whole_of(passage))
        return SpanEvidence(
            span=float(np.logaddexp.reduce([span.score for span in reading.spans])),
            score=self._reader.comparable_score(passage),
            lacking=0.0 if crosses else self._reader.lacking(passage),
            # The other language may say what a code stands for: G20 is 二十国集团.
            is_of_another=lacks.is_lacking and (lacks.is_neighbour or not crosses),
        )


def _weighed(figures: Sequence[float]) -> float:
    return sum(weight * figure for weight, figure in zip(WEIGHTS, figures, strict=True))


def _input(passage: Passage) -> ReaderInput:
    name = name_words(passage.source)
    above = context_of(passage.title, passage.chunk.section, name)
    return ReaderInput(f"{above} {passage.chunk.header}".strip(), passage.text)
