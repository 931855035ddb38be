"""The documents and chunks of one index in Milvus.

A reader sees each commit whole: the rows that its state names. What it cannot have is a former
generation: rows that a commit replaced are removed, so that what a reader has found may be gone
when it reads it. A chunk is always cut from the version of the document from which it was made.
"""

# ruff: noqa: D102 (methods without a docstring have the one of `DocumentStore`)

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from rag.errors import DocumentNotFound, IndexNotFound
from rag.index.milvus.commits import Commits
from rag.index.milvus.documents import Documents, Head
from rag.index.milvus.engine import Milvus
from rag.index.milvus.lease import Lease
from rag.index.milvus.searchers import MilvusSearchers, Sample
from rag.index.milvus.tables import State, Tables, packed, unpacked
from rag.index.protocol import DocumentStore
from rag.index.rows import IndexedChunk, Origin, document_checksum
from rag.index.schema import check_fit, is_another_training
from rag.storage import now
from rag.types import Document, DocumentInfo


class MilvusStore(DocumentStore):
    """The documents and chunks of one index; safe to share between threads."""

    def __init__(self, tables: Tables, state: State) -> None:
        self._tables = tables
        self._documents = Documents(tables)
        self._commits = Commits(tables, self._documents)
        self._stamp, self.dimension = state.stamp, state.dimension
        self._sample = Sample(tables)
        self._lease = Lease(tables)
        self._changing = threading.RLock()

    @classmethod
    def create(
        cls, milvus: Milvus, index: str, model: str, dimension: int, *, is_renewed: bool = False
    ) -> MilvusStore:
        """Open an index, made if it is not there, for writing with `model`."""
        tables = Tables(milvus, index)
        tables.make(dimension)
        tables.load()
        state = tables.state()
        if state is None:
            state = State(uuid.uuid4().hex, model, dimension)
            tables.commit(state)
        is_outdated = is_renewed and is_another_training(state.model, model)
        _check(index, state, None if is_outdated else model, dimension)
        return cls(tables, state)

    @classmethod
    def open(cls, milvus: Milvus, index: str, model: str | None = None) -> MilvusStore:
        """Open an index; raises IndexNotFound, or IndexMismatch for one of another model."""
        tables = Tables(milvus, index)
        if tables.are_there():
            tables.load()
            state = tables.state()
            if state is not None:
                _check(index, state, model)
                return cls(tables, state)
        raise IndexNotFound(
            f"no index {index!r} in Milvus at {milvus.uri}",
            f"run: wenju index PATH --index {index}",
        )

    def close(self) -> None:
        self._tables.milvus.close()

    def drop(self) -> None:
        """Remove the index."""
        self._tables.milvus.drop(self._tables.records)
        self._tables.milvus.drop(self._tables.passages)

    def writing(self) -> AbstractContextManager[None]:
        return self._lease.held()

    # What it says of itself

    @property
    def is_replaced(self) -> bool:
        if not self._tables.are_there():
            return True
        state = self._tables.state()
        return state is None or state.stamp != self._stamp

    @property
    def generation(self) -> int:
        return self._commits.state.generation

    @property
    def model(self) -> str:
        return self._commits.state.model

    def renewed_with(self, model: str) -> None:
        with self._changing:
            self._lease.renew()
            self._tables.commit(replace(self._commits.state, model=model))

    def counts(self) -> tuple[int, int]:
        state = self._commits.state
        return state.documents, state.chunks

    # Changes

    def replace(
        self,
        additions: Sequence[tuple[Document, Origin, Sequence[IndexedChunk]]],
        removals: Collection[str] = (),
        touched: Sequence[tuple[str, Origin]] = (),
    ) -> None:
        with self._changing:
            self._lease.renew()
            state, added, after = self._commits.settled(), now(), dict(touched)
            gone = [*removals, *(document.id for document, _, _ in additions)]
            former = self._documents.heads(self._commits.visible(state), gone)
            new = [
                Head.of(document, after.pop(document.id, origin), added, len(chunks))
                for document, origin, chunks in additions
            ]
            if additions or removals:
                pieces = [(document, chunks) for document, _, chunks in additions]
                self._commits.make(
                    state, list(zip(new, pieces, strict=True)), list(former.values())
                )
            if after:
                self._touch(after)

    def reindex(self, documents: Sequence[tuple[Document, Sequence[IndexedChunk]]]) -> list[str]:
        with self._changing:
            self._lease.renew()
            state = self._commits.settled()
            ids = [document.id for document, _ in documents]
            heads = self._documents.heads(self._commits.visible(state), ids)
            same = [
                (heads[document.id], (document, chunks))
                for document, chunks in documents
                if document.id in heads
                and heads[document.id].checksum == document_checksum(document)
            ]
            if same:
                new = [(head.with_chunks(len(piece[1])), piece) for head, piece in same]
                self._commits.make(state, new, [head for head, _ in same])
            return [head.id for head, _ in same]

    def _touch(self, origins: Mapping[str, Origin]) -> None:
        heads = self._documents.heads(self._commits.visible(self._commits.state), list(origins))
        rows = [
            row
            for head in heads.values()
            for row in self._documents.head_rows(head.moved(origins[head.id]))
        ]
        self._tables.milvus.put(self._tables.records, rows)

    def remove(self, document_id: str) -> None:
        self.document_info(document_id)
        self.replace([], [document_id])

    # What is there

    def _heads(self, ids: Collection[str] | None = None) -> dict[str, Head]:
        return self._documents.heads(self._commits.visible(self._commits.state), ids)

    def _head(self, document_id: str) -> Head:
        heads = self._heads([document_id])
        if document_id not in heads:
            raise DocumentNotFound(f"no document {document_id!r}", "see: wenju list")
        return heads[document_id]

    def documents(self) -> list[DocumentInfo]:
        return [head.info for _, head in sorted(self._heads().items())]

    def document_info(self, document_id: str) -> DocumentInfo:
        return self._head(document_id).info

    def document(self, document_id: str) -> Document:
        found = self._documents.document(self._head(document_id))
        if found is None:  # replaced in this moment
            found = self._documents.document(self._head(document_id))
        if found is None:
            raise self._tables.damage(f"the document {document_id!r} is not what was written")
        return found

    def document_checksums(self, ids: Collection[str]) -> dict[str, str]:
        return {each: head.checksum for each, head in self._heads(ids).items()}

    def origins(self, ids: Collection[str] | None = None) -> dict[str, Origin]:
        return {
            each: Origin(os.fsdecode(head.path), head.digest)
            for each, head in self._heads(ids).items()
        }

    def sections(self) -> list[tuple[str, str, str]]:
        heads = sorted(self._heads().values(), key=lambda head: head.first_key)
        return [(head.id, head.title, section) for head in heads for section in head.sections]

    def questions(self) -> list[str]:
        return [
            str(each)
            for each in unpacked(self._commits.note(self._commits.state.questions) or "[]")
        ]

    def remember_questions(self, questions: Sequence[str]) -> None:
        with self._changing:
            self._lease.renew()
            state = self._commits.settled()
            number = state.version + 1
            self._commits.write_note(number, packed(list(questions)))
            self._tables.commit(replace(state, version=number, questions=number))
            self._tables.clear(f"version == {state.questions or number + 1}")

    def glossaries(self) -> dict[str, str]:
        held = json.loads(self._commits.note(self._commits.state.glossaries) or "{}")
        return {str(path): str(text) for path, text in held.items()}

    def remember_glossaries(self, glossaries: Mapping[str, str]) -> None:
        with self._changing:
            self._lease.renew()
            state = self._commits.settled()
            number, generation = state.version + 1, state.generation + 1
            self._commits.write_note(
                number, json.dumps(dict(glossaries))
            )  # a path may be no Unicode
            after = replace(state, version=number, glossaries=number, generation=generation)
            self._tables.commit(after)
            self._tables.clear(f"version == {state.glossaries or number + 1}")

    def chunks(self, keys: Iterable[int]) -> dict[int, IndexedChunk]:
        state = self._commits.state
        is_gone = set(self._commits.gone(state))
        found = self._documents.chunks([*map(int, keys)], self.dimension)
        return {
            key: chunk
            for key, (version, chunk) in found.items()
            if version <= state.version and version not in is_gone
        }

    def chunk_at(self, document_id: str, ordinal: int) -> IndexedChunk | None:
        head = self._heads([document_id]).get(document_id)
        if head is None or not 0 <= ordinal < head.chunks:
            return None
        return next(iter(self.chunks([head.first_key + ordinal]).values()), None)

    def keys_of(self, document_ids: Collection[str]) -> set[int]:
        heads = self._heads(document_ids).values() if document_ids else ()
        return {head.first_key + place for head in heads for place in range(head.chunks)}

    # Search and upkeep

    def searchers(self) -> MilvusSearchers:
        state = self._commits.state
        return self._sample.searchers(state, self._commits.visible(state))

    def refresh(self) -> None:
        """Nothing is to be done: Milvus derives what it searches."""

    repair = refresh

    @property
    def is_scattered(self) -> bool:
        """Never: Milvus compacts by itself."""
        return False

    def compact(self) -> None:
        """Have what was removed leave Milvus' files, in its own time."""
        with self._changing:
            self._commits.settled()

    def damage(self) -> list[str]:
        state, lines = self._commits.state, []
        heads = self._heads()
        for head in heads.values():
            document = self._documents.document(head)
            if document is None:
                lines.append(f"the document {head.id!r} is not what was written")
                continue
            keys = range(head.first_key, head.first_key + head.chunks)
            if len(self._documents.chunks(keys, self.dimension)) != head.chunks:
                lines.append(f"chunks of {head.id!r} are missing")
        counted = len(heads), sum(head.chunks for head in heads.values())
        if counted != (state.documents, state.chunks):
            recorded = state.documents, state.chunks
            lines.append(f"it counts {recorded} and holds {counted}")
        return lines


def _check(index: str, state: State, model: str | None, dimension: int | None = None) -> None:
    """Raise IndexMismatch for another model or length of vectors."""
    built_with = state.model, state.dimension
    check_fit(f"the index {index!r} in Milvus", index, built_with, model, dimension)
