"""Input files: those under the paths given, each with the id that its document gets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.documents.ignoring import IgnoreRules
from rag.errors import InputNotFound
from rag.types import Document, InputReport

UPLOAD = "upload:"  # no absolute path begins so
_NOT_DOCUMENTS = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read: `path` is absolute, `id` its document id, `source` its name for people.

    `origin` says where it came from if that is not `path`: an upload has no place of its own.
    """

    path: Path
    id: str
    source: str
    origin: str = ""

    def may_give(self, document_id: str) -> bool:
        """Whether a document in this file may have that id; the rows of a corpus have any."""
        is_within = document_id.startswith((f"{self.id}/", f"{self.id}:"))
        return self.path.suffix.lower() == ".jsonl" or document_id == self.id or is_within


Loader = Callable[[InputFile], tuple[list[Document], list[InputReport]]]


def discover(paths: Sequence[Path]) -> list[InputFile]:
    """The files at and below `paths`, each once: in the order of `paths`, by id within a folder.

    Hidden files and folders, the lock files of office programs, and what a `.wenjuignore` in a
    folder excludes are left out, unless a path names one itself. Links are followed, in circles
    too. Raises InputNotFound, and InvalidInput for an ignore file that cannot be used.
    """
    found: list[InputFile] = []
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise InputNotFound(f"no file or folder at {path}", "check the path and its spelling")
        files = _walk(path) if path.is_dir() else [(_id(Path(path.name)), path)]
        for name, file in files:
            target = file.resolve()
            if target not in seen:
                seen.add(target)
                found.append(InputFile(file.absolute(), name, name))
    return found


def _walk(folder: Path) -> list[tuple[str, Path]]:
    """Id and path of each file below `folder`, sorted by id."""
    ignored = IgnoreRules(folder).excludes
    entered: set[Path] = set()
    files: list[tuple[str, Path]] = []
    for parent, folders, names in os.walk(folder, followlinks=True):
        target = Path(parent).resolve()
        if target in entered:
            folders.clear()
            continue
        entered.add(target)
        folders[:] = sorted(
            name for name in folders if is_visible(name) and not ignored(Path(parent, name))
        )
        paths = (Path(parent, name) for name in names if is_visible(name))
        files += [
            (_id(path.relative_to(folder)), path)
            for path in paths
            if path.is_file() and not ignored(path)
        ]
    return sorted(files)


def is_visible(name: str) -> bool:
    """Whether a file or folder of that name is neither hidden, nor a lock, nor a system's own."""
    return not name.startswith((".", "~$")) and name not in _NOT_DOCUMENTS


def _id(path: Path) -> str:
    """`path` with slashes; bytes of a file name that are no UTF-8 become U+FFFD."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="replace")
