"""What happens on the page when a person does something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import gradio as gr

from rag.access import Shelf
from rag.library import Library
from ui import render
from ui.chat import Chat
from ui.documents import DocumentList
from ui.layout import labels
from ui.sources import Glosses, Sources
from ui.stopping import until
from ui.suggestions import Suggestions
from ui.texts import words
from ui.views import View
from ui.visits import Visit


class Events:
    """The handlers of a page's events; each gives the new values of its outputs."""

    def __init__(self, library: Library, suggestions: Suggestions) -> None:
        glosses = Glosses()
        self._library = library
        self._suggestions = suggestions
        self._chat = Chat(library, glosses)
        self._documents = DocumentList(library)
        self._sources = Sources(library, glosses)

    def opened(self, visit: Visit) -> list[Any]:
        """Everything, for a page that was just loaded, and whether its sidebar is open."""
        view = self._chat.open(visit.person, visit.view)
        if visit.place.get("conversation") and visit.place.get("same", True):
            # the page goes on with the index it showed
            view = replace(view, index=self._chat.index(visit.person, visit.view.index))
        is_wide = visit.place.get("screen") != "narrow"
        return [*self._everything(visit, view), gr.update(open=is_wide)]

    def language_chosen(self, visit: Visit) -> list[Any]:
        """Everything in another language."""
        return [*self._everything(visit, visit.view), "", ""]

    def index_chosen(self, visit: Visit) -> list[Any]:
        """Everything over another index; the conversation goes on."""
        view = replace(visit.view, index=self._chat.index(visit.person, visit.view.index))
        return [*self._everything(visit, view), ""]

    def conversation_opened(self, visit: Visit) -> list[Any]:
        """Everything for a conversation that was kept."""
        return self._moved(visit, self._chat.open(visit.person, visit.view))

    def conversation_deleted(self, visit: Visit) -> list[Any]:
        """The page moves on where it showed the one that was deleted."""
        after = self._chat.delete_conversation(visit.person, visit.view, visit.data)
        return self._moved(visit, after)

    def started(self, visit: Visit) -> list[Any]:
        """Everything for a new conversation."""
        return self._moved(visit, replace(visit.view, conversation=""))

    async def asked(self, visit: Visit) -> AsyncIterator[tuple[Any, ...]]:
        """Conversation, answer on its way and list of conversations, as they change.

        One question of a page is answered at a time. Where the page has moved on, the answer is
        kept in its conversation, and the page stays where it is.
        """
        text = visit.data.get("question", visit.text).strip()
        if not text:
            yield (gr.skip(),) * 3
            return
        async with visit.page.asking:
            visit.page.begin(visit.asked)
            view = visit.page.begun_in(visit.view)  # by the question before, perhaps
            steps = self._chat.ask(
                visit.person, view, text, lambda: visit.now.language, within=visit.within
            )
            async with aclosing(until(visit.page.stopped, steps)) as shown:
                async for after, on_its_way in shown:
                    if not on_its_way:
                        visit.page.begun = after.conversation or ""
                        yield await asyncio.to_thread(self._answered, visit, after)
                    elif visit.is_shown:
                        yield gr.skip(), on_its_way, gr.skip()
            if visit.page.stopped.is_set() and visit.is_shown:
                over = render.Live(text, is_stopped=True)
                yield gr.skip(), render.live(over, visit.now.language), gr.skip()

    async def stopped(self, visit: Visit) -> None:
        """Nobody waits for the answer that is on its way."""
        visit.page.stop(visit.asked)

    def _answered(self, visit: Visit, after: View) -> tuple[Any, ...]:
        now = visit.now
        if visit.is_shown:
            here = replace(now, conversation=after.conversation)
            shown = self._chat.conversation(visit.person, here), ""
            listed = self._chat.conversations(visit.person, here)
            if visit.is_shown:  # still: the rendering takes its time
                return *shown, listed
        return gr.skip(), gr.skip(), self._chat.conversations(visit.person, visit.now)

    async def suggested(self, visit: Visit) -> Any:
        """Example questions, once they are chosen, of the index that is looked at then."""
        seen = visit.now
        shelf = Shelf(self._library, visit.person.access)

        def choose() -> Future[list[str]]:
            shelf.assistant(seen.index)  # raises where it is none of theirs
            return self._suggestions.of(seen.index, seen.language)

        chosen = await asyncio.to_thread(choose)
        questions = await asyncio.shield(asyncio.wrap_future(chosen))
        now = visit.now
        is_same = (now.index, now.language) == (seen.index, seen.language)
        return render.examples(questions, seen.language) if is_same else gr.skip()

    def source_opened(self, visit: Visit) -> str:
        """The source of a citation or of a passage found."""
        return self._sources.source(visit.person, visit.view, visit.data)

    def document_opened(self, visit: Visit) -> str:
        """A document of the index."""
        return self._sources.document(visit.person, visit.view, visit.data)

    def checked_source_opened(self, visit: Visit) -> str:
        """What a sentence was checked against."""
        return self._sources.checked_source(visit.person, visit.view, visit.data)

    async def checked(self, visit: Visit) -> AsyncIterator[Any]:
        """A text being checked, and its sentences, where the page has not gone to other words."""
        async for shown in self._chat.check(visit.person, visit.view, visit.text):
            now = visit.now
            is_same = (now.index, now.language) == (visit.view.index, visit.view.language)
            yield shown if is_same else gr.skip()

    def rated(self, visit: Visit) -> Any:
        """The conversation with a thumb or a note."""
        self._chat.rate(visit.person, visit.data)
        if not visit.is_shown:
            return gr.skip()
        shown = self._chat.conversation(visit.person, visit.view)
        return shown if visit.is_shown else gr.skip()  # still

    def uploaded(self, visit: Visit) -> tuple[Any, Any]:
        """The documents, and the welcome, which tells of an empty index."""
        listed = self._documents.uploaded(visit.person, visit.now, visit.data)
        now = visit.now
        welcome = gr.skip() if now.conversation else self._chat.conversation(visit.person, now)
        return listed, welcome if visit.now == now else gr.skip()

    async def document_deleted(self, visit: Visit) -> str:
        """The documents after one was removed."""
        name = visit.data.get("document", "")
        reports, problem = await self._documents.delete(visit.person, visit.view, name)
        return await asyncio.to_thread(
            self._documents.shown, visit.person, visit.now, reports, problem
        )

    def exported(self, visit: Visit) -> str:
        """The conversation as Markdown."""
        return self._chat.export(visit.person, visit.view)

    def _moved(self, visit: Visit, view: View) -> list[Any]:
        """Everything for another conversation, if no later click led elsewhere meanwhile."""
        shown = [*self._everything(visit, view), "", ""]
        return shown if visit.is_shown else [gr.skip()] * len(shown)

    def _everything(self, visit: Visit, view: View) -> list[Any]:
        texts = words(view.language)
        documents = self._documents.shown(visit.person, view)  # opens the index: takes its time
        view = visit.page.begun_in(view)
        return [
            self._chat.conversation(visit.person, view),
            self._chat.conversations(visit.person, view),
            documents,
            gr.update(
                label=texts["index"],
                choices=Shelf(self._library, visit.person.access).names(),
                value=view.index,
            ),
            gr.update(label=texts["language"], value=view.language),
            self._documents.sent_to(visit.person, view),
            *labels(view.language),
        ]
