"""Where the indexes of some settings lie: a folder with SQLite for each, or all in Milvus."""

from __future__ import annotations

from pathlib import Path

from rag.config import Settings
from rag.errors import InvalidInput
from rag.index.milvus.engine import Milvus
from rag.index.milvus.store import MilvusStore
from rag.index.milvus.tables import index_names as names_among
from rag.index.protocol import DocumentStore
from rag.index.schema import DATABASE_FILE, index_folder, is_index_name
from rag.index.store import Store


def open_store(settings: Settings, name: str, model: str | None = None) -> DocumentStore:
    """Open the index `name`; raises IndexNotFound, IndexDamaged, or IndexMismatch."""
    folder = index_folder(settings.indexes, name)
    if not settings.milvus_uri:
        return Store.open(folder, model)
    return MilvusStore.open(_milvus(settings), name, model)


def create_store(
    settings: Settings, name: str, model: str, dimension: int, *, is_renewed: bool = False
) -> DocumentStore:
    """Open the index `name`, made if it is not there, for writing with `model`.

    One of another training of the bundled model is opened too where it `is_renewed` then.
    """
    folder = index_folder(settings.indexes, name)
    if not settings.milvus_uri:
        return Store.create(folder, model, dimension, is_renewed=is_renewed)
    return MilvusStore.create(_milvus(settings), name, model, dimension, is_renewed=is_renewed)


def index_names(settings: Settings) -> list[str]:
    """Names of all indexes."""
    if not settings.milvus_uri:
        folders = settings.indexes.glob(f"*/{DATABASE_FILE}")
        return sorted(path.parent.name for path in folders if is_index_name(path.parent.name))
    milvus = _milvus(settings)
    try:
        return names_among(milvus.tables())
    finally:
        milvus.close()


def local_folder(settings: Settings, name: str, doing: str) -> Path:
    """The folder of an index, for what only files allow; raises InvalidInput for Milvus."""
    folder = index_folder(settings.indexes, name)
    if settings.milvus_uri:
        raise InvalidInput(
            f"an index in Milvus cannot be {doing} by Wenju",
            "use milvus-backup for that, or unset WENJU_STORE for an index in a file",
        )
    return folder


def _milvus(settings: Settings) -> Milvus:
    return Milvus(settings.milvus_uri, settings.milvus_token, settings.milvus_database)
