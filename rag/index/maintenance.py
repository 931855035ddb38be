"""An index made, brought up to date, and examined, without asking it anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.config import Settings
from rag.documents.files import discover
from rag.index import search_files
from rag.index.indexer import Indexer, Progress
from rag.index.schema import index_folder
from rag.index.store import Store
from rag.models.embedding import open_embedder
from rag.types import InputReport


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
    store = Store.create(folder, settings.embedding_model, embedder.dimension)
    try:
        return Indexer(store, embedder).index(paths, prune=prune, progress=progress)
    finally:
        filled = store.counts()[0] > 0
        if filled and not search_files.is_saved(store):
            search_files.save(store, search_files.derive(store))
        store.close()


def remove_document(settings: Settings, document_id: str, name: str = "default") -> None:
    """Remove a document from an index; raises DocumentNotFound."""
    store = Store.open(index_folder(settings.indexes, name))
    try:
        store.document(document_id)
        store.replace([], [document_id])
        search_files.save(store, search_files.derive(store))
    finally:
        store.close()


def check_index(settings: Settings, name: str = "default", *, repair: bool = False) -> list[str]:
    """What is damaged in an index, a line each; with `repair` the search files are made anew."""
    store = Store.open(index_folder(settings.indexes, name))
    try:
        found = store.damage()
        if repair and not found:
            search_files.save(store, search_files.derive(store))
        return found + search_files.damage(store)
    finally:
        store.close()
