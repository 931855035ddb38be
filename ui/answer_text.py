"""What a turn shows of an answer's JSON: its words in pieces, what was read, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rag.answering.citations import on_one_line, one_line
from rag.answering.highlights import Span, cut, in_quote, moved
from ui.likely import likely_line

SURE, LIKELY = 0.8, 0.55  # probabilities from which answers are called so
_MARKER = re.compile(r"\[(\d+)\]")
Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer or a quote: its text, and the number of the citation that it marks.

    `emphasised` words are the short answer.
    """

    text: str
    marker: int | None = None
    emphasised: bool = False


def pieces(answer: Shape) -> list[Piece]:
    """The answer's text cut at its markers, and around the words that are the short answer.

    A number in brackets that is no citation of this answer stays text.
    """
    citations = {citation["marker"]: citation for citation in answer["citations"]}
    *parts, rest = _MARKER.split(answer["answer"])
    found = []
    for text, number in zip(parts[::2], parts[1::2], strict=True):
        citation = citations.get(int(number))
        found += _statement(text, citation)
        found.append(Piece(f"[{number}]", int(number) if citation else None))
    return [*found, Piece(rest)]


def _statement(text: str, citation: Shape | None) -> list[Piece]:
    """Words before a marker, the short answer emphasised where they hold the quote."""
    spans = in_quote(citation) if citation else ()
    if not citation or not spans:
        return [Piece(text)]
    start = text.rfind(one_line(citation["quote"]))
    if start < 0:
        return [Piece(text)]
    return emphasised(text, moved(on_one_line(citation["quote"], spans), start))


def emphasised(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The text, what lies in the spans emphasised."""
    return [Piece(words, emphasised=is_inside) for words, is_inside in cut(text, spans)]


def uncited(answer: Shape) -> list[Shape]:
    """The passages found that no citation comes from."""
    cited = {citation["chunk_id"] for citation in answer["citations"]}
    return [hit for hit in answer["hits"] if hit["chunk_id"] not in cited]


def left_out(answer: Shape) -> list[Shape]:
    """What the documents do not support of a model's words; `is_shown` where it was but marked."""
    return [
        {
            **dropped,
            "is_shown": bool(dropped["text"])
            and dropped["marker"] is None
            and one_line(dropped["text"]) in answer["answer"],
        }
        for dropped in answer.get("dropped", ())
    ]


def sureness(confidence: float) -> str:
    """The word for a probability that an answer is right.

    >>> sureness(0.93), sureness(0.6), sureness(0.41)
    ('sure', 'likely', 'unsure')
    """
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "unsure"


def around_likely(hit: Shape, question: str) -> list[Piece]:
    """The line of a passage that comes nearest to the question, emphasised; else how it begins."""
    text = hit["text"]
    place = likely_line(text, question)
    if place is None:
        return [Piece(shorten(text))]
    start, end = place
    lead = " ".join(text[:start].split())[-40:]
    words = shorten(text[start:end], 240)
    return [*([Piece(f"…{lead} ")] if lead else []), Piece(words, emphasised=True)]


def shorten(text: str, length: int = 120) -> str:
    """`text` on one line of at most `length` characters and an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def percent(share: float) -> str:
    """A share from 0 to 1 in percent."""
    return f"{share:.0%}"
