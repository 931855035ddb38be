"""Uploads: untrusted files, whose names become ids, never paths."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.documents.files import UPLOAD, InputFile, Loader
from rag.documents.sandbox import load_isolated
from rag.types import Document, InputReport

NAME_LENGTH_LIMIT = 200
FILE_SECONDS = 30  # to read one file
UPLOAD_SECONDS = 90  # to read all files of one upload
SECONDS_PER_MB = 4  # beside these; plain text takes 0.6 s of a processor
FILE_MEMORY = 1 << 30  # bytes, to read one file
MEMORY_PER_BYTE = 48  # of the file, beside that; plain text takes 40
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as sent: the name its sender gave it, and where its bytes lie for now."""

    name: str
    path: Path


def document_id(name: str) -> str:
    r"""The id for an uploaded file: the last part of its name, without invisible characters.

    >>> document_id("../../etc/年报\u202e 2015.txt"), document_id("C:\\docs\\a.md")
    ('年报 2015.txt', 'a.md')
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in _INVISIBLE)
    kept = " ".join(unicodedata.normalize("NFC", kept).split())
    if len(kept) > NAME_LENGTH_LIMIT:
        stem, suffix = Path(kept).stem, Path(kept).suffix[:12]
        kept = stem[: NAME_LENGTH_LIMIT - len(suffix)] + suffix
    return kept if kept.strip(". ") else "unnamed"


def limited_loader(files: Sequence[InputFile]) -> Loader:
    """A loader that reads each file in the sandbox, and all of an upload within its limit.

    The limits grow with the files: one that may be sent may also be read.
    """
    end = time.monotonic() + UPLOAD_SECONDS + _more_seconds(sum(map(_size, files)))

    def load(file: InputFile) -> tuple[list[Document], list[InputReport]]:
        size = _size(file)
        left = max(1.0, end - time.monotonic())
        seconds = min(round(left), FILE_SECONDS + _more_seconds(size))
        return load_isolated(file, seconds=seconds, memory=FILE_MEMORY + MEMORY_PER_BYTE * size)

    return load


def _size(file: InputFile) -> int:
    return file.path.stat().st_size if file.path.is_file() else 0


def _more_seconds(size: int) -> int:
    return SECONDS_PER_MB * size // 1_000_000


def input_files(uploads: Sequence[Upload]) -> tuple[list[InputFile], list[InputReport]]:
    """What to index of `uploads`, and what not: of two with one name, the first is kept."""
    files: dict[str, InputFile] = {}
    skipped = []
    for upload in uploads:
        name = document_id(upload.name)
        if name in files:
            reason = "another file of this upload has the same name"
            skipped.append(InputReport(name, "skipped", reason=reason))
        else:
            files[name] = InputFile(upload.path, name, name, UPLOAD + name)
    return list(files.values()), skipped
