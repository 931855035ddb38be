"""Reading with the trained reader: exact words, passages ranked anew, and when to say no.

The words come from `rag.reading.cross_encoder`; they are quoted in whole sentences, grown as in
`rag.reading.sentence_reader`, whose figures also enter the decision to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.index.fusion import Search
from rag.index.passage import Passage
from rag.language import question
from rag.language.lists import Enumeration, enumerations
from rag.language.sentences import balanced, sentences
from rag.language.text import fold, han_share
from rag.reading.confidence import SpanEvidence, probability_of_span
from rag.reading.cross_encoder import PassageReader, PassageReading, ReaderInput, ScoredSpan
from rag.reading.inputs import context_of
from rag.reading.quotes import LENGTH, grown
from rag.reading.results import Ranked, Reading, Span, Unit
from rag.reading.sentence_reader import SentenceReader

CANDIDATES = 8  # passages
MOST_ANSWERS = 4  # where several are asked for
SEVERAL = 2.0  # a further answer's rank below the best one's
CLOSE_ENOUGH = 1.0  # the same for a quote beside the answer

# A span's rank weighs, as `make calibrate` found: its logit, the score with which its passage was
# found, that of its unit as read without the reader, and a year there that was not asked about.
WEIGHTS = (0.34, 0.69, 0.19, 1.19)

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_WORD_END = re.compile(r"\w{1,4}")
_ADDRESS = re.compile(
    r"(?<![@\w])(?:https?://|www\.)[\w./%~?=&#:+-]+[\w/]"
    r"|(?<![@\w.])[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|cn|org|net|io|gov|edu)\b(?:[./:][\w./:-]*\w)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A span of a passage with its unit, the figures that rank it, and its rank."""

    passage: int
    span: ScoredSpan
    unit: Unit
    figures: tuple[float, ...]
    rank: float


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
        best = self._listed(ranked, passages) or self._addressed(ranked, passages) or ranked[0]
        answers = [best, *self._further(best, ranked, passages)]
        spans = list(_quotes(answers, units, passages))
        beside = _beside(ranked, answers, units)
        if beside and sum(_length(span, passages) for span in [*spans, beside]) <= LENGTH:
            spans.append(beside)
        evidence = self._evidence(answers, passages, ranked, units)
        return Reading(tuple(spans), probability_of_span(evidence), evidence, _ranking(ranked))

    def rank(self, passages: Sequence[Passage]) -> tuple[Ranked, ...]:
        """The words that were read, best first."""
        passages = passages[:CANDIDATES]
        return _ranking(self._ranked(passages, self._reader.units(passages)))

    def _ranked(self, passages: Sequence[Passage], units: Sequence[Unit]) -> list[_Candidate]:
        """All spans of all passages, best first; those in headings where there are no others."""
        asked_years = set(_YEAR.findall(self._search.query))
        found = []
        for number, reading in enumerate(self._readings(passages)):
            same = [unit for unit in units if unit.passage == number]
            for span in reading.spans if same else ():
                unit = max((u for u in same if u.start <= span.start), default=same[0], key=_start)
                years = set(_YEAR.findall(unit.text))
                is_of_another = bool(asked_years and years and not asked_years & years)
                score = passages[number].score
                figures = (span.score, score, float(unit.score), -float(is_of_another))
                rank = sum(w * figure for w, figure in zip(WEIGHTS, figures, strict=True))
                found.append(_Candidate(number, span, unit, figures, rank))
        found.sort(key=lambda each: (-each.rank, each.passage, each.span.start))
        return [each for each in found if not each.unit.text.startswith("#")] or found

    def _readings(self, passages: Sequence[Passage]) -> list[PassageReading]:
        to_read = [
            ReaderInput(context_of(each.title, each.chunk.section), each.text) for each in passages
        ]
        return self._encoder.read(self._search.query, self._search.groups, to_read)

    def _listed(
        self, ranked: Sequence[_Candidate], passages: Sequence[Passage]
    ) -> _Candidate | None:
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
            for found in enumerations(_text(candidate, passages))
            if self._wanted in (None, found.items)
            and _is_by(candidate, found, passages)
            and not self._repeats(_text(candidate, passages)[found.start : found.end])
        ]
        for candidate, found in lists:
            if found.start < candidate.span.end and candidate.span.start < found.end:
                return _moved(candidate, *_mended(found, candidate, passages))
        for candidate, found in lists if self._wanted else []:
            return _moved(candidate, found.start, found.end)
        return None

    def _repeats(self, words: str) -> bool:
        """Whether `words` are what is asked about: 六大体系、两个平台, asked which 两个平台."""
        return bool(self._counted) and self._counted in fold(words)

    def _addressed(
        self, ranked: Sequence[_Candidate], passages: Sequence[Passage]
    ) -> _Candidate | None:
        """The web address that is asked for, nearest to what was read; training knew none."""
        if "address" not in self._kinds:
            return None
        for candidate in ranked:
            if candidate.rank < ranked[0].rank - SEVERAL:
                return None
            middle = (candidate.span.start + candidate.span.end) / 2
            places = [match.span() for match in _ADDRESS.finditer(_text(candidate, passages))]
            if places:
                nearest = min(places, key=lambda place: abs(sum(place) / 2 - middle))
                return _moved(candidate, *nearest)
        return None

    def _further(
        self, best: _Candidate, ranked: Sequence[_Candidate], passages: Sequence[Passage]
    ) -> Iterator[_Candidate]:
        """More answers of a question that asks for several, each saying something new.

        The parts of a question may be answered anywhere, the things of a list in one passage.
        """
        several = max(self._wanted or 1, self._parts)
        if several == 1 and "list" in self._kinds:
            several = MOST_ANSWERS
        answers = [best]
        named = question.items(_words(best, passages))
        if several == MOST_ANSWERS and self._parts == 1 and self._wanted is None and named > 1:
            return
        for other in ranked:
            if named >= several or len(answers) >= MOST_ANSWERS:
                return
            is_near = other.rank >= ranked[0].rank - SEVERAL
            is_there = self._parts > 1 or other.passage == best.passage
            if is_near and is_there and _is_new(other, answers, passages):
                answers.append(other)
                named += question.items(_words(other, passages))
                yield other

    def _evidence(
        self,
        answers: Sequence[_Candidate],
        passages: Sequence[Passage],
        ranked: Sequence[_Candidate],
        units: Sequence[Unit],
    ) -> SpanEvidence:
        best = answers[0]
        others = [other.rank for other in ranked if other.passage != best.passage]
        first = passages[best.passage]
        in_order = [first, *(other for other in passages if other is not first)]
        words = _words(best, passages)
        named = sum(question.items(_words(answer, passages)) for answer in answers)
        return SpanEvidence(
            self._reader.evidence(in_order, _quoted(best, units)),
            span=best.span.score,
            lead=best.rank - max(others, default=best.rank),
            counted=float(named == self._wanted),
            shown=question.shown(self._kinds, words),
            unit=best.figures[2],
        )


