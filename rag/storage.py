"""What all SQLite files here share: transactions, and what SQLite's errors mean."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

BUSY_SECONDS = 30.0
_REFUSALS = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
)


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str) -> Iterator[sqlite3.Connection]:
    """The connection within a transaction: all that is done in it stands, or nothing."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has ended it where the disk is full
            connection.execute("ROLLBACK")
        raise


def cause(error: sqlite3.DatabaseError) -> Literal["busy", "refused", "damaged"]:
    """Whether another process writes, the system refuses, or else the file is damaged."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "busy"
    return "refused" if code in _REFUSALS else "damaged"


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Return once the file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
