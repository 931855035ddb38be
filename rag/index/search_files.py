"""The files that keep what searches an index beside its database: segments and their manifest.

`manifest.json` names the segments' folders with the size and the SHA-256 of each of their files,
and the generation they were made from with its stamp. A folder is written under a new name and the
manifest replaced by a rename, so that a process killed at any moment leaves files that are sound,
or none. Files of an older generation are of use, too: their chunks are true for as long as they are
in the database, which says which are left and which came after.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexDamaged
from rag.index.schema import FORMAT
from rag.index.segment import Segment
from rag.storage import file_digest, flush

MANIFEST_FILE = "manifest.json"
_FOLDERS = "segment-*", "derived-*"  # the second by versions before segments


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment in the manifest: its folder, its last key, and name → (size, SHA-256) of files."""

    folder: str
    last_key: int
    passages: int
    files: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is on the disk, and of which generation: known by its stamp."""

    generation: int
    stamp: str
    entries: Sequence[Entry]

    @property
    def last_key(self) -> int:
        """The last key that the segments may hold: chunks with greater ones came later."""
        return max((entry.last_key for entry in self.entries), default=0)


class SearchFiles:
    """The segments in the folder of one index."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def manifest(self) -> Manifest | None:
        """What is there, None where nothing is; raises IndexDamaged."""
        try:
            fields = json.loads((self._folder / MANIFEST_FILE).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError) as error:
            raise self._error(f"{MANIFEST_FILE} ({error})") from error
        try:
            if fields["format"] < FORMAT:
                return None  # files of an earlier version, to be derived again
            if fields.pop("checksum") != _checksum(fields):
                raise ValueError("other values than were written")
            entries = [_entry(each) for each in fields["segments"]]
            generation, stamp = fields["generation"], fields["stamp"]
            if type(generation) is int and type(stamp) is str:
                return Manifest(generation, stamp, entries)
        except (AttributeError, KeyError, TypeError, ValueError):
            pass
        raise self._error(f"{MANIFEST_FILE} (fields are missing or of another type)")

    def read(self, manifest: Manifest) -> list[Segment]:
        """The segments of a manifest; raises IndexDamaged, and FileNotFoundError.

        The latter is for files that another process has replaced since.
        """
        for name in self.damaged(manifest):
            raise self._error(name)
        segments = []
        for entry in manifest.entries:
            try:
                segments.append(self.load(entry))
            except (RuntimeError, OSError, ValueError, KeyError, TypeError) as error:
                raise self._error(entry.folder) from error
        return segments

    def load(self, entry: Entry) -> Segment:
        """One segment; raises RuntimeError, OSError, ValueError, KeyError or TypeError."""
        return Segment.load(self._folder / entry.folder)

    def is_whole(self, entry: Entry) -> bool:
        """Whether the files of a segment are there, in their sizes."""
        sizes = {name: size for name, (size, _) in entry.files.items()}
        return all(
            _size(self._folder / entry.folder / name) == size for name, size in sizes.items()
        )

    def damaged(self, manifest: Manifest) -> list[str]:
        """Names of the files that are not what the manifest says."""
        return [
            f"{entry.folder}/{name}"
            for entry in manifest.entries
            for name, (_, digest) in entry.files.items()
            if _digest(self._folder / entry.folder / name) != digest
        ]

    def write(
        self,
        generation: int,
        stamp: str,
        segments: Sequence[Entry | Segment],
        about: Mapping[str, object],
    ) -> None:
        """Write those segments that are not on the disk, and then the manifest; drop all others.

        `about` goes into the manifest. Two that write at once would drop each other's files.
        """
        entries = [self._written(each) if isinstance(each, Segment) else each for each in segments]
        manifest: dict[str, object] = {
            "format": FORMAT,
            "generation": generation,
            "stamp": stamp,
            **about,
            "segments": [
                {
                    "folder": entry.folder,
                    "last_key": entry.last_key,
                    "passages": entry.passages,
                    "files": {name: list(sums) for name, sums in entry.files.items()},
                }
                for entry in entries
            ],
        }
        manifest["checksum"] = _checksum(manifest)
        unfinished = self._folder / f".{MANIFEST_FILE}-{uuid.uuid4().hex[:8]}"
        unfinished.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
        flush(unfinished)
        unfinished.replace(self._folder / MANIFEST_FILE)
        flush(self._folder)
        self._drop_others({entry.folder for entry in entries})

    def _written(self, segment: Segment) -> Entry:
        folder = self._folder / f"segment-{uuid.uuid4().hex[:16]}"
        segment.save(folder)
        files = sorted(path for path in folder.iterdir())
        for path in files:
            flush(path)
        flush(folder)
        sums = {path.name: (path.stat().st_size, file_digest(path)) for path in files}
        return Entry(folder.name, int(segment.keys[-1]), len(segment), sums)

    def _drop_others(self, kept: set[str]) -> None:
        for pattern in _FOLDERS:
            for former in self._folder.glob(pattern):
                if former.name not in kept:
                    shutil.rmtree(former, ignore_errors=True)
        for former in self._folder.glob(f".{MANIFEST_FILE}-*"):  # of a process that was killed
            former.unlink(missing_ok=True)

    def _error(self, what: str) -> IndexDamaged:
        return IndexDamaged(
            f"{what} in {self._folder} is damaged",
            f"run: wenju verify --repair --index {self._folder.name}",
        )


def _entry(fields: Mapping[str, object]) -> Entry:
    match fields:
        case {
            "folder": str(folder),
            "last_key": int(last_key),
            "passages": int(passages),
            "files": dict(files),
        } if re.fullmatch(r"segment-\w+", folder) and files:
            sums = {str(name): (int(size), str(digest)) for name, (size, digest) in files.items()}
            return Entry(folder, last_key, passages, sums)
    raise ValueError(f"no segment: {fields}")


def _checksum(fields: Mapping[str, object]) -> int:
    return zlib.crc32(json.dumps(fields, sort_keys=True).encode())


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _digest(path: Path) -> str | None:
    try:
        return file_digest(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