def _start(unit: Unit) -> int:
    return unit.start


def _moved(candidate: _Candidate, start: int, end: int) -> _Candidate:
    return replace(candidate, span=replace(candidate.span, start=start, end=end))


def _ranking(ranked: Sequence[_Candidate]) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(each.passage, each.span.start, each.span.end, each.rank, each.figures)
        for each in ranked
    )


def _is_by(candidate: _Candidate, found: Enumeration, passages: Sequence[Passage]) -> bool:
    """Whether a list meets the candidate or stands in the sentence that it begins in."""
    return (found.start < candidate.span.end and candidate.span.start < found.end) or any(
        start <= candidate.span.start < end and start <= found.start < end
        for start, end in sentences(_text(candidate, passages))
    )


def _mended(
    found: Enumeration, candidate: _Candidate, passages: Sequence[Passage]
) -> tuple[int, int]:
    """The list with the beginning or end of a word that the span holds and the list cut off."""
    text, span = _text(candidate, passages), candidate.span
    before, behind = text[span.start : found.start], text[found.end : span.end]
    start = found.start - (len(before) if _WORD_END.fullmatch(before) else 0)
    return start, found.end + (len(behind) if _WORD_END.fullmatch(behind) else 0)


def _quotes(
    answers: Sequence[_Candidate], units: Sequence[Unit], passages: Sequence[Passage]
) -> Iterator[Span]:
    """The answers in their sentences; those of one passage that meet in one quote."""
    quotes: list[Span] = []
    for answer in answers:
        quoted = _quoted(answer, units)
        start, end = balanced(_text(answer, passages), answer.span.start, answer.span.end)
        words = (max(start, quoted[0].start), min(end, quoted[-1].end))
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


def _is_new(other: _Candidate, answers: Sequence[_Candidate], passages: Sequence[Passage]) -> bool:
    """Whether no answer lies where the other does, nor says the same."""
    words = _words(other, passages)
    return all(
        words != _words(answer, passages)
        if answer.passage == other.passage
        else words not in _words(answer, passages) and _words(answer, passages) not in words
        for answer in answers
    ) and not any(
        answer.passage == other.passage
        and answer.span.start < other.span.end
        and other.span.start < answer.span.end
        for answer in answers
    )


def _words(answer: _Candidate, passages: Sequence[Passage]) -> str:
    return fold(_text(answer, passages)[answer.span.start : answer.span.end])


def _text(answer: _Candidate, passages: Sequence[Passage]) -> str:
    return passages[answer.passage].text


def _length(span: Span, passages: Sequence[Passage]) -> float:
    """Characters; two of Latin text count as one."""
    words = passages[span.passage].text[span.start : span.end]
    return len(words) if han_share(words) >= 0.5 else len(words) / 2
