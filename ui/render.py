"""HTML of the interface: every text goes through templates that escape it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rag.answering.highlights import Span, moved
from rag.answering.messages import explained, refusal_again
from rag.dialogue.turns import Turn
from rag.documents.formats import FORMATS
from rag.language.glosses import Gloss
from rag.language.text import detect_language
from rag.types import CheckedSentence, Document
from ui.answer_text import (
    around_likely,
    emphasised,
    left_out,
    percent,
    pieces,
    shorten,
    sureness,
    uncited,
)
from ui.source_text import Layers, blocks
from ui.texts import counted, words
from ui.views import View

CONTEXT = 20_000  # characters shown before and after a passage
WHOLE = 500_000  # the same, of a document that is opened by itself
MOST_DOCUMENTS = 200
VERDICT_MARKS = {"supported": "✓", "unsupported": "?", "contradicted": "✗"}


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn with the glosses of its citations, by marker."""

    turn: Turn
    glosses: Mapping[int, Sequence[Gloss]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.turn, name)


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
    words = emphasised(marked, place.highlights)
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
    sureness=sureness,
    around_likely=around_likely,
    explained=explained,
    counted=counted,
    refusal_again=refusal_again,
    language_of=detect_language,
)
