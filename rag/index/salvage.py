"""What can still be read of a database whose file is damaged, in a new one in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from rag.index import schema
from rag.index.rows import CHUNK_COLUMNS, DOCUMENT_COLUMNS, checksum, is_sound, read_document
from rag.storage import Row, flush

_META = "model", "dimension", "generation", "counts", *schema.EMPTY
_LEAST_ROW = 64  # bytes: no table of the file has more rows than this allows
_MARKS = ", ".join("?" * 11)


def salvage(folder: Path) -> str:
    """Replace the database by one of its sound documents and chunks; says so in a line.

    Others that have the index open see that it was replaced. Raises sqlite3.DatabaseError where
    not even its tables can be read: then the old file stays.
    """
    path = folder / schema.DATABASE_FILE
    fresh = path.with_name(f"{schema.DATABASE_FILE}-salvaged")
    for name in (fresh, *_beside(fresh)):
        name.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("PRAGMA writable_schema = ON")  # tables that are gone do not hide the others
        old.execute("SELECT * FROM sqlite_master").fetchall()
        kept = _copied(old, path.stat().st_size, folder, fresh)
        with suppress(sqlite3.DatabaseError):
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in _beside(path):  # a log of the old file would be taken for one of the new
        name.unlink(missing_ok=True)
    flush(fresh)
    os.replace(fresh, path)  # noqa: PTH105 (both are paths of one folder)
    flush(folder)
    return f"the database was damaged: {kept} documents were brought into a new one"


def _copied(old: sqlite3.Connection, size: int, folder: Path, fresh: Path) -> int:
    held = dict(_meta(old))
    dimension = held.get("dimension", "0")
    database = schema.open_database(folder, fresh.name)
    kept = 0
    with closing(database):
        schema.make(database, held.get("model", "unknown"), int(dimension))
        database.all("PRAGMA foreign_keys = OFF")  # passages tell which documents are lost
        with database.transaction() as connection:
            for row in _rows(old, "documents", DOCUMENT_COLUMNS, "rowid", size):
                if isinstance(row[0], str) and read_document(row) is not None:
                    connection.execute(
                        f"INSERT OR IGNORE INTO documents ({DOCUMENT_COLUMNS}) VALUES ({_MARKS})",
                        row,
                    )
                    kept += 1
            for row in _rows(old, "chunks", CHUNK_COLUMNS, "key", size):
                if is_sound(row):
                    connection.execute(
                        f"INSERT OR IGNORE INTO chunks ({CHUNK_COLUMNS}) VALUES ({_MARKS})", row
                    )
            schema.put(connection, "generation", int(held.get("generation", "0")))
            schema.advance(database, connection)
            for key in ("counts", *schema.EMPTY):
                if key in held:
                    schema.put(connection, key, held[key])
        database.checkpoint()
    return kept


def _meta(old: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What the old file says of itself and can be trusted."""
    for key in _META:
        with suppress(sqlite3.DatabaseError):
            select = "SELECT value, checksum FROM meta WHERE key = ?"
            for value, found in old.execute(select, (key,)):
                is_number = key not in ("dimension", "generation") or str(value).isdecimal()
                if found == checksum((key, str(value))) and is_number:
                    yield key, str(value)


def _rows(
    old: sqlite3.Connection, table: str, columns: str, number: str, size: int
) -> Iterator[Row]:
    """The rows that can be read, one at a time: behind a damaged page there may be sound ones.

    Where none comes for as many numbers as the file can hold rows, none is left: a damaged page may
    tell of numbers without end.
    """
    select = f"SELECT {number}, {columns} FROM {table} NOT INDEXED"
    after, most, missed = -1, size // _LEAST_ROW, 0
    with suppress(sqlite3.DatabaseError):
        (most,) = old.execute(f"SELECT max({number}) FROM {table} NOT INDEXED").fetchone()
    while after < (most or 0) and missed <= size // _LEAST_ROW:
        try:
            found = old.execute(
                f"{select} WHERE {number} > ? ORDER BY {number} LIMIT 1", (after,)
            ).fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if "no such" in str(error):
                return
            after, missed = after + 1, missed + 1
            continue
        if found is None:
            return
        if found[0] <= after:  # a damaged tree leads anywhere
            after, missed = after + 1, missed + 1
            continue
        after, missed = found[0], 0
        yield found[1:]


def _beside(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")]
