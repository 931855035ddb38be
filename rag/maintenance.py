"""An index made, brought up to date, and examined, without asking it anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag import searchers
from rag.config import Settings
from rag.embed import open_embedder
from rag.indexer import Indexer, Progress
from rag.load import discover
from rag.store import Store, index_folder
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
        if filled and not searchers.is_saved(store):
            searchers.save(store, searchers.derive(store))
        store.close()


def remove_document(settings: Settings, document_id: str, name: str = "default") -> None:
    """Remove a document from an index; raises DocumentNotFound."""
    store = Store.open(index_folder(settings.indexes, name))
    try:
        store.document(document_id)
        store.replace([], [document_id])
        searchers.save(store, searchers.derive(store))
    finally:
        store.close()


def check_index(settings: Settings, name: str = "default", *, repair: bool = False) -> list[str]:
    """What is damaged in an index, a line each; with `repair` the search files are made anew."""
    store = Store.open(index_folder(settings.indexes, name))
    try:
        found = store.damage()
        if repair and not found:
            searchers.save(store, searchers.derive(store))
        return found + searchers.damage(store)
    finally:
        store.close()
