"""The formats that are read, by the ending of a file's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf

from rag.documents.plain import Parsed, parse_markdown, parse_text
from rag.errors import Unreadable

FORMATS = (
    *(".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".pptx", ".xlsx", ".rtf"),
    *(".epub", ".eml", ".csv", ".tsv", ".jsonl", ".zip"),
)


def refuse_unknown(suffix: str) -> None:
    """Raises Unreadable for the ending of a format that is not read."""
    if suffix not in FORMATS:
        raise Unreadable(
            f"unsupported format {suffix}" if suffix else "unsupported: no file ending"
        )


def parser_for(suffix: str, deadline: float = inf) -> Callable[[bytes], Parsed]:
    """The parser of a format that holds one document; imports only what that needs.

    Pictures of text are read until `deadline`, by the monotonic clock.
    """
    match suffix:
        case ".txt":
            return parse_text
        case ".md" | ".markdown":
            return parse_markdown
        case ".html" | ".htm":
            from rag.documents.html import parse_html

            return parse_html
        case ".pdf":
            from rag.documents.pdf.parse import parse_pdf

            return partial(parse_pdf, deadline=deadline)
        case ".docx":
            from rag.documents.office.word import parse_docx

            return parse_docx
        case ".pptx":
            from rag.documents.office.slides import parse_pptx

            return parse_pptx
        case ".xlsx":
            from rag.documents.office.sheets import parse_xlsx

            return parse_xlsx
        case ".rtf":
            from rag.documents.rtf import parse_rtf

            return parse_rtf
        case ".epub":
            from rag.documents.epub import parse_epub

            return parse_epub
    raise ValueError(f"{suffix} does not hold one document")
