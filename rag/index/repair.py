"""An index mended: from what is sound in it, from its documents' files, and by embedding again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rag.documents.files import UPLOAD, InputFile, Loader
from rag.errors import DocumentNotFound, IndexDamaged, IndexMismatch, WenjuError
from rag.index import schema
from rag.index.indexer import Indexer
from rag.index.pieces import pieces_of
from rag.index.rows import (
    DOCUMENT_COLUMNS,
    Origin,
    document_checksum,
    document_seal,
    read_document,
)
from rag.index.salvage import salvage
from rag.index.segments import counts
from rag.index.store import Store
from rag.index.upgrade import upgrade
from rag.index.verification import Faults, faults_of
from rag.models.embedding import Embedder
from rag.storage import Database, now

_ORPHANS = "SELECT DISTINCT document_id FROM chunks WHERE document_id NOT IN (SELECT id"
_ORPHANS += " FROM documents)"


def repair(folder: Path, open_embedder: Callable[[], Embedder], loader: Loader) -> list[str]:
    """Mend what is damaged in an index; a line on each thing that was more than a search file.

    The model is opened where passages have to be embedded again. Raises IndexDamaged where nothing
    can be read any more, and IndexMismatch for an index of another model than that.
    """
    done = _with_tables(folder)
    faults, lines = _mended(folder, open_embedder, loader)
    if faults.file:  # rows that cannot be read, on pages that look sound
        done.append(_salvaged(folder))
        _, lines = _mended(folder, open_embedder, loader)
    return done + lines


def _mended(
    folder: Path, open_embedder: Callable[[], Embedder], loader: Loader
) -> tuple[Faults, list[str]]:
    """The faults that were found; what was mended, nothing where rows cannot be read."""
    database = schema.open_database(folder)
    with closing(Store(folder, database)) as store:
        _mend_format(database)
        upgrade(database)
        faults, lines = faults_of(database), list[str]()
        if faults.lines and not faults.file:
            lines = _Mending(store, database, open_embedder, loader).mend(faults)
        if not faults_of(database).lines:
            store.repair()
    return faults, lines


def _with_tables(folder: Path) -> list[str]:
    """Have the database's file be one that SQLite reads."""
    try:
        with closing(schema.open_database(folder)) as database:
            if schema.is_blank(database):
                raise database.damage("it is empty")
            if database.one("PRAGMA integrity_check(1)") == ("ok",):
                return []
            damage = database.damage("its pages")
    except IndexDamaged as error:
        damage = error
    return [_salvaged(folder, damage)]


def _salvaged(folder: Path, damage: WenjuError | None = None) -> str:
    try:
        return salvage(folder)
    except sqlite3.DatabaseError as error:
        remedy = f"delete {folder} and run: wenju index PATH --index {folder.name}"
        raise damage or IndexDamaged(f"{folder} cannot be read ({error})", remedy) from error


def _mend_format(database: Database) -> None:
    """The tables themselves tell the format."""
    try:
        schema.form(database)
    except IndexDamaged:
        is_first = not database.all("SELECT 1 FROM sqlite_master WHERE name = 'commits'")
        with database.transaction() as connection:
            connection.execute("DELETE FROM meta WHERE key = 'format'")
            if is_first:
                connection.execute("INSERT INTO meta (key, value) VALUES ('format', '1')")
            else:
                schema.put(connection, "format", schema.FORMAT)


