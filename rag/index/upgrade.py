"""An index of an earlier format brought to the present one, when it is first opened."""

from __future__ import annotations

import os
import uuid

from rag.errors import IndexUnavailable
from rag.index import schema
from rag.index.rows import DOCUMENT_COLUMNS, checksum, document_seal
from rag.storage import Database

_ADDED = (
    "ALTER TABLE meta ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE documents ADD COLUMN chunks INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE documents ADD COLUMN seal INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE commits (generation INTEGER PRIMARY KEY, stamp TEXT NOT NULL)",
    "UPDATE documents SET chunks = (SELECT count(*) FROM chunks WHERE document_id = id)",
)


def upgrade(database: Database) -> None:
    """Format 1 had no checksums but those of contents: all or nothing, in one transaction.

    Raises IndexUnavailable where the index cannot be written to, and IndexMismatch for one that is
    too new.
    """
    if schema.form(database) == schema.FORMAT:
        return
    folder = database.path.parent
    if database.is_read_only or not os.access(folder, os.W_OK):
        raise IndexUnavailable(
            f"the index at {folder} has an earlier format and cannot be written to",
            f"run, where it can: wenju list --index {folder.name} (brings it to the present one)",
        )
    with database.transaction() as connection:
        if schema.form(database) == schema.FORMAT:
            return  # another process was faster
        for statement in _ADDED:
            connection.execute(statement)
        rows = connection.execute(f"SELECT {DOCUMENT_COLUMNS} FROM documents")
        seals = []
        for document_id, _, path, digest, _, _, _, added, content, chunks, _ in rows:
            seal = document_seal(document_id, path, digest, added, content, chunks)
            seals.append((seal, document_id))
        connection.executemany("UPDATE documents SET seal = ? WHERE id = ?", seals)
        schema.put(connection, "format", schema.FORMAT)
        counts = connection.execute(schema.COUNTS).fetchone()
        schema.put(connection, "counts", " ".join(map(str, counts)))
        for key, value in schema.EMPTY.items():
            connection.execute(
                "INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", (key, value)
            )
        for key, value in connection.execute("SELECT key, value FROM meta").fetchall():
            sums = (checksum((key, str(value))), key)
            connection.execute("UPDATE meta SET checksum = ? WHERE key = ?", sums)
        stamp = (schema.number(database, "generation"), uuid.uuid4().hex)
        connection.execute("INSERT INTO commits VALUES (?, ?)", stamp)
