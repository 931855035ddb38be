"""HTML of the interface: every text goes through templates that escape it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rag.answering.citations import on_one_line, one_line
from rag.answering.highlights import Span, cut, in_quote, moved
from rag.answering.messages import explained, refusal_again
from rag.dialogue.turns import Turn
from rag.documents.formats import FORMATS
from rag.language.glosses import Gloss
from rag.language.text import detect_language
from rag.types import CheckedSentence, Document
from ui.source_text import Layers, blocks
from ui.texts import counted, words
from ui.views import View

CONTEXT = 20_000  # characters shown before and after a passage
WHOLE = 500_000  # the same, of a document that is opened by itself
MOST_DOCUMENTS = 200
VERDICT_MARKS = {"supported": "✓", "unsupported": "?", "contradicted": "✗"}
_MARKER = re.compile(r"\[(\d+)\]")
Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn with the glosses of its citations, by marker."""

    turn: Turn
    glosses: Mapping[int, Sequence[Gloss]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.turn, name)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer or a quote: its text, and the number of the citation that it marks.

    `emphasised` words are the short answer.
    """

    text: str
    marker: int | None = None
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """An answer on its way from an `index`: what is known so far, or the `problem` that ended it.

    `is_worded` where a language model puts it into words, `is_stopped` where nobody waits for it.
    """

    question: str
    searched: str = ""
    text: str = ""
    sources: tuple[str, ...] = ()
    problem: str = ""
    is_worded: bool = False
    index: str = ""
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a document to show: its offsets, and within it the words to mark.

    `highlights` are spans of these words, counted from `mark_start`, to emphasise.
    """

    start: int
    end: int
    mark_start: int
    mark_end: int
    highlights: tuple[Span, ...] = ()


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
    return _emphasised(text, moved(on_one_line(citation["quote"], spans), start))


def _emphasised(text: str, spans: Iterable[Span]) -> list[Piece]:
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


def shorten(text: str, length: int = 120) -> str:
    """`text` on one line of at most `length` characters and an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def percent(share: float) -> str:
    """A share from 0 to 1 in percent."""
    return f"{share:.0%}"


def conversation(turns: Sequence[ShownTurn], view: View, *, empty: bool = False) -> str:
    """The turns of a conversation, or a welcome where there is none yet."""
    return _render("conversation.html", view.language, turns=turns, view=view, empty=empty)


def examples(questions: Sequence[str], language: str) -> str:
    """Questions to begin with, "" where there are none."""
    return _render("examples.html", language, questions=questions) if questions else ""


def live(answer: Live, language: str) -> str:
    """The answer that is on its way."""
    return _render("live.html", language, live=answer)


def pending(language: str) -> str:
    """What stands above the box: a question that waits, one without an answer, a silence."""
    return _render("pending.html", language)


def views(language: str) -> str:
    """The buttons that lead from asking to checking and back."""
    return _render("views.html", language)


def sent_to(host: str | None, model: str, language: str) -> str:
    """Where passages are sent to, "" where they stay here."""
    return _render("sent.html", language, host=host, model=model) if host else ""


def checked(
    sentences: Sequence[CheckedSentence] | None,
    language: str,
    *,
    index: str = "",
    problem: str = "",
) -> str:
    """The sentences of a text with their verdicts; None while they are being checked."""
    counts = Counter(sentence.verdict for sentence in sentences or ())
    return _render(
        "checked.html",
        language,
        sentences=sentences,
        index=index,
        problem=problem,
        marks=VERDICT_MARKS,
        counts=counts,
    )


def conversations(infos: Sequence[object], current: str, language: str) -> str:
    """The list of a person's conversations."""
    return _render("sidebar.html", language, conversations=infos, current=current)


def documents(
    infos: Sequence[object],
    language: str,
    *,
    index: str,
    may_write: bool,
    reports: Sequence[object] = (),
    problem: str = "",
) -> str:
    """The documents of an index, led by what became of an upload, and the form for another."""
    return _render(
        "documents.html",
        language,
        documents=infos[:MOST_DOCUMENTS],
        unlisted=max(0, len(infos) - MOST_DOCUMENTS),
        index=index,
        may_write=may_write,
        file_types=FORMATS,
        reports=reports,
        problem=problem,
    )


def source(
    document: Document,
    place: Place,
    language: str,
    *,
    section: str = "",
    header: str = "",
    marker: int | None = None,
    glosses: Sequence[Gloss] = (),
    problem: str = "",
    context: int = CONTEXT,
) -> str:
    """A document around `place`, the words of it marked; with `marker` they are a citation.

    `context` characters are shown before and after, and `problem` is said above.
    """
    text = document.text
    first, last = max(0, place.start - context), min(len(text), place.end + context)
    marked = text[place.mark_start : place.mark_end]
    words = _emphasised(marked, place.highlights)
    layers = Layers(
        (place.start, place.end),
        (place.mark_start, place.mark_end),
        moved(place.highlights, place.mark_start),
    )
    return _render(
        "source.html",
        language,
        title=document.title,
        source=document.source,
        section=section,
        header=header,
        date=document.meta.get("date", ""),
        marker=marker,
        quote=words if marker else [],
        glosses=glosses,
        problem=problem,
        language_of_text=detect_language(marked or text[:1000]),
        blocks=blocks(text[first:last], layers.moved(-first)),
        is_marked=bool(marked),
        cut_before=first > 0,
        cut_after=last < len(text),
    )


def _render(template: str, language: str, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(t=words(language), language=language, **values)


_TEMPLATES = Environment(
    loader=PackageLoader("ui"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(
    pieces=pieces,
    uncited=uncited,
    left_out=left_out,
    shorten=shorten,
    percent=percent,
    explained=explained,
    counted=counted,
    refusal_again=refusal_again,
    language_of=detect_language,
)
