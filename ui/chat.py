"""What the chat shows and does for one person, without a word of Gradio."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.conversations import Turn, history
from rag.errors import (
    BadSetting,
    ConversationNotFound,
    DocumentNotFound,
    IndexBusy,
    Overloaded,
    WenjuError,
)
from rag.gloss import Gloss
from rag.library import Library
from rag.read import READ
from rag.shapes import answer_shape
from rag.suggest import suggest
from rag.transcript import to_markdown
from rag.types import Answer, Document, Found, InputReport, Token
from rag.uploads import Upload
from ui import render
from ui.texts import words

Data = Mapping[str, Any]
_LOG = logging.getLogger(__name__)
_TELLING = (BadSetting, ConversationNotFound, DocumentNotFound)
LONGEST_GLOSSED = 240  # characters of a quote


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: `owner` names them in the store; `may_write` allows changes to documents."""

    owner: str
    may_write: bool


@dataclass(frozen=True, slots=True)
class View:
    """What a person looks at: the interface's language, an index, and a conversation or ""."""

    language: str
    index: str
    conversation: str = ""


class Chat:
    """The chat over a library; holds nothing of any person."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._suggesting = threading.Lock()
        self._examples: dict[tuple[str, str, int], list[str]] = {}
        self._glosses: dict[tuple[str, str], list[Gloss]] = {}

    def open(self, person: Person, view: View) -> View:
        """The view with a conversation of this person's, "" where that one is gone or another's.

        Without a wish it is the latest one.
        """
        store = self._library.conversations
        wished = view.conversation or store.latest(person.owner) or ""
        try:
            store.turns(person.owner, wished)
        except ConversationNotFound:
            wished = ""
        return replace(view, conversation=wished)

    def conversation(self, person: Person, view: View) -> str:
        """The conversation as HTML, or the welcome with example questions."""
        turns = self._turns(person, view)
        examples = [] if turns else self._suggestions(view)
        return render.conversation(
            [self._shown(turn, view.language) for turn in turns],
            view.language,
            conversation=view.conversation,
            examples=examples,
            empty=not turns and not self._library.assistant(view.index).documents(),
        )

    def conversations(self, person: Person, view: View) -> str:
        """The list of the person's conversations as HTML."""
        infos = self._library.conversations.list(person.owner)
        return render.conversations(infos, view.conversation, view.language)

    def documents(
        self,
        person: Person,
        view: View,
        reports: Sequence[InputReport] = (),
        problem: str = "",
    ) -> str:
        """The documents of the index as HTML, led by what became of an upload."""
        return render.documents(
            self._library.assistant(view.index).documents(),
            view.language,
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
            turns = self._turns(person, view)
            async with self._library.questions.admit() as place:
                assistant = await place.run(self._library.assistant, view.index)
                stream = assistant.stream(question, history(turns), top_k=READ)
                async for event in place.iterate(stream):
                    if isinstance(event, Answer):
                        answer = event
                        continue
                    live = _further(live, event)
                    yield view, render.live(live, view.language)
            if answer is not None:
                view = self._keep(person, view, answer)
                yield view, ""
        except WenjuError as error:
            failed = replace(live, problem=self.problem(error, view.language))
            yield view, render.live(failed, view.language)

    def _keep(self, person: Person, view: View, answer: Answer) -> View:
        store = self._library.conversations
        if not view.conversation:
            view = replace(view, conversation=store.start(person.owner, view.index))
        store.add(person.owner, view.conversation, answer_shape(answer))
        return view

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
        start, end = cited["start"], cited["end"]
        passage = cited.get("passage") or cited["text"]
        lead = passage.find(words)
        first, last = start - lead, start - lead + len(passage)
        changed = False
        try:
            document = self._library.assistant(index).document(cited["document_id"])
            changed = document.text[start:end] != words or document.text[first:last] != passage
        except WenjuError:
            changed = True
        if changed:
            document = Document(cited["document_id"], cited["source"], cited["title"], passage)
            first, last, start, end = 0, len(passage), lead, lead + len(words)
        return render.source(
            document,
            render.Place(first, last, start, end),
            view.language,
            section=cited["section"],
            marker=marker,
            glosses=self._gloss(words, view.language) if marker else (),
            changed=changed,
        )

    def document(self, view: View, data: Data) -> str:
        """A whole document from its beginning; raises DocumentNotFound."""
        document = self._library.assistant(view.index).document(str(data.get("document")))
        return render.source(document, render.Place(0, 0, 0, 0), view.language)

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

    async def upload(self, person: Person, view: View, paths: Sequence[Path]) -> str:
        """Index files that were sent; the documents as HTML, led by one line per file."""
        texts = words(view.language)
        most = self._library.settings.upload_files
        if not person.may_write:
            return self.documents(person, view, problem=texts["read_only"])
        if len(paths) > most:
            problem = texts["too_many_files"].format(count=most)
            return self.documents(person, view, problem=problem)
        uploads = [Upload(path.name, path) for path in paths]
        try:
            async with self._library.writes.admit() as place:
                assistant = await place.run(self._library.assistant, view.index)
                reports = await place.run(assistant.add, uploads)
        except WenjuError as error:
            return self.documents(person, view, problem=self.problem(error, view.language))
        return self.documents(person, view, reports)

    async def delete_document(self, person: Person, view: View, data: Data) -> str:
        """The documents as HTML after one was removed."""
        if not person.may_write:
            return self.documents(person, view, problem=words(view.language)["read_only"])
        name = str(data.get("document"))
        try:
            async with self._library.writes.admit() as place:
                await place.run(self._library.assistant(view.index).remove, name)
        except WenjuError as error:
            return self.documents(person, view, problem=self.problem(error, view.language))
        return self.documents(person, view, [InputReport(name, "removed")])

    @staticmethod
    def problem(error: WenjuError, language: str) -> str:
        """One line that tells a person what went wrong."""
        texts = words(language)
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
            self._glosses[key] = self._library.assistant().gloss(*key)
        return self._glosses[key]

    def _suggestions(self, view: View) -> list[str]:
        assistant = self._library.assistant(view.index)
        key = (view.index, view.language, assistant.generation)
        with self._suggesting:
            if key not in self._examples:
                self._examples[key] = suggest(assistant, view.language)
            return self._examples[key]


def _further(live: render.Live, event: Found | Token) -> render.Live:
    if isinstance(event, Token):
        return replace(live, text=live.text + event.text)
    titles = dict.fromkeys(hit.title or hit.source for hit in event.hits)
    return replace(live, searched=event.searched, sources=tuple(titles))


def _pick(rows: Sequence[Data], key: str, value: int | None) -> Data:
    for row in rows:
        if row[key] == value:
            return row
    raise ConversationNotFound(f"the answer has no {key} {value}", "reload the page")


def _number(value: object) -> int | None:
    return int(str(value)) if str(value).isdecimal() else None
