"""The assistant: the only place where the parts meet."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rag import searchers
from rag.config import BUNDLED_MODEL, Settings
from rag.embed import Embedder, open_embedder
from rag.errors import NothingIndexed
from rag.indexer import Indexer, Progress
from rag.lexicon import LEXICON_FILE, Lexicon
from rag.retrieve import Candidate, Search, fuse, prepare
from rag.searchers import Searchers
from rag.store import DocumentInfo, IndexedChunk, Store, index_folder
from rag.types import Answer, Document, Hit, InputReport

Turn = Mapping[str, str]


class Assistant:
    """Questions over one index; safe to share between threads.

    What another process commits to the index is seen at the next question.
    """

    def __init__(self, name: str, store: Store, embedder: Embedder, lexicon: Lexicon) -> None:
        self.name = name
        self._store = store
        self._embedder = embedder
        self._lexicon = lexicon
        self._searchers: Searchers | None = None
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: Settings, name: str = "default") -> Assistant:
        """The assistant over the index `name`; raises IndexNotFound, IndexDamaged, …"""
        store = Store.open(index_folder(settings.indexes, name), model_name(settings))
        lexicon = Lexicon(settings.models / LEXICON_FILE)
        return cls(name, store, open_embedder(settings), lexicon)

    def close(self) -> None:
        """Release the index."""
        self._store.close()
        self._lexicon.close()

    def retrieve(
        self, query: str, top_k: int = 5, *, hidden: Collection[str] = ()
    ) -> list[Hit]:
        """The best passages for a query, best first; `hidden` documents are left out."""
        search = prepare(query, self._embedder.embed_query(query), self._lexicon)
        return [hit for hit, _, _ in self._found(search, top_k, hidden)]

    def document(self, document_id: str) -> Document:
        """A document by id; raises DocumentNotFound."""
        return self._store.document(document_id)

    def document_text(self, document_id: str) -> str:
        """The canonical text of a document, in which all offsets count."""
        return self._store.document(document_id).text

    def documents(self) -> list[DocumentInfo]:
        """All documents by id."""
        return self._store.documents()

    def _found(
        self, search: Search, top_k: int, hidden: Collection[str]
    ) -> list[tuple[Hit, Candidate, IndexedChunk]]:
        hidden_keys = self._store.keys_of(hidden)
        candidates = fuse(search, self._current(), top_k, hidden_keys)
        chunks = self._store.chunks(candidate.key for candidate in candidates)
        found = []
        for candidate in candidates:
            indexed = chunks.get(candidate.key)
            if indexed is None:
                continue
            document = self._store.document(indexed.chunk.document_id)
            hit = Hit(
                indexed.chunk,
                candidate.score,
                len(found) + 1,
                candidate.ranks,
                document.title,
                document.source,
            )
            found.append((hit, candidate, indexed))
        return found

    def _current(self) -> Searchers:
        with self._lock:
            if self._searchers is None or self._searchers.generation != self._store.generation:
                self._searchers = searchers.load(self._store)
            return self._searchers


def build_index(
    settings: Settings,
    paths: Sequence[Path],
    name: str = "default",
    *,
    prune: bool = False,
    progress: Progress = iter,
) -> list[InputReport]:
    """Bring the index `name` up to date with files and folders; one report per input."""
    folder = index_folder(settings.indexes, name)
    is_new = not folder.exists()
    embedder = open_embedder(settings)
    store = Store.create(folder, model_name(settings), embedder.dimension)
    try:
        return Indexer(store, embedder).index(paths, prune=prune, progress=progress)
    finally:
        filled = store.counts()[0] > 0
        if filled and not searchers.is_saved(store):
            searchers.save(store, searchers.derive(store))
        store.close()
        if is_new and not filled:
            shutil.rmtree(folder)


def model_name(settings: Settings) -> str:
    """The name under which an index remembers its model."""
    return settings.embedding_model
