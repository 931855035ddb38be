"""The passages of one index: found for a query, and put in the order of their reading."""

from __future__ import annotations

import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from rag.errors import WenjuError
from rag.index import search_files
from rag.index.fusion import Candidate, Search, fuse, prepare
from rag.index.rows import IndexedChunk
from rag.index.search_files import Searchers
from rag.index.store import Store
from rag.language.lexicon import Lexicon
from rag.models.embedding import Embedder
from rag.types import Hit


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A chunk that was found: as others see it, how it was found, and as it is indexed."""

    hit: Hit
    candidate: Candidate
    indexed: IndexedChunk


class Passages:
    """Finds passages; safe to share between threads.

    What another process commits to the index is seen at the next `current`.
    """

    def __init__(self, store: Store, embedder: Embedder, lexicon: Lexicon) -> None:
        self._store = store
        self._embedder = embedder
        self._lexicon = lexicon
        self._searchers: Searchers | None = None
        self._lock = threading.Lock()

    def prepare(self, query: str) -> Search:
        """The query as it is looked for, by its terms in both languages and by meaning."""
        return prepare(query, self._embedder.embed_query(query), self._lexicon)

    def current(self) -> Searchers:
        """What searches the index as it now stands."""
        with self._lock:
            if self._searchers is None or self._searchers.generation != self._store.generation:
                self._searchers = search_files.load(self._store)
                self._keep(self._searchers)
            return self._searchers

    def _keep(self, current: Searchers) -> None:
        """Spare the next process the derivation, where this one may write."""
        with suppress(WenjuError, OSError):
            if search_files.must_derive(self._store):
                search_files.save(self._store, current)

    def find(
        self, current: Searchers, search: Search, top_k: int, hidden: Collection[str] = ()
    ) -> list[FoundPassage]:
        """The passages for a query, best first; `hidden` documents are left out."""
        candidates = fuse(search, current, top_k, self._store.keys_of(hidden))
        chunks = self._store.chunks(candidate.key for candidate in candidates)
        found: list[FoundPassage] = []
        for candidate in candidates:
            indexed = chunks.get(candidate.key)
            if indexed is None:
                continue
            hit = Hit(
                indexed.chunk,
                candidate.score,
                len(found) + 1,
                candidate.ranks,
                indexed.title,
                indexed.source,
            )
            found.append(FoundPassage(hit, candidate, indexed))
        return found
