"""The files within a `.zip`, unpacked within limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.documents.encoding import decode
from rag.documents.files import is_visible
from rag.documents.office.package import FAULTS, refuse_bomb
from rag.documents.plain import damaged, one_line
from rag.errors import Unreadable

_UTF8_NAME = 0x800  # the flag of a member whose name is not in an old code page
_ENCRYPTED = 0x1
_PIECE = 1 << 20


def members(data: bytes) -> Iterator[tuple[str, bytes | Unreadable]]:
    """Name and bytes of each visible file in an archive, by name; or why it cannot be read.

    A name is a path below the archive, whatever it says. Raises Unreadable.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        stated = sum(entry.file_size for entry in archive.infolist())
        refuse_bomb(stated, len(data), ".zip")
    except FAULTS as error:
        raise damaged(".zip", error) from error
    with archive:
        entries = {_name(entry): entry for entry in archive.infolist() if not entry.is_dir()}
        for name, entry in sorted(entries.items()):
            if name and all(is_visible(part) for part in name.split("/")):
                yield name, _content(archive, entry)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | Unreadable:
    if entry.flag_bits & _ENCRYPTED:
        return Unreadable("encrypted; unpack it with its password")
    try:
        with archive.open(entry) as stream:  # in pieces, no more than the size stated
            return b"".join(iter(lambda: stream.read(_PIECE), b""))
    except FAULTS as error:
        return Unreadable(f"damaged: {one_line(error)}")


def _name(entry: zipfile.ZipInfo) -> str:
    """The name of a member, which older programs write in the code page of their system."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        try:
            name = decode(name.encode("cp437"))
        except (UnicodeEncodeError, Unreadable):
            name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in ("/", "..", "."))
