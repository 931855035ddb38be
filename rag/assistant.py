"""The assistant: the only place where the parts meet."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from rag.answering.answer_builder import Asking
from rag.answering.citations import Quote, cite, is_cited, short_answer
from rag.answering.generation import Fluent
from rag.answering.grounding import Grounding, Shown, within_budget
from rag.answering.proofreading import Proofreader
from rag.config import BUNDLED_MODEL, Settings
from rag.dialogue.small_talk import is_small_talk
from rag.documents.uploads import Upload, input_files, limited_loader
from rag.engine import fluent_for, open_lexicon, open_passage_reader
from rag.errors import InvalidInput
from rag.index.fusion import Search
from rag.index.indexer import Indexer
from rag.index.retriever import FoundPassage, Passages
from rag.index.schema import index_folder
from rag.index.search_files import Searchers
from rag.index.store import Store
from rag.language.lexicon import Lexicon
from rag.language.text import detect_language, has_words
from rag.models.chat import open_llm
from rag.models.embedding import Embedder, open_embedder
from rag.reading.confidence import SPAN_THRESHOLD, THRESHOLD
from rag.reading.cross_encoder import PassageReader
from rag.reading.ranking import reranked, to_read
from rag.reading.results import Reading
from rag.reading.sentence_reader import READ, Reader
from rag.reading.span_reader import CANDIDATES, SpanReader
from rag.types import (
    Answer,
    CheckedSentence,
    Document,
    DocumentInfo,
    Found,
    Hit,
    InputReport,
    Retrieval,
    Token,
)

Turn = Mapping[str, str]
LONGEST_QUESTION = 10_000  # characters
ASK_MODEL = 0.1  # confidence from which a language model is asked; below, there is little to word
MODES = ("auto", "extractive", "llm")
_PIECE = re.compile(r"[^，。；、！？,.;!?\n]*(?:[，。；、！？,.;!?\n]+\s*|$)(?:\[\d+\])?")


class Assistant:
    """Questions over one index; safe to share between threads.

    What another process commits to the index is seen at the next question.
    """

    def __init__(
        self,
        name: str,
        store: Store,
        embedder: Embedder,
        lexicon: Lexicon,
        passage_reader: PassageReader | None = None,
        fluent: Fluent | None = None,
    ) -> None:
        self.name = name
        self._store = store
        self._embedder = embedder
        self._lexicon = lexicon
        self._passage_reader = passage_reader
        self._fluent = fluent
        self._passages = Passages(store, embedder, lexicon)
        self._proofreader = Proofreader(store, self._passages, lexicon)
        self._writing = threading.Lock()
        self._stopping = threading.Event()

    @classmethod
    def open(cls, settings: Settings, name: str = "default") -> Assistant:
        """The assistant over the index `name`; raises IndexNotFound and other WenjuErrors."""
        with ExitStack() as opened:
            store = Store.open(index_folder(settings.indexes, name), settings.embedding_model)
            opened.callback(store.close)
            embedder, lexicon = open_embedder(settings), open_lexicon(settings)
            opened.callback(lexicon.close)
            passage_reader = open_passage_reader(settings)
            if passage_reader is not None:
                opened.callback(passage_reader.close)
            fluent = fluent_for(settings, name, open_llm(settings))
            assistant = cls(name, store, embedder, lexicon, passage_reader, fluent)
            opened.pop_all()
        return assistant

    def close(self) -> None:
        """Release the index and what was opened with it."""
        self.close_index()
        self._lexicon.close()
        if self._passage_reader is not None:
            self._passage_reader.close()
        if self._fluent is not None:
            self._fluent.model.close()

    @property
    def model_host(self) -> str | None:
        """Where passages are sent to be worded, None where they stay on this machine."""
        return self._fluent.model.host if self._fluent else None

    def stop(self) -> None:
        """Have what is being indexed end soon."""
        self._stopping.set()

    def close_index(self) -> None:
        """Release the index alone, where others share the model and the lexicon."""
        self._store.close()

    def search(self, query: str, top_k: int = 5, *, hidden: Collection[str] = ()) -> Retrieval:
        """The best passages for a query, with timings; `hidden` documents are left out."""
        _check_length(query)
        asking = Asking(query, detect_language(query), self.name, top_k)
        found: list[FoundPassage] = []
        if has_words(query):
            with asking.timed("prepare"):
                search = self._passages.prepare(query)
            with asking.timed("retrieve"):
                current = self._passages.current()
                found = self._passages.find(current, search, max(top_k, self._to_read), hidden)
            with asking.timed("read"):
                found = reranked(found, self._reader(current, search, search).rank(to_read(found)))
        return asking.retrieval([each.hit for each in found])

    def retrieve(self, query: str, top_k: int = 5, *, hidden: Collection[str] = ()) -> list[Hit]:
        """The best passages for a query, best first; `hidden` documents are left out."""
        return list(self.search(query, top_k, hidden=hidden).hits)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int = 10,
        mode: str = "auto",
        hidden: Collection[str] = (),
    ) -> Answer:
        """The answer with its citations, or a refusal; `hidden` documents are left out."""
        events = self.stream(question, history, top_k=top_k, mode=mode, hidden=hidden)
        return next(event for event in events if isinstance(event, Answer))

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int = 10,
        mode: str = "auto",
        hidden: Collection[str] = (),
    ) -> Iterator[Found | Token | Answer]:
        """An answer as it comes about: `Found`, the `Token`s of its text, the whole `Answer`.

        `mode` is `auto`, `extractive` or `llm`; raises InvalidInput for another.
        """
        _check_length(question)
        if mode not in MODES:
            raise InvalidInput(f"there is no mode {mode!r}", f"use one of {', '.join(MODES)}")
        asking = Asking(question, detect_language(question), self.name, top_k)
        if reason := _without_search(question):
            yield Found(question, asking.language, ())
            yield asking.refused(question, reason, ())
            return
        if mode != "extractive":
            asking.fluent = self._fluent
        if mode == "llm" and self._fluent is None:
            asking.fallback = "llm_not_configured"
        stand_alone = asking.stand_alone(history)
        searched = stand_alone.searched
        with asking.timed("prepare"):
            search = self._passages.prepare(searched)
        with asking.timed("retrieve"):
            current = self._passages.current()
            passages = self._passages.find(current, search, max(top_k, self._to_read), hidden)
        yield Found(searched, asking.language, tuple(each.hit for each in passages[:top_k]))
        with asking.timed("read"):
            is_whole = stand_alone.asked == searched
            asked = search if is_whole else self._passages.prepare(stand_alone.asked)
            reading = self._reader(current, search, asked).read(to_read(passages))
        best_first = reranked(passages, reading.ranking)
        hits = [each.hit for each in best_first]
        quotes = [
            Quote(passages[span.passage].hit, span.start, span.end, span.highlights)
            for span in reading.spans
        ]
        if asking.fluent and hits and reading.confidence >= ASK_MODEL:
            grounding = self._grounding(asking, asking.fluent, searched, current, best_first)
            with asking.timed("generate"):
                text = yield from asking.worded(asking.fluent, searched, grounding)
            if text is not None:
                yield _from_model(asking, searched, text, grounding, hits, reading, quotes)
                return
        if reason := self._reason_to_refuse(reading, hits):
            yield asking.refused(searched, reason, hits, reading.confidence)
            return
        text, citations = cite(quotes)
        for piece in filter(None, _PIECE.findall(text)):
            yield Token(piece)
        yield asking.answer(
            searched=searched,
            text=text,
            short_answer=short_answer(quotes),
            confidence=reading.confidence,
            citations=citations,
            hits=hits,
        )

    def _grounding(
        self,
        asking: Asking,
        fluent: Fluent,
        searched: str,
        current: Searchers,
        best_first: Sequence[FoundPassage],
    ) -> Grounding:
        shown = within_budget(
            [Shown(each.hit, each.indexed) for each in best_first],
            self._neighbours,
            fluent.context_tokens,
        )
        return Grounding(
            self._proofreader.checker(current),
            self._passages.prepare,
            shown,
            searched,
            asking.language,
            marks_unsupported=fluent.marks_unsupported,
        )

    def _neighbours(self, shown: Shown) -> list[Shown]:
        """The passages before and behind one in its document."""
        chunk = shown.hit.chunk
        found = []
        for ordinal in (chunk.ordinal - 1, chunk.ordinal + 1):
            indexed = self._store.chunk_at(chunk.document_id, ordinal)
            if indexed is not None:
                hit = replace(shown.hit, chunk=indexed.chunk, ranks={})
                found.append(Shown(hit, indexed))
        return found

    def _reason_to_refuse(self, reading: Reading, hits: Sequence[Hit]) -> str:
        """Why there is no answer, "" where there is one."""
        if not hits:
            return "empty_index"
        if not reading.spans or reading.confidence < self._threshold:
            return "not_in_documents"
        return ""

    def check(self, text: str) -> list[CheckedSentence]:
        """Each sentence of anyone's text held against the documents; raises InvalidInput."""
        return list(self.checking(text))

    def checking(self, text: str) -> Iterator[CheckedSentence]:
        """What `check` gives, each sentence as it is found."""
        yield from self._proofreader.check(text)  # and holds on to the open index meanwhile

    def document(self, document_id: str) -> Document:
        """A document by id; raises DocumentNotFound."""
        return self._store.document(document_id)

    def document_text(self, document_id: str) -> str:
        """The canonical text of a document, in which all offsets count."""
        return self._store.document(document_id).text

    def documents(self) -> list[DocumentInfo]:
        """All documents by id."""
        return self._store.documents()

    def sections(self) -> list[tuple[str, str, str]]:
        """(document id, title, section) of all passages, each once, in their order."""
        return self._store.sections()

    def document_info(self, document_id: str) -> DocumentInfo:
        """What `documents` says of one; raises DocumentNotFound."""
        return self._store.document_info(document_id)

    def counts(self) -> tuple[int, int]:
        """Number of documents and of chunks."""
        return self._store.counts()

    def add(self, uploads: Sequence[Upload]) -> list[InputReport]:
        """Index files that people sent, read where they can do no harm; one report per file.

        Raises IndexingStopped once the index is about to be closed.
        """
        files, skipped = input_files(uploads)
        with self._writing:
            indexer = Indexer(self._store, self._embedder, limited_loader(), self._stopping.is_set)
            return indexer.add(files) + skipped

    def remove(self, document_id: str) -> None:
        """Remove a document; raises DocumentNotFound."""
        with self._writing:
            self._store.document_info(document_id)
            self._store.replace([], [document_id])

    def sample_questions(self) -> list[str]:
        """Questions that were written for these documents and indexed with them."""
        return self._store.questions()

    @property
    def generation(self) -> int:
        """A number that grows with every change to the documents."""
        return self._store.generation

    @property
    def is_replaced(self) -> bool:
        """Whether the index's folder was deleted or made anew since it was opened."""
        return self._store.is_replaced

    def reading(
        self, question: str, hidden: Collection[str] = ()
    ) -> tuple[tuple[Hit, ...], Reading]:
        """The passages as found and what was read in them, refused or not: for calibration."""
        search, current = self._passages.prepare(question), self._passages.current()
        found = self._passages.find(current, search, self._to_read, hidden)
        reading = self._reader(current, search, search).read(to_read(found))
        return tuple(each.hit for each in found), reading

    @property
    def _to_read(self) -> int:
        return READ if self._passage_reader is None else CANDIDATES

    @property
    def _threshold(self) -> float:
        return THRESHOLD if self._passage_reader is None else SPAN_THRESHOLD

    def _reader(self, current: Searchers, search: Search, asked: Search) -> Reader | SpanReader:
        calibrated = self._embedder.name == BUNDLED_MODEL
        reader = Reader(search, current.lexical, asked, calibrated=calibrated)
        if self._passage_reader is None:
            return reader
        return SpanReader(self._passage_reader, reader, search, asked)


def _from_model(
    asking: Asking,
    searched: str,
    text: str,
    grounding: Grounding,
    hits: Sequence[Hit],
    reading: Reading,
    quotes: Sequence[Quote],
) -> Answer:
    """The model's answer, refused where none of its sentences is supported."""
    citations = grounding.citations
    if not citations:
        reason = "not_in_documents" if grounding.says_absent else "not_supported"
        return asking.refused(searched, reason, hits, reading.confidence)
    return asking.answer(
        searched=searched,
        text=text,
        short_answer=short_answer(quotes) if is_cited(quotes, citations) else None,
        confidence=reading.confidence,
        citations=citations,
        hits=hits,
    )


def _without_search(question: str) -> str:
    """Why a question is not searched for, "" where it is."""
    if not has_words(question):
        return "empty_question"
    return "small_talk" if is_small_talk(question) else ""


def _check_length(question: str) -> None:
    if len(question) > LONGEST_QUESTION:
        raise InvalidInput(
            f"the question is longer than {LONGEST_QUESTION:,} characters", "ask a shorter one"
        )
