"""What all files here share that must outlast a crash: SQLite databases, digests, flushing."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.errors import WenjuError

BUSY_SECONDS = 30.0
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_REFUSED = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Failures:
    """What the owner of a file raises where the file fails it.

    `name` is what a person calls the file, as "the index at indexes/news"; `remedy` is for damage.
    """

    name: str
    busy: type[WenjuError]
    unavailable: type[WenjuError]
    damaged: type[WenjuError]
    remedy: str

    def damage(self, what: str) -> WenjuError:
        """The error for a file whose data cannot be trusted."""
        return self.damaged(f"{self.name} is damaged ({what})", self.remedy)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Errors of SQLite and of the system as the owner's: busy, refused, or else damage.

        Misuse of the library, such as a statement after `close`, stays what it is.
        """
        try:
            yield
        except OSError as error:
            raise self._refusal(error.strerror or type(error).__name__) from error
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError as error:
            if _code(error) in _BUSY:
                raise self.busy(
                    f"another process is writing to {self.name}", "wait until it ends and try again"
                ) from error
            if _code(error) in _REFUSED:
                raise self._refusal(str(error)) from error
            raise self.damage(str(error)) from error

    def _refusal(self, why: str) -> WenjuError:
        return self.unavailable(
            f"{self.name} cannot be used ({why})",
            "see to its permissions and to the space left on the disk",
        )


class ClosedOnError:
    """What is closed where it cannot be used after all."""

    def close(self) -> None:
        """Release what is held."""
        raise NotImplementedError

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Whatever is raised within closes it."""
        try:
            yield
        except BaseException:
            self.close()
            raise


class Database(ClosedOnError):
    """One SQLite file, shared by threads and processes; what goes wrong is its owner's error.

    Every change is one transaction that is on the disk when it ends.
    """

    def __init__(self, path: Path, failures: Failures, *pragmas: str) -> None:
        """Open the file, made empty if it is not there."""
        self.path = path
        self._failures = failures
        self._lock = threading.RLock()
        self.is_read_only = False
        self._pragmas = "foreign_keys = ON", "synchronous = FULL", *pragmas
        with failures.translated():
            try:
                self._connection = self._connected(path)
            except sqlite3.OperationalError as error:
                if _code(error) not in _REFUSED or not self._is_frozen():
                    raise
                uri = f"{path.resolve().as_uri()}?immutable=1"
                self._connection = self._connected(uri, uri=True)
                self.is_read_only = True
            with self.closed_on_error():
                self._file = path.stat()

    def _connected(self, path: Path | str, *, uri: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
        )
        try:
            for pragma in self._pragmas:
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_frozen(self) -> bool:
        """Whether nobody here can change the file, and all that was committed is in it.

        SQLite cannot share such a file, since it may make none beside it; there is no need to.
        """
        log = self.path.with_name(f"{self.path.name}-wal")
        is_whole = not log.exists() or not log.stat().st_size
        return self.path.is_file() and is_whole and not os.access(self.path.parent, os.W_OK)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def damage(self, what: str) -> WenjuError:
        """The owner's error for a file whose data cannot be trusted."""
        return self._failures.damage(what)

    @property
    def is_replaced(self) -> bool:
        """Whether another file, or none, has taken the place of the one that was opened."""
        try:
            return not os.path.samestat(self.path.stat(), self._file)
        except OSError:
            return True

    @property
    def is_cut_short(self) -> bool:
        """Whether the file is smaller than it says, while nothing is in the log to come."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.exists() and log.stat().st_size:
            return False
        with self.path.open("rb") as file:
            header = file.read(32)
        size = int.from_bytes(header[16:18], "big")
        pages = int.from_bytes(header[28:32], "big")
        return self.path.stat().st_size < pages * (65536 if size == 1 else size)

    def make(self, schema: str, **values: object) -> None:
        """Run the statements of `schema` on a blank file, in write-ahead mode: all or nothing.

        `values` are those that it names, as in `INSERT INTO meta VALUES (:model)`.
        """
        if not self.is_blank:
            return
        self.write_ahead()
        with self.transaction() as connection:
            if not self.is_blank:
                return  # another process was faster
            for statement in schema.split(";"):
                connection.execute(statement, values)

    @property
    def is_blank(self) -> bool:
        """Whether the file holds nothing yet: its making was cut short, or is going on."""
        return self.one("PRAGMA user_version") == (0,) and not self.all(
            "SELECT 1 FROM sqlite_master"
        )

    def write_ahead(self) -> None:
        """Let readers go on while somebody writes.

        SQLite does not wait here for another process that does the same.
        """
        give_up = time.monotonic() + BUSY_SECONDS
        with self._lock, self._failures.translated():
            while True:
                try:
                    self._connection.execute("PRAGMA journal_mode = WAL")
                    return
                except sqlite3.OperationalError as error:
                    if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                        raise
                    time.sleep(0.01)

    def one(self, statement: str, *values: object) -> Row | None:
        """The first row that a statement gives, None where it gives none."""
        with self._lock, self._failures.translated():
            row: Row | None = self._connection.execute(statement, values).fetchone()
            return row

    def all(self, statement: str, *values: object) -> list[Row]:
        """All rows that a statement gives."""
        with self._lock, self._failures.translated():
            return self._connection.execute(statement, values).fetchall()

    def checkpoint(self) -> None:
        """Bring all commits from the log into the file, and empty the log if nobody reads in it."""
        if not self.is_read_only:
            self.all("PRAGMA wal_checkpoint(TRUNCATE)")

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """All that is done within stands, or nothing; no other process writes meanwhile."""
        return self._begun("IMMEDIATE")

    def snapshot(self) -> AbstractContextManager[sqlite3.Connection]:
        """All that is read within is of one moment; others may write."""
        return self._begun("DEFERRED")

    @contextmanager
    def _begun(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._failures.translated():
            if kind == "DEFERRED" and self._connection.in_transaction:
                yield self._connection  # of the moment of the one around it
                return
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite has ended it where the disk is full
                    self._connection.execute("ROLLBACK")
                raise


def _code(error: sqlite3.DatabaseError) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension


def now() -> str:
    """The time in ISO, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


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
