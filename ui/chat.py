"""What the chat shows and does for one person, without a word of Gradio."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from rag.access import Shelf
from rag.dialogue.turns import ConversationInfo, Turn, history
from rag.errors import ConversationNotFound, WenjuError
from rag.filter import EVERYTHING, Filter
from rag.gate import Place
from rag.library import Library
from rag.reading.sentence_reader import READ
from rag.shapes import shape
from rag.types import Answer, Found, Token
from ui import render
from ui.problems import problem
from ui.sources import Glosses
from ui.transcript import to_markdown
from ui.views import Person, View

Data = Mapping[str, Any]
_LOG = logging.getLogger(__name__)
PULSE_SECONDS = 0.5
Event = Found | Token | Answer


class Chat:
    """The chat over a library; holds nothing of any person."""

    def __init__(self, library: Library, glosses: Glosses) -> None:
        self._library = library
        self._glosses = glosses

    def open(self, person: Person, view: View) -> View:
        """The view with a conversation of this person's and the index it was held with.

        Without a wish it is the latest one; one that is gone or another's is left out.
        """
        wished = view.conversation
        if wished is None:
            wished = self._latest(person)
        mine = {info.id: info.index for info in self._conversations(person)}
        index = mine.get(wished, view.index)
        return replace(
            view,
            index=self.index(person, index),
            conversation=wished if wished in mine else "",
        )

    def index(self, person: Person, name: str) -> str:
        """The index of that name, the person's default one where there is none."""
        shelf = self._shelf(person)
        return name if name in shelf.names() else shelf.default

    def conversation(self, person: Person, view: View) -> str:
        """The conversation as HTML, or the welcome."""
        turns = self._turns(person, view)
        return render.conversation(
            self._shown(person, turns, view.language),
            view,
            empty=not turns and self._is_empty(person, view.index),
        )

    def conversations(self, person: Person, view: View) -> str:
        """The list of the person's conversations as HTML."""
        infos = self._conversations(person)
        return render.conversations(infos, view.conversation or "", view.language)

    async def ask(
        self,
        person: Person,
        view: View,
        question: str,
        language: Callable[[], str] | None = None,
        within: Filter = EVERYTHING,
    ) -> AsyncGenerator[tuple[View, str], None]:
        """The view and the HTML of the answer on its way, "" when it is in the conversation.

        `language` gives that of the interface, which may be another when a step is shown; the
        documents `within` alone are asked.
        """
        language = language or (lambda: view.language)
        live = render.Live(question, index=view.index)
        yield view, render.live(live, language())
        try:
            answer = None
            view, turns = await asyncio.to_thread(self._begun, person, view)
            shelf = self._shelf(person)
            await shelf.ready(view.index)
            async with self._library.questions.admit() as place:
                assistant = await place.run(shelf.assistant, view.index)
                stream = assistant.stream(question, history(turns), top_k=READ, within=within)
                live = replace(live, is_worded=assistant.model_host is not None)
                async with aclosing(_made(place, stream)) as events:
                    async for event in events:
                        if isinstance(event, Answer):
                            answer = event
                            continue
                        live = _further(live, event)
                        yield view, render.live(live, language())
            if answer is not None:
                view = await asyncio.to_thread(self._keep, person, view, answer)
                yield view, ""
        except WenjuError as error:
            failed = replace(live, problem=problem(error, language()))
            yield view, render.live(failed, language())

    def _begun(self, person: Person, view: View) -> tuple[View, Sequence[Turn]]:
        """The view and its turns; a conversation that was deleted meanwhile begins anew."""
        if view.conversation is None:
            view = replace(view, conversation=self._latest(person))
        try:
            return view, self._turns(person, view)
        except ConversationNotFound:
            return replace(view, conversation=""), []

    def _keep(self, person: Person, view: View, answer: Answer) -> View:
        store = self._library.conversations
        conversation = view.conversation or store.start(person.owner, view.index)
        store.add(person.owner, conversation, shape(answer))
        return replace(view, conversation=conversation)

    async def check(self, person: Person, view: View, text: str) -> AsyncIterator[str]:
        """A text being checked as HTML, then each of its sentences with its verdict."""
        yield render.checked(None, view.language)
        try:
            shelf = self._shelf(person)
            await shelf.ready(view.index)
            async with self._library.checks.admit() as place:
                assistant = await place.run(shelf.assistant, view.index)
                async with aclosing(place.iterate(assistant.checking(text, view.language))) as made:
                    sentences = [sentence async for sentence in made]
            yield render.checked(sentences, view.language, index=view.index)
        except WenjuError as error:
            yield render.checked([], view.language, problem=problem(error, view.language))

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

    def _turns(self, person: Person, view: View) -> Sequence[Turn]:
        if not view.conversation:
            return []
        turns = self._library.conversations.turns(person.owner, view.conversation)
        return [turn for turn in turns if person.access.may_read(turn.answer["index"])]

    def _conversations(self, person: Person) -> Sequence[ConversationInfo]:
        """Theirs, without those of indexes that they may not read any more."""
        infos = self._library.conversations.list(person.owner)
        return [info for info in infos if person.access.may_read(info.index)]

    def _latest(self, person: Person) -> str:
        return next((info.id for info in self._conversations(person)), "")

    def _shelf(self, person: Person) -> Shelf:
        return Shelf(self._library, person.access)

    def _shown(
        self, person: Person, turns: Sequence[Turn], language: str
    ) -> list[render.ShownTurn]:
        """The turns, each with the glosses of its citations by marker."""
        glosses_of = self._glosses.in_language(language, self._shelf(person))
        return [
            render.ShownTurn(
                turn,
                {
                    cited["marker"]: glosses_of(cited["quote"], turn.answer["index"])
                    for cited in turn.answer["citations"]
                },
            )
            for turn in turns
        ]

    def _is_empty(self, person: Person, index: str) -> bool:
        try:
            assistant = self._shelf(person).assistant(index)  # a local name keeps its store open
            return assistant.store.counts() == (0, 0)
        except WenjuError as error:
            _LOG.error("%s", error)
            return False


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
