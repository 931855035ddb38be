"""The two search arms of an index, derived from its store and kept in files beside it.

`manifest.json` names the derived folder, the generation it was made from, and the SHA-256 of each
of its files. The folder is written under a new name and the manifest replaced by a rename; files
of an older generation are made anew from the store, damaged ones are an error.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import IndexDamaged
from rag.index.dense import DenseIndex
from rag.index.lexical import LexicalIndex
from rag.index.schema import FORMAT
from rag.index.store import Store
from rag.language.terms import is_mostly_han
from rag.storage import file_digest, flush

MANIFEST_FILE = "manifest.json"
_DENSE_FOLDER = "dense"
_LEXICAL_FOLDER = "lexical"


@dataclass(frozen=True, slots=True)
class Searchers:
    """Both arms as of one generation of the store."""

    generation: int
    dense: DenseIndex
    lexical: LexicalIndex


@dataclass(frozen=True, slots=True)
class _Manifest:
    generation: int
    folder: str
    sha256: Mapping[str, str]


def load(store: Store) -> Searchers:
    """Both arms, from their files if these are current, else made from the store."""
    manifest = _read_manifest(store.folder)
    while manifest is not None and _is_current(store, manifest):
        try:
            return _read(store.folder, manifest)
        except IndexDamaged:
            former, manifest = manifest, _read_manifest(store.folder)
            if manifest == former:
                raise
            # else another process has just put other files in their place
    return derive(store)


def _read(folder: Path, manifest: _Manifest) -> Searchers:
    wrong = _damaged(folder, manifest)
    if wrong:
        raise _damage_error(folder, wrong[0])
    derived = folder / manifest.folder
    try:
        return Searchers(
            manifest.generation,
            DenseIndex.load(derived / _DENSE_FOLDER),
            LexicalIndex.load(derived / _LEXICAL_FOLDER),
        )
    except (RuntimeError, OSError, ValueError) as error:
        raise _damage_error(folder, manifest.folder) from error


def derive(store: Store) -> Searchers:
    """Both arms made from the store, without writing anything."""
    generation, keys, vectors, terms = store.search_rows()
    is_han = np.array([is_mostly_han(passage) for passage in terms], dtype=bool)
    return Searchers(
        generation, DenseIndex.build(keys, vectors, is_han), LexicalIndex.build(keys, terms)
    )


def save(store: Store, searchers: Searchers) -> None:
    """Write both arms and then the manifest that names them; drop all others.

    Nothing is written where the store has moved on: who moved it saves what belongs to it.
    """
    with store.exclusive():  # two that save at once would drop each other's files
        if searchers.generation == store.generation:
            _save(store, searchers)


def _save(store: Store, searchers: Searchers) -> None:
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
    for former in store.folder.glob(f".{MANIFEST_FILE}-*"):  # of a process that was killed
        former.unlink(missing_ok=True)


def is_saved(store: Store) -> bool:
    """Whether the files beside the store are of its generation and sound."""
    try:
        manifest = _read_manifest(store.folder)
    except IndexDamaged:
        return False
    return (
        manifest is not None
        and _is_current(store, manifest)
        and not _damaged(store.folder, manifest)
    )


def must_derive(store: Store) -> bool:
    """Whether `load` has to derive, the files being absent or of another generation."""
    manifest = _read_manifest(store.folder)
    return manifest is None or not _is_current(store, manifest)


def _is_current(store: Store, manifest: _Manifest) -> bool:
    is_there = (store.folder / manifest.folder).is_dir()
    return is_there and manifest.generation == store.generation


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
    return [] if manifest is None else _damaged(folder, manifest)


def _damaged(folder: Path, manifest: _Manifest) -> list[str]:
    derived = folder / manifest.folder
    return [
        f"{manifest.folder}/{name}"
        for name, digest in manifest.sha256.items()
        if _digest(derived / name) != digest
    ]


def _digest(path: Path) -> str | None:
    try:
        return file_digest(path)
    except FileNotFoundError:
        return None


def _read_manifest(folder: Path) -> _Manifest | None:
    try:
        return _manifest(json.loads((folder / MANIFEST_FILE).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise _damage_error(folder, f"{MANIFEST_FILE} ({error})") from error


def _manifest(fields: object) -> _Manifest:
    match fields:
        case {"generation": int(generation), "folder": str(name), "sha256": dict(digests)} if (
            re.fullmatch(r"derived-[\w-]+", name) and digests
        ):
            return _Manifest(generation, name, digests)
    raise ValueError("fields are missing or of another type")


def _damage_error(folder: Path, what: str) -> IndexDamaged:
    return IndexDamaged(
        f"{what} in {folder} is damaged", f"run: wenju check --repair --index {folder.name}"
    )
