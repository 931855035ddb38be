"""One index folder on disk: the source of truth in SQLite.

`wenju.db` holds documents and chunks with their terms and vectors; every change is one
transaction, so that a process killed at any moment leaves the last good state. A chunk's text is
not stored: it is cut from its document, which makes a quote verbatim by construction. Each row
carries a checksum that is verified when the row is read. What searches it (`rag.index.segments`) is
derived from it.
"""

# ruff: noqa: D102 (methods without a docstring have the one of `DocumentStore`)

from __future__ import annotations

import json
import os
import sqlite3
import weakref
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rag.errors import DocumentNotFound, IndexNotFound
from rag.index import schema
from rag.index.protocol import DocumentStore
from rag.index.rows import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    IndexedChunk,
    Origin,
    chunk_row,
    document_checksum,
    document_row,
    document_seal,
    is_sound,
    path_value,
    read_chunk,
    read_document,
)
from rag.index.searchers import SegmentSearchers
from rag.index.segments import Segments, counts
from rag.index.upgrade import upgrade
from rag.index.verification import faults_of
from rag.index.writing import writing
from rag.storage import Database, Row, now
from rag.types import Document, DocumentInfo

_CHUNKS = f"SELECT {CHUNK_COLUMNS} FROM chunks"
_INFO = (
    "SELECT id, title, source, coalesce(json_extract(meta, '$.language'), ''),"
    " (SELECT count(*) FROM chunks WHERE document_id = id), length(text), added FROM documents"
)
_ADD_DOCUMENT = (
    f"INSERT INTO documents ({DOCUMENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_CHUNK = f"INSERT INTO chunks ({CHUNK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Store(DocumentStore):
    """The documents and chunks of one index; safe to share between threads.

    Its file is closed with `close`, or else once nobody holds the store any more.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self._segments = Segments(folder, database)
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
                schema.make(database, model, dimension)
            upgrade(database)
            held = schema.meta(database, "model")
            is_outdated = is_renewed and schema.is_another_training(held, model)
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
            upgrade(database)
            schema.verify(database, model)
        return cls(folder, database)

    def close(self) -> None:
        self._database.close()

    def writing(self) -> AbstractContextManager[None]:
        return writing(self.folder)

    @property
    def is_replaced(self) -> bool:
        return self._database.is_replaced

    @property
    def generation(self) -> int:
        return schema.number(self._database, "generation")

    @property
    def model(self) -> str:
        return schema.meta(self._database, "model")

    def renewed_with(self, model: str) -> None:
        with self._database.transaction() as connection:
            schema.put(connection, "model", model)

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
                row = document_row(document, origin, added, len(chunks))
                connection.execute(_ADD_DOCUMENT, row)
                connection.executemany(_ADD_CHUNK, map(chunk_row, chunks))
            for document_id, origin in touched:
                self._touch(connection, document_id, origin)
            if additions or removals:
                schema.advance(self._database, connection)

    def _touch(self, connection: sqlite3.Connection, document_id: str, origin: Origin) -> None:
        kept = "SELECT added, checksum, chunks FROM documents WHERE id = ?"
        for added, content, chunks in connection.execute(kept, (document_id,)).fetchall():
            path = path_value(origin.path)
            seal = document_seal(document_id, path, origin.digest, added, content, chunks)
            connection.execute(
                "UPDATE documents SET origin = ?, digest = ?, seal = ? WHERE id = ?",
                (path, origin.digest, seal, document_id),
            )

    def reindex(self, documents: Sequence[tuple[Document, Sequence[IndexedChunk]]]) -> list[str]:
        done = []
        with self._database.transaction() as connection:
            for document, chunks in documents:
                row = self._database.one(
                    "SELECT origin, digest, added, checksum FROM documents WHERE id = ?",
                    document.id,
                )
                if row is None or row[3] != document_checksum(document):
                    continue
                connection.execute("DELETE FROM chunks WHERE document_id = ?", (document.id,))
                connection.executemany(_ADD_CHUNK, map(chunk_row, chunks))
                path, digest, added, content = row
                seal = document_seal(document.id, path, digest, added, content, len(chunks))
                connection.execute(
                    "UPDATE documents SET chunks = ?, seal = ? WHERE id = ?",
                    (len(chunks), seal, document.id),
                )
                done.append(document.id)
            if done:
                schema.advance(self._database, connection)
        return done

    def remove(self, document_id: str) -> None:
        self.document_info(document_id)
        self.replace([], [document_id])

    def counts(self) -> tuple[int, int]:
        return counts(self._database)

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

    def origins(self, ids: Collection[str] | None = None) -> dict[str, Origin]:
        select = "SELECT id, origin, digest FROM documents"
        if ids is None:
            rows = self._database.all(select)
        else:
            rows = [
                row for each in ids for row in self._database.all(f"{select} WHERE id = ?", each)
            ]
        return {row[0]: Origin(os.fsdecode(row[1]), row[2]) for row in rows}

    def sections(self) -> list[tuple[str, str, str]]:
        return self._database.all(
            "SELECT document_id, title, section FROM chunks JOIN documents ON id = document_id"
            " GROUP BY document_id, section ORDER BY min(key)"
        )

    def questions(self) -> list[str]:
        held = json.loads(schema.meta(self._database, "questions"))
        return [str(question) for question in held]

    def remember_questions(self, questions: Sequence[str]) -> None:
        value = json.dumps(list(questions), ensure_ascii=False)
        with self._database.transaction() as connection:
            schema.put(connection, "questions", value)

    def glossaries(self) -> dict[str, str]:
        held = json.loads(schema.meta(self._database, "glossaries"))
        return {str(path): str(text) for path, text in held.items()}

    def remember_glossaries(self, glossaries: Mapping[str, str]) -> None:
        value = json.dumps(dict(glossaries))  # a path may be no Unicode
        with self._database.transaction() as connection:
            schema.put(connection, "glossaries", value)
            schema.advance(self._database, connection)

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

    def searchers(self) -> SegmentSearchers:
        return self._segments.searchers()

    def refresh(self) -> None:
        self._segments.refresh()

    def repair(self) -> None:
        self._segments.repair()

    def compact(self) -> None:
        self._segments.compact()

    @property
    def is_scattered(self) -> bool:
        return self._segments.is_scattered()

    def export(self, target: Path) -> None:
        """Write a copy of the database, as of one moment, into a new file."""
        self._database.all("VACUUM INTO ?", str(target))

    def damage(self) -> list[str]:
        lines = faults_of(self._database).lines
        return lines or self._segments.damage()

    def _check(self, row: Row) -> None:
        if not is_sound(row):
            raise self._database.damage(f"chunk {row[2]} of {row[1]!r} was altered")
