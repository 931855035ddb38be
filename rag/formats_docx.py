"""The parser for Word files."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from docx import Document as open_docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table

from rag.errors import Unreadable
from rag.formats import Parsed, damaged

_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_UNPACKED = 200 * 2**20
_HIGHEST_RATIO = 200
_HARMLESS = 10 * 2**20


def parse_docx(data: bytes) -> Parsed:
    """A Word file: paragraphs and tables in order, a table row on a line, cells by tabs."""
    _refuse_bad_package(data)
    try:
        word = open_docx(io.BytesIO(data))
        blocks = list(_docx_blocks(word))
    except (OpcError, SyntaxError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged(".docx", error) from error
    except (KeyError, ValueError, AttributeError, NotImplementedError, EOFError) as error:
        raise damaged(".docx", error) from error
    title = (word.core_properties.title or "").strip()
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
    for row in table.rows:
        cells: list[str] = []
        former = None
        for cell in row.cells:  # a merged cell comes once for each column it covers
            if cell._tc is not former:
                cells.append(" ".join(cell.text.split()))
            former = cell._tc
        yield "\t".join(cells).strip()


def _refuse_bad_package(data: bytes) -> None:
    if data.startswith(_OLE_MAGIC):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("encrypted .docx; save it without a password")
        raise Unreadable("an old Word file (.doc) named .docx; save it as .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(member.file_size for member in package.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise damaged(".docx", error) from error
    is_dense = unpacked > _HARMLESS and unpacked > _HIGHEST_RATIO * len(data)
    if unpacked > _MOST_UNPACKED or is_dense:
        size = f"{unpacked // 2**20} MB from {len(data)} bytes"
        raise Unreadable(f"not a readable .docx: it would unpack to {size}")
