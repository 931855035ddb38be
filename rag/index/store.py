"""One index folder on disk: the source of truth in SQLite.

`wenju.db` holds documents and chunks with their terms and vectors; every change is one
transaction, so that a process killed at any moment leaves the last good state. A chunk's text is
not stored: it is cut from its document, which makes a quote verbatim by construction. Each row
carries a checksum that is verified when the row is read. The FAISS and BM25 files
(`rag.index.search_files`) are derived from it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.errors import (
    IndexDamaged,
    IndexMismatch,
    IndexNotFound,
)
from rag.index.rows import (
    CHUNK_COLUMNS,
    IndexedChunk,
    Origin,
    chunk_checksum,
    chunk_row,
    document_checksum,
    path_value,
)
from rag.index.schema import (
    DATABASE_FILE,
    FORMAT,
    INFO,
    SCHEMA,
    connect,
    damaged,
    database_errors,
    not_found,
)
from rag.storage import transaction
from rag.types import Chunk, Document, DocumentInfo


class Store:
    """The documents and chunks of one index; safe to share between threads."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self._connection = connection
        self._lock = threading.RLock()
        self._file = (folder / DATABASE_FILE).stat()

    @classmethod
    def create(cls, folder: Path, model: str, dimension: int) -> Store:
        """Open the index in `folder`, made if it is not there, for writing with `model`."""
        folder.mkdir(parents=True, exist_ok=True)
        store = cls(folder, connect(folder))
        with store._closed_on_error():
            if store._is_blank():
                store._make(model, dimension)
            store._verify(model)
            if store.dimension != dimension:
                raise IndexMismatch(
                    f"the index at {folder} holds vectors of length {store.dimension}, "
                    f"the model {model} makes {dimension}",
                    "index into another name",
                )
        return store

    @classmethod
    def open(cls, folder: Path, model: str | None = None) -> Store:
        """Open an index; raises IndexNotFound, IndexDamaged, or IndexMismatch.

        With `model`, the index must have been built with it.
        """
        missing = IndexNotFound(
            f"no index at {folder}", f"run: wenju index PATH --index {folder.name}"
        )
        if not (folder / DATABASE_FILE).is_file():
            raise missing
        store = cls(folder, connect(folder))
        with store._closed_on_error():
            if store._is_blank():
                raise missing
            store._verify(model)
        return store

    @property
    def is_replaced(self) -> bool:
        """Whether another file, or none, has taken the place of the one that was opened."""
        try:
            return not os.path.samestat((self.folder / DATABASE_FILE).stat(), self._file)
        except OSError:
            return True

    def _is_blank(self) -> bool:
        """Whether the database holds nothing yet: its making was cut short, or is going on."""
        if self._one("SELECT 1 FROM sqlite_master"):
            return False
        if any(not path.name.startswith(DATABASE_FILE) for path in self.folder.iterdir()):
            raise damaged(self.folder, f"{DATABASE_FILE} is empty")
        return True

    def _make(self, model: str, dimension: int) -> None:
        self._one("PRAGMA journal_mode = WAL")
        values = {"format": FORMAT, "model": model, "dimension": dimension, "generation": 0}
        with self._transaction() as connection:
            if not self._is_blank():
                return  # another process was faster
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            rows = [(key, str(value)) for key, value in values.items()]
            connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)

    def _verify(self, model: str | None) -> None:
        problems = self._one("PRAGMA quick_check(1)")
        if problems != ("ok",):
            raise damaged(self.folder, str(problems))
        form = self.meta("format")
        if form != str(FORMAT):
            raise IndexMismatch(
                f"the index at {self.folder} has format {form}, this Wenju reads {FORMAT}",
                f"delete {self.folder} and run: wenju index PATH --index {self.folder.name}",
            )
        built_with = self.meta("model")
        if model is not None and model != built_with:
            raise IndexMismatch(
                f"the index at {self.folder} was built with the model {built_with}, not {model}",
                f"set WENJU_EMBEDDING_MODEL={built_with}, or index into another name",
            )

    def close(self) -> None:
        """Release the database."""
        with self._lock:
            self._connection.close()

    def meta(self, key: str) -> str:
        """A value of the index itself: `format`, `model`, `dimension`, `generation`."""
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        if row is None:
            raise damaged(self.folder, f"it has no {key}")
        return str(row[0])

    @property
    def generation(self) -> int:
        """A number that grows with every change to the documents."""
        return self._number("generation")

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._number("dimension")

    def _number(self, key: str) -> int:
        value = self.meta(key)
        if not value.isdecimal():
            raise damaged(self.folder, f"its {key} is {value!r}")
        return int(value)

    def remember_questions(self, questions: Sequence[str]) -> None:
        """Keep questions that were written for these documents, in the place of former ones."""
        row = ("questions", json.dumps(list(questions), ensure_ascii=False))
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)

    def questions(self) -> list[str]:
        """The questions that were written for these documents."""
        row = self._one("SELECT value FROM meta WHERE key = 'questions'")
        return [str(question) for question in json.loads(row[0])] if row else []

    def counts(self) -> tuple[int, int]:
        """Number of documents and of chunks."""
        row = self._one("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)")
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def documents(self) -> list[DocumentInfo]:
        """All documents by id."""
        return [DocumentInfo(*row) for row in self._all(f"{INFO} ORDER BY id")]

    def document_info(self, document_id: str) -> DocumentInfo:
        """What `documents` says of one; raises DocumentNotFound."""
        row = self._one(f"{INFO} WHERE id = ?", document_id)
        if row is None:
            raise not_found(document_id)
        return DocumentInfo(*row)

    def sections(self) -> list[tuple[str, str, str]]:
        """(document id, title, section) of all passages, each once, in their order."""
        return self._all(
            "SELECT document_id, title, section FROM chunks JOIN documents ON id = document_id"
            " GROUP BY document_id, section ORDER BY min(key)"
        )

    def document(self, document_id: str) -> Document:
        """A document by id; raises DocumentNotFound, or IndexDamaged if its text was altered."""
        row = self._one(
            "SELECT id, source, title, text, meta, checksum FROM documents WHERE id = ?",
            document_id,
        )
        if row is None:
            raise not_found(document_id)
        try:
            _, source, title, text, meta, checksum = row
            document = Document(document_id, source, title, text, json.loads(meta))
            if document_checksum(document) == checksum:
                return document
        except (TypeError, ValueError):
            pass  # a value of another type than was written
        raise damaged(self.folder, f"the document {document_id!r} is not what was written")

    def origins(self) -> dict[str, Origin]:
        """Document id → where it came from."""
        return {
            row[0]: Origin(os.fsdecode(row[1]), row[2])
            for row in self._all("SELECT id, origin, digest FROM documents")
        }

    def document_checksums(self, ids: Collection[str]) -> dict[str, str]:
        """Document id → checksum of its content, for those of `ids` that are here."""
        found = {}
        for document_id in ids:
            row = self._one("SELECT checksum FROM documents WHERE id = ?", document_id)
            if row:
                found[document_id] = str(row[0])
        return found

    def replace(
        self,
        additions: Sequence[tuple[Document, Origin, Sequence[IndexedChunk]]],
        removals: Collection[str] = (),
        touched: Sequence[tuple[str, Origin]] = (),
    ) -> None:
        """Put documents in the place of their former versions, and remove others: all or nothing.

        `touched` are documents whose content stayed the same while their file changed.
        """
        added = datetime.now(UTC).isoformat(timespec="seconds")
        with self._transaction() as connection:
            for document_id in [*removals, *(document.id for document, _, _ in additions)]:
                connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            for document, origin, chunks in additions:
                connection.execute(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        document.id,
                        document.source,
                        path_value(origin.path),
                        origin.digest,
                        document.title,
                        document.text,
                        json.dumps(dict(document.meta), ensure_ascii=False),
                        added,
                        document_checksum(document),
                    ),
                )
                connection.executemany(
                    f"INSERT INTO chunks ({CHUNK_COLUMNS})"
                    " VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    map(chunk_row, chunks),
                )
            for document_id, origin in touched:
                connection.execute(
                    "UPDATE documents SET origin = ?, digest = ? WHERE id = ?",
                    (path_value(origin.path), origin.digest, document_id),
                )
            if additions or removals:
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    def search_rows(self) -> tuple[int, np.ndarray, np.ndarray, list[list[str]]]:
        """Generation, keys (n,), vectors (n, d) and terms of all chunks, from one snapshot."""
        rows = []
        with self._snapshot() as connection:
            generation = self.generation
            for row in connection.execute(f"SELECT {CHUNK_COLUMNS} FROM chunks ORDER BY key"):
                self._check(row)
                rows.append((row[0], row[6].split(), row[7]))
        keys = np.array([row[0] for row in rows], dtype=np.int64)
        vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.float32)
        try:
            vectors = vectors.reshape(len(rows), self.dimension)
        except ValueError:
            raise damaged(self.folder, "its vectors have another length") from None
        return generation, keys, vectors, [row[1] for row in rows]

    def chunks(self, keys: Iterable[int]) -> dict[int, IndexedChunk]:
        """Key → chunk, for those keys that are (still) here."""
        found: dict[int, IndexedChunk] = {}
        texts: dict[str, Document] = {}
        with self._snapshot():  # else offsets of one version could meet the text of the next
            for key in keys:
                row = self._one(f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE key = ?", int(key))
                if row is None:
                    continue
                if row[1] not in texts:
                    texts[row[1]] = self.document(row[1])
                found[int(key)] = self._indexed_chunk(row, texts[row[1]])
        return found

    def chunk_at(self, document_id: str, ordinal: int) -> IndexedChunk | None:
        """The chunk with that place in a document, None where there is none."""
        row = self._one(
            "SELECT key FROM chunks WHERE document_id = ? AND ordinal = ?", document_id, ordinal
        )
        return next(iter(self.chunks([row[0]]).values()), None) if row else None

    def keys_of(self, document_ids: Collection[str]) -> set[int]:
        """Keys of all chunks of the given documents."""
        keys: set[int] = set()
        for document_id in document_ids:
            rows = self._all("SELECT key FROM chunks WHERE document_id = ?", document_id)
            keys |= {row[0] for row in rows}
        return keys

    def all_keys(self) -> list[int]:
        """Keys of all chunks, in the order in which they were added."""
        return [row[0] for row in self._all("SELECT key FROM chunks ORDER BY key")]

    def damage(self) -> list[str]:
        """What `wenju check` finds wrong: one line each, [] for a sound database."""
        found: list[str] = []
        try:
            with self._snapshot():
                rows = self._all("PRAGMA integrity_check")
                found += [str(problem) for (problem,) in rows if problem != "ok"]
                for (document_id,) in self._all("SELECT id FROM documents ORDER BY id"):
                    found += self._damage_of(document_id)
        except IndexDamaged as error:
            found.append(error.message)
        return found

    def _damage_of(self, document_id: str) -> list[str]:
        statement = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE document_id = ?"
        try:
            self.document(document_id)
            for row in self._all(statement, document_id):
                self._check(row)
        except IndexDamaged as error:
            return [error.message]
        return []

    def _check(self, row: tuple) -> None:  # type: ignore[type-arg]
        if chunk_checksum(row[1:-1]) != row[-1]:
            raise damaged(self.folder, f"chunk {row[2]} of {row[1]!r} was altered")

    def _indexed_chunk(self, row: tuple, document: Document) -> IndexedChunk:  # type: ignore[type-arg]
        self._check(row)
        text = document.text
        _, document_id, ordinal, section, start, end, terms, vector, spans, units, _ = row
        chunk = Chunk(
            f"{document_id}#{ordinal}", document_id, section, text[start:end], start, end, ordinal
        )
        return IndexedChunk(
            chunk,
            terms.split(),
            np.frombuffer(vector, dtype=np.float32),
            [(int(a), int(b)) for a, b in np.frombuffer(spans, dtype=np.int32).reshape(-1, 2)],
            np.frombuffer(units, dtype=np.float16).astype(np.float32).reshape(-1, self.dimension),
            document.title,
            document.source,
        )

    def _one(self, statement: str, *values: object) -> tuple | None:  # type: ignore[type-arg]
        with self._lock, database_errors(self.folder):
            row: tuple | None = self._connection.execute(  # type: ignore[type-arg]
                statement, values
            ).fetchone()
            return row

    def _all(self, statement: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock, database_errors(self.folder):
            return self._connection.execute(statement, values).fetchall()

    def _snapshot(self) -> AbstractContextManager[sqlite3.Connection]:
        """All that is read within is of one generation."""
        return self._transaction("DEFERRED")

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        with (
            self._lock,
            database_errors(self.folder),
            transaction(self._connection, kind) as connection,
        ):
            yield connection

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """No other process commits within; it may read. Raises IndexBusy."""
        with self._transaction():
            yield

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise
