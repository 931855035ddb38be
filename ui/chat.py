"""What the chat shows and does for one person, without a word of Gradio."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from rag.answering.highlights import in_quote
from rag.dialogue.turns import Turn, history
from rag.errors import (
    ConversationNotFound,
    DocumentNotFound,
    IndexBusy,
    InvalidInput,
    Overloaded,
    WenjuError,
)
from rag.gate import Place
from rag.language.glosses import Gloss
from rag.library import Library
from rag.reading.sentence_reader import READ
from rag.shapes import shape
from rag.types import Answer, Document, DocumentInfo, Found, InputReport, Token
from ui import render
from ui.suggest import suggest
from ui.texts import words as words_of
from ui.transcript import to_markdown

Data = Mapping[str, Any]
_LOG = logging.getLogger(__name__)
_TELLING = (InvalidInput, ConversationNotFound, DocumentNotFound)
_STATUSES = frozenset({"indexed", "unchanged", "skipped", "removed"})
LONGEST_GLOSSED = 240  # characters of a quote
PULSE_SECONDS = 0.5
Event = Found | Token | Answer


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: `owner` names them in the store; `may_write` allows changes to documents."""

    owner: str
    may_write: bool


@dataclass(frozen=True, slots=True)
class View:
    """What a person looks at: the interface's language, an index, and a conversation.

    `conversation` is "" for one that is not begun, None where nothing is known yet. The browser
    keeps it, so that a page outlives the server: nothing in it is to be trusted.
    """

    language: str
    index: str
    conversation: str | None = ""


