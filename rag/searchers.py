"""The two search arms of an index, derived from its store and kept in files beside it.

`manifest.json` names the derived folder, the generation it was made from, and the SHA-256 of each
of its files. The folder is written under a new name and the manifest replaced by a rename; files
of an older generation are made anew from the store, damaged ones are an error.
"""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.dense import DenseIndex
from rag.errors import IndexDamaged
from rag.files import file_digest, flush
from rag.lexical import LexicalIndex
from rag.store import FORMAT, Store
from rag.terms import is_mostly_han

MANIFEST_FILE = "manifest.json"
_DENSE_FOLDER = "dense"
_LEXICAL_FOLDER = "lexical"


@dataclass(frozen=True, slots=True)
class Searchers:
    """Both arms as of one generation of the store."""

    generation: int
    dense: DenseIndex
    lexical: LexicalIndex


def load(store: Store) -> Searchers:
    """Both arms, from their files if these are current, else made from the store."""
    manifest = _read_manifest(store.folder)
    if manifest is None or manifest["generation"] != store.generation:
        return derive(store)
    folder = store.folder / str(manifest["folder"])
    if not folder.is_dir():
        return derive(store)
    wrong = damaged_files(store.folder)
    if wrong:
        raise IndexDamaged(
            f"{wrong[0]} in {store.folder} is damaged",
            f"run: wenju check --repair --index {store.folder.name}",
        )
    return Searchers(
        int(manifest["generation"]),
        DenseIndex.load(folder / _DENSE_FOLDER),
        LexicalIndex.load(folder / _LEXICAL_FOLDER),
    )


def derive(store: Store) -> Searchers:
    """Both arms made from the store, without writing anything."""
    generation, keys, vectors, terms = store.search_rows()
    is_han = np.array([is_mostly_han(passage) for passage in terms], dtype=bool)
    return Searchers(
        generation, DenseIndex.build(keys, vectors, is_han), LexicalIndex.build(keys, terms)
    )


def save(store: Store, searchers: Searchers) -> None:
    """Write both arms and then the manifest that names them; drop older ones."""
    name = f"derived-{searchers.generation}-{uuid.uuid4().hex[:8]}"
    folder = store.folder / name
    folder.mkdir()
    searchers.dense.save(folder / _DENSE_FOLDER)
    searchers.lexical.save(folder / _LEXICAL_FOLDER)
    documents, chunks = store.counts()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        flush(path)
    manifest = {
        "format": FORMAT,
        "generation": searchers.generation,
        "model": store.meta("model"),
        "dimension": store.dimension,
        "documents": documents,
        "chunks": chunks,
        "folder": name,
        "sha256": {path.relative_to(folder).as_posix(): file_digest(path) for path in files},
    }
    unfinished = store.folder / f".{MANIFEST_FILE}-{uuid.uuid4().hex[:8]}"
    unfinished.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    flush(unfinished)
    unfinished.replace(store.folder / MANIFEST_FILE)
    for former in store.folder.glob("derived-*"):
        if former.name != name:
            shutil.rmtree(former, ignore_errors=True)


def is_saved(store: Store) -> bool:
    """Whether the files beside the store are of its generation and sound."""
    manifest = _read_manifest(store.folder)
    return (
        manifest is not None
        and manifest["generation"] == store.generation
        and not damaged_files(store.folder)
    )


def damage(store: Store) -> list[str]:
    """What is wrong with the search files, a line each."""
    try:
        wrong = damaged_files(store.folder)
        if wrong:
            return [f"{name} is damaged; run: wenju check --repair" for name in wrong]
        current = load(store)
    except IndexDamaged as error:
        return [error.message]
    keys = {int(key) for key in current.lexical.keys}
    truth = set(store.all_keys())
    return [
        f"the {arm} index and the store hold different chunks"
        for arm, held in (("dense", current.dense.keys), ("lexical", keys))
        if held != truth
    ]


def damaged_files(folder: Path) -> list[str]:
    """Names of derived files that are not what the manifest says, [] if all are."""
    manifest = _read_manifest(folder)
    if manifest is None:
        return []
    derived = folder / str(manifest["folder"])
    expected: dict[str, str] = manifest["sha256"]  # type: ignore[assignment]
    return [
        f"{derived.name}/{name}"
        for name, digest in expected.items()
        if not (derived / name).is_file() or file_digest(derived / name) != digest
    ]


def _read_manifest(folder: Path) -> dict[str, object] | None:
    path = folder / MANIFEST_FILE
    if not path.exists():
        return None
    try:
        manifest = json.loads(path.read_text("utf-8"))
        required = {"generation", "folder", "sha256"}
        if not isinstance(manifest, dict) or not required <= manifest.keys():
            raise ValueError("fields are missing")
    except ValueError as error:
        raise IndexDamaged(
            f"{MANIFEST_FILE} in {folder} is damaged ({error})",
            f"run: wenju check --repair --index {folder.name}",
        ) from error
    return manifest
