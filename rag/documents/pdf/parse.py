"""The parser for PDF files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from rag.documents.pdf.assembly import assembled
from rag.documents.pdf.columns import blocks
from rag.documents.pdf.fallback import reread
from rag.documents.pdf.furniture import without_furniture
from rag.documents.pdf.grids import with_grids
from rag.documents.pdf.pages import Page, Pdf
from rag.documents.pdf.titles import title_of
from rag.documents.pdf.words import Sheet, sheet
from rag.documents.plain import Parsed
from rag.errors import Unreadable

_UNREADABLE = 0.3  # share of a page's characters without a Unicode map
_FEW = 20  # characters beside a scan, such as a stamp
_PICTURED = 0.5  # share of the page that a scan covers
_HEADS = 3  # that a report names
_NO_MAP = "a font without a Unicode map"


def parse_pdf(data: bytes) -> Parsed:
    """A PDF: its pages in order, with where each begins; raises Unreadable where none has text."""
    pdf = Pdf(data)
    sheets: list[Sheet] = []
    missing: list[tuple[str, str]] = []
    images: list[int] = []
    unmapped: list[int] = []
    for number in range(len(pdf)):
        try:
            page = pdf.page(number)
            if page.is_partial:
                page = reread(data, number, page)
        except Unreadable as error:
            missing.append((f"page {number + 1}", error.message))
            page = Page(0, 0, ())
        read = sheet(page)
        if read.unmapped > _UNREADABLE * max(1, read.characters):
            unmapped.append(number + 1)
            read = replace(read, words=())
        elif page.drawings and (
            not read.words or (read.characters < _FEW and page.picture > _PICTURED)
        ):
            images.append(number + 1)
        sheets.append(with_grids(read))
    kept, heads = without_furniture(sheets)
    missing += _reports(len(pdf), images, unmapped, heads)
    text, starts = assembled([blocks(each.words, each.size) for each in kept])
    if not text:
        reason = missing[0][1] if missing else "its pages are empty"
        raise Unreadable(f"no text in this PDF: {reason}")
    return Parsed(title_of(pdf.title, kept), text, {}, tuple(missing), starts)


def _reports(
    count: int, images: Sequence[int], unmapped: Sequence[int], heads: dict[str, int]
) -> list[tuple[str, str]]:
    """What is missing, by the part of the file."""
    found = []
    if images:
        found.append(("pages", f"{len(images)} of {count} pages are images: {listed(images)}"))
    if unmapped:
        pages = f"{len(unmapped)} of {count} pages are unreadable ({_NO_MAP}): {listed(unmapped)}"
        found.append(("fonts", pages))
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
