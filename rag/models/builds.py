"""Folders that set-up fills: whole or not at all, and known again by a manifest."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rag.errors import ModelMissing

MANIFEST_FILE = "model.json"


def save(folder: Path, manifest: Mapping[str, object], write: Callable[[Path], None]) -> None:
    """Make `folder` hold the files that `write` puts into a folder, and the manifest, or nothing.

    What was there before is replaced at the end, by a rename.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=folder.parent) as scratch:
        finished = Path(scratch) / "finished"
        finished.mkdir()
        write(finished)
        text = json.dumps({**manifest, "bytes": _sizes(finished)}, indent=2)
        (finished / MANIFEST_FILE).write_text(text + "\n", "utf-8")
        if folder.exists():
            folder.replace(Path(scratch) / "former")
        finished.replace(folder)


def is_saved(folder: Path, manifest: Mapping[str, object]) -> bool:
    """Whether `folder` holds all its files, and its manifest says all that this one says.

    Files are known by their sizes: to digest them takes too long at each start.
    """
    try:
        found = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
        sizes = _sizes(folder)
    except (OSError, ValueError):
        return False
    wanted = {**manifest, "bytes": sizes}
    return (
        bool(sizes)
        and isinstance(found, dict)
        and all(found.get(key) == wanted[key] for key in wanted)
    )


@contextmanager
def damage_named(folder: Path) -> Iterator[None]:
    """Say of what goes wrong inside that the build in `folder` is damaged: raises ModelMissing."""
    try:
        yield
    except Exception as error:  # the packages that read models raise errors straight below it
        raise ModelMissing(
            f"the model in {folder} is damaged", f"delete {folder} and run: wenju setup"
        ) from error


def _sizes(folder: Path) -> dict[str, int]:
    return {
        path.name: path.stat().st_size
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST_FILE
    }
