"""A store in memory that computes what the real one does."""

import contextlib
import threading
from dataclasses import replace

import numpy as np

from rag.errors import DocumentNotFound
from rag.index.rows import document_checksum
from rag.index.searchers import SegmentSearchers
from rag.types import DocumentInfo


class MemoryStore:
    """A `DocumentStore` whose documents are gone with it."""

    is_replaced = False

    def __init__(self, dimension):
        self._dimension = dimension
        self._lock = threading.RLock()
        self._documents = {}  # id → document, origin
        self._chunks = {}  # key → chunk
        self._questions = []
        self._glossaries = {}
        self._last_key = 0
        self.generation = 0

    def replace(self, additions, removals=(), touched=()):
        # Whatever fails does so here, before anything is changed.
        additions = [
            (document, origin, [self._cut(document, each) for each in chunks])
            for document, origin, chunks in additions
        ]
        with self._lock:
            gone = {*removals, *(document.id for document, _, _ in additions)}
            documents = {key: held for key, held in self._documents.items() if key not in gone}
            chunks = {
                key: each
                for key, each in self._chunks.items()
                if each.chunk.document_id not in gone
            }
            for document, origin, pieces in additions:
                documents[document.id] = document, origin
                for piece in pieces:
                    self._last_key += 1
                    chunks[self._last_key] = piece
            for document_id, origin in touched:
                documents[document_id] = documents[document_id][0], origin
            self._documents, self._chunks = documents, chunks
            self.generation += bool(additions or removals)

    def reindex(self, documents):
        with self._lock:
            done = [
                (document, self._documents[document.id][1], chunks)
                for document, chunks in documents
                if self._documents.get(document.id, (None,))[0] == document
            ]
            if done:
                self.replace(done)
        return [document.id for document, _, _ in done]

    def _cut(self, document, indexed):
        chunk = indexed.chunk
        chunk = replace(chunk, text=document.text[chunk.start : chunk.end])
        return replace(indexed, chunk=chunk, title=document.title, source=document.source)

    def remove(self, document_id):
        self.document(document_id)
        self.replace([], [document_id])

    model, is_scattered = "character-pairs", False

    def renewed_with(self, model):
        self.model = model

    def writing(self):
        return contextlib.nullcontext()

    def compact(self):
        pass

    def counts(self):
        with self._lock:
            return len(self._documents), len(self._chunks)

    def documents(self):
        return [self.document_info(document_id) for document_id in sorted(self._documents)]

    def document_info(self, document_id):
        with self._lock:
            document, chunks = self.document(document_id), len(self.keys_of([document_id]))
        language = document.meta.get("language", "")
        size, added = len(document.text), "2026-01-06T08:00:00+00:00"
        return DocumentInfo(
            document.id, document.title, document.source, language, chunks, size, added
        )

    def document(self, document_id):
        try:
            return self._documents[document_id][0]
        except KeyError:
            raise DocumentNotFound(f"no document {document_id!r}", "see: wenju list") from None

    def document_checksums(self, ids):
        held = self._documents
        return {each: document_checksum(held[each][0]) for each in ids if each in held}

    def origins(self, ids=None):
        held = self._documents
        return {each: held[each][1] for each in (held if ids is None else ids) if each in held}

    def sections(self):
        chunks = self._chunks.values()
        return list(
            dict.fromkeys(
                (each.chunk.document_id, each.title, each.chunk.section) for each in chunks
            )
        )

    def questions(self):
        return self._questions

    def remember_questions(self, questions):
        self._questions = list(questions)

    def glossaries(self):
        return dict(self._glossaries)

    def remember_glossaries(self, glossaries):
        with self._lock:
            self._glossaries = dict(glossaries)
            self.generation += 1

    def chunks(self, keys):
        held = self._chunks
        return {key: held[key] for key in map(int, keys) if key in held}

    def chunk_at(self, document_id, ordinal):
        places = {
            (each.chunk.document_id, each.chunk.ordinal): each for each in self._chunks.values()
        }
        return places.get((document_id, ordinal))

    def keys_of(self, document_ids):
        chunks = self._chunks.items()
        return {key for key, each in chunks if each.chunk.document_id in document_ids}

    def searchers(self):
        with self._lock:
            generation, chunks = self.generation, self._chunks
        keys = np.array(list(chunks), dtype=np.int64)
        vectors = [each.vector for each in chunks.values()]
        vectors = np.array(vectors, dtype=np.float32).reshape(len(keys), self._dimension)
        terms = [list(each.terms) for each in chunks.values()]
        texts = {
            key: f"{document.title}\n{document.text}"
            for key, each in chunks.items()
            if each.chunk.ordinal == 0
            for document, _ in [self._documents[each.chunk.document_id]]
        }
        return SegmentSearchers.build(generation, keys, vectors, terms, texts)

    def refresh(self):
        pass

    def repair(self):
        pass

    def damage(self):
        return []

    def close(self):
        pass
