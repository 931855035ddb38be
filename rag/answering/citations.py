"""Sentences to an answer's text with markers, and the citations behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.highlights import Span, clipped, moved
from rag.index.passage import Passage
from rag.language import line_ends
from rag.language.text import han_share
from rag.language.text_tables import header_above
from rag.types import Citation

_PAUSE = re.compile(r"[，、；;。]|,(?! ?\d)")  # not as in 20,000 or March 9, 2015
_LIKE_A_MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a passage: `start` and `end` count in its text.

    So do the half-open `highlights`: the words that are the short answer.
    """

    passage: Passage
    start: int
    end: int
    highlights: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.passage.text[self.start : self.end]


def cite(quotes: Sequence[Quote]) -> tuple[str, tuple[Citation, ...]]:
    """Each quote followed by its marker, `[1]` first, and the citations in that order."""
    citations = tuple(citation(marker, quote) for marker, quote in enumerate(quotes, start=1))
    lines = [f"{one_line(each.quote)}[{each.marker}]" for each in citations]
    return "\n".join(lines), citations


def citation(marker: int, quote: Quote) -> Citation:
    """The citation of a quote; its highlights are the quote's, as far as they lie in it."""
    chunk = quote.passage.chunk
    return Citation(
        marker,
        chunk.document_id,
        chunk.id,
        quote.passage.title,
        quote.passage.source,
        chunk.section,
        quote.text,
        chunk.start + quote.start,
        chunk.start + quote.end,
        chunk.text,
        moved(clipped(quote.highlights, quote.start, quote.end), chunk.start),
        header_of(quote),
        quote.passage.pages.at(chunk.start + quote.start),
        quote.passage.pages.is_read(chunk.start + quote.start),
    )


def header_of(quote: Quote) -> str:
    """The columns of the table that a quote begins in, "" where that shows or is none."""
    line_end = quote.passage.text.find("\n", quote.start)
    line = quote.passage.text[quote.start : line_end if line_end > 0 else None]
    if above := header_above(quote.passage.text, quote.start):
        return above
    return quote.passage.chunk.header if "\t" in line or "|" in line else ""


def one_line(quote: str) -> str:
    r"""The quote on one line; a document's own `[3]` becomes `(3)`, or it would read as a marker.

    Lines that end within a Chinese word, or at a Chinese mark, leave no space behind.

    >>> one_line("他们愿\n意 来[3]")
    '他们愿意 来(3)'
    """
    return _LIKE_A_MARKER.sub(r"(\1)", " ".join(line_ends.on_one_line(quote).split()))


def on_one_line(quote: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    r"""Where spans of the quote lie in `one_line(quote)`, without white space at their ends.

    >>> on_one_line("马云[3]\n  said so", [(2, 12)])
    ((2, 10),)
    """
    places = [place for place, sign in enumerate(one_line(quote)) if not sign.isspace()]
    found = []
    for start, end in spans:
        words = places[_signs(quote[:start]) : _signs(quote[:end])]
        if words:
            found.append((words[0], words[-1] + 1))
    return tuple(found)


def _signs(text: str) -> int:
    """How many characters are not white space: as many as on one line, where each has its own."""
    return sum(not sign.isspace() for sign in text)


def short_answer(quotes: Sequence[Quote]) -> str | None:
    """The highlighted words of all quotes, None where there are none.

    Chinese words that a line's end cuts are whole.
    """
    lit = [quote.passage.text[a:b] for quote in quotes for a, b in quote.highlights]
    words = [line_ends.on_one_line(each) for each in lit]
    is_han = any(han_share(each) >= 0.5 for each in words)
    joint = "、" if is_han else ", "
    if any(_PAUSE.search(each) for each in words):
        joint = "；" if is_han else "; "
    return joint.join(" ".join(each.split()) for each in words) or None


def passages_of(quotes: Sequence[Quote]) -> list[Passage]:
    """The passages of some quotes, each once, in their order."""
    return list({quote.passage.chunk.id: quote.passage for quote in quotes}.values())


def is_cited(quotes: Sequence[Quote], citations: Sequence[Citation]) -> bool:
    """Whether the words that are the short answer of the quotes lie in what is cited."""
    places = [
        (chunk.document_id, chunk.start + start, chunk.start + end)
        for quote in quotes
        for chunk in (quote.passage.chunk,)
        for start, end in quote.highlights
    ]
    return bool(places) and all(
        any(
            each.document_id == document and each.start <= start and end <= each.end
            for each in citations
        )
        for document, start, end in places
    )
