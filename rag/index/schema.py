"""The SQLite file of an index: where it lies, its tables, and what it says of itself.

Its `meta` are `format`, `model`, `dimension`, `generation`, and `questions` where there are some.
"""

from __future__ import annotations

import re
from pathlib import Path

from rag.config import BUNDLED_MODEL
from rag.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexUnavailable, InvalidInput
from rag.storage import Database, Failures

FORMAT = 1
DATABASE_FILE = "wenju.db"
SCHEMA = f"""
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
INSERT INTO meta VALUES
    ('format', '{FORMAT}'), ('model', :model), ('dimension', :dimension), ('generation', '0')
"""


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


def open_database(folder: Path) -> Database:
    """The database of the index in `folder`, made blank if it is not there."""
    failures = Failures(
        f"the index at {folder}",
        busy=IndexBusy,
        unavailable=IndexUnavailable,
        damaged=IndexDamaged,
        remedy=_index_anew(folder),
    )
    return Database(folder / DATABASE_FILE, failures)


def is_blank(database: Database) -> bool:
    """Whether nothing was indexed yet; raises IndexDamaged where other files show something was."""
    if not database.is_blank:
        return False
    if any(not path.name.startswith(DATABASE_FILE) for path in database.path.parent.iterdir()):
        raise database.damage(f"{DATABASE_FILE} is empty")
    return True


def verify(database: Database, model: str | None, dimension: int | None = None) -> None:
    """Raise IndexDamaged, or IndexMismatch for another format, model or length of vectors."""
    problems = database.one("PRAGMA quick_check(1)")
    if problems != ("ok",):
        raise database.damage(str(problems))
    folder = database.path.parent
    form, built_with = meta(database, "format"), meta(database, "model")
    if form != str(FORMAT):
        raise IndexMismatch(
            f"the index at {folder} has format {form}, this Wenju reads {FORMAT}",
            _index_anew(folder),
        )
    if model not in (None, built_with):
        if is_outdated(database, model):
            raise IndexMismatch(
                f"the index at {folder} was built with another training of the bundled model",
                f"run: wenju index PATH --index {folder.name} (embeds its documents again)",
            )
        named = BUNDLED_MODEL if _is_bundled(built_with) else built_with
        raise IndexMismatch(
            f"the index at {folder} was built with the model {named}, not {model}",
            f"set WENJU_EMBEDDING_MODEL={named}, or index into another name",
        )
    length = number(database, "dimension")
    if dimension not in (None, length):
        raise IndexMismatch(
            f"the index at {folder} holds vectors of length {length}, "
            f"the model {model} makes {dimension}",
            "index into another name",
        )


def meta(database: Database, key: str) -> str:
    """What the index says of itself; raises IndexDamaged where it does not."""
    row = database.one("SELECT value FROM meta WHERE key = ?", key)
    if row is None:
        raise database.damage(f"it has no {key}")
    return str(row[0])


def number(database: Database, key: str) -> int:
    """The same for `dimension` and `generation`."""
    value = meta(database, key)
    if not value.isdecimal():
        raise database.damage(f"its {key} is {value!r}")
    return int(value)


def is_outdated(database: Database, model: str | None) -> bool:
    """Whether the index was built with the bundled model before or after another training."""
    built_with = meta(database, "model")
    return model != built_with and _is_bundled(model) and _is_bundled(built_with)


def _is_bundled(model: str | None) -> bool:
    """Whether this is the bundled model, however trained, or the official one in its place."""
    return (model or "").partition("@")[0].removeprefix("intfloat/") == BUNDLED_MODEL


def _index_anew(folder: Path) -> str:
    return f"delete {folder} and run: wenju index PATH --index {folder.name}"
