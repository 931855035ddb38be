"""What pypdf reads on a page of which PDFium leaves characters out.

PDFium passes over a character of a font that is not in the file where it is drawn by itself, as
in a table's cell "是" or in vertical writing. Where pypdf shows such a character by one command,
its place is that of the command; otherwise the page is read in the order drawn.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from rag.documents.pdf.pages import Glyph, Page
from rag.documents.plain import FAULTS

_SIZE, _LEADING = 12.0, 14.0  # points; as if typed with one type and one distance of lines
_LEFT = 50.0
_SHOW = (b"Tj", b"TJ", b"'", b'"')  # the commands that draw text
_NEAR = 0.5  # points between two readings of one place
_BELOW = 0.2  # of the size of the type, from the line it stands on to the foot of its box


class _Shown(NamedTuple):
    """Text drawn by one command: where it begins, and the size of its type."""

    text: str
    x: float
    y: float
    size: float


def reread(data: bytes, number: int, page: Page) -> Page:
    """`page` with what pypdf finds on it, if that is more than PDFium found."""
    shown: list[_Shown] = []
    with _quiet():
        try:
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted:
                reader.decrypt("")
            text = _extracted(reader.pages[number], shown)
        except (*FAULTS, PyPdfError):
            return page
    known = sum(not glyph.char.isspace() for glyph in page.glyphs)
    if sum(not sign.isspace() for sign in text) <= known:
        return page
    if placed := _placed(shown, page.left_out):
        return replace(page, glyphs=(*page.glyphs, *placed))
    lines = [line for line in text.split("\n") if line.strip()]
    height = max(page.height, _LEADING * (len(lines) + 2))
    return replace(page, height=height, glyphs=tuple(_typed(lines, height)), rulings=())


def _extracted(page: Any, shown: list[_Shown]) -> str:
    """The text of a page; `shown` gets what is drawn upright, each by one command."""
    places: list[tuple[float, float, float]] = []

    def before(operator: bytes, _operands: object, cm: Any, tm: Any) -> None:
        if operator in _SHOW:
            turned = any(cm[1:3]) or any(tm[1:3])
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            places.append((x, y, 0.0 if turned else tm[0] * cm[0]))

    def behind(text: str, _cm: Any, _tm: Any, _font: object, size: float) -> None:
        if not text:
            return
        if len(places) == 1 and places[0][2] > 0:
            x, y, scale = places[0]
            shown.append(_Shown("".join(text.split()), x, y, size * scale))
        places.clear()

    return str(page.extract_text(visitor_operand_before=before, visitor_text=behind))


def _placed(
    shown: Sequence[_Shown], left_out: Sequence[tuple[float, float]]
) -> tuple[Glyph, ...] | None:
    """The characters at places that were left out, None unless each is known."""
    found = []
    for x, y in left_out:
        here = [each for each in shown if abs(each.x - x) < _NEAR and abs(each.y - y) < _NEAR]
        if not here or any(len(each.text) > 1 for each in here):
            return None
        for each in here[:1]:
            width = each.size if ord(each.text or " ") > 0x2E7F else each.size / 2
            foot = y - _BELOW * each.size
            found += [Glyph(sign, x, foot, x + width, foot + each.size) for sign in each.text]
    return tuple(found)


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
