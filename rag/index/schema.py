"""The SQLite file of an index: its tables, its name, and what its errors mean."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import DocumentNotFound, IndexBusy, IndexDamaged, IndexUnavailable, InvalidInput
from rag.storage import BUSY_SECONDS, cause

FORMAT = 1


DATABASE_FILE = "wenju.db"


SCHEMA = """
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


INFO = (
    "SELECT id, title, source, coalesce(json_extract(meta, '$.language'), ''),"
    " (SELECT count(*) FROM chunks WHERE document_id = id), length(text), added FROM documents"
)


def index_folder(indexes: Path, name: str) -> Path:
    """The folder of the index `name`; raises InvalidInput for a name that is not a plain word."""
    if not is_index_name(name):
        raise InvalidInput(
            f"{name!r} is not an index name",
            "use letters, digits, '-', '_' and '.', beginning with a letter or digit",
        )
    return indexes / name


def is_index_name(name: str) -> bool:
    """Whether an index can have this name."""
    return re.fullmatch(r"\w[\w.-]{0,63}", name) is not None


def damaged(folder: Path, what: str) -> IndexDamaged:
    """The error for an index whose data cannot be trusted."""
    return IndexDamaged(
        f"the index at {folder} is damaged ({what})",
        f"delete {folder} and run: wenju index PATH --index {folder.name}",
    )


def not_found(document_id: str) -> DocumentNotFound:
    """The error for a document that is not there."""
    return DocumentNotFound(f"no document {document_id!r}", "see: wenju list")


def connect(folder: Path) -> sqlite3.Connection:
    """A connection to the database of the index in `folder`."""
    with database_errors(folder):
        connection = sqlite3.connect(
            folder / DATABASE_FILE,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
    return connection


@contextmanager
def database_errors(folder: Path) -> Iterator[None]:
    """SQLite's errors as ours: busy, refused by the system, or else damage.

    Misuse of the library, such as a question to a closed store, stays what it is.
    """
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        why = cause(error)
        if why == "busy":
            raise IndexBusy(
                f"another process is writing to {folder}", "wait until it ends and try again"
            ) from error
        if why == "refused":
            raise IndexUnavailable(
                f"the index at {folder} cannot be used ({error})",
                "see to its permissions and to the space left on the disk",
            ) from error
        raise damaged(folder, str(error)) from error
