"""The characters, rulings and pictures of a PDF's pages, as PDFium reads them.

Boxes are in points from the lower left corner of the page.
"""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from rag.errors import Unreadable

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_HYPHEN = 2  # what PDFium gives for a hyphen at the end of a line
_DEEPEST = 5  # of drawings within drawings
_THIN = 3.0  # points; what is thicker is an area, no ruling
_FEW = 20  # characters
_NO_WIDTH = 0.01  # points; PDFium leaves such text out
_OBJECTS_LIMIT = 50_000  # of one page that are looked at for rulings
_SEGMENTS_LIMIT = 5_000  # of one path
# PDFium must not be called by two threads at once.
_ONE_AT_A_TIME = threading.RLock()


class Glyph(NamedTuple):
    """A character as drawn: its box, and the angle in quarter turns, -1 for one askew.

    A space has a box without width. `is_break` says that the next one is drawn elsewhere.
    """

    char: str
    x0: float
    y0: float
    x1: float
    y1: float
    turns: int = 0
    is_mapped: bool = True


class Ruling(NamedTuple):
    """A straight line: flat or upright, so that either its height or its width is next to none."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `drawings` counts what is no text, `picture` is the share that pictures cover."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rulings: tuple[Ruling, ...] = ()
    picture: float = 0.0
    drawings: int = 0
    left_out: tuple[tuple[float, float], ...] = ()  # where text begins that PDFium passes over


class Pdf:
    """An open PDF; raises Unreadable for one that cannot be opened."""

    def __init__(self, data: bytes) -> None:
        with _ONE_AT_A_TIME:
            try:
                self._document = pypdfium2.PdfDocument(data)
            except pypdfium2.PdfiumError as error:
                if error.err_code == _PASSWORD:
                    reason = "encrypted PDF; save it without a password"
                else:
                    reason = f"not a readable .pdf: {' '.join(str(error).split())}"
                raise Unreadable(reason) from error
            self.title = self._document.get_metadata_value("Title").strip()

    def __len__(self) -> int:
        return len(self._document)

    def page(self, number: int) -> Page:
        """The page at `number`, from 0; raises Unreadable where it is damaged."""
        with self._opened(number) as page:
            width, height = page.get_size()
            glyphs = tuple(_glyphs(page))
            return Page(width, height, glyphs, *_drawn(page, width * height))

    def is_pictured(self, number: int) -> bool:
        """Whether the page at `number` has drawings and hardly a character that can be read."""
        with self._opened(number) as page:
            raw = page.get_textpage().raw
            first = range(min(pdfium.FPDFText_CountChars(raw), _FEW))
            known = sum(pdfium.FPDFText_HasUnicodeMapError(raw, index) != 1 for index in first)
            return known < _FEW and next(page.get_objects(max_depth=1), None) is not None

    def image(self, number: int, scale: float) -> object:
        """The page at `number` as a picture (height, width, 3): `scale` pixels to the point."""
        with self._opened(number) as page:
            return page.render(scale=scale, rev_byteorder=False).to_numpy().copy()

    @contextmanager
    def _opened(self, number: int) -> Iterator[pypdfium2.PdfPage]:
        with _ONE_AT_A_TIME:
            try:
                page = self._document[number]
            except pypdfium2.PdfiumError as error:
                raise Unreadable("damaged page") from error
            try:
                yield page
            finally:
                page.close()


def has_pictures(data: bytes) -> bool:
    """Whether a PDF has pages that want reading; raises Unreadable as `Pdf` does."""
    pdf = Pdf(data)
    return any(pdf.is_pictured(number) for number in range(len(pdf)))


def _glyphs(page: pypdfium2.PdfPage) -> Iterator[Glyph]:
    """The characters of a page in the order in which they are drawn."""
    text = page.get_textpage()
    raw, rect = text.raw, pdfium.FS_RECTF()
    box = ctypes.byref(rect)
    for index in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        char = "-" if code == _HYPHEN else chr(code)
        pdfium.FPDFText_GetLooseCharBox(raw, index, box)
        if pdfium.FPDFText_IsGenerated(raw, index) == 1:
            # PDFium's own guess at a space or the end of a line
            yield Glyph(char, rect.right, rect.bottom, rect.right, rect.top)
            continue
        is_mapped = pdfium.FPDFText_HasUnicodeMapError(raw, index) != 1
        angle = pdfium.FPDFText_GetCharAngle(raw, index)
        yield Glyph(
            char, rect.left, rect.bottom, rect.right, rect.top, _quarter_turns(angle), is_mapped
        )
    text.close()


def _quarter_turns(angle: float) -> int:
    turns = angle / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.05 else -1


def _drawn(
    page: pypdfium2.PdfPage, area: float
) -> tuple[tuple[Ruling, ...], float, int, tuple[tuple[float, float], ...]]:
    """The last fields of a page, from what is drawn on it."""
    rulings: list[Ruling] = []
    left_out: list[tuple[float, float]] = []
    pictured, drawings = 0.0, 0
    kinds = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_TEXT)
    for count, item in enumerate(page.get_objects(filter=kinds, max_depth=_DEEPEST)):
        if count > _OBJECTS_LIMIT:
            break
        try:
            x0, y0, x1, y1 = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            if x1 - x0 < _NO_WIDTH:
                left_out.append((x0, y0))
            continue
        drawings += 1
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictured += (x1 - x0) * (y1 - y0)
        else:
            rulings += _edges(item, x0, y0, x1, y1)
    share = min(1.0, pictured / area if area else 0.0)
    return tuple(rulings), share, drawings, tuple(left_out)


def _edges(item: pypdfium2.PdfObject, x0: float, y0: float, x1: float, y1: float) -> list[Ruling]:
    """What a path rules: itself where it is thin, else its flat and upright strokes."""
    wide, high = x1 - x0 > _THIN, y1 - y0 > _THIN
    if wide != high:
        return [Ruling(x0, y0, x1, y1)]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item.raw, ctypes.byref(fill), ctypes.byref(stroke))
    return [*_strokes(item)] if wide and stroke.value else []


def _strokes(item: pypdfium2.PdfObject) -> Iterator[Ruling]:
    matrix = item.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    begin = last = (0.0, 0.0)
    for index in range(min(pdfium.FPDFPath_CountSegments(item.raw), _SEGMENTS_LIMIT)):
        segment = pdfium.FPDFPath_GetPathSegment(item.raw, index)
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        here = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begin = here
        else:
            yield from _ruling(last, here)
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield from _ruling(here, begin)
        last = here


def _ruling(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Ruling]:
    (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    if (x1 - x0 > _THIN) != (y1 - y0 > _THIN):
        yield Ruling(x0, y0, x1, y1)
