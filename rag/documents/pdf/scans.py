"""Pages without text that can be read, read from their pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import inf

from rag.documents.ocr import HOW_TO_GET, Reader
from rag.documents.pdf.pages import Pdf
from rag.documents.pdf.words import Sheet, Word

_LATE = "no time was left to read them"
_SCALE = 2.0  # pixels to the point: 144 to the inch
_LONGEST_SIDE = 3000  # pixels
_HEIGHT = 0.85  # of a box found around a line: the height of its type's own box


class ScanReader:
    """Reads pages as long as `deadline`, by the monotonic clock, is not past.

    `open_reader` is called for the first page; where it gives None, nothing is read.
    """

    def __init__(
        self, pdf: Pdf, open_reader: Callable[[], Reader | None], deadline: float = inf
    ) -> None:
        self._pdf = pdf
        self._open = open_reader
        self._deadline = deadline
        self.remedy = ""  # for the pages that were not read; "" where all were tried

    def read(self, number: int, sheet: Sheet) -> Sheet | None:
        """`sheet`, the page at `number`, with the words of its picture; None if none is read."""
        if time.monotonic() > self._deadline:
            self.remedy = _LATE
            return None
        reader = self._open()
        if reader is None:
            self.remedy = HOW_TO_GET
            return None
        scale = min(_SCALE, _LONGEST_SIDE / max(sheet.width, sheet.height, 1.0))
        words = []
        for line in reader(self._pdf.image(number, scale)):
            x0, y0, x1, y1 = (side / scale for side in line[1:])
            margin = (1 - _HEIGHT) / 2 * (y1 - y0)
            bottom, top = sheet.height - y1 + margin, sheet.height - y0 - margin
            words.append(Word(line.text, x0, bottom, x1, top))
        heights = sorted(word.height for word in words)
        size = heights[len(heights) // 2] if words else 0.0
        return replace(sheet, words=tuple(words), rulings=(), size=size) if words else None
