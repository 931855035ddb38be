"""Whether an index's database holds what was written: every row, every offset, every number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rag.errors import IndexDamaged
from rag.index import schema
from rag.index.rows import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    checksum,
    damage_of_chunk,
    is_sealed,
    read_document,
)
from rag.storage import Database, Row
from rag.types import Document

_NEEDED = "format", "model", "dimension", "generation", "counts", *schema.EMPTY
_ORPHANS = "SELECT count(*) FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)"


@dataclass(slots=True)
class Faults:
    """What is not as it was written, by what has to be done for it; `lines` says it to people.

    `file` is damage of the database's file itself; `meta` holds keys; `contents`, `records` and
    `chunks` ids of documents: their words, what else their row says, and their passages.
    """

    file: bool = False
    meta: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)
    orphans: bool = False
    lines: list[str] = field(default_factory=list)


def faults_of(database: Database) -> Faults:
    """All faults of a database, as of one moment."""
    faults = Faults()
    try:
        with database.snapshot():
            problems = [str(each[0]) for each in database.all("PRAGMA integrity_check(20)")]
            if problems != ["ok"]:
                faults.file = True
                faults.lines += [database.damage(each).message for each in problems]
            _examine_meta(database, faults)
            _examine_documents(database, faults)
    except IndexDamaged as error:  # SQLite itself can read no further
        faults.file = True
        faults.lines.append(error.message)
    faults.lines = list(dict.fromkeys(faults.lines))
    return faults


def _examine_meta(database: Database, faults: Faults) -> None:
    held = {key: (value, found) for key, value, found in database.all("SELECT * FROM meta")}
    for key in sorted({*_NEEDED, *held}):
        value, found = held.get(key, (None, None))
        if value is None or found != checksum((key, str(value))):
            faults.meta.append(key)
            faults.lines.append(database.damage(f"its {key} is {value!r}").message)
    generation = held.get("generation", ("", 0))[0]
    if "generation" not in faults.meta and not schema.stamp_of(database, int(generation)):
        faults.meta.append("generation")
        faults.lines.append(database.damage(f"generation {generation} has no stamp").message)
    if "counts" not in faults.meta:
        ((documents, chunks),) = database.all(schema.COUNTS)
        if held["counts"][0] != f"{documents} {chunks}":
            faults.meta.append("counts")
            what = f"it holds {documents} documents and {chunks} chunks of {held['counts'][0]}"
            faults.lines.append(database.damage(what).message)


def _examine_documents(database: Database, faults: Faults) -> None:
    dimension = _dimension(database)
    select = f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ?"
    for (document_id,) in database.all("SELECT id FROM documents ORDER BY id"):
        row = database.one(select, document_id)
        if row is None:
            raise database.damage(f"the document {document_id!r} is not found by its id")
        document = read_document(row)
        if document is None:
            faults.contents.append(document_id)
            what = f"the document {document_id!r} is not what was written"
            faults.lines.append(database.damage(what).message)
            continue
        if not is_sealed(row):
            faults.records.append(document_id)
            what = f"what is known of the document {document_id!r} was altered"
            faults.lines.append(database.damage(what).message)
        problems = list(_problems(database, document, row, dimension))
        if problems:
            faults.chunks.append(document_id)
            faults.lines += [database.damage(each).message for each in problems]
    ((orphans,),) = database.all(_ORPHANS)
    if orphans:
        faults.orphans = True
        faults.lines.append(database.damage(f"{orphans} chunks have no document").message)


def _problems(
    database: Database, document: Document, row: Row, dimension: int | None
) -> Iterator[str]:
    """What is wrong with the chunks of a sound document."""
    select = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE document_id = ? ORDER BY ordinal"
    chunks = database.all(select, document.id)
    ordinals = [chunk[2] for chunk in chunks]
    if ordinals != list(range(len(chunks))) or (is_sealed(row) and len(chunks) != row[9]):
        yield f"the document {document.id!r} lacks chunks"
    for chunk in chunks:
        if what := damage_of_chunk(chunk, dimension or len(chunk[7]) // 4):
            yield what
        elif not _is_within(chunk, document):
            yield f"chunk {chunk[2]} of {document.id!r} is no part of it"


def _is_within(chunk: Row, document: Document) -> bool:
    """Whether a chunk and its units lie within their document."""
    start, end = chunk[4], chunk[5]
    spans = np.frombuffer(chunk[8], dtype=np.int32).reshape(-1, 2)
    is_inside = bool(((spans >= 0) & (spans <= end - start)).all())
    return 0 <= start < end <= len(document.text) and is_inside


def _dimension(database: Database) -> int | None:
    try:
        return schema.number(database, "dimension")
    except IndexDamaged:
        return None
