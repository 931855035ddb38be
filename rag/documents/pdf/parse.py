"""The parser for PDF files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from math import inf

from rag.documents.ocr import Reader, open_reader
from rag.documents.pdf.assembly import assembled
from rag.documents.pdf.columns import blocks
from rag.documents.pdf.fallback import reread
from rag.documents.pdf.furniture import without_furniture
from rag.documents.pdf.grids import with_grids
from rag.documents.pdf.pages import Page, Pdf
from rag.documents.pdf.scans import ScanReader
from rag.documents.pdf.titles import title_of
from rag.documents.pdf.words import Sheet, sheet
from rag.documents.plain import Parsed
from rag.errors import Unreadable

_UNREADABLE = 0.3  # share of a page's characters without a Unicode map
_FEW = 20  # characters beside a scan, such as a stamp
_PICTURED = 0.5  # share of the page that a scan covers
_HEADS = 3  # that a report names
_NO_MAP = "a font without a Unicode map"


def parse_pdf(
    data: bytes,
    deadline: float = inf,
    open_reader: Callable[[], Reader | None] = open_reader,
) -> Parsed:
    """A PDF: its pages in order, with where each begins; raises Unreadable where none has text.

    Pages without text that can be read are read from their pictures, where `open_reader` gives
    a reader, until `deadline` by the monotonic clock.
    """
    pdf = Pdf(data)
    scans = ScanReader(pdf, open_reader, deadline)
    ocr: list[int] = []
    sheets: list[Sheet] = []
    missing: list[tuple[str, str]] = []
    images: list[int] = []
    unmapped: list[int] = []
    for number in range(len(pdf)):
        try:
            page = pdf.page(number)
            if page.left_out:
                page = reread(data, number, page)
        except Unreadable as error:
            missing.append((f"page {number + 1}", error.message))
            page = Page(0, 0, ())
        read = sheet(page)
        is_unmapped = read.unmapped > _UNREADABLE * max(1, read.characters)
        is_picture = not is_unmapped and page.drawings > 0 and _is_picture(read)
        scan = scans.read(number, read) if is_unmapped or is_picture else None
        if scan:
            ocr.append(number + 1)
            read = scan
        elif is_unmapped:
            unmapped.append(number + 1)
            read = replace(read, words=())
        elif is_picture:
            images.append(number + 1)
        sheets.append(with_grids(read))
    kept, heads = without_furniture(sheets)
    missing += _reports(len(pdf), images, unmapped, heads, scans.remedy)
    text, starts = assembled([blocks(each.words, each.size) for each in kept])
    if not text:
        reason = missing[0][1] if missing else "its pages are empty"
        raise Unreadable(f"no text in this PDF: {reason}")
    title = title_of(pdf.title, kept)
    return Parsed(title, text, missing=tuple(missing), page_starts=starts, ocr_pages=tuple(ocr))


def _is_picture(read: Sheet) -> bool:
    """Whether a page on which something is drawn has no text to speak of."""
    return not read.words or (read.characters < _FEW and read.picture > _PICTURED)


def _reports(
    count: int,
    images: Sequence[int],
    unmapped: Sequence[int],
    heads: dict[str, int],
    remedy: str,
) -> list[tuple[str, str]]:
    """What is missing, by the part of the file."""
    found = []
    how = f"; {remedy}" if remedy else ""
    if images:
        reason = f"{len(images)} of {count} pages are images: {listed(images)}{how}"
        found.append(("pages", reason))
    if unmapped:
        which = f"{_NO_MAP}: {listed(unmapped)}{how}"
        found.append(("fonts", f"{len(unmapped)} of {count} pages are unreadable, in {which}"))
    if heads:
        shown = [f"“{head}” ({pages} pages)" for head, pages in heads.items()]
        more = f" and {len(shown) - _HEADS} more" if len(shown) > _HEADS else ""
        found.append(("running heads", f"left out: {', '.join(shown[:_HEADS])}{more}"))
    return found


def listed(numbers: Sequence[int]) -> str:
    """Numbers in order, three or more in a row as a range.

    >>> listed([3, 5, 6, 9, 10, 11, 12])
    '3, 5, 6, 9-12'
    """
    parts: list[str] = []
    for _, group in groupby(enumerate(numbers), lambda each: each[1] - each[0]):
        run = [number for _, number in group]
        parts += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else map(str, run)
    return ", ".join(parts)
