"""What pypdf reads on a page of which PDFium leaves characters out.

PDFium passes over a character of a font that is not in the file where it is drawn by itself, as
in a table's cell "是". pypdf knows no places, so that such a page is read in the order drawn.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from rag.documents.pdf.pages import Glyph, Page
from rag.documents.plain import FAULTS

_SIZE, _LEADING = 12.0, 14.0  # points; as if typed with one type and one distance of lines
_LEFT = 50.0


def reread(data: bytes, number: int, page: Page) -> Page:
    """`page` with the lines that pypdf finds on it, if these hold more than PDFium found."""
    with _quiet():
        try:
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted:
                reader.decrypt("")
            text = reader.pages[number].extract_text()
        except (*FAULTS, PyPdfError):
            return page
    known = sum(not glyph.char.isspace() for glyph in page.glyphs)
    if sum(not sign.isspace() for sign in text) <= known:
        return page
    lines = [line for line in text.split("\n") if line.strip()]
    height = max(page.height, _LEADING * (len(lines) + 2))
    return Page(page.width, height, tuple(_typed(lines, height)), (), page.picture, page.drawings)


def _typed(lines: list[str], height: float) -> Iterator[Glyph]:
    for row, line in enumerate(lines, 1):
        x, y = _LEFT, height - _LEADING * row
        for sign in line:
            width = _SIZE if ord(sign) > 0x2E7F else _SIZE / 2
            yield Glyph(sign, x, y, x + width, y + _SIZE)
            x += width
        yield Glyph("\n", x, y, x, y + _SIZE)


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings and no log lines of a library while it reads a damaged file."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
