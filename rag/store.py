"""One index folder on disk: the source of truth in SQLite.

`wenju.db` holds documents and chunks with their terms and vectors; every change is one
transaction, so that a process killed at any moment leaves the last good state. A chunk's text is
not stored: it is cut from its document, which makes a quote verbatim by construction. Each row
carries a checksum that is verified when the row is read. The FAISS and BM25 files
(`rag.searchers`) are derived from it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.errors import (
    BadSetting,
    DocumentNotFound,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexNotFound,
)
from rag.types import Chunk, Document

FORMAT = 1
DATABASE_FILE = "wenju.db"
_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, origin TEXT NOT NULL, digest TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, meta TEXT NOT NULL, added TEXT NOT NULL,
    checksum TEXT NOT NULL
);
CREATE INDEX documents_by_origin ON documents (origin);
CREATE TABLE chunks (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, section TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, terms TEXT NOT NULL, vector BLOB NOT NULL, spans BLOB NOT NULL,
    unit_vectors BLOB NOT NULL, checksum INTEGER NOT NULL, UNIQUE (document_id, ordinal)
);
"""
_CHUNK_COLUMNS = (
    'key, document_id, ordinal, section, start, "end", terms, vector, spans, unit_vectors, '
    "checksum"
)


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk as indexed: its terms, its vector (d,), its units and their vectors (n, d).

    `spans` are half-open offsets of the units in `chunk.text`.
    """

    chunk: Chunk
    terms: Sequence[str]
    vector: np.ndarray
    spans: Sequence[tuple[int, int]]
    unit_vectors: np.ndarray


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What `wenju list` shows of a document; `characters` counts its canonical text."""

    id: str
    title: str
    source: str
    language: str
    chunks: int
    characters: int
    added: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from: the file's absolute path and the SHA-256 of its bytes."""

    path: str
    digest: str


def index_folder(indexes: Path, name: str) -> Path:
    """The folder of the index `name`; raises BadSetting for a name that is not a plain word."""
    if not re.fullmatch(r"\w[\w.-]{0,63}", name):
        raise BadSetting(
            f"{name!r} is not an index name",
            "use letters, digits, '-', '_' and '.', beginning with a letter or digit",
        )
    return indexes / name


