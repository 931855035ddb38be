"""The parser for Word files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document as open_docx
from docx.document import Document as WordDocument
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import XmlchemyError
from docx.table import Table

from rag.documents.plain import FAULTS, Parsed, damaged
from rag.errors import Unreadable

_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_UNPACKED = 200 * 2**20
_HIGHEST_RATIO = 200
_HARMLESS = 10 * 2**20
_XML_NO_MEMORY = 2  # libxml2 gives this as a syntax error, "unknown error"

_FAULTS = (*FAULTS, OpcError, PythonDocxError, XmlchemyError, zipfile.BadZipFile)


def parse_docx(data: bytes) -> Parsed:
    """A Word file: paragraphs and tables in order, a table row on a line, cells by tabs."""
    _refuse_bad_package(data)
    try:
        word = open_docx(io.BytesIO(data))
        blocks = list(_docx_blocks(word))
        title = (word.core_properties.title or "").strip()
    except _FAULTS as error:
        if getattr(error, "code", None) == _XML_NO_MEMORY:
            raise MemoryError from error
        raise damaged(".docx", error) from error
    if title.lower() in ("", "word document"):
        title = next((text for is_title, text in blocks if is_title), "")
    return Parsed(title, "\n\n".join(text for _, text in blocks if text.strip()))


def _docx_blocks(word: WordDocument) -> Iterator[tuple[bool, str]]:
    """Whether a block is a title or heading, and its text."""
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            yield False, "\n".join(_table_rows(block))
        else:
            style = (block.style.name or "") if block.style is not None else ""
            is_title = style.lower().startswith(("title", "heading", "标题"))
            yield bool(is_title and block.text.strip()), block.text.strip()


def _table_rows(table: Table) -> Iterator[str]:
    """The words of each row; a cell merged downwards has those of its first row in every row.

    Read from the XML: `row.cells` repeats a cell for each column it claims, were it 2**31, and
    climbs to the first row again for each row.
    """
    above: dict[int, Any] = {}
    for row in table.rows:
        cells: list[str] = []
        here: dict[int, Any] = {}
        column = row.grid_cols_before
        for cell in row._tr.tc_lst:
            merged = cell.vMerge == "continue"
            first = here[column] = above.get(column, cell) if merged else cell
            cells.append(" ".join(" ".join(part.text for part in first.p_lst).split()))
            column += cell.grid_span
        above = here
        yield "\t".join(cells).strip()


def _refuse_bad_package(data: bytes) -> None:
    if data.startswith(_OLE_MAGIC):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("encrypted .docx; save it without a password")
        raise Unreadable("an old Word file (.doc) named .docx; save it as .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = _unpacked(package)
    except _FAULTS as error:
        raise damaged(".docx", error) from error
    is_dense = unpacked > _HARMLESS and unpacked > _HIGHEST_RATIO * len(data)
    if unpacked > _MOST_UNPACKED or is_dense:
        size = f"{unpacked // 2**20} MB from {len(data)} bytes"
        raise Unreadable(f"not a readable .docx: it would unpack to {size}")


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
        member.file_size = 2 * _MOST_UNPACKED
        with package.open(member) as stream:
            while piece := stream.read(2**20):
                unpacked += len(piece)
                if unpacked > _MOST_UNPACKED:
                    return unpacked
    return unpacked
