"""Sentences to an answer's text with markers, and the citations behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Citation, Hit

_LIKE_A_MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a hit: `start` and `end` count in the text of its chunk."""

    hit: Hit
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.hit.chunk.text[self.start : self.end]


def cite(quotes: Sequence[Quote]) -> tuple[str, tuple[Citation, ...]]:
    """Each quote followed by its marker, `[1]` first, and the citations in that order."""
    citations = tuple(
        Citation(
            marker,
            quote.hit.chunk.document_id,
            quote.hit.chunk.id,
            quote.hit.title,
            quote.hit.source,
            quote.hit.chunk.section,
            quote.text,
            quote.hit.chunk.start + quote.start,
            quote.hit.chunk.start + quote.end,
            quote.hit.chunk.text,
        )
        for marker, quote in enumerate(quotes, start=1)
    )
    lines = [f"{_one_line(citation.quote)}[{citation.marker}]" for citation in citations]
    return "\n".join(lines), citations


def _one_line(quote: str) -> str:
    """The quote on one line; a document's own `[3]` becomes `(3)`, or it would read as a marker."""
    return _LIKE_A_MARKER.sub(r"(\1)", " ".join(quote.split()))
