"""The parser for electronic books (`.epub`)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from rag.documents.html import parse_html
from rag.documents.office.package import FAULTS, Package, attribute, child, children, local
from rag.documents.plain import Parsed, damaged
from rag.errors import Unreadable

_META = {"creator": "author", "date": "date", "publisher": "publisher", "subject": "subject"}
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def parse_epub(data: bytes) -> Parsed:
    """A book: its pages in the order in which they are read, without its table of contents."""
    try:
        package = Package(data, ".epub")
        _refuse_locked(package)
        container = package.xml("META-INF/container.xml")
        root = child(container, "rootfiles", "rootfile")
        if root is None:
            raise KeyError("META-INF/container.xml names no book")
        name = attribute(root, "full-path")
        book = package.xml(name)
        if book is None:
            raise KeyError(f"There is no item named {name!r} in the archive")
        title, meta = _properties(child(book, "metadata"))
        missing: list[tuple[str, str]] = []
        texts = [parse_html(page).text for page in _pages(package, book, name, missing)]
    except FAULTS as error:
        raise damaged(".epub", error) from error
    return Parsed(title, "\n\n".join(filter(None, texts)), meta, tuple(missing))


def _refuse_locked(package: Package) -> None:
    """Raises Unreadable for a book whose pages are encrypted, not merely its fonts."""
    encryption = package.xml("META-INF/encryption.xml")
    for each in () if encryption is None else encryption.iter():
        if local(each) == "EncryptionMethod" and attribute(each, "Algorithm") not in _FONTS_ONLY:
            raise Unreadable("encrypted .epub; use a copy without protection")


def _properties(metadata: Any) -> tuple[str, dict[str, str]]:
    title = ""
    meta: dict[str, str] = {}
    for each in () if metadata is None else metadata:
        words = " ".join((each.text or "").split())
        if local(each) == "title":
            title = title or words
        elif words and local(each) in _META:
            name = _META[local(each)]
            meta[name] = f"{meta[name]}, {words}" if name in meta else words
    return title, meta


def _pages(
    package: Package, book: Any, name: str, missing: list[tuple[str, str]]
) -> Iterator[bytes]:
    """The pages that the spine of `book` lists; those not there are added to `missing`."""
    folder = posixpath.dirname(name)
    items = {attribute(item, "id"): item for item in children(child(book, "manifest"), "item")}
    for entry in children(child(book, "spine"), "itemref"):
        item = items.get(attribute(entry, "idref"))
        if item is None or "nav" in attribute(item, "properties").split():
            continue
        if attribute(item, "media-type") not in _PAGES:
            continue
        page = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))
        if page in package.names:
            yield package.read(page)
        else:
            missing.append((page, "not in the book"))
