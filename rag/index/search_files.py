"""What searches an index, derived from its database, and the files that keep it beside that.

`manifest.json` names the derived folder, the generation it was made from, and the SHA-256 of each
of its files. The folder is written under a new name and the manifest replaced by a rename, so that
a process killed at any moment leaves files that are sound, or none. Writers write them; a reader
for whom they are of another generation derives its arms in memory.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import IndexDamaged
from rag.index.dense import DenseIndex
from rag.index.lexical import LexicalIndex
from rag.index.schema import FORMAT
from rag.language.aliases import Aliases, aliases_of
from rag.language.terms import is_mostly_han
from rag.storage import file_digest, flush

MANIFEST_FILE = "manifest.json"
ALIASES_FILE = "aliases.json"


@dataclass(frozen=True, slots=True)
class Searchers:
    """Both arms as of one generation of the store, and the names its documents write twice."""

    generation: int
    dense: DenseIndex
    lexical: LexicalIndex
    aliases: Aliases

    @classmethod
    def build(
        cls,
        generation: int,
        keys: np.ndarray,
        vectors: np.ndarray,
        terms: Sequence[list[str]],
        texts: Iterable[str],
    ) -> Searchers:
        """From keys (n,) int64, unit vectors (n, d) float32 and the terms of each chunk.

        `texts` are those of the documents, with their titles.
        """
        is_han = np.array([is_mostly_han(chunk) for chunk in terms], dtype=bool)
        dense = DenseIndex.build(keys, vectors, is_han)
        return cls(generation, dense, LexicalIndex.build(keys, terms), aliases_of(texts))


@dataclass(frozen=True, slots=True)
class _Manifest:
    generation: int
    folder: str
    sha256: Mapping[str, str]


class SearchFiles:
    """The files of both arms in the folder of one index."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, generation: int) -> Searchers | None:
        """Both arms, None where there are no files of that generation; raises IndexDamaged."""
        manifest = self._manifest()
        while manifest is not None and self._is_of(generation, manifest):
            try:
                return self._read(manifest)
            except IndexDamaged:
                former, manifest = manifest, self._manifest()
                if manifest == former:
                    raise
                # else another process has just put other files in their place
        return None

    def are_sound(self, generation: int) -> bool:
        """Whether there are files of that generation, all of them as they were written."""
        with suppress(IndexDamaged):
            manifest = self._manifest()
            if manifest is not None and self._is_of(generation, manifest):
                return not self._damaged(manifest)
        return False

    def damage(self, generation: int, keys: Set[int]) -> list[str]:
        """What is not as it was written, or holds other chunks than `keys`, a line each."""
        try:
            manifest = self._manifest()
            if manifest is not None and (damaged := self._damaged(manifest)):
                return [f"{name} is damaged; run: wenju verify --repair" for name in damaged]
            current = self.read(generation)
        except IndexDamaged as error:
            return [error.message]
        if current is None:
            return []
        arms = {"dense": current.dense.keys, "lexical": set(current.lexical.keys.tolist())}
        return [
            f"the {arm} index and the store hold different chunks"
            for arm, held in arms.items()
            if held != keys
        ]

    def write(self, searchers: Searchers, about: Mapping[str, object]) -> None:
        """Write both arms and then the manifest that names them; drop all others.

        `about` goes into the manifest. Two that write at once would drop each other's files.
        """
        name = f"derived-{searchers.generation}-{uuid.uuid4().hex[:8]}"
        folder = self._folder / name
        searchers.dense.save(folder / "dense")
        searchers.lexical.save(folder / "lexical")
        aliases = {name: sorted(others) for name, others in searchers.aliases.items()}
        (folder / ALIASES_FILE).write_text(json.dumps(aliases, ensure_ascii=False), "utf-8")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files:
            flush(path)
        manifest = {
            "format": FORMAT,
            "generation": searchers.generation,
            **about,
            "folder": name,
            "sha256": {path.relative_to(folder).as_posix(): file_digest(path) for path in files},
        }
        unfinished = self._folder / f".{MANIFEST_FILE}-{uuid.uuid4().hex[:8]}"
        unfinished.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        flush(unfinished)
        unfinished.replace(self._folder / MANIFEST_FILE)
        for former in self._folder.glob("derived-*"):
            if former.name != name:
                shutil.rmtree(former, ignore_errors=True)
        for former in self._folder.glob(f".{MANIFEST_FILE}-*"):  # of a process that was killed
            former.unlink(missing_ok=True)

    def _is_of(self, generation: int, manifest: _Manifest) -> bool:
        is_there = (self._folder / manifest.folder).is_dir()
        is_whole = ALIASES_FILE in manifest.sha256  # files of an earlier version lack it
        return manifest.generation == generation and is_there and is_whole

    def _read(self, manifest: _Manifest) -> Searchers:
        for name in self._damaged(manifest):
            raise self._error(name)
        folder = self._folder / manifest.folder
        try:
            dense = DenseIndex.load(folder / "dense")
            lexical = LexicalIndex.load(folder / "lexical")
            aliases = json.loads((folder / ALIASES_FILE).read_text("utf-8"))
        except (RuntimeError, OSError, ValueError) as error:
            raise self._error(manifest.folder) from error
        by_name = {name: frozenset(others) for name, others in aliases.items()}
        return Searchers(manifest.generation, dense, lexical, by_name)

    def _damaged(self, manifest: _Manifest) -> list[str]:
        """Names of the files that are not what the manifest says."""
        names = {f"{manifest.folder}/{name}": digest for name, digest in manifest.sha256.items()}
        return [name for name, digest in names.items() if _digest(self._folder / name) != digest]

    def _manifest(self) -> _Manifest | None:
        try:
            fields = json.loads((self._folder / MANIFEST_FILE).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError) as error:
            raise self._error(f"{MANIFEST_FILE} ({error})") from error
        match fields:
            case {"generation": int(generation), "folder": str(name), "sha256": dict(digests)} if (
                re.fullmatch(r"derived-[\w-]+", name) and digests
            ):
                return _Manifest(generation, name, digests)
        raise self._error(f"{MANIFEST_FILE} (fields are missing or of another type)")

    def _error(self, what: str) -> IndexDamaged:
        return IndexDamaged(
            f"{what} in {self._folder} is damaged",
            f"run: wenju verify --repair --index {self._folder.name}",
        )


def _digest(path: Path) -> str | None:
    try:
        return file_digest(path)
    except FileNotFoundError:
        return None
