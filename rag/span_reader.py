"""Reading with the trained reader: exact words, passages ranked anew, and when to say no.

The words come from `rag.cross_encoder`; they are quoted in whole sentences, grown as in
`rag.read`, whose figures also enter the decision to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag import asks
from rag.answerability import SpanEvidence, probability_of_span
from rag.cross_encoder import Passage, PassageReader, PassageReading, ScoredSpan
from rag.enumerations import Enumeration, enumerations
from rag.read import LENGTH, Ranked, Read, Reader, Reading, Span, Unit, grown
from rag.retrieve import Search
from rag.text import fold, han_share, sentences

CANDIDATES = 8  # passages
MOST_ANSWERS = 4  # where several are asked for
SEVERAL = 2.0  # a further answer's rank below the best one's
CLOSE_ENOUGH = 1.0  # the same for a quote beside the answer

# A span's rank: its logit, its passage's, and the score of retrieval, as `make calibrate` weighs.
SPAN, RELEVANCE, FOUND = 0.28, 0.01, 1.04


_ADDRESS = re.compile(
    r"(?:https?://|www\.)[\w./%~-]+[\w/]|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|cn|org|net)\b",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A span of a passage with its rank, higher for better."""

    passage: int
    span: ScoredSpan
    rank: float


class SpanReader:
    """Reads passages for one question with `encoder`; `reader` gives units and evidence."""

    def __init__(self, encoder: PassageReader, reader: Reader, search: Search) -> None:
        self._encoder = encoder
        self._reader = reader
        self._search = search

    def read(self, passages: Sequence[Read]) -> Reading:
        """What the passages, best first, say to the question."""
        passages = passages[:CANDIDATES]
        readings = self._readings(passages)
        ranked = _ranked(passages, readings)
        units = self._reader.units(passages)
        if not ranked or not units:
            return Reading((), 0.0)
        best = self._listed(ranked, passages) or self._addressed(ranked, passages) or ranked[0]
        answers = [best, *self._further(best, ranked, passages)]
        spans = list(_quotes(answers, units))
        beside = _beside(ranked, answers, units)
        if beside and sum(_length(span, passages) for span in [*spans, beside]) <= LENGTH:
            spans.append(beside)
        evidence = self._evidence(best, passages, readings, ranked, units)
        ranking = _ranking(ranked, readings)
        return Reading(tuple(spans), probability_of_span(evidence), evidence, ranking)

    def rank(self, passages: Sequence[Read]) -> tuple[Ranked, ...]:
        """The passages that were read, best first."""
        passages = passages[:CANDIDATES]
        readings = self._readings(passages)
        return _ranking(_ranked(passages, readings), readings)

    def _readings(self, passages: Sequence[Read]) -> list[PassageReading]:
        to_read = []
        for read in passages:
            chunk = read.indexed.chunk
            context = " ".join(filter(None, (read.title, chunk.section)))
            to_read.append(Passage(context, chunk.text))
        return self._encoder.read(self._search.query, self._search.groups, to_read)

    def _listed(self, ranked: Sequence[_Candidate], passages: Sequence[Read]) -> _Candidate | None:
        """The whole list that the answer to a question for a list lies in.

        Where the question says how many things it asks for, a list of as many in that sentence,
        be it beside the words that were read.
        """
        wanted = asks.count_of(self._search.query)
        if wanted is None and "list" not in asks.kinds_of(self._search.query):
            return None
        near = [each for each in ranked if each.rank >= ranked[0].rank - SEVERAL]
        lists = [
            (candidate, found)
            for candidate in (near if wanted else near[:1])
            for found in enumerations(_text(candidate, passages))
            if wanted in (None, found.items) and _is_by(candidate, found, passages)
        ]
        meeting = [
            (candidate, found)
            for candidate, found in lists
            if found.start < candidate.span.end and candidate.span.start < found.end
        ]
        for candidate, found in meeting or (lists if wanted else []):
            return replace(
                candidate, span=replace(candidate.span, start=found.start, end=found.end)
            )
        return None

    def _addressed(
        self, ranked: Sequence[_Candidate], passages: Sequence[Read]
    ) -> _Candidate | None:
        """The web address that is asked for, nearest to what was read; training knew none."""
        if "address" not in asks.kinds_of(self._search.query):
            return None
        for candidate in ranked:
            if candidate.rank < ranked[0].rank - SEVERAL:
                return None
            middle = (candidate.span.start + candidate.span.end) / 2
            places = [match.span() for match in _ADDRESS.finditer(_text(candidate, passages))]
            if places:
                start, end = min(places, key=lambda place: abs(sum(place) / 2 - middle))
                return replace(candidate, span=replace(candidate.span, start=start, end=end))
        return None

    def _further(
        self, best: _Candidate, ranked: Sequence[_Candidate], passages: Sequence[Read]
    ) -> Iterator[_Candidate]:
        """More answers of a question that asks for several, each saying something new."""
        said = [_words(best, passages)]
        if not asks.asks_for_several(self._search.query, said[0]):
            return
        for other in ranked:
            words = _words(other, passages)
            is_new = not any(words in each or each in words for each in said)
            if other.rank >= ranked[0].rank - SEVERAL and is_new and len(said) < MOST_ANSWERS:
                said.append(words)
                yield other

    def _evidence(
        self,
        best: _Candidate,
        passages: Sequence[Read],
        readings: Sequence[PassageReading],
        ranked: Sequence[_Candidate],
        units: Sequence[Unit],
    ) -> SpanEvidence:
        others = [other.rank for other in ranked if other.passage != best.passage]
        first = passages[best.passage]
        in_order = [first, *(read for read in passages if read is not first)]
        return SpanEvidence(
            self._reader.evidence(in_order, _quoted(best, units)),
            span=best.span.score,
            relevance=readings[best.passage].relevance,
            lead=best.rank - max(others, default=best.rank),
        )


