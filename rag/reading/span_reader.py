"""Reading with the trained reader: exact words, passages ranked again, and when to say no.

The words come from `rag.reading.cross_encoder`; they are quoted in whole sentences, grown as in
`rag.reading.sentence_reader`, whose figures also enter the decision to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.index.fusion import Search
from rag.index.passage import Passage
from rag.language import question
from rag.language.lists import enumerations
from rag.language.text import fold, han_share
from rag.reading.candidates import Candidate
from rag.reading.confidence import SpanEvidence, probability_of_span
from rag.reading.cross_encoder import PassageReader, PassageReading, ReaderInput
from rag.reading.inputs import context_of
from rag.reading.quotes import LENGTH, beside, quoted, quotes_of
from rag.reading.results import Ranked, Reading, Span, Unit
from rag.reading.sentence_reader import SentenceReader

CANDIDATES = 8  # passages
MOST_ANSWERS = 4  # where several are asked for
SEVERAL = 2.0  # a further answer's rank below the best one's

# A span's rank weighs, as `make calibrate` found: its logit, the score with which its passage was
# found, that of its unit as read without the reader, and a year there that was not asked about.
WEIGHTS = (0.34, 0.69, 0.19, 1.19)

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_ADDRESS = re.compile(
    r"(?<![@\w])(?:https?://|www\.)[\w./%~?=&#:+-]+[\w/]"
    r"|(?<![@\w.])[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|cn|org|net|io|gov|edu)\b(?:[./:][\w./:-]*\w)?",
    re.ASCII | re.IGNORECASE,
)


class SpanReader:
    """Reads passages for one question with `encoder`; `reader` gives units and evidence.

    `search` is the question as searched; `asked` what the person asked last, which decides what
    kind of thing and how many are asked for.
    """

    def __init__(
        self, encoder: PassageReader, reader: SentenceReader, search: Search, asked: Search
    ) -> None:
        self._encoder = encoder
        self._reader = reader
        self._search = search
        self._kinds = question.kinds_of(asked.query)
        self._wanted = question.count_of(asked.query)
        self._counted = question.counted_in(asked.query)
        self._parts = question.parts_of(asked.query)

    def read(self, passages: Sequence[Passage]) -> Reading:
        """What the passages, best first, say to the question."""
        passages = passages[:CANDIDATES]
        units = self._reader.units(passages)
        ranked = self._ranked(passages, units)
        if not ranked:
            return Reading((), 0.0)
        best = self._listed(ranked) or self._addressed(ranked) or ranked[0]
        answers = [best, *self._further(best, ranked)]
        spans = quotes_of(answers, units)
        other = beside(ranked, answers, units)
        if other and sum(_length(span, passages) for span in [*spans, other]) <= LENGTH:
            spans.append(other)
        evidence = self._evidence(answers, passages, ranked, units)
        return Reading(
            tuple(spans),
            probability_of_span(evidence),
            evidence,
            tuple(each.ranked for each in ranked),
        )

    def rank(self, passages: Sequence[Passage]) -> tuple[Ranked, ...]:
        """The words that were read, best first."""
        passages = passages[:CANDIDATES]
        ranked = self._ranked(passages, self._reader.units(passages))
        return tuple(each.ranked for each in ranked)

    def _ranked(self, passages: Sequence[Passage], units: Sequence[Unit]) -> list[Candidate]:
        """All spans of all passages, best first; those in headings where there are no others."""
        asked_years = set(_YEAR.findall(self._search.query))
        found = []
        for number, reading in enumerate(self._readings(passages)):
            same = [unit for unit in units if unit.passage == number]
            for span in reading.spans if same else ():
                unit = max(
                    (u for u in same if u.start <= span.start),
                    default=same[0],
                    key=lambda u: u.start,
                )
                years = set(_YEAR.findall(unit.text))
                is_of_another = bool(asked_years and years and not asked_years & years)
                score = passages[number].score
                figures = (span.score, score, float(unit.score), -float(is_of_another))
                rank = sum(w * figure for w, figure in zip(WEIGHTS, figures, strict=True))
                found.append(Candidate(number, passages[number].text, span, unit, figures, rank))
        found.sort(key=lambda each: (-each.rank, each.passage, each.span.start))
        return [each for each in found if not each.unit.text.startswith("#")] or found

    def _readings(self, passages: Sequence[Passage]) -> list[PassageReading]:
        to_read = [
            ReaderInput(context_of(each.title, each.chunk.section), each.text) for each in passages
        ]
        return self._encoder.read(self._search.query, self._search.groups, to_read)

    def _listed(self, ranked: Sequence[Candidate]) -> Candidate | None:
        """The whole list that the answer to a question for a list lies in.

        Where the question says how many things it asks for, a list of as many in a sentence that
        was read, be it beside the words themselves.
        """
        if self._wanted is None and "list" not in self._kinds:
            return None
        best = ranked[0]
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

    def _evidence(
        self,
        answers: Sequence[Candidate],
        passages: Sequence[Passage],
        ranked: Sequence[Candidate],
        units: Sequence[Unit],
    ) -> SpanEvidence:
        best = answers[0]
        others = [other.rank for other in ranked if other.passage != best.passage]
        first = passages[best.passage]
        in_order = [first, *(other for other in passages if other is not first)]
        named = sum(question.items(answer.words) for answer in answers)
        return SpanEvidence(
            self._reader.evidence(in_order, quoted(best, units)),
            span=best.span.score,
            lead=best.rank - max(others, default=best.rank),
            counted=float(named == self._wanted),
            shown=question.shown(self._kinds, best.words),
            unit=best.figures[2],
        )


def _length(span: Span, passages: Sequence[Passage]) -> float:
    """Characters; two of Latin text count as one."""
    words = passages[span.passage].text[span.start : span.end]
    return len(words) if han_share(words) >= 0.5 else len(words) / 2
