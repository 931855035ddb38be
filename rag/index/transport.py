"""An index as one file: a copy of its database as of one moment, also while it is written to.

What searches it is derived again where it arrives; every row carries a checksum, so that the file
needs no other.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

from rag.config import Settings
from rag.errors import IndexDamaged, InputNotFound, InvalidInput
from rag.index import schema
from rag.index.schema import DATABASE_FILE
from rag.index.store import Store
from rag.index.stores import local_folder
from rag.index.upgrade import upgrade
from rag.index.verification import faults_of
from rag.index.writing import writing
from rag.storage import Database, flush

_ARRIVING = f"{DATABASE_FILE}-import"


def export_index(settings: Settings, target: Path, name: str = "default") -> tuple[int, int]:
    """Write an index into a file, which is not there yet; its number of documents and chunks.

    The file is there as a whole or not at all. Raises IndexNotFound, InvalidInput, OSError.
    """
    if target.exists():
        raise InvalidInput(f"{target} is there already", "name a new file")
    unfinished = target.with_name(f".{target.name}-unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(Store.open(local_folder(settings, name, "exported"))) as store:
        try:
            store.export(unfinished)
            with closing(schema.open_database(unfinished.parent, unfinished.name)) as copy:
                _verify(copy)
                counts = copy.one(schema.COUNTS) or (0, 0)
            flush(unfinished)
            os.replace(unfinished, target)  # noqa: PTH105 (both are paths of one folder)
        finally:
            unfinished.unlink(missing_ok=True)
    return counts[0], counts[1]


def import_index(settings: Settings, source: Path, name: str = "default") -> tuple[int, int]:
    """Make an index of a file that `export_index` wrote; its number of documents and chunks.

    Raises InputNotFound, InvalidInput where the index is there already, and IndexDamaged for a file
    that does not hold what was written: then there is no index.
    """
    folder = local_folder(settings, name, "imported")
    if not source.is_file():
        raise InputNotFound(f"no file at {source}", "check the path and its spelling")
    folder.mkdir(parents=True, exist_ok=True)
    with writing(folder):
        if (folder / DATABASE_FILE).exists():
            raise InvalidInput(f"there is an index {name!r} already", "import into another --index")
        arriving = folder / _ARRIVING
        try:
            shutil.copyfile(source, arriving)
            with closing(schema.open_database(folder, _ARRIVING)) as copy:
                upgrade(copy)
                _verify(copy)
                copy.write_ahead()
            flush(arriving)
            os.replace(arriving, folder / DATABASE_FILE)  # noqa: PTH105
        finally:
            for end in ("", "-wal", "-shm"):
                arriving.with_name(f"{_ARRIVING}{end}").unlink(missing_ok=True)
        with closing(Store.open(folder)) as store:
            store.refresh()
            return store.counts()


def _verify(copy: Database) -> None:
    if copy.is_blank:
        raise IndexDamaged(f"{copy.path} holds no index", "export it again")
    if lines := faults_of(copy).lines:
        raise IndexDamaged(lines[0], "run: wenju verify --repair where it comes from")
