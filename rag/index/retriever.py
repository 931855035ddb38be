"""The passages of one index that suit a query, best first."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace

from rag.errors import DocumentNotFound
from rag.index.candidates import Searchers
from rag.index.fusion import Search, fuse, prepare
from rag.index.passage import Passage, Scale
from rag.index.protocol import DocumentStore
from rag.index.rows import IndexedChunk
from rag.language.glossary import Glossary
from rag.language.lexicon import Lexicon
from rag.models.embedding import Embedder

ATTEMPTS = 5  # to find passages that are not removed before they are read


class Retriever:
    """Finds passages; safe to share between threads.

    What another process commits to the index is seen at the next `current`.
    """

    def __init__(self, store: DocumentStore, embedder: Embedder, lexicon: Lexicon) -> None:
        self._store = store
        self._embedder = embedder
        self._dictionary = lexicon
        self._own: tuple[int, Lexicon] | None = None  # generation, lexicon with the glossaries
        self._searchers: Searchers | None = None
        self._lock = threading.Lock()
        self._naming = threading.Lock()  # of its own: deriving an index takes its time

    def prepare(self, query: str) -> Search:
        """The query as it is looked for, by its terms in both languages and by meaning."""
        return prepare(query, self._embedder.embed_query(query), self.lexicon)

    @property
    def lexicon(self) -> Lexicon:
        """The lexicon, in which the glossaries beside the documents go first."""
        generation = self._store.generation
        with self._naming:
            if self._own is None or self._own[0] != generation:
                glossary = Glossary.parse("\n".join(self._store.glossaries().values()))
                self._own = (generation, self._dictionary.with_glossary(glossary))
            return self._own[1]

    @property
    def known_lexicon(self) -> Lexicon:
        """The lexicon as the last query found it: the index is not read."""
        return self._own[1] if self._own else self._dictionary

    def current(self) -> Searchers:
        """What searches the index as it now stands."""
        with self._lock:
            if self._searchers is None or self._searchers.generation != self._store.generation:
                self._searchers = self._store.searchers()
            return self._searchers

    def find(
        self, current: Searchers, search: Search, top_k: int, hidden: Collection[str] = ()
    ) -> list[Passage]:
        """The passages for a query, best first; `hidden` documents are left out.

        Copies of a passage are found once. All are of one generation: where the index is changed
        meanwhile, of a later one.
        """
        wanted, attempts = top_k, ATTEMPTS
        while True:
            candidates = fuse(search, current, wanted, self._store.keys_of(hidden))
            chunks = self._store.chunks(candidate.key for candidate in candidates)
            there = [candidate for candidate in candidates if candidate.key in chunks]
            if len(there) < len(candidates) and attempts > 1:
                attempts -= 1
                current = self.current()
                continue
            passages = self._without_copies(
                [
                    _passage(chunks[each.key], each.score, 0, each.ranks, each.scale)
                    for each in there
                ]
            )
            if len(passages) >= top_k or len(candidates) < wanted:
                break
            wanted *= 2
        return [replace(each, rank=rank) for rank, each in enumerate(passages[:top_k], start=1)]

    def _without_copies(self, passages: list[Passage]) -> list[Passage]:
        """Passages of documents with the same text once, with the names of both as its source."""
        kept: dict[tuple[str, int], Passage] = {}
        for passage in passages:
            chunk = passage.chunk
            key = (chunk.text, chunk.start)
            first = kept.get(key)
            if first is not None and self._are_copies(first.chunk.document_id, chunk.document_id):
                kept[key] = replace(first, source=f"{first.source} = {passage.source}")
            else:
                kept[key if first is None else (chunk.id, chunk.start)] = passage
        return list(kept.values())

    def _are_copies(self, document_id: str, other_id: str) -> bool:
        """Whether two documents have the same text; one removed meanwhile has none."""
        text = self.document_text(document_id)
        return text is not None and text == self.document_text(other_id)

    def document_text(self, document_id: str) -> str | None:
        """The text of a document, None where it was removed since it was found."""
        try:
            return self._store.document(document_id).text
        except DocumentNotFound:
            return None

    def passages_of(self, document_id: str) -> list[Passage]:
        """All passages of a document, in their order."""
        found = self._store.chunks(self._store.keys_of([document_id])).values()
        ordered = sorted(found, key=lambda each: each.chunk.ordinal)
        return [_passage(each, 0.0, 0, {}, Scale()) for each in ordered]

    def neighbours(self, passage: Passage) -> list[Passage]:
        """The passages before and behind one in its document, of its score and rank."""
        chunk = passage.chunk
        found = []
        for ordinal in (chunk.ordinal - 1, chunk.ordinal + 1):
            indexed = self._store.chunk_at(chunk.document_id, ordinal)
            if indexed is not None:
                found.append(_passage(indexed, passage.score, passage.rank, {}, passage.scale))
        return found


def _passage(
    indexed: IndexedChunk, score: float, rank: int, ranks: dict[str, int], scale: Scale
) -> Passage:
    return Passage(
        indexed.chunk,
        indexed.title,
        indexed.source,
        indexed.spans,
        indexed.unit_vectors,
        score,
        rank,
        ranks,
        scale,
        indexed.pages,
    )