class _Mending:
    """The repair of one database that SQLite can read."""

    def __init__(
        self,
        store: Store,
        database: Database,
        open_embedder: Callable[[], Embedder],
        loader: Loader,
    ) -> None:
        self._store = store
        self._database = database
        self._open_embedder = open_embedder
        self._loader = loader
        self._opened: Embedder | None = None
        self._done: list[str] = []

    def mend(self, faults: Faults) -> list[str]:
        """Mend all faults; a line each."""
        expected = self._expected()
        self._mend_meta(faults)
        for document_id in faults.contents:
            self._mend_content(document_id)
        for document_id in faults.records:
            self._mend_record(document_id)
        lost = self._drop_orphans()
        missing = expected - counts(self._database)[0]
        if lost or missing > 0:
            self._read_again(lost)
            missing = expected - counts(self._database)[0]
        if missing > 0:
            self._done.append(f"{missing} documents are lost; index their files again")
        for document_id in faults_of(self._database).chunks:
            self._embed_again(document_id)
        return self._done

    def _expected(self) -> int:
        """The number of documents that there should be, 0 where it is not known."""
        with suppress(IndexDamaged):
            return int(schema.meta(self._database, "counts").split()[0])
        return 0

    def _read_again(self, lost: Sequence[str]) -> None:
        """Look for lost documents where the files of the others lie, and in corpus files."""
        origins = self._store.origins()
        roots = {
            Path(origin.path.removesuffix(name))
            for name, origin in origins.items()
            if origin.path.endswith(f"/{name}")
        }
        files = [
            InputFile(root / name, name, name)
            for name in lost
            for root in sorted(roots)
            if (root / name).is_file()
        ]
        corpora = {name: origin for name, origin in origins.items() if _is_corpus(origin)}
        touched = [(name, Origin(origin.path, "")) for name, origin in corpora.items()]
        self._store.replace([], [], touched)
        paths = sorted({origin.path for origin in corpora.values()})
        files += [InputFile(Path(path), path, Path(path).name) for path in paths]
        Indexer(self._store, self._embedder(), self._loader).add(files)
        there = set(self._store.origins())
        for name in lost:
            if name in there:
                self._done.append(f"{name} was read again from its file")
            else:
                self._done.append(f"{name} is lost; index its file again")

    def _embedder(self) -> Embedder:
        if self._opened is None:
            self._opened = self._open_embedder()
            model = schema.meta(self._database, "model")
            if model != self._opened.name:
                raise IndexMismatch(
                    f"passages are to be embedded again, and the index was built with {model}",
                    f"set WENJU_EMBEDDING_MODEL={model} and repeat",
                )
        return self._opened

    def _mend_meta(self, faults: Faults) -> None:
        keys = set(faults.meta)
        if not keys:
            return
        is_unknown = "model" in keys
        embedder = self._open_embedder() if is_unknown else None
        with self._database.transaction() as connection:
            for key in keys - {"generation", "counts"}:
                if key == "format":
                    schema.put(connection, key, schema.FORMAT)
                elif key in schema.EMPTY:
                    schema.put(connection, key, schema.EMPTY[key])
                else:
                    connection.execute("DELETE FROM meta WHERE key = ?", (key,))
            if embedder is not None:
                schema.put(connection, "model", embedder.name)
                schema.put(connection, "dimension", embedder.dimension)
            elif "dimension" in keys:
                lengths = "SELECT length(vector) / 4 FROM chunks GROUP BY 1 ORDER BY count(*) DESC"
                row = connection.execute(lengths).fetchone()
                dimension = row[0] if row else self._open_embedder().dimension
                schema.put(connection, "dimension", dimension)
            if "generation" in keys:
                last = connection.execute("SELECT max(generation) FROM commits").fetchone()[0] or 0
                schema.put(connection, "generation", last)
            schema.advance(self._database, connection)
        set_again = sorted(keys - {"counts"})  # which follows from all else
        self._done += [f"what the index says of its {key} was set again" for key in set_again]
        if is_unknown:
            for each in self._store.documents():
                self._embed_again(each.id)

    def _mend_content(self, document_id: str) -> None:
        row = self._database.one(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ?", document_id
        )
        if row is None or self._is_renamed(row):
            return
        path = self._store.origins().get(document_id, Origin("", "")).path
        others = [
            (other, Origin(path, ""))
            for other, origin in self._store.origins().items()
            if origin.path == path and other != document_id
        ]
        self._store.replace([], [document_id], others)
        if path and not path.startswith(UPLOAD) and Path(path).is_file():
            source = row[1] if isinstance(row[1], str) else document_id
            indexer = Indexer(self._store, self._embedder(), self._loader)
            indexer.add([InputFile(Path(path), document_id, source)])
        try:
            self._store.document_info(document_id)
            self._done.append(f"{document_id} was read again from its file")
        except DocumentNotFound:
            self._done.append(f"{document_id} is lost and was removed; index its file again")

    def _is_renamed(self, row: tuple[object, ...]) -> bool:
        """Whether its id alone was altered, which is then set to what its chunks name."""
        for (name,) in self._database.all(_ORPHANS):
            renamed = (name, *row[1:])
            if isinstance(name, str) and read_document(renamed) is not None:
                with self._database.transaction() as connection:
                    connection.execute("UPDATE documents SET id = ? WHERE id = ?", (name, row[0]))
                self._done.append(f"{name} has its id again")
                return True
        return False

    def _mend_record(self, document_id: str) -> None:
        """Have its file be read again by the next run, and a date be a date."""
        origin = self._store.origins()[document_id]
        document = self._store.document(document_id)
        select = "SELECT added FROM documents WHERE id = ?"
        ((added,),) = self._database.all(select, document_id)
        if not _is_date(added):
            added = now()
        count = len(self._store.keys_of([document_id]))
        path = replace(origin, digest="").path
        seal = document_seal(document_id, path, "", added, document_checksum(document), count)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE documents SET digest = '', added = ?, chunks = ?, seal = ? WHERE id = ?",
                (added, count, seal, document_id),
            )
        self._done.append(f"what is known of {document_id} was set again; its words are sound")

    def _drop_orphans(self) -> list[str]:
        """Remove passages whose document is gone; the ids that they name."""
        names = [str(name) for (name,) in self._database.all(_ORPHANS)]
        if names:
            with self._database.transaction() as connection:
                connection.execute(
                    "DELETE FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)"
                )
                schema.advance(self._database, connection)
        return names

    def _embed_again(self, document_id: str) -> None:
        with suppress(DocumentNotFound, IndexDamaged):
            document = self._store.document(document_id)
            self._store.reindex([(document, pieces_of(document, self._embedder()))])
            self._done.append(f"{document_id} was embedded again")


def _is_corpus(origin: Origin) -> bool:
    return origin.path.endswith(".jsonl") and Path(origin.path).is_file()


def _is_date(text: object) -> bool:
    try:
        return bool(datetime.fromisoformat(str(text)))
    except ValueError:
        return False
