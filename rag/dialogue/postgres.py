"""A PostgreSQL database in the place of a file, shared by processes: the home of SQLAlchemy.

It takes the statements of `rag.storage.Database`, with `?` for values. One writes at a time, as in
a file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag.errors import BadSetting, ConversationsDamaged, ConversationsUnavailable, WenjuError
from rag.storage import ClosedOnError, Row

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult

_LOCK = 5_721_900_817  # the number of Wenju's lock among those of the database
_CONNECTIONS, _SECONDS = 4, 10


class PostgresDatabase(ClosedOnError):
    """One database; safe to share between threads. What fails raises ConversationsUnavailable."""

    def __init__(self, url: str) -> None:
        """Of `postgresql://user:password@host/name`; raises BadSetting. Connects when asked."""
        try:
            import psycopg  # noqa: F401 (SQLAlchemy asks for it at the first connection)
            import sqlalchemy
        except ImportError as error:
            message = "WENJU_DATABASE_URL needs the packages sqlalchemy and psycopg"
            raise BadSetting(message, "run: pip install 'wenju[postgres]'") from error
        self._failures = sqlalchemy.exc.DBAPIError, sqlalchemy.exc.TimeoutError
        try:
            address = sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
        except sqlalchemy.exc.ArgumentError as error:
            message = "WENJU_DATABASE_URL is no address of a database"
            raise BadSetting(message, "give one as postgresql://user:password@host/name") from error
        self.name = f"the database {address.database!r} at {address.host or 'this machine'}"
        self._engine = sqlalchemy.create_engine(
            address,
            pool_size=_CONNECTIONS,
            pool_pre_ping=True,
            pool_timeout=_SECONDS,
            connect_args={"connect_timeout": _SECONDS},
            isolation_level="REPEATABLE READ",
        )
        self._begun_here = threading.local()

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def damage(self, what: str) -> WenjuError:
        """The error for data that cannot be trusted."""
        return ConversationsDamaged(f"{self.name} is damaged ({what})", "restore a backup of it")

    def one(self, statement: str, *values: object) -> Row | None:
        """The first row that a statement gives, None where it gives none."""
        return next(iter(self.all(statement, *values)), None)

    def all(self, statement: str, *values: object) -> list[Row]:
        """All rows that a statement gives."""
        with self.snapshot() as connection:
            return [tuple(row) for row in connection.execute(statement, values).fetchall()]

    @contextmanager
    def transaction(self) -> Iterator[Statements]:
        """All that is done within stands, or nothing; no other process writes meanwhile."""
        with self._begun(is_writing=True) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Statements]:
        """All that is read within is of one moment; others may write."""
        around: Statements | None = getattr(self._begun_here, "connection", None)
        if around is not None:
            yield around
            return
        with self._begun(is_writing=False) as connection:
            yield connection

    @contextmanager
    def _begun(self, *, is_writing: bool) -> Iterator[Statements]:
        with self._translated(), self._engine.connect() as connection:
            statements = Statements(connection)
            if is_writing:  # the snapshot is that of the first statement behind the lock
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            self._begun_here.connection = statements
            try:
                yield statements
                connection.commit()
            finally:
                self._begun_here.connection = None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            what = " ".join(str(getattr(error, "orig", error)).split())
            raise ConversationsUnavailable(
                f"{self.name} cannot be used ({what})", "see that it runs and who may use it"
            ) from error


class Statements:
    """A transaction that takes statements as SQLite does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> CursorResult[Any]:
        """Run a statement in which `?` stands for each value."""
        return self._connection.exec_driver_sql(statement.replace("?", "%s"), values)
