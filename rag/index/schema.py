"""The SQLite file of an index: where it lies, its tables, and what it says of itself.

Its `meta` are `format`, `model`, `dimension`, `generation`, `counts` (of documents and chunks),
`questions` and `glossaries`, each with a checksum. `commits` holds a random
stamp for each of the last generations: what was derived from one of them is known by it, also where
the file was put back from a copy and the same generation came about twice.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from pathlib import Path

from rag.config import BUNDLED_MODEL
from rag.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexUnavailable, InvalidInput
from rag.index.rows import checksum
from rag.storage import Database, Failures

FORMAT = 2
DATABASE_FILE = "wenju.db"
KEPT_STAMPS = 1000
QUICKLY_READ = 64_000_000  # bytes
EMPTY = {"questions": "[]", "glossaries": "{}"}
SCHEMA = f"""
CREATE TABLE meta (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE commits (generation INTEGER PRIMARY KEY, stamp TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, origin TEXT NOT NULL, digest TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, meta TEXT NOT NULL, added TEXT NOT NULL,
    checksum TEXT NOT NULL, chunks INTEGER NOT NULL DEFAULT 0, seal INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX documents_by_origin ON documents (origin);
CREATE TABLE chunks (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, section TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, terms TEXT NOT NULL, vector BLOB NOT NULL, spans BLOB NOT NULL,
    unit_vectors BLOB NOT NULL, checksum INTEGER NOT NULL, UNIQUE (document_id, ordinal)
);
INSERT INTO meta VALUES
    ('format', '{FORMAT}', :format_sum), ('model', :model, :model_sum),
    ('dimension', :dimension, :dimension_sum), ('generation', '0', :generation_sum),
    ('counts', '0 0', :counts_sum), ('questions', '[]', :questions_sum),
    ('glossaries', '{{}}', :glossaries_sum);
INSERT INTO commits VALUES (0, :stamp)
"""


def make(database: Database, model: str, dimension: int) -> None:
    """Make the tables of a new index on a blank file."""
    first = {"format": FORMAT, "model": model, "dimension": dimension, "generation": 0}
    first |= {"counts": "0 0", **EMPTY}
    sums = {f"{key}_sum": checksum((key, str(value))) for key, value in first.items()}
    database.make(SCHEMA, model=model, dimension=str(dimension), stamp=uuid.uuid4().hex, **sums)


def put(connection: sqlite3.Connection, key: str, value: object) -> None:
    """Have the index say this of itself, within a transaction."""
    row = (key, str(value), checksum((key, str(value))))
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", row)


def advance(database: Database, connection: sqlite3.Connection) -> None:
    """Count the generation on and stamp it, at the end of a transaction that changed something."""
    generation = number(database, "generation") + 1
    put(connection, "generation", generation)
    put(connection, "counts", " ".join(map(str, connection.execute(COUNTS).fetchone())))
    stamp = (generation, uuid.uuid4().hex)
    connection.execute("INSERT OR REPLACE INTO commits VALUES (?, ?)", stamp)
    connection.execute("DELETE FROM commits WHERE generation <= ?", (generation - KEPT_STAMPS,))


def stamp_of(database: Database, generation: int) -> str:
    """The stamp of a generation, "" where it is not among the last ones."""
    row = database.one("SELECT stamp FROM commits WHERE generation = ?", generation)
    return str(row[0]) if row else ""


COUNTS = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)"


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


def open_database(folder: Path, name: str = DATABASE_FILE) -> Database:
    """The database of the index in `folder`, made blank if it is not there."""
    failures = Failures(
        f"the index at {folder}",
        busy=IndexBusy,
        unavailable=IndexUnavailable,
        damaged=IndexDamaged,
        remedy=_index_anew(folder),
    )
    return Database(folder / name, failures, "secure_delete = ON")


def is_blank(database: Database) -> bool:
    """Whether nothing was indexed yet; raises IndexDamaged where other files show something was."""
    if not database.is_blank:
        return False
    if any(not path.name.startswith(DATABASE_FILE) for path in database.path.parent.iterdir()):
        raise database.damage(f"{DATABASE_FILE} is empty")
    return True


def verify(database: Database, model: str | None, dimension: int | None = None) -> None:
    """Raise IndexDamaged, or IndexMismatch for another format, model or length of vectors."""
    _check_quickly(database)
    folder = database.path.parent
    built_with = meta(database, "model"), number(database, "dimension")
    check_fit(f"the index at {folder}", folder.name, built_with, model, dimension)


def check_fit(
    what: str, name: str, built_with: tuple[str, int], model: str | None, dimension: int | None
) -> None:
    """Raise IndexMismatch where `what` was built with another model or length of vectors."""
    built_by, length = built_with
    if model not in (None, built_by):
        if is_another_training(built_by, model):
            raise IndexMismatch(
                f"{what} was built with another training of the bundled model",
                f"run: wenju index PATH --index {name} (embeds its documents again)",
            )
        named = BUNDLED_MODEL if _is_bundled(built_by) else built_by
        raise IndexMismatch(
            f"{what} was built with the model {named}, not {model}",
            f"set WENJU_EMBEDDING_MODEL={named}, or index into another name",
        )
    if dimension not in (None, length):
        raise IndexMismatch(
            f"{what} holds vectors of length {length}, the model {model} makes {dimension}",
            "index into another name",
        )


def _check_quickly(database: Database) -> None:
    """Raise IndexDamaged for a file that was cut short, or has damaged pages.

    The pages of a large one are left to `wenju verify`: to read them all takes seconds.
    """
    if database.path.stat().st_size <= QUICKLY_READ:
        problems = database.one("PRAGMA quick_check(1)")
        if problems != ("ok",):
            raise database.damage(str(problems))
    elif database.is_cut_short:
        raise database.damage("its file was cut short")


def form(database: Database) -> int:
    """The format of the index; raises IndexMismatch for one that is too new."""
    row = database.one("SELECT value FROM meta WHERE key = 'format'")
    if row is None or not str(row[0]).isdecimal():
        raise database.damage(f"its format is {row and row[0]!r}")
    held = int(row[0])
    if held > FORMAT:
        folder = database.path.parent
        raise IndexMismatch(
            f"the index at {folder} has format {held}, this Wenju reads up to {FORMAT}",
            f"use the newer Wenju that made it, or {_index_anew(folder)}",
        )
    return held


def meta(database: Database, key: str) -> str:
    """What the index says of itself; raises IndexDamaged where it does not."""
    row = database.one("SELECT value, checksum FROM meta WHERE key = ?", key)
    if row is None:
        raise database.damage(f"it has no {key}")
    if row[1] != checksum((key, str(row[0]))):
        raise database.damage(f"its {key} is {row[0]!r}")
    return str(row[0])


def number(database: Database, key: str) -> int:
    """The same for `dimension` and `generation`."""
    value = meta(database, key)
    if not value.isdecimal():
        raise database.damage(f"its {key} is {value!r}")
    return int(value)


def is_another_training(built_with: str, model: str | None) -> bool:
    """Whether both are the bundled model, before and after another training."""
    return model != built_with and _is_bundled(model) and _is_bundled(built_with)


def _is_bundled(model: str | None) -> bool:
    """Whether this is the bundled model, however trained, or the official one in its place."""
    return (model or "").partition("@")[0].removeprefix("intfloat/") == BUNDLED_MODEL


def _index_anew(folder: Path) -> str:
    return f"delete {folder} and run: wenju index PATH --index {folder.name}"
