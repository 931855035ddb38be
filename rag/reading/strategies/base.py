"""What every strategy is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.index.passage import Passage
from rag.language import question
from rag.language.numerals import ONES
from rag.language.terms import CHINESE_STOP, ENGLISH_STOP, index_terms
from rag.language.text import han_share
from rag.reading.candidates import Candidate
from rag.reading.quotes import LENGTH, beside, quotes_of
from rag.reading.results import Span, Unit

_OF_STEPS = frozenset("步骤 流程 程序 方法 step procedur instruct".split())  # as terms
MOST_ANSWERS = 4  # where several are asked for
SEVERAL = 2.0  # a further answer's rank below the best one's


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: kinds of thing, how many, as it counts them, in how many parts."""

    query: str
    kinds: frozenset[str]
    wanted: int | None
    counted: str
    parts: int

    @classmethod
    def of(cls, query: str) -> Asked:
        """What is asked by a question."""
        return cls(
            query,
            question.kinds_of(query),
            question.count_of(query),
            question.counted_in(query),
            question.parts_of(query),
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: passages with their units, and candidates, best first, of which there is one.

    `met` says which share of what is asked some words speak of, 0..1, and `neighbours` gives the
    passages before and behind one.
    """

    passages: tuple[Passage, ...]
    units: Sequence[Unit]
    ranked: Sequence[Candidate]
    met: Callable[[str], float]
    neighbours: Callable[[Passage], Sequence[Passage]]

    @property
    def best(self) -> Candidate:
        """The best candidate."""
        return self.ranked[0]

    def near(self) -> Iterator[Candidate]:
        """Candidates that rank not far below the best one."""
        return (each for each in self.ranked if each.rank >= self.best.rank - SEVERAL)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: the candidate it rests on, and the words to quote.

    A span's passage counts in those read and, behind them, in `further`. However unsure the reader
    is, it is as sure as `least`.
    """

    best: Candidate
    spans: tuple[Span, ...]
    further: tuple[Passage, ...] = ()
    least: float = 0.0


Strategy = Callable[[Asked, Read], Answered | None]


def in_sentences(read: Read, answers: Sequence[Candidate]) -> Answered:
    """Answers, the best first, in their sentences, and what another source says beside them."""
    spans = quotes_of(answers, read.units)
    other = beside(read.ranked, answers, read.units)
    if other and sum(_length(span, read.passages) for span in [*spans, other]) <= LENGTH:
        spans.append(other)
    return Answered(answers[0], tuple(spans))


def further(asked: Asked, read: Read, best: Candidate) -> Iterator[Candidate]:
    """More answers of a question that asks for several, each saying something new.

    The parts of a question may be answered anywhere, the things of a list in one passage. Where it
    says how many it asks for, whatever the reader takes for an answer may be one.
    """
    several = max(asked.wanted or 1, asked.parts)
    if several == 1 and "list" in asked.kinds:
        several = MOST_ANSWERS
    answers = [best]
    named = question.items(best.words)
    if several == MOST_ANSWERS and asked.parts == 1 and asked.wanted is None and named > 1:
        return
    for other in read.ranked:
        if named >= several or len(answers) >= MOST_ANSWERS:
            return
        is_near = other.rank >= read.best.rank - SEVERAL or (asked.wanted and other.span.score > 0)
        is_there = asked.parts > 1 or other.passage == best.passage
        if is_near and is_there and other.is_new(answers):
            answers.append(other)
            named += question.items(other.words)
            yield other


def heading_terms_in(folded: str, passage: Passage) -> float:
    """The share of the terms of a passage's own heading that a folded question holds."""
    return terms_in(folded, passage.chunk.section.rpartition(" > ")[2] or passage.title)


def terms_in(folded: str, heading: str) -> float:
    """The share of the terms of a heading that a folded question holds, 0 where it has none."""
    terms = {term for term in index_terms(heading) if not term.startswith("^")}
    terms -= CHINESE_STOP | ENGLISH_STOP | set(ONES) | _OF_STEPS
    return len(terms & set(index_terms(folded))) / len(terms) if terms else 0.0


def _length(span: Span, passages: Sequence[Passage]) -> float:
    """Characters; two of Latin text count as one."""
    words = passages[span.passage].text[span.start : span.end]
    return len(words) if han_share(words) >= 0.5 else len(words) / 2
