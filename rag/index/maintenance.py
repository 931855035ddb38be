"""An index made, brought up to date, and examined, without asking it anything."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from rag.config import BUNDLED_MODEL, Settings
from rag.documents.files import discover
from rag.errors import IndexDamaged
from rag.index.indexer import Indexer, Progress
from rag.index.schema import index_folder
from rag.index.store import Store
from rag.models.embedding import open_embedder
from rag.types import InputReport

# The model of an index while its vectors are renewed: no version opens it to search.
_UNFINISHED = f"{BUNDLED_MODEL}@unfinished"


def build_index(
    settings: Settings,
    paths: Sequence[Path],
    name: str = "default",
    *,
    prune: bool = False,
    progress: Progress = iter,
) -> list[InputReport]:
    """Bring the index `name` up to date with files and folders; one report per input."""
    folder = index_folder(settings.indexes, name)
    if not folder.exists():
        discover(paths)  # a path that is not there leaves no index behind
    embedder = open_embedder(settings)
    opened = Store.create(folder, embedder.name, embedder.dimension, is_renewed=True)
    with closing(opened) as store:
        try:
            indexer = Indexer(store, embedder)
            renewed = []
            if store.model != embedder.name:
                store.renewed_with(_UNFINISHED)
                renewed = indexer.renew()
                store.renewed_with(embedder.name)
            return renewed + indexer.index(paths, prune=prune, progress=progress)
        finally:
            if store.counts()[0]:
                store.refresh()


def remove_document(settings: Settings, document_id: str, name: str = "default") -> None:
    """Remove a document from an index; raises DocumentNotFound."""
    with closing(Store.open(index_folder(settings.indexes, name))) as store:
        store.remove(document_id)
        store.refresh()


def check_index(settings: Settings, name: str = "default", *, repair: bool = False) -> list[str]:
    """What is damaged in an index, a line each; with `repair` the search files are rewritten."""
    with closing(Store.open(index_folder(settings.indexes, name))) as store:
        if repair:
            with suppress(IndexDamaged):  # of documents and chunks: these are listed below
                store.repair()
        return store.damage()