class Store:
    """The documents and chunks of one index; safe to share between threads."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def create(cls, folder: Path, model: str, dimension: int) -> Store:
        """Open the index in `folder`, made if it is not there, for writing with `model`."""
        if (folder / DATABASE_FILE).exists():
            return cls.open(folder, model)
        folder.mkdir(parents=True, exist_ok=True)
        with _database_errors(folder):
            connection = _connect(folder / DATABASE_FILE)
            connection.execute("PRAGMA journal_mode = WAL")
            values = {
                "format": FORMAT,
                "model": model,
                "dimension": dimension,
                "generation": 0,
            }
            script = _SCHEMA + "".join(
                f"INSERT INTO meta VALUES ('{key}', '{str(value).replace(chr(39), chr(39) * 2)}');"
                for key, value in values.items()
            )
            connection.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
        return cls(folder, connection)

    @classmethod
    def open(cls, folder: Path, model: str | None = None) -> Store:
        """Open an index; raises IndexNotFound, IndexDamaged, or IndexMismatch.

        With `model`, the index must have been built with it.
        """
        path = folder / DATABASE_FILE
        if not path.is_file():
            raise IndexNotFound(
                f"no index at {folder}", f"run: wenju index PATH --index {folder.name}"
            )
        with _database_errors(folder):
            store = cls(folder, _connect(path))
            store._verify(model)
        return store

    def _verify(self, model: str | None) -> None:
        problems = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problems != "ok":
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
        return int(self.meta("generation"))

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self.meta("dimension"))

    def counts(self) -> tuple[int, int]:
        """Number of documents and of chunks."""
        row = self._one("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)")
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def documents(self) -> list[DocumentInfo]:
        """All documents by id."""
        rows = self._all(
            "SELECT id, title, source, json_extract(meta, '$.language'),"
            " (SELECT count(*) FROM chunks WHERE document_id = id), length(text), added"
            " FROM documents ORDER BY id"
        )
        return [DocumentInfo(*row[:3], row[3] or "", *row[4:]) for row in rows]

    def document(self, document_id: str) -> Document:
        """A document by id; raises DocumentNotFound, or IndexDamaged if its text was altered."""
        row = self._one(
            "SELECT id, source, title, text, meta, checksum FROM documents WHERE id = ?",
            document_id,
        )
        if row is None:
            raise DocumentNotFound(f"no document {document_id!r}", "see: wenju list")
        document = Document(*row[:4], json.loads(row[4]))
        if document_checksum(document) != row[5]:
            raise damaged(self.folder, f"the document {document_id!r} is not what was written")
        return document

    def origins(self) -> dict[str, Origin]:
        """Document id → where it came from."""
        return {
            row[0]: Origin(row[1], row[2])
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
                        origin.path,
                        origin.digest,
                        document.title,
                        document.text,
                        json.dumps(dict(document.meta), ensure_ascii=False),
                        added,
                        document_checksum(document),
                    ),
                )
                connection.executemany(
                    f"INSERT INTO chunks ({_CHUNK_COLUMNS})"
                    " VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    map(_chunk_row, chunks),
                )
            for document_id, origin in touched:
                connection.execute(
                    "UPDATE documents SET origin = ?, digest = ? WHERE id = ?",
                    (origin.path, origin.digest, document_id),
                )
            if additions or removals:
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    def search_rows(self) -> tuple[int, np.ndarray, np.ndarray, list[list[str]]]:
        """Generation, keys (n,), vectors (n, d) and terms of all chunks, from one snapshot."""
        with self._lock, _database_errors(self.folder):
            self._connection.execute("BEGIN")
            try:
                generation = self.generation
                rows = self._connection.execute(
                    "SELECT key, vector, terms FROM chunks ORDER BY key"
                ).fetchall()
            finally:
                self._connection.execute("COMMIT")
        keys = np.array([row[0] for row in rows], dtype=np.int64)
        vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        try:
            vectors = vectors.reshape(len(rows), self.dimension)
        except ValueError:
            raise damaged(self.folder, "its vectors have another length") from None
        return generation, keys, vectors, [row[2].split() for row in rows]

    def chunks(self, keys: Iterable[int]) -> dict[int, IndexedChunk]:
        """Key → chunk, for those keys that are (still) here."""
        found: dict[int, IndexedChunk] = {}
        texts: dict[str, Document] = {}
        for key in keys:
            row = self._one(f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE key = ?", int(key))
            if row is None:
                continue
            if row[1] not in texts:
                texts[row[1]] = self.document(row[1])
            found[int(key)] = self._indexed_chunk(row, texts[row[1]].text)
        return found

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
        with _database_errors(self.folder):
            found = [row[0] for row in self._all("PRAGMA integrity_check") if row[0] != "ok"]
        for (document_id,) in self._all("SELECT id FROM documents ORDER BY id"):
            try:
                document = self.document(document_id)
                for row in self._all(
                    f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE document_id = ?", document_id
                ):
                    self._indexed_chunk(row, document.text)
            except IndexDamaged as error:
                found.append(error.message)
        return found

    def _indexed_chunk(self, row: tuple, text: str) -> IndexedChunk:  # type: ignore[type-arg]
        key, document_id, ordinal, section, start, end, terms, vector, spans, sentences, crc = row
        if _chunk_checksum(row[1:-1]) != crc:
            raise damaged(self.folder, f"chunk {ordinal} of {document_id!r} was altered")
        chunk = Chunk(
            f"{document_id}#{ordinal}", document_id, section, text[start:end], start, end, ordinal
        )
        return IndexedChunk(
            chunk,
            terms.split(),
            np.frombuffer(vector, dtype=np.float32),
            [(int(a), int(b)) for a, b in np.frombuffer(spans, dtype=np.int32).reshape(-1, 2)],
            np.frombuffer(sentences, dtype=np.float16)
            .astype(np.float32)
            .reshape(-1, self.dimension),
        )

    def _one(self, statement: str, *values: object) -> tuple | None:  # type: ignore[type-arg]
        with self._lock, _database_errors(self.folder):
            row: tuple | None = self._connection.execute(  # type: ignore[type-arg]
                statement, values
            ).fetchone()
            return row

    def _all(self, statement: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock, _database_errors(self.folder):
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _database_errors(self.folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def document_checksum(document: Document) -> str:
    """SHA-256 over everything an answer may show of a document."""
    parts = [
        document.id,
        document.source,
        document.title,
        document.text,
        json.dumps(dict(document.meta), ensure_ascii=False, sort_keys=True),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def damaged(folder: Path, what: str) -> IndexDamaged:
    """The error for an index whose data cannot be trusted."""
    return IndexDamaged(
        f"the index at {folder} is damaged ({what})",
        f"delete {folder} and run: wenju index PATH --index {folder.name}",
    )


def _chunk_row(indexed: IndexedChunk) -> tuple:  # type: ignore[type-arg]
    chunk = indexed.chunk
    row = (
        chunk.document_id,
        chunk.ordinal,
        chunk.section,
        chunk.start,
        chunk.end,
        " ".join(indexed.terms),
        np.asarray(indexed.vector, dtype=np.float32).tobytes(),
        np.asarray(indexed.spans, dtype=np.int32).tobytes(),
        np.asarray(indexed.unit_vectors, dtype=np.float16).tobytes(),
    )
    return (*row, _chunk_checksum(row))


def _chunk_checksum(values: tuple) -> int:  # type: ignore[type-arg]
    checksum = 0
    for value in values:
        part = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        checksum = zlib.crc32(b"\0" + part, checksum)
    return checksum


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


@contextmanager
def _database_errors(folder: Path) -> Iterator[None]:
    """SQLite's errors as ours: a lock that does not open is busy, all else is damage."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise IndexBusy(
                f"another process is writing to {folder}", "wait until it ends and try again"
            ) from error
        raise damaged(folder, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise damaged(folder, str(error)) from error
