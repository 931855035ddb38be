"""Packages: zip files of XML parts that refer to each other, unpacked within limits."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from lxml import etree

from rag.documents.plain import FAULTS as _FAULTS
from rag.errors import Unreadable

FAULTS = (*_FAULTS, zipfile.BadZipFile, etree.LxmlError)

_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_UNPACKED = 200 * 2**20
_HIGHEST_RATIO = 200
_HARMLESS = 10 * 2**20
_NO_TIME = datetime(1980, 1, 1)  # with which zip files begin to count
_XML_NO_MEMORY = 2  # libxml2 gives this as a syntax error, "unknown error"
_OLD = {".docx": "Word", ".pptx": "PowerPoint", ".xlsx": "Excel"}


class Relation(NamedTuple):
    """What a part refers to: the last word of the relation's type, and the name of a part."""

    kind: str
    target: str


class Package:
    """The parts of a package by name. Raises Unreadable for one that is not to be unpacked."""

    def __init__(self, data: bytes, suffix: str) -> None:
        _refuse_other_formats(data, suffix)
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        refuse_bomb(_unpacked(self._zip), len(data), suffix)
        self.names = frozenset(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """The bytes of a part; raises KeyError."""
        return self._zip.read(name)

    @property
    def written(self) -> datetime:
        """When its newest part was written; 1980 where the program that did kept no times."""
        times = [member.date_time for member in self._zip.infolist()]
        return max((_time(each) for each in times), default=_NO_TIME)

    def xml(self, name: str) -> Any:
        """The root element of a part; None if there is no such part.

        A document type, which no office file has, may hold entities that unfold or read files.
        """
        if name not in self.names:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(self._zip.read(name), parser)
        except etree.XMLSyntaxError as error:
            if error.code == _XML_NO_MEMORY:
                raise MemoryError from error
            raise
        if root.getroottree().docinfo.doctype:
            raise Unreadable(f"{name} declares a document type")
        return root

    def relations(self, part: str = "") -> dict[str, Relation]:
        """What `part` ("" for the package) refers to, by the id it uses for that."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for child in () if root is None else root:
            target = posixpath.normpath(posixpath.join("/", folder, child.get("Target", "")))
            if child.get("TargetMode") != "External":
                kind = child.get("Type", "").rpartition("/")[2]
                found[child.get("Id", "")] = Relation(kind, target.lstrip("/"))
        return found

    def related(self, part: str, kind: str, default: str = "") -> str:
        """The name of the part of that kind to which `part` refers first."""
        related = (each.target for each in self.relations(part).values() if each.kind == kind)
        return next(related, default)


def _time(parts: tuple[int, ...]) -> datetime:
    try:
        return datetime(*parts[:6])  # type: ignore[arg-type]
    except ValueError:  # such as a month 0
        return _NO_TIME


def local(element: Any) -> str:
    """The name of `element` without its namespace: one has several in these files."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str, default: str = "") -> str:
    """The attribute of `element` with that name, in whatever namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return default


def child(element: Any, *path: str) -> Any:
    """The first element at `path` below `element`; None if there is none or no element."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def children(element: Any, name: str) -> Iterator[Any]:
    """The children of `element` with that name; none of None."""
    return (each for each in (() if element is None else element) if local(each) == name)


def value(element: Any, *path: str, default: str = "") -> str:
    """The `val` of the element at `path` below `element`."""
    found = child(element, *path)
    return default if found is None else attribute(found, "val", default)


def whole(text: str, default: int = 0) -> int:
    """The whole number in `text`, or `default`."""
    try:
        return int(text)
    except ValueError:
        return default


def is_on(element: Any, *path: str) -> bool:
    """Whether the switch at `path` below `element` is there and not off."""
    found = child(element, *path)
    return found is not None and attribute(found, "val") not in ("0", "false", "off")


def _refuse_other_formats(data: bytes, suffix: str) -> None:
    if data.startswith(_OLE_MAGIC):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable(f"encrypted {suffix}; save it without a password")
        if suffix in _OLD:
            old = suffix.removesuffix("x")
            raise Unreadable(
                f"an old {_OLD[suffix]} file ({old}) named {suffix}; save it as {suffix}"
            )


def refuse_bomb(unpacked: int, size: int, suffix: str) -> None:
    """Raises Unreadable for `size` bytes that would unpack to too many."""
    is_dense = unpacked > _HARMLESS and unpacked > _HIGHEST_RATIO * size
    if unpacked > _MOST_UNPACKED or is_dense:
        stated = f"{unpacked // 2**20} MB from {size} bytes"
        raise Unreadable(f"not a readable {suffix}: it would unpack to {stated}")


def _unpacked(package: zipfile.ZipFile) -> int:
    """How many bytes the members of `package` hold; just above the most allowed, if more.

    Those that the headers state are believed only where they are too many: zipfile, asked for a
    whole member, unpacks what is there and cuts it off at the size stated.
    """
    stated = sum(member.file_size for member in package.infolist())
    if stated > _MOST_UNPACKED:
        return stated
    unpacked = 0
    for member in package.infolist():
        size, member.file_size = member.file_size, 2 * _MOST_UNPACKED
        with package.open(member) as stream:
            while piece := stream.read(2**20):
                unpacked += len(piece)
                if unpacked > _MOST_UNPACKED:
                    return unpacked
        member.file_size = size
    return unpacked
