"""The assistant over one index: the only place where the parts meet."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rag.answering.document_answer import DocumentAnswers
from rag.answering.overview import WholeDocument
from rag.answering.pipeline import Pipeline
from rag.answering.proofreading import Proofreader
from rag.answering.wording import Turn
from rag.config import Settings
from rag.documents.uploads import Upload, input_files, limited_loader
from rag.engine import Engine
from rag.errors import IndexBusy, WenjuError
from rag.filter import EVERYTHING, Filter
from rag.index.indexer import Indexer
from rag.index.passage import Passage
from rag.index.protocol import DocumentStore
from rag.index.retriever import Retriever
from rag.index.stores import open_store
from rag.index.vanished import has_left
from rag.language.lexicon import Lexicon
from rag.models.embedding import identity
from rag.reading.results import Reading
from rag.reading.tables.table_reader import TableReader
from rag.types import (
    Answer,
    CheckedSentence,
    Citation,
    DocumentOverview,
    Found,
    Hit,
    InputReport,
    Retrieval,
    Token,
)

_LOG = logging.getLogger(__name__)


class Assistant:
    """Questions over one index; safe to share between threads.

    What another process commits to the index is seen at the next question. `store` holds its
    documents; `add` and `remove` change them.
    """

    def __init__(self, name: str, store: DocumentStore, engine: Engine) -> None:
        self.name = name
        self.store = store
        self._engine = engine
        self._retriever = Retriever(store, engine.embedder, engine.lexicon)
        self._proofreader = Proofreader(store, self._retriever, engine.judge)
        self._generator = engine.generator_for(name)
        self._pipeline = Pipeline(
            name,
            self._retriever,
            engine.reader,
            self._generator,
            self._proofreader.checker,
            TableReader(engine.embedder.embed_query),
            DocumentAnswers(store, self._retriever),
            engine.settings.confidence,
        )
        self._writing = threading.Lock()
        self._stopping = threading.Event()
        self._compaction: threading.Thread | None = None

    @classmethod
    def open(cls, settings: Settings | None = None, name: str = "default") -> Assistant:
        """The assistant over the index `name`; raises IndexNotFound and other WenjuErrors.

        Without settings those of the environment hold. It is to be closed, or used in a `with`.
        """
        settings = settings or Settings.from_environment()
        store = open_store(settings, name, identity(settings))
        try:
            return cls(name, store, Engine.open(settings))
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Release the index and the engine; where others share that, close the store alone."""
        self.stop()
        self.settle()
        self.store.close()
        self._engine.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def is_current(self) -> bool:
        """Whether the index is still the one that was opened, with vectors of this engine."""
        return not self.store.is_replaced and self.store.model == self._engine.embedder.name

    @property
    def model_host(self) -> str | None:
        """Where passages are sent for an answer, None where they stay on this machine."""
        return self._generator.model.host if self._generator else None

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon, with the glossaries that the last question found beside the documents."""
        return self._retriever.known_lexicon

    def stop(self) -> None:
        """Have what is being indexed end soon."""
        self._stopping.set()

    def settle(self) -> None:
        """Return once nothing is compacted any more."""
        if self._compaction is not None:
            self._compaction.join()

    def search(
        self,
        query: str,
        top_k: int = 5,
        *,
        hidden: Collection[str] = (),
        within: Filter = EVERYTHING,
    ) -> Retrieval:
        """The best passages for a query, with timings.

        `hidden` documents are left out, and those that are not `within`.
        """
        return self._pipeline.search(query, top_k, self._left_out(hidden, within))

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
        within: Filter = EVERYTHING,
    ) -> Answer:
        """The answer with its citations, or a refusal.

        `hidden` documents are left out, and those that are not `within`.
        """
        events = self.stream(
            question, history, top_k=top_k, mode=mode, hidden=hidden, within=within
        )
        return next(event for event in events if isinstance(event, Answer))

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int = 10,
        mode: str = "auto",
        hidden: Collection[str] = (),
        within: Filter = EVERYTHING,
    ) -> Iterator[Found | Token | Answer]:
        """An answer as it comes: `Found`, the `Token`s of its text, the whole `Answer`.

        `mode` is `auto`, `extractive` or `llm`; raises InvalidInput for another, and where no
        document is `within`.
        """
        hidden = self._left_out(hidden, within)
        for event in self._pipeline.stream(question, history, top_k, mode, hidden):
            if isinstance(event, Answer):
                event = replace(event, citations=self._with_files(event.citations))
            yield event

    def _left_out(self, hidden: Collection[str], within: Filter) -> Collection[str]:
        if within == EVERYTHING:
            return hidden
        return within.hidden(self.store.documents()) | frozenset(hidden)

    def read(
        self, question: str, hidden: Collection[str] = (), *, reads_all: bool = False
    ) -> tuple[tuple[Passage, ...], Reading]:
        """The passages as found and what was read in them, refused or not: for measuring.

        With `reads_all` also in those that cannot hold the answer any more.
        """
        return self._pipeline.read(question, hidden, reads_all=reads_all)

    def overview(self, document_id: str) -> DocumentOverview:
        """What a document is about, cited; raises DocumentNotFound."""
        found = WholeDocument.of(self.store, document_id).overview()
        return replace(found, citations=self._with_files(found.citations))

    def check(self, text: str) -> list[CheckedSentence]:
        """Each sentence of anyone's text checked against the documents; raises InvalidInput."""
        return list(self.checking(text))

    def checking(self, text: str, language: str | None = None) -> Iterator[CheckedSentence]:
        """What `check` gives, each sentence as it is found; reasons in `language`, or its own."""
        # The check holds on to the open index meanwhile.
        for found in self._proofreader.check(text, language):
            yield replace(found, citations=self._with_files(found.citations))

    def _with_files(self, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        """The citations, each saying whether the file that was indexed is gone since."""
        origins = self.store.origins({citation.document_id for citation in citations})
        gone = {document_id for document_id, each in origins.items() if has_left(each.path)}
        return tuple(replace(each, file_gone=each.document_id in gone) for each in citations)

    def add(self, uploads: Sequence[Upload]) -> list[InputReport]:
        """Index untrusted files, read where they can do no harm; one report per file.

        Raises IndexingStopped at shutdown, and IndexBusy while another process writes.
        """
        files, skipped = input_files(uploads)
        with self._changing():
            loader = limited_loader(files)
            indexer = Indexer(self.store, self._engine.embedder, loader, self._stopping.is_set)
            return indexer.add(files) + skipped

    def remove(self, document_id: str) -> None:
        """Remove a document; raises DocumentNotFound, and IndexBusy while another writes."""
        with self._changing():
            self.store.remove(document_id)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Nobody else writes meanwhile; in the end the search files are written.

        What was committed stands without them, too.
        """
        with self._writing, self.store.writing():
            if not self.is_current:
                raise IndexBusy("the index has just been made again", "try again")
            yield
            try:
                self.store.refresh()
                is_scattered = self.store.is_scattered
            except WenjuError as error:
                _LOG.warning("the search files are not written: %s", error)
                is_scattered = False
            if is_scattered and (self._compaction is None or not self._compaction.is_alive()):
                self._compaction = threading.Thread(target=self._compact, name="compaction")
                self._compaction.start()

    def _compact(self) -> None:
        try:
            with self._writing, self.store.writing():
                if not self._stopping.is_set() and self.is_current:
                    self.store.compact()
        except WenjuError as error:
            _LOG.warning("the search files are not compacted: %s", error)