def _ranked(passages: Sequence[Read], readings: Sequence[PassageReading]) -> list[_Candidate]:
    """All spans of all passages, best first."""
    found = []
    for number, (read, reading) in enumerate(zip(passages, readings, strict=True)):
        of_passage = RELEVANCE * reading.relevance + FOUND * read.candidate.score
        for span in reading.spans:
            found.append(_Candidate(number, span, of_passage + SPAN * span.score))
    return sorted(found, key=lambda each: (-each.rank, each.passage, each.span.start))


def _ranking(
    ranked: Sequence[_Candidate], readings: Sequence[PassageReading]
) -> tuple[Ranked, ...]:
    """Each passage by its best span, best first."""
    best: dict[int, Ranked] = {}
    for each in ranked:
        relevance = readings[each.passage].relevance
        own = Ranked(each.passage, each.rank, each.span.score, relevance)
        best.setdefault(each.passage, own)
    return tuple(best.values())


def _is_by(candidate: _Candidate, found: Enumeration, passages: Sequence[Read]) -> bool:
    """Whether a list stands in the sentence that the candidate begins in."""
    return any(
        start <= candidate.span.start < end and start <= found.start < end
        for start, end in sentences(_text(candidate, passages))
    )


def _quotes(answers: Sequence[_Candidate], units: Sequence[Unit]) -> Iterator[Span]:
    """The answers in their sentences; those of one passage that meet in one quote."""
    quotes: list[Span] = []
    for answer in answers:
        words = (answer.span.start, answer.span.end)
        quoted = _quoted(answer, units)
        span = Span(answer.passage, quoted[0].start, quoted[-1].end, (words,))
        for number, other in enumerate(quotes):
            if _meet(span, other):
                quotes[number] = _joined(other, span)
                break
        else:
            quotes.append(span)
    yield from quotes


def _beside(
    ranked: Sequence[_Candidate], answers: Sequence[_Candidate], units: Sequence[Unit]
) -> Span | None:
    """What another passage says to the same, where it ranks nearly as high."""
    taken = {answer.passage for answer in answers}
    second = next((each for each in ranked if each.passage not in taken), None)
    if second is None or second.rank < ranked[0].rank - CLOSE_ENOUGH:
        return None
    quoted = _quoted(second, units)
    return Span(second.passage, quoted[0].start, quoted[-1].end)


def _quoted(answer: _Candidate, units: Sequence[Unit]) -> list[Unit]:
    """The units that hold the answer, grown; a span may lie between two of them."""
    same = [unit for unit in units if unit.passage == answer.passage]
    held = [u for u in same if u.start < answer.span.end and u.end > answer.span.start]
    return grown(held, units)


def _meet(first: Span, second: Span) -> bool:
    is_apart = first.end <= second.start or second.end <= first.start
    return first.passage == second.passage and not is_apart


def _joined(first: Span, second: Span) -> Span:
    return Span(
        first.passage,
        min(first.start, second.start),
        max(first.end, second.end),
        tuple(sorted((*first.highlights, *second.highlights))),
    )


def _words(answer: _Candidate, passages: Sequence[Read]) -> str:
    return fold(_text(answer, passages)[answer.span.start : answer.span.end])


def _text(answer: _Candidate, passages: Sequence[Read]) -> str:
    return passages[answer.passage].indexed.chunk.text


def _length(span: Span, passages: Sequence[Read]) -> float:
    """Characters; two of Latin text count as one."""
    words = passages[span.passage].indexed.chunk.text[span.start : span.end]
    return len(words) if han_share(words) >= 0.5 else len(words) / 2
