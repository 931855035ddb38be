"""Reading with the trained reader: exact words, passages ranked again, and when to say no.

The words come from `rag.reading.cross_encoder`; they are quoted in whole sentences, grown as in
`rag.reading.sentence_reader`, whose figures also enter the decision to answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from rag.index.fusion import Search
from rag.index.passage import Passage
from rag.language import question
from rag.language.file_names import name_words
from rag.language.lists import enumerations
from rag.language.text import fold, han_share
from rag.reading.candidates import Candidate
from rag.reading.confidence import SpanEvidence, probability_of_span
from rag.reading.cross_encoder import PassageReader, PassageReading, ReaderInput
from rag.reading.inputs import context_of
from rag.reading.naming import lack
from rag.reading.quotes import LENGTH, beside, quotes_of
from rag.reading.results import Ranked, Reading, Span, Unit
from rag.reading.sentence_reader import SentenceReader, whole_of

CANDIDATES = 8  # passages, of which as many are read as could hold the answer
TOGETHER = 2  # passages that are read at a time
MOST_ANSWERS = 4  # where several are asked for
SEVERAL = 2.0  # a further answer's rank below the best one's

# A span's rank weighs, as `make calibrate` found, its logit against none and the score with which
# its passage was found. How its sentence reads without the reader, whether that speaks of another
# year, and the logit of the passage answering at all add nothing on documents not in view.
WEIGHTS = (0.5, 1.0)
# Reading stops where the next passage would have to gain more rank by being read than any did that
# held the best span after all, but for one in two hundred.
STOP = 1.0
_ADDRESS = re.compile(
    r"(?<![@\w])(?:https?://|www\.)[\w./%~?=&#:+-]+[\w/]"
    r"|(?<![@\w.])[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|cn|org|net|io|gov|edu)\b(?:[./:][\w./:-]*\w)?",
    re.ASCII | re.IGNORECASE,
)


class SpanReader:
    """Reads passages for one question with `encoder`; `reader` gives units and evidence.

    `search` is the question as searched; `asked` what the person asked last: it alone is read
    with the passages, so that the words it was led by are not answered again, and decides what kind
    of thing and how many are asked for. Reading ends where no other passage could hold the answer,
    unless it `reads_all`.
    """

    def __init__(
        self,
        encoder: PassageReader,
        reader: SentenceReader,
        search: Search,
        asked: Search,
        *,
        reads_all: bool = False,
    ) -> None:
        self._encoder = encoder
        self._reader = reader
        self._search = search
        self._asked = asked
        self._stop = math.inf if reads_all else STOP
        self._kinds = question.kinds_of(asked.query)
        self._wanted = question.count_of(asked.query)
        self._counted = question.counted_in(asked.query)
        self._parts = question.parts_of(asked.query)

    def read(self, passages: Sequence[Passage]) -> Reading:
        """What the passages, best first, say to the question."""
        passages = passages[:CANDIDATES]
        units = self._reader.units(passages)
        readings = self._readings(passages)
        ranked = self._ranked(passages, readings, units)
        if not ranked:
            return Reading((), 0.0)
        best = self._listed(ranked) or self._addressed(ranked) or ranked[0]
        answers = [best, *self._further(best, ranked)]
        spans = quotes_of(answers, units)
        other = beside(ranked, answers, units)
        if other and sum(_length(span, passages) for span in [*spans, other]) <= LENGTH:
            spans.append(other)
        evidence = self._evidence(passages[best.passage], readings[best.passage])
        return Reading(
            tuple(spans),
            probability_of_span(evidence),
            evidence,
            tuple(each.ranked for each in ranked),
            sum(reading.tokens for reading in readings),
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
        found = []
        for number, (passage, reading) in enumerate(zip(passages, readings, strict=False)):
            same = [unit for unit in units if unit.passage == number]
            for span in reading.spans if same else ():
                unit = max(
                    (u for u in same if u.start <= span.start),
                    default=same[0],
                    key=lambda u: u.start,
                )
                figures = (span.score, passage.score)
                rank = _weighed(figures)
                found.append(Candidate(number, passage.text, span, unit, figures, rank))
        found.sort(key=lambda each: (-each.rank, each.passage, each.span.start))
        return [each for each in found if not each.unit.text.startswith("#")] or found

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

    def _listed(self, ranked: Sequence[Candidate]) -> Candidate | None:
        """The whole list that the answer to a question for a list lies in.

        Where the question says how many things it asks for, a list of as many in a sentence that
        was read, be it beside the words themselves.
        """
        if self._wanted is None and "list" not in self._kinds:
            return None
        best = ranked[0]
        if question.items(best.words) == self._wanted:
            return None
        near = [
            each
            for each in ranked
            if each.rank >= best.rank - SEVERAL or each.passage == best.passage
        ]
        lists = [
            (candidate, found)
            for candidate in (near if self._wanted else near[:1])
            for found in enumerations(candidate.text)
            if self._wanted in (None, found.items)
            and candidate.is_by(found)
            and not self._repeats(candidate.text[found.start : found.end])
        ]
        for candidate, found in lists:
            if candidate.meets(found.start, found.end):
                return candidate.mended(found)
        for candidate, found in lists if self._wanted else []:
            return candidate.moved(found.start, found.end)
        return None

    def _repeats(self, words: str) -> bool:
        """Whether `words` are what is asked about: 六大体系、两个平台, asked which 两个平台."""
        return bool(self._counted) and self._counted in fold(words)

    def _addressed(self, ranked: Sequence[Candidate]) -> Candidate | None:
        """The web address that is asked for, nearest to what was read; training knew none."""
        if "address" not in self._kinds:
            return None
        for candidate in ranked:
            if candidate.rank < ranked[0].rank - SEVERAL:
                return None
            middle = (candidate.span.start + candidate.span.end) / 2
            places = [match.span() for match in _ADDRESS.finditer(candidate.text)]
            if places:
                nearest = min(places, key=lambda place: abs(sum(place) / 2 - middle))
                return candidate.moved(*nearest)
        return None

    def _further(self, best: Candidate, ranked: Sequence[Candidate]) -> Iterator[Candidate]:
        """More answers of a question that asks for several, each saying something new.

        The parts of a question may be answered anywhere, the things of a list in one passage.
        """
        several = max(self._wanted or 1, self._parts)
        if several == 1 and "list" in self._kinds:
            several = MOST_ANSWERS
        answers = [best]
        named = question.items(best.words)
        if several == MOST_ANSWERS and self._parts == 1 and self._wanted is None and named > 1:
            return
        for other in ranked:
            if named >= several or len(answers) >= MOST_ANSWERS:
                return
            is_near = other.rank >= ranked[0].rank - SEVERAL
            is_there = self._parts > 1 or other.passage == best.passage
            if is_near and is_there and other.is_new(answers):
                answers.append(other)
                named += question.items(other.words)
                yield other

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
    return ReaderInput(context_of(passage.title, passage.chunk.section, name), passage.text)


def _length(span: Span, passages: Sequence[Passage]) -> float:
    """Characters; two of Latin text count as one."""
    words = passages[span.passage].text[span.start : span.end]
    return len(words) if han_share(words) >= 0.5 else len(words) / 2
