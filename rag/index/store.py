"""One index folder on disk: the source of truth in SQLite.

`wenju.db` holds documents and chunks with their terms and vectors; every change is one
transaction, so that a process killed at any moment leaves the last good state. A chunk's text is
not stored: it is cut from its document, which makes a quote verbatim by construction. Each row
carries a checksum that is verified when the row is read. The FAISS and BM25 files
(`rag.index.search_files`) are derived from it.
"""

# ruff: noqa: D102 (methods without a docstring have the one of `DocumentStore`)

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.errors import DocumentNotFound, IndexDamaged, IndexNotFound
from rag.index import schema
from rag.index.protocol import DocumentStore
from rag.index.rows import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    IndexedChunk,
    Origin,
    chunk_row,
    document_row,
    is_sound,
    path_value,
    read_chunk,
    read_document,
)
from rag.index.search_files import Searchers, SearchFiles
from rag.storage import Database, Row, now
from rag.types import Document, DocumentInfo

_CHUNKS = f"SELECT {CHUNK_COLUMNS} FROM chunks"
_INFO = (
    "SELECT id, title, source, coalesce(json_extract(meta, '$.language'), ''),"
    " (SELECT count(*) FROM chunks WHERE document_id = id), length(text), added FROM documents"
)
_SET_META = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
_NEXT_GENERATION = "UPDATE meta SET value = value + 1 WHERE key = 'generation'"
_ADD_DOCUMENT = f"INSERT INTO documents ({DOCUMENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_CHUNK = f"INSERT INTO chunks ({CHUNK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Store(DocumentStore):
    """The documents and chunks of one index; safe to share between threads.

    Its file is closed with `close`, or else once nobody holds the store any more.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self._files = SearchFiles(folder)
        weakref.finalize(self, database.close)

    @classmethod
    def create(cls, folder: Path, model: str, dimension: int, *, is_renewed: bool = False) -> Store:
        """Open the index in `folder`, made if it is not there, for writing with `model`.

        One of another training of the bundled model is opened too where it `is_renewed` then.
        """
        folder.mkdir(parents=True, exist_ok=True)
        database = schema.open_database(folder)
        with database.closed_on_error():
            if schema.is_blank(database):
                database.make(schema.SCHEMA, model=model, dimension=dimension)
            is_outdated = is_renewed and schema.is_outdated(database, model)
            schema.verify(database, None if is_outdated else model, dimension)
        return cls(folder, database)

    @classmethod
    def open(cls, folder: Path, model: str | None = None) -> Store:
        """Open an index; raises IndexNotFound, IndexDamaged, or IndexMismatch.

        With `model`, the index must have been built with it.
        """
        missing = IndexNotFound(
            f"no index at {folder}", f"run: wenju index PATH --index {folder.name}"
        )
        if not (folder / schema.DATABASE_FILE).is_file():
            raise missing
        database = schema.open_database(folder)
        with database.closed_on_error():
            if schema.is_blank(database):
                raise missing
            schema.verify(database, model)
        return cls(folder, database)

    def close(self) -> None:
        self._database.close()

    @property
    def is_replaced(self) -> bool:
        return self._database.is_replaced

    @property
    def generation(self) -> int:
        return schema.number(self._database, "generation")

    @property
    def model(self) -> str:
        """The model that made the vectors."""
        return schema.meta(self._database, "model")

    def renewed_with(self, model: str) -> None:
        """Say that all vectors are this model's now."""
        with self._database.transaction() as connection:
            connection.execute(_SET_META, ("model", model))

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return schema.number(self._database, "dimension")

    def replace(
        self,
        additions: Sequence[tuple[Document, Origin, Sequence[IndexedChunk]]],
        removals: Collection[str] = (),
        touched: Sequence[tuple[str, Origin]] = (),
    ) -> None:
        added = now()
        with self._database.transaction() as connection:
            for document_id in [*removals, *(document.id for document, _, _ in additions)]:
                connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            for document, origin, chunks in additions:
                connection.execute(_ADD_DOCUMENT, document_row(document, origin, added))
                connection.executemany(_ADD_CHUNK, map(chunk_row, chunks))
            for document_id, origin in touched:
                connection.execute(
                    "UPDATE documents SET origin = ?, digest = ? WHERE id = ?",
                    (path_value(origin.path), origin.digest, document_id),
                )
            if additions or removals:
                connection.execute(_NEXT_GENERATION)

    def remove(self, document_id: str) -> None:
        self.document_info(document_id)
        self.replace([], [document_id])

    def counts(self) -> tuple[int, int]:
        ((documents, chunks),) = self._database.all(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)"
        )
        return documents, chunks

    def documents(self) -> list[DocumentInfo]:
        return [DocumentInfo(*row) for row in self._database.all(f"{_INFO} ORDER BY id")]

    def document_info(self, document_id: str) -> DocumentInfo:
        return DocumentInfo(*self._row_of_document(_INFO, document_id))

    def document(self, document_id: str) -> Document:
        row = self._row_of_document(f"SELECT {DOCUMENT_COLUMNS} FROM documents", document_id)
        document = read_document(row)
        if document is None:
            raise self._database.damage(f"the document {document_id!r} is not what was written")
        return document

    def _row_of_document(self, select: str, document_id: str) -> Row:
        row = self._database.one(f"{select} WHERE id = ?", document_id)
        if row is None:
            raise DocumentNotFound(f"no document {document_id!r}", "see: wenju list")
        return row

    def document_checksums(self, ids: Collection[str]) -> dict[str, str]:
        return {
            document_id: checksum
            for each in ids
            for document_id, checksum in self._database.all(
                "SELECT id, checksum FROM documents WHERE id = ?", each
            )
        }

    def origins(self) -> dict[str, Origin]:
        rows = self._database.all("SELECT id, origin, digest FROM documents")
        return {row[0]: Origin(os.fsdecode(row[1]), row[2]) for row in rows}

    def sections(self) -> list[tuple[str, str, str]]:
        return self._database.all(
            "SELECT document_id, title, section FROM chunks JOIN documents ON id = document_id"
            " GROUP BY document_id, section ORDER BY min(key)"
        )

    def questions(self) -> list[str]:
        row = self._database.one("SELECT value FROM meta WHERE key = 'questions'")
        return [str(question) for question in json.loads(row[0])] if row else []

    def remember_questions(self, questions: Sequence[str]) -> None:
        row = ("questions", json.dumps(list(questions), ensure_ascii=False))
        with self._database.transaction() as connection:
            connection.execute(_SET_META, row)

    def glossaries(self) -> dict[str, str]:
        row = self._database.one("SELECT value FROM meta WHERE key = 'glossaries'")
        return {str(path): str(text) for path, text in json.loads(row[0]).items()} if row else {}

    def remember_glossaries(self, glossaries: Mapping[str, str]) -> None:
        row = ("glossaries", json.dumps(dict(glossaries)))  # a path may be no Unicode
        with self._database.transaction() as connection:
            connection.execute(_SET_META, row)
            connection.execute(_NEXT_GENERATION)

    def chunks(self, keys: Iterable[int]) -> dict[int, IndexedChunk]:
        found: dict[int, IndexedChunk] = {}
        documents: dict[str, Document] = {}
        with self._database.snapshot():  # else offsets of one version could meet another's text
            dimension = self.dimension
            for key in map(int, keys):
                row = self._database.one(f"{_CHUNKS} WHERE key = ?", key)
                if row is None:
                    continue
                self._check(row)
                if row[1] not in documents:
                    documents[row[1]] = self.document(row[1])
                found[key] = read_chunk(row, documents[row[1]], dimension)
        return found

    def chunk_at(self, document_id: str, ordinal: int) -> IndexedChunk | None:
        rows = self._database.all(
            "SELECT key FROM chunks WHERE document_id = ? AND ordinal = ?", document_id, ordinal
        )
        return next(iter(self.chunks(key for (key,) in rows).values()), None)

    def keys_of(self, document_ids: Collection[str]) -> set[int]:
        select = "SELECT key FROM chunks WHERE document_id = ?"
        return {key for each in document_ids for (key,) in self._database.all(select, each)}

    def all_keys(self) -> list[int]:
        """Keys of all chunks, in the order in which they were added."""
        return [key for (key,) in self._database.all("SELECT key FROM chunks ORDER BY key")]

    def searchers(self) -> Searchers:
        files = None if self.is_replaced else self._files.read(self.generation)
        return files or self._derive()

    def refresh(self) -> None:
        if not self._files.are_sound(self.generation):
            self.repair()

    def repair(self) -> None:
        searchers = self._derive()
        with self._database.transaction():  # no other process commits or writes files meanwhile
            if searchers.generation != self.generation or self.is_replaced:
                return  # who moved on writes what belongs to it
            documents, chunks = self.counts()
            about = {"model": self.model, "dimension": self.dimension}
            self._files.write(searchers, {**about, "documents": documents, "chunks": chunks})

    def _derive(self) -> Searchers:
        rows = []
        with self._database.snapshot() as connection:
            generation, dimension = self.generation, self.dimension
            for row in connection.execute(f"{_CHUNKS} ORDER BY key"):
                self._check(row)
                rows.append((row[0], row[6].split(), row[7]))
            documents = connection.execute("SELECT title, text FROM documents").fetchall()
        keys = np.array([row[0] for row in rows], dtype=np.int64)
        vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.float32)
        if len(vectors) != len(rows) * dimension:
            raise self._database.damage("its vectors have another length")
        vectors = vectors.reshape(-1, dimension)
        texts = (f"{title}\n{text}" for title, text in documents)
        return Searchers.build(generation, keys, vectors, [row[1] for row in rows], texts)

    def damage(self) -> list[str]:
        found: list[str] = []
        try:
            with self._database.snapshot():
                problems = self._database.all("PRAGMA integrity_check")
                found += [str(problem) for (problem,) in problems if problem != "ok"]
                for (document_id,) in self._database.all("SELECT id FROM documents ORDER BY id"):
                    found += self._damage_of(document_id)
                generation, keys = self.generation, set(self.all_keys())
            found += self._files.damage(generation, keys)
        except IndexDamaged as error:
            found.append(error.message)
        return found

    def _damage_of(self, document_id: str) -> list[str]:
        try:
            self.document(document_id)
            for row in self._database.all(f"{_CHUNKS} WHERE document_id = ?", document_id):
                self._check(row)
        except IndexDamaged as error:
            return [error.message]
        return []

    def _check(self, row: Row) -> None:
        if not is_sound(row):
            raise self._database.damage(f"chunk {row[2]} of {row[1]!r} was altered")
