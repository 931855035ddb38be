"""An index made, brought up to date, and examined, without asking it anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import closing, suppress
from pathlib import Path

from rag.config import BUNDLED_MODEL, Settings
from rag.documents.files import discover
from rag.documents.sandbox_session import SandboxSession
from rag.errors import IndexBusy, NothingIndexed
from rag.index.indexer import Indexer, Progress, RenewalProgress
from rag.index.protocol import DocumentStore
from rag.index.repair import repair
from rag.index.schema import DATABASE_FILE
from rag.index.stores import create_store, index_names, local_folder, open_store
from rag.index.writing import writing
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
    renewal_progress: RenewalProgress = iter,
) -> list[InputReport]:
    """Bring the index `name` up to date with files and folders; one report per input.

    Raises IndexBusy where another process is writing to it.
    """
    if name not in index_names(settings):
        discover(paths)  # a path that is not there leaves no index behind
    embedder = open_embedder(settings)
    opened = create_store(settings, name, embedder.name, embedder.dimension, is_renewed=True)
    with closing(opened) as store, store.writing(), SandboxSession() as sandbox:
        try:
            indexer = Indexer(store, embedder, sandbox.load)
            renewed = []
            if store.model != embedder.name:
                store.renewed_with(_UNFINISHED)
                renewed = indexer.renew(renewal_progress)
                store.renewed_with(embedder.name)
            return renewed + indexer.index(paths, prune=prune, progress=progress)
        finally:
            if store.counts()[0]:
                keep_up(store)


def follow(
    settings: Settings, paths: Sequence[Path], name: str, changes: Iterable[Set[str]]
) -> Iterator[list[InputReport]]:
    """Bring the index up to date at each of the `changes`, sets of absolute paths.

    One report per input. What cannot be done because another process writes is done with the next.
    """
    embedder = open_embedder(settings)
    waiting: Set[str] = set()
    with SandboxSession() as sandbox:
        for changed in changes:
            waiting = waiting | changed
            opened = create_store(settings, name, embedder.name, embedder.dimension)
            reports: list[InputReport] | None = None
            with closing(opened) as store, suppress(IndexBusy), store.writing():
                indexer = Indexer(store, embedder, sandbox.load)
                try:
                    reports = indexer.index(paths, prune=True, only=waiting)
                except NothingIndexed as error:
                    reports = [InputReport(name, "skipped", reason=error.message)]
                waiting = set()
                keep_up(store)
            if reports is not None:
                yield reports


def remove_document(settings: Settings, document_id: str, name: str = "default") -> None:
    """Remove a document from an index; raises DocumentNotFound and IndexBusy."""
    with closing(open_store(settings, name)) as store, store.writing():
        store.remove(document_id)
        keep_up(store)


def compact_index(settings: Settings, name: str = "default") -> None:
    """Have no file of an index hold what was removed; raises IndexBusy."""
    with closing(open_store(settings, name)) as store, store.writing():
        store.compact()


def keep_up(store: DocumentStore) -> None:
    """Write the search files of what is new, and compact them where that is worth its while."""
    store.refresh()
    if store.is_scattered:
        store.compact()


def check_index(settings: Settings, name: str = "default") -> list[str]:
    """What is damaged in an index, a line each."""
    with closing(open_store(settings, name)) as store:
        return store.damage()


def repair_index(settings: Settings, name: str = "default") -> list[str]:
    """Mend an index as far as that can be; a line on each document or number that was mended.

    Raises IndexNotFound, IndexBusy, and IndexDamaged where nothing can be read any more.
    """
    folder = local_folder(settings, name, "repaired")
    if not (folder / DATABASE_FILE).is_file():
        with closing(open_store(settings, name)):  # says what is missing
            return []
    with writing(folder), SandboxSession() as sandbox:
        return repair(folder, lambda: open_embedder(settings), sandbox.load)
