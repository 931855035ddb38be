"""Files that were indexed and are no longer there, or no longer to be indexed."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from rag.documents.files import UPLOAD
from rag.documents.ignoring import IgnoreRules
from rag.index.rows import Origin
from rag.types import InputReport


def vanished(
    origins: Mapping[str, Origin],
    paths: Sequence[Path],
    found: Container[str],
    new: Mapping[str, str],
) -> list[InputReport]:
    """A report for each file indexed from under `paths` that is gone, though its text stays.

    `found` are the files that are there, `new` the digests of documents indexed in this run by
    their ids: a file of the same digest was renamed.
    """
    gone: dict[Origin, str] = {}
    for document_id, origin in sorted(origins.items()):
        was_there = origin.path not in found and any(is_under(origin.path, p) for p in paths)
        if was_there and (origin in gone or is_gone(origin.path)):
            gone.setdefault(origin, document_id)
    now = {digest: document_id for document_id, digest in new.items()}
    return [
        InputReport(name, "unchanged", reason=_reason(now.get(origin.digest, "")))
        for origin, name in gone.items()
    ]


def _reason(new_name: str) -> str:
    where = f"its file is now {new_name}" if new_name else "its file is gone"
    return f"{where}; --prune drops it"


def is_gone(path: str) -> bool:
    """Whether there is no such file; one that merely cannot be seen now is not gone."""
    if path.startswith(UPLOAD):
        return False
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def has_left(path: str) -> bool:
    """Whether the file is gone from a folder that is there.

    Where the folder is not there either, as on another machine, nobody can say.
    """
    return is_gone(path) and Path(path).parent.is_dir()


def is_excluded(path: str, rules: Iterable[IgnoreRules]) -> bool:
    """Whether an ignore file leaves the file out; one that cannot be seen now is not left out."""
    if not os.access(path, os.F_OK):
        return False
    return any(each.excludes(Path(path)) for each in rules)


def is_under(origin: str, path: Path) -> bool:
    """By name or, through links, in truth."""
    if origin.startswith(UPLOAD):
        return False
    by_name = Path(origin).is_relative_to(absolute(path))
    return by_name or Path(origin).resolve().is_relative_to(path.resolve())


def absolute(path: Path) -> str:
    """`path` without "..", so that a file has one name from everywhere; links stay as they are."""
    return os.path.abspath(path)  # noqa: PTH100 (Path has no such function: resolve follows links)