class Chat:
    """The chat over a library; holds nothing of any person."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._suggesting = threading.Lock()
        self._examples: dict[tuple[str, str], tuple[int, list[str]]] = {}
        self._glosses: dict[tuple[str, str], list[Gloss]] = {}

    def open(self, person: Person, view: View) -> View:
        """The view with a conversation of this person's and the index it was held with.

        Without a wish it is the latest one; one that is gone or another's is left out.
        """
        store = self._library.conversations
        wished = view.conversation
        if wished is None:
            wished = store.latest(person.owner) or ""
        mine = {info.id: info.index for info in store.list(person.owner)}
        index = mine.get(wished, view.index)
        names = self._library.names()
        index = index if index in names else self._library.default
        return replace(view, index=index, conversation=wished if wished in mine else "")

    def conversation(self, person: Person, view: View) -> str:
        """The conversation as HTML, or the welcome with example questions."""
        turns = self._turns(person, view)
        examples, is_empty = ([], False) if turns else self._welcome(view)
        return render.conversation(
            [self._shown(turn, view.language) for turn in turns],
            view.language,
            index=view.index,
            conversation=view.conversation or "",
            examples=examples,
            empty=is_empty,
        )

    def conversations(self, person: Person, view: View) -> str:
        """The list of the person's conversations as HTML."""
        infos = self._library.conversations.list(person.owner)
        return render.conversations(infos, view.conversation or "", view.language)

    def documents(
        self,
        person: Person,
        view: View,
        reports: Sequence[InputReport] = (),
        problem: str = "",
    ) -> str:
        """The documents of the index as HTML, led by what became of an upload."""
        infos: Sequence[DocumentInfo] = ()
        try:
            infos = self._library.assistant(view.index).store.documents()
        except WenjuError as error:
            problem = problem or self.problem(error, view.language)
        return render.documents(
            infos,
            view.language,
            index=view.index,
            may_write=person.may_write,
            reports=reports,
            problem=problem,
        )

    async def ask(
        self, person: Person, view: View, question: str
    ) -> AsyncIterator[tuple[View, str]]:
        """The view and the HTML of the answer on its way, "" when it is in the conversation."""
        live = render.Live(question)
        yield view, render.live(live, view.language)
        try:
            answer = None
            view, turns = await asyncio.to_thread(self._begun, person, view)
            async with self._library.questions.admit() as place:
                assistant = await place.run(self._library.assistant, view.index)
                stream = assistant.stream(question, history(turns), top_k=READ)
                live = replace(live, is_worded=assistant.model_host is not None)
                async with aclosing(_made(place, stream)) as events:
                    async for event in events:
                        if isinstance(event, Answer):
                            answer = event
                            continue
                        live = _further(live, event)
                        yield view, render.live(live, view.language)
            if answer is not None:
                view = await asyncio.to_thread(self._keep, person, view, answer)
                yield view, ""
        except WenjuError as error:
            failed = replace(live, problem=self.problem(error, view.language))
            yield view, render.live(failed, view.language)

    def _begun(self, person: Person, view: View) -> tuple[View, Sequence[Turn]]:
        """The view and its turns; a conversation that was deleted meanwhile begins anew."""
        try:
            return view, self._turns(person, view)
        except ConversationNotFound:
            return replace(view, conversation=""), []

    def _keep(self, person: Person, view: View, answer: Answer) -> View:
        store = self._library.conversations
        conversation = view.conversation or store.start(person.owner, view.index)
        store.add(person.owner, conversation, shape(answer))
        return replace(view, conversation=conversation)

    def source(self, person: Person, view: View, data: Data) -> str:
        """The source of a citation (`turn`, `marker`) or of a passage found (`turn`, `hit`)."""
        answer = self._library.conversations.turn(person.owner, str(data.get("turn"))).answer
        marker = _number(data.get("marker"))
        if marker is not None:
            cited = _pick(answer["citations"], "marker", marker)
            return self._place(view, answer["index"], cited, cited["quote"], marker)
        refusal = answer["refusal"]
        hits = [*answer["hits"], *(refusal["nearest"] if refusal else [])]
        hit = _pick(hits, "rank", _number(data.get("hit")))
        return self._place(view, answer["index"], hit, hit["text"], None)

    def _place(self, view: View, index: str, cited: Data, words: str, marker: int | None) -> str:
        """The cited words in their document, or in the passage as cited where that has changed."""
        start, end = cited["start"], cited["end"]
        passage = cited.get("passage") or cited["text"]
        texts = words_of(view.language)
        document, problem = None, texts["changed"]
        try:
            document = self._library.assistant(index).store.document(cited["document_id"])
        except DocumentNotFound:
            pass
        except WenjuError as error:
            _LOG.error("%s", error)
            problem = texts["unavailable"]
        first = _start_of(passage, document.text, start, words) if document else None
        if document is None or first is None:
            lead = passage.find(words)
            document = Document(cited["document_id"], cited["source"], cited["title"], passage)
            place = render.Place(0, len(passage), lead, lead + len(words))
        else:
            problem = ""
            place = render.Place(first, first + len(passage), start, end)
        return render.source(
            document,
            replace(place, highlights=in_quote(cited)),
            view.language,
            section=cited["section"],
            marker=marker,
            glosses=self._gloss(words, view.language) if marker else (),
            problem=problem,
        )

    def sent_to(self, view: View) -> str:
        """Where the passages of the index are sent to as HTML, "" where they stay here."""
        try:
            host = self._library.assistant(view.index).model_host
        except WenjuError:  # the list of documents says so
            return ""
        return render.sent_to(host, self._library.settings.llm_model, view.language)

    async def check(self, view: View, text: str) -> AsyncIterator[str]:
        """A text being checked as HTML, then each of its sentences with its verdict."""
        yield render.checked(None, view.language)
        try:
            async with self._library.checks.admit() as place:
                assistant = await place.run(self._library.assistant, view.index)
                async with aclosing(place.iterate(assistant.checking(text))) as made:
                    sentences = [sentence async for sentence in made]
            yield render.checked(sentences, view.language, index=view.index)
        except WenjuError as error:
            problem = self.problem(error, view.language)
            yield render.checked([], view.language, problem=problem)

    def checked_source(self, view: View, data: Data) -> str:
        """The words that a sentence of a check was held against, as the page names them."""
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
        return self._place(view, index, cited, quote, _number(data.get("marker")))

    def document(self, view: View, data: Data) -> str:
        """A whole document from its beginning; raises DocumentNotFound."""
        document = self._library.assistant(view.index).store.document(str(data.get("document")))
        place = render.Place(0, 0, 0, 0)
        return render.source(document, place, view.language, context=render.WHOLE)

    def rate(self, person: Person, data: Data) -> None:
        """Keep a thumb (`verdict`) or a `note` on a turn; the same thumb again takes it back."""
        store = self._library.conversations
        turn = store.turn(person.owner, str(data.get("turn")))
        former = turn.feedback
        if "note" in data:
            if former is not None:
                store.rate(person.owner, turn.id, former.verdict, str(data["note"]))
            return
        verdict = "up" if data.get("verdict") == "up" else "down"
        if former is not None and former.verdict == verdict:
            store.rate(person.owner, turn.id, None)
        else:
            store.rate(person.owner, turn.id, verdict, former.note if former else "")  # type: ignore[arg-type]

    def delete_conversation(self, person: Person, view: View, data: Data) -> View:
        """The view after a conversation was deleted."""
        conversation = str(data.get("conversation"))
        self._library.conversations.delete(person.owner, conversation)
        return replace(view, conversation="") if conversation == view.conversation else view

    def export(self, person: Person, view: View) -> str:
        """The conversation as Markdown with its citations, "" where there is none."""
        turns = self._turns(person, view)
        return to_markdown(turns, view.language) if turns else ""

    def uploaded(self, person: Person, view: View, data: Data) -> str:
        """The documents as HTML, led by what the API said became of an upload (`result`)."""
        texts = words_of(view.language)
        try:
            result = json.loads(str(data.get("result")))
            if "error" in result:
                reasons = (result["error"]["message"], result["error"]["remedy"])
                reason = "; ".join(filter(None, map(str, reasons)))
                problem = texts["failed"].format(reason=reason) if reason else texts["not_sent"]
                return self.documents(person, view, problem=problem)
            reports = [InputReport(**report) for report in result["inputs"]]
            known = [report for report in reports if report.status in _STATUSES]
        except (ValueError, TypeError, KeyError, RecursionError):
            return self.documents(person, view, problem=texts["not_sent"])
        return self.documents(person, view, known)

    async def delete_document(self, person: Person, view: View, data: Data) -> str:
        """The documents as HTML after one was removed."""
        if not person.may_write:
            problem = words_of(view.language)["read_only"]
            return await asyncio.to_thread(self.documents, person, view, (), problem)
        name = str(data.get("document"))
        reports, problem = [InputReport(name, "removed")], ""
        try:
            async with self._library.writes.admit() as place:
                assistant = await place.run(self._library.assistant, view.index)
                await place.run(assistant.remove, name)
        except WenjuError as error:
            reports, problem = [], self.problem(error, view.language)
        return await asyncio.to_thread(self.documents, person, view, reports, problem)

    @staticmethod
    def problem(error: WenjuError, language: str) -> str:
        """One line that tells a person what went wrong."""
        texts = words_of(language)
        if isinstance(error, Overloaded | IndexBusy):
            return texts["busy"]
        if isinstance(error, _TELLING):
            return texts["failed"].format(reason=error)
        _LOG.error("%s", error)  # it names folders of the server
        return texts["out_of_order"]

    def _turns(self, person: Person, view: View) -> Sequence[Turn]:
        if not view.conversation:
            return []
        return self._library.conversations.turns(person.owner, view.conversation)

    def _shown(self, turn: Turn, language: str) -> render.ShownTurn:
        citations = turn.answer["citations"]
        return render.ShownTurn(
            turn, {cited["marker"]: self._gloss(cited["quote"], language) for cited in citations}
        )

    def _gloss(self, quote: str, language: str) -> list[Gloss]:
        key = (quote[:LONGEST_GLOSSED], language)
        if key not in self._glosses:
            if len(self._glosses) > 2000:
                self._glosses.clear()
            self._glosses[key] = self._library.gloss(*key)
        return self._glosses[key]

    def _welcome(self, view: View) -> tuple[list[str], bool]:
        """Example questions of the index, and whether it is empty."""
        try:
            assistant = self._library.assistant(view.index)
            generation = assistant.store.generation
            with self._suggesting:
                known = self._examples.get((view.index, view.language))
                if known is None or known[0] != generation:
                    known = generation, suggest(assistant, view.language)
                    self._examples[view.index, view.language] = known
            return known[1], assistant.store.counts() == (0, 0)
        except WenjuError as error:
            _LOG.error("%s", error)
            return [], False


async def _made(place: Place, stream: Iterator[Event]) -> AsyncGenerator[Event, None]:
    """The events of an answer, of those without text a few a second.

    Where nobody reads on, what makes them ends, a language model's work as well.
    """
    due = 0.0
    async with aclosing(place.iterate(stream)) as events:
        async for event in events:
            now = time.monotonic()
            if event != Token("") or now >= due:
                due = now + PULSE_SECONDS
                yield event


def _further(live: render.Live, event: Found | Token) -> render.Live:
    if isinstance(event, Token):
        return replace(live, text=live.text + event.text)
    titles = dict.fromkeys(hit.title or hit.source for hit in event.hits)
    return replace(live, searched=event.searched, sources=tuple(titles))


def _start_of(passage: str, text: str, start: int, words: str) -> int | None:
    """Where in `text` the passage begins that holds `words` at `start`, None where it does not."""
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
