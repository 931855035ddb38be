"""The parser for PDF files."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pypdf import PdfReader
from pypdf.errors import DependencyError, DeprecationError, PyPdfError

from rag.documents.plain import FAULTS, Parsed, damaged, one_line
from rag.errors import Unreadable

_FAULTS = (*FAULTS, PyPdfError, DependencyError, DeprecationError)


def parse_pdf(data: bytes) -> Parsed:
    """A PDF: its pages in order, with a form feed between them."""
    with _quiet("pypdf"):
        try:
            reader = PdfReader(io.BytesIO(data))
            is_locked = reader.is_encrypted and not reader.decrypt("")
            count = 0 if is_locked else len(reader.pages)
            title = "" if is_locked else _pdf_title(reader)
        except _FAULTS as error:
            raise damaged(".pdf", error) from error
        if is_locked:
            raise Unreadable("encrypted PDF; save it without a password")
        pages, missing = [], []
        for number in range(count):
            try:
                pages.append(reader.pages[number].extract_text())
            except _FAULTS as error:
                missing.append((f"page {number + 1}", f"damaged page: {one_line(error)}"))
    if missing and not any(page.strip() for page in pages):
        raise Unreadable(f"not a readable .pdf: {missing[0][1]}")
    return Parsed(title, "\n\f\n".join(pages), {}, (*missing, *_without_text(pages)))


def _without_text(pages: list[str]) -> list[tuple[str, str]]:
    """A part missing if half of the pages have no text; raises Unreadable if none has."""
    empty = sum(not page.strip() for page in pages)
    if empty == len(pages):
        raise Unreadable("no text in this PDF: a scan without text; run OCR first")
    if empty < 2 or empty < len(pages) / 2:
        return []
    return [("pages", f"{empty} of {len(pages)} pages have no text: a scan? run OCR first")]


def _pdf_title(reader: PdfReader) -> str:
    title = str((reader.metadata and reader.metadata.title) or "").strip()
    looks_generated = re.match(r"(?i)untitled|无标题|microsoft (word|powerpoint) - ", title)
    looks_like_file = re.search(r"(?i)\.(docx?|pptx?|xlsx?|pdf|indd|wps)$", title)
    return "" if looks_generated or looks_like_file else title


@contextmanager
def _quiet(logger_name: str) -> Iterator[None]:
    """No warnings and no log lines of a library while it reads a damaged file."""
    logger = logging.getLogger(logger_name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
