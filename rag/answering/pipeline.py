"""The way of a question: completed, searched, read, answered with citations or refused."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering import generation
from rag.answering.answer_builder import AnswerBuilder
from rag.answering.citations import Quote, cite, passages_of
from rag.answering.document_answer import DocumentAnswer, DocumentAnswers
from rag.answering.further import further, replies_of
from rag.answering.grounding import Grounding, within_budget
from rag.answering.short_answers import is_shown, short_answers
from rag.answering.table_answers import Written, from_tables
from rag.answering.timings import Timings
from rag.answering.verdicts import led, verdict
from rag.answering.wording import Turn, from_model, generated, rewritten
from rag.checking.checker import Checker
from rag.dialogue.document_request import document_request
from rag.dialogue.ellipsis import asks_to_go_on
from rag.dialogue.followup import Resolved, resolved
from rag.dialogue.small_talk import is_small_talk
from rag.errors import InvalidInput
from rag.index.candidates import Searchers
from rag.index.fusion import Search
from rag.index.passage import Passage
from rag.index.retriever import Retriever
from rag.language.comparisons import sides_of
from rag.language.question import split
from rag.language.question_kinds import is_yes_no
from rag.language.text import detect_language, has_words
from rag.reading.confidence import SPAN_THRESHOLD, THRESHOLD
from rag.reading.cross_encoder import PassageReader
from rag.reading.parts import joined, of_sides
from rag.reading.ranking import led_by, reranked
from rag.reading.results import Reading
from rag.reading.sentence_reader import READ, SentenceReader
from rag.reading.span_reader import CANDIDATES, SpanReader
from rag.reading.tables.table_reader import TableReader
from rag.reasons import Reason
from rag.types import Answer, Found, Retrieval, Token

LONGEST_QUESTION = 10_000  # characters
ASK_MODEL = 0.1  # confidence from which a language model is asked; below, there is little to word
MODES = ("auto", "extractive", "llm")
_PIECE = re.compile(r"[^，。；、！？,.;!?\n]*(?:[，。；、！？,.;!?\n]+\s*|$)(?:\[\d+\])?")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What answers questions over one index; safe to share between threads.

    `reader` finds the exact words, None where sentences do; `generator` writes answers where it is
    not None; `checker_of` gives what checks sentences against the index as it stands; `tables`
    reads the tables of the documents found; `documents` answers what is asked about whole
    documents.
    `confidence` is that from which an answer is given, 0 for the usual one.
    """

    index: str
    retriever: Retriever
    reader: PassageReader | None
    generator: generation.Generator | None
    checker_of: Callable[[Searchers], Checker]
    tables: TableReader
    documents: DocumentAnswers
    confidence: float = 0.0

    def search(self, query: str, top_k: int, hidden: Collection[str] = ()) -> Retrieval:
        """The best passages for a query, best first; raises InvalidInput for a long one."""
        _check_length(query)
        timings = Timings()
        found: list[Passage] = []
        if has_words(query):
            with timings.timed("prepare"):
                search = self.retriever.prepare(query)
            with timings.timed("retrieve"):
                current, found = self._found(search, top_k, hidden)
            with timings.timed("read"):
                found = reranked(found, self._reader(current, search, search).rank(found))
        hits = tuple(passage.hit for passage in found[:top_k])
        return Retrieval(query, detect_language(query), hits, timings.with_total())

    def read(
        self, question: str, hidden: Collection[str] = (), *, reads_all: bool = False
    ) -> tuple[tuple[Passage, ...], Reading]:
        """The passages as found and what was read in them, refused or not: for measuring.

        With `reads_all` also in those that cannot hold the answer any more.
        """
        search = self.retriever.prepare(question)
        current, found = self._found(search, 0, hidden)
        reader = self._reader(current, search, search, reads_all=reads_all)
        return tuple(found), reader.read(found)

    def stream(
        self,
        question: str,
        history: Sequence[Turn],
        top_k: int,
        mode: str,
        hidden: Collection[str],
    ) -> Iterator[Found | Token | Answer]:
        """An answer as it comes: `Found`, the `Token`s of its text, the whole `Answer`.

        Raises InvalidInput for a long question or another mode than those of `MODES`.
        """
        _check_length(question)
        if mode not in MODES:
            raise InvalidInput(f"there is no mode {mode!r}", f"use one of {', '.join(MODES)}")
        timings, language = Timings(), detect_language(question)
        answer = AnswerBuilder(question, question, language, self.index, top_k, timings)
        if mode == "llm" and self.generator is None:
            answer = replace(answer, fallback=Reason.LLM_NOT_CONFIGURED)
        generator = self.generator if mode != "extractive" else None
        shown = replies_of(history) if asks_to_go_on(question) else []  # and more is asked for
        if request := document_request(question, history):
            with timings.timed("overview"):
                about = self.documents.answer(request, history, language, hidden, shown)
            if about is not None:
                yield from self._about_documents(about, answer, generator)
                return
        if reason := _without_search(question):
            yield Found(question, language, ())
            yield replace(answer, fallback=None).refused(reason)
            return
        whole: Resolved | None = None
        if generator and any(turn.get("content") for turn in history):
            whole, generator, failure = rewritten(generator, question, history, answer)
            answer = replace(answer, fallback=failure or answer.fallback)
        asked = whole or resolved(question, history)
        with timings.timed("prepare"):
            search = self.retriever.prepare(asked.searched)
        with timings.timed("retrieve"):
            current, passages = self._found(search, top_k, hidden)
        yield Found(asked.searched, language, tuple(each.hit for each in passages[:top_k]))
        with timings.timed("read"):
            reading = self._read(current, search, asked, passages)
        quotable = [*passages[:CANDIDATES], *reading.further]
        quotes = [
            Quote(quotable[span.passage], span.start, span.end, span.highlights)
            for span in reading.spans
        ]
        if shown:
            met = SentenceReader(search, current.lexical).met
            quotes = further(quotes, shown, met, self.retriever.neighbours) or quotes
        best_first = reranked(passages, reading.ranking)
        if reading.further:
            best_first = led_by(passages_of(quotes), best_first)
        answer = replace(
            answer,
            searched=asked.searched,
            hits=tuple(each.hit for each in best_first),
            confidence=reading.confidence,
        )
        if generator and best_first and reading.confidence >= ASK_MODEL:
            grounding = self._grounding(generator, answer, current, best_first)
            with timings.timed("generate"):
                text, failure = yield from generated(generator, answer, grounding)
            if text is not None:
                short = short_answers(quotes, language, self.retriever.lexicon)
                yield from_model(answer, generator, text, grounding, quotes, short)
                return
            answer = replace(answer, fallback=failure)
        with timings.timed("tables"):
            held = [] if shown else passages
            tabled = from_tables(asked.searched, held, self.tables, self.retriever, language)
        if tabled:
            hits = tuple(each.hit for each in led_by(tabled.passages, best_first))
            answer = replace(answer, confidence=tabled.confidence, hits=hits)
        elif reason := self._reason_to_refuse(reading, best_first):
            yield answer.refused(reason)
            return
        written = tabled or self._written(asked.asked, quotes, answer, current)
        for piece in filter(None, _PIECE.findall(written.text)):
            yield Token(piece)
        yield answer.answered(written.text, written.short, written.citations, written.translation)

    def _about_documents(
        self,
        about: DocumentAnswer,
        answer: AnswerBuilder,
        generator: generation.Generator | None,
    ) -> Iterator[Found | Token | Answer]:
        """What was found out about whole documents, in a language model's words where it can."""
        hits = tuple(
            replace(passage, rank=rank).hit for rank, passage in enumerate(about.passages, start=1)
        )
        answer = replace(answer, hits=hits, confidence=0.0 if about.refusal else 1.0)
        yield Found(answer.searched, answer.language, hits[: answer.top_k])
        if about.refusal:
            yield answer.refused(about.refusal)
            return
        if generator and about.for_model:
            current = self.retriever.current()
            grounding = self._grounding(generator, answer, current, about.for_model)
            with answer.timings.timed("generate"):
                text, failure = yield from generated(generator, answer, grounding)
            if text is not None and grounding.citations:
                yield from_model(answer, generator, text, grounding)
                return
            answer = replace(answer, fallback=failure)
        for piece in filter(None, _PIECE.findall(about.text)):
            yield Token(piece)
        yield answer.answered(about.text, None, about.citations)

    def _written(
        self, asked: str, quotes: Sequence[Quote], answer: AnswerBuilder, current: Searchers
    ) -> Written:
        """What the quotes say, in their own words, led by yes or no where they decide that."""
        short, translation = short_answers(quotes, answer.language, self.retriever.lexicon)
        text, citations = cite(quotes)
        if is_yes_no(asked):
            with answer.timings.timed("verdict"):
                is_so = verdict(asked, quotes, self.checker_of(current), self.retriever.prepare)
            text = led(text, is_so, answer.language)
            if is_so is None:
                short = translation = None
        elif not is_shown(asked, quotes, answer.confidence):
            short = translation = None
        return Written(text, citations, short, answer.confidence, translation)

    def _found(
        self, search: Search, top_k: int, hidden: Collection[str]
    ) -> tuple[Searchers, list[Passage]]:
        """The index as it stands, and at least as many passages as are read."""
        to_read = READ if self.reader is None else CANDIDATES
        current = self.retriever.current()
        return current, self.retriever.find(current, search, max(top_k, to_read), hidden)

    def _read(
        self, current: Searchers, search: Search, asked: Resolved, passages: Sequence[Passage]
    ) -> Reading:
        """What the passages say to the question, to each of its parts, or of both sides."""

        def read(parts: Sequence[str]) -> list[Reading]:
            prepared = [
                search if part == asked.searched else self.retriever.prepare(part) for part in parts
            ]
            return [self._reader(current, search, part).read(passages) for part in prepared]

        whole = functools.partial(read, split(asked.asked))
        readings = of_sides(read(sides_of(asked.asked)), whole, self._threshold)
        return joined(readings, len(passages[:CANDIDATES]), self._threshold)

    def _reader(
        self, current: Searchers, search: Search, asked: Search, *, reads_all: bool = False
    ) -> SentenceReader | SpanReader:
        by_sentence = SentenceReader(search, current.lexical, asked)
        if self.reader is None:
            return by_sentence
        neighbours = self.retriever.neighbours
        return SpanReader(self.reader, by_sentence, search, asked, neighbours, reads_all=reads_all)

    def _grounding(
        self,
        generator: generation.Generator,
        answer: AnswerBuilder,
        current: Searchers,
        best_first: Sequence[Passage],
    ) -> Grounding:
        shown = within_budget(best_first, self.retriever.neighbours, generator.context_tokens)
        return Grounding(
            self.checker_of(current),
            self.retriever.prepare,
            shown,
            answer.searched,
            answer.language,
            marks_unsupported=generator.marks_unsupported,
        )

    @property
    def _threshold(self) -> float:
        """The confidence from which an answer is given."""
        return self.confidence or (THRESHOLD if self.reader is None else SPAN_THRESHOLD)

    def _reason_to_refuse(self, reading: Reading, found: Sequence[Passage]) -> Reason | None:
        if not found:
            return Reason.EMPTY_INDEX
        is_sure = reading.spans and reading.confidence >= self._threshold
        return None if is_sure else Reason.NOT_IN_DOCUMENTS


def _without_search(question: str) -> Reason | None:
    """Why a question is not searched for, None where it is."""
    if not has_words(question):
        return Reason.EMPTY_QUESTION
    return Reason.SMALL_TALK if is_small_talk(question) else None


def _check_length(question: str) -> None:
    if len(question) > LONGEST_QUESTION:
        raise InvalidInput(
            f"the question is longer than {LONGEST_QUESTION:,} characters", "ask a shorter one"
        )
