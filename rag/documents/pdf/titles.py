"""The title of a PDF: the one in its properties, if it is one, else the largest type on top."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.documents.pdf.lines import line, strips
from rag.documents.pdf.words import Sheet
from rag.language.text import fold, has_words

_LONGEST = 80
_LARGER = 1.25  # times the usual size
_GENERATED = re.compile(
    r"(?:microsoft|wps) \w+ - .*|\(?(?:untitled|anonymous|unnamed|unspecified)\)?[\s\d-]*"
    r"|(?:powerpoint )?presentation\s*\d*|document\s*\d*|slide\s*\d*|book\s*\d*|print\w*|scan\w*"
    r"|无标题.*|無標題.*|未命名.*|新建.*|文档\s*\d*|幻灯片\s*\d*|演示文稿\s*\d*|标题|title"
    r"|https?:.*|www\..*|file:.*|about:.*|[\w.\-/\\]+[_/\\][\w.\-/\\]*",
    re.IGNORECASE,
)
_FILE_ENDING = re.compile(
    r"\.(?:docx?|pptx?|xlsx?|pdf|indd|wps|dvi|tex|ps|rtf|odt|html?|txt|md|qxd|pages|key)$",
    re.IGNORECASE,
)
_PART = re.compile(r"[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]|\d+")


def title_of(stated: str, sheets: Sequence[Sheet]) -> str:
    """`stated`, the title of the properties, if it is one; else the title on the first page.

    File names and what programs put in are none. Where the first two pages do not speak of it,
    as when a template's properties stayed, the title that the first page shows goes before it.
    "" where there is none.
    """
    stated = " ".join(stated.split())
    shown = _shown(sheets[0]) if sheets else ""
    if not has_words(stated) or _GENERATED.fullmatch(stated) or _FILE_ENDING.search(stated):
        return shown
    parts = _PART.findall(fold(stated))
    text = "".join(fold(word.text) for each in sheets[:2] for word in each.words)
    is_there = 2 * sum(part in text for part in parts) >= len(parts)
    return stated if is_there or not shown else shown


def _shown(sheet: Sheet) -> str:
    """The lines of the largest type on a page, if they are few and on its upper half."""
    rows = [line(strip) for strip in strips(word for word in sheet.words if not word.is_table)]
    if not rows:
        return ""
    largest = max(row.height for row in rows)
    title = [row for row in rows if row.height > 0.95 * largest]
    text = " ".join(row.text for row in title)
    is_on_top = title[-1].y0 > sheet.height / 2 and len(title) <= 3
    is_title = is_on_top and largest > _LARGER * sheet.size and len(text) <= _LONGEST
    return text if is_title and has_words(text) else ""
