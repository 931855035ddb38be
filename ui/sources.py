"""The sources that a person opens: cited words in their document, and whole documents."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rag.access import Shelf
from rag.answering.highlights import in_quote
from rag.errors import ConversationNotFound, DocumentNotFound, WenjuError
from rag.language.glossary import Glossary
from rag.language.glosses import Gloss, gloss
from rag.language.lexicon import Lexicon
from rag.library import Library
from rag.types import Document
from ui import render
from ui.likely import likely_line
from ui.texts import words as words_of
from ui.views import Person, View

Data = Mapping[str, Any]
_LOG = logging.getLogger(__name__)
LONGEST_GLOSSED = 240  # characters of a quote
MOST_GLOSSES = 2_000


class Glosses:
    """Names and terms of quotes in the language of the reader, looked up once each."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, Glossary], list[Gloss]] = {}

    def in_language(self, language: str, shelf: Shelf) -> Callable[[str, str], list[Gloss]]:
        """What gives those of the beginning of a quote from an index, for one rendering.

        None where the quote is in that language; each index's lexicon is asked for once.
        """
        lexicon_of = functools.cache(shelf.lexicon)
        return lambda quote, index: self._of(quote, language, lexicon_of(index))

    def _of(self, quote: str, language: str, lexicon: Lexicon) -> list[Gloss]:
        key = (quote[:LONGEST_GLOSSED], language, lexicon.glossary)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_GLOSSES:
                self._known.clear()
            found = self._known[key] = gloss(key[0], language, lexicon)
        return found


class Sources:
    """Shows where words come from, as HTML."""

    def __init__(self, library: Library, glosses: Glosses) -> None:
        self._library = library
        self._glosses = glosses

    def source(self, person: Person, view: View, data: Data) -> str:
        """The source of a citation (`turn`, `marker`) or of a passage found (`turn`, `hit`)."""
        answer = self._library.conversations.turn(person.owner, str(data.get("turn"))).answer
        shelf = Shelf(self._library, person.access)
        if not person.access.may_read(answer["index"]):
            raise ConversationNotFound("there is no such answer", "reload the page")
        marker = _number(data.get("marker"))
        if marker is not None:
            cited = _pick(answer["citations"], "marker", marker)
            return self._place(shelf, view, answer["index"], cited, cited["quote"], marker)
        refusal = answer["refusal"]
        hits = [*answer["hits"], *(refusal["nearest"] if refusal else [])]
        hit = _pick(hits, "rank", _number(data.get("hit")))
        found = likely_line(hit["text"], answer["searched"]) if refusal else None
        start, end = found or (0, len(hit["text"]))
        words = {
            **hit,
            "passage": hit["text"],
            "start": hit["start"] + start,
            "end": hit["start"] + end,
        }
        return self._place(shelf, view, answer["index"], words, hit["text"][start:end], None)

    def checked_source(self, person: Person, view: View, data: Data) -> str:
        """The words that a sentence was checked against, as the page names them."""
        names = ("document", "source", "title", "section", "quote", "index")
        name, source, title, section, quote, index = (str(data.get(each, "")) for each in names)
        start, end = _number(data.get("start")), _number(data.get("end"))
        if not quote or start is None or end != start + len(quote):
            raise ConversationNotFound("there are no such words", "check the text again")
        cited = {
            "document_id": name,
            "source": source,
            "title": title,
            "section": section,
            "start": start,
            "end": end,
            "passage": quote,
        }
        shelf = Shelf(self._library, person.access)
        return self._place(shelf, view, index, cited, quote, _number(data.get("marker")))

    def document(self, person: Person, view: View, data: Data) -> str:
        """A whole document from its beginning; raises DocumentNotFound."""
        shelf = Shelf(self._library, person.access)
        assistant = shelf.assistant(view.index)  # a local name keeps its store open
        document = assistant.store.document(str(data.get("document")))
        place = render.Place(0, 0, 0, 0)
        return render.source(document, place, view.language, context=render.WHOLE)

    def _place(
        self, shelf: Shelf, view: View, index: str, cited: Data, words: str, marker: int | None
    ) -> str:
        """The cited words in their document, or in the passage as cited where that has changed."""
        start, end = cited["start"], cited["end"]
        passage = cited.get("passage") or cited["text"]
        texts = words_of(view.language)
        document, problem = None, texts["changed"]
        try:
            assistant = shelf.assistant(index)  # a local name keeps its store open
            document = assistant.store.document(cited["document_id"])
        except DocumentNotFound:
            pass
        except WenjuError as error:
            _LOG.error("%s", error)
            problem = texts["unavailable"]
        first = start_of(passage, document.text, start, words) if document else None
        if document is None or first is None:
            lead = passage.find(words)
            document = Document(cited["document_id"], cited["source"], cited["title"], passage)
            place = render.Place(0, len(passage), lead, lead + len(words))
        else:
            problem = ""
            place = render.Place(first, first + len(passage), start, end)
        glosses_of = self._glosses.in_language(view.language, shelf)
        return render.source(
            document,
            replace(place, highlights=in_quote(cited)),
            view.language,
            section=cited["section"],
            header=cited.get("header", ""),
            marker=marker,
            glosses=glosses_of(words, index) if marker else (),
            problem=problem,
        )


def start_of(passage: str, text: str, start: int, words: str) -> int | None:
    """Where in `text` the passage begins that holds `words` at `start`, None where it does not.

    >>> start_of("bcd", "abcd", 2, "c")
    1
    """
    lead = passage.find(words)
    while lead >= 0:
        if text[start - lead :][: len(passage)] == passage and start >= lead:
            return start - lead
        lead = passage.find(words, lead + 1)
    return None


def _pick(rows: Sequence[Data], key: str, value: int | None) -> Data:
    for row in rows:
        if row[key] == value:
            return row
    raise ConversationNotFound(f"the answer has no {key} {value}", "reload the page")


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if len(text) < 7 and text.isdecimal() else None
