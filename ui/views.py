"""What a person looks at, as their browser tells it, and which of several answers a page shows."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

from rag.access import EVERYTHING, Access
from ui.texts import choose_language

LONGEST_NAME = 64
MOST_PAGES = 5_000


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: `owner` names them in the store; `access` is what they may read and change."""

    owner: str
    access: Access = EVERYTHING


@dataclass(frozen=True, slots=True)
class View:
    """What a person looks at: the interface's language, an index, and a conversation.

    `conversation` is "" for one that is not begun, None where nothing is known yet. `move` counts
    how often the page went to another conversation. All of it comes from the browser with each
    event, so that a page outlives the server: nothing in it is to be trusted.
    """

    language: str
    index: str
    conversation: str | None = ""
    move: int = 0


@dataclass(eq=False, slots=True)
class Page:
    """A page of a browser between two moves.

    `view` is the last that it told, `begun` the conversation that a question began in it; `stopped`
    is set where nobody waits for the question with the number `answering` any more.
    """

    view: View
    begun: str = ""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    answering: int = 0
    last_stopped: int = 0

    def stop(self, number: int) -> None:
        """Nobody waits for the question of this number, which may be on its way here still."""
        self.last_stopped = max(self.last_stopped, number)
        if self.answering <= number:
            self.stopped.set()

    def begin(self, number: int) -> None:
        """A question of this number is to be answered, unless it was stopped before."""
        self.answering = number
        if number > self.last_stopped:
            self.stopped.clear()

    def begun_in(self, view: View) -> View:
        """`view` with the conversation that was begun here, where it does not know that yet."""
        return replace(view, conversation=view.conversation or self.begun) if self.begun else view


class Pages:
    """The pages that are open, by Gradio's session; the longest unused of too many is dropped.

    Work that began in a page may end when the page has moved on: `is_shown` tells.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = threading.Lock()

    def see(self, session: str, view: View) -> Page:
        """The page of an event: the one that is shown, or a passed one for a belated event."""
        with self._lock:
            page = self._pages.get(session)
            if page is not None and view.move < page.view.move:
                return Page(view)
            if page is None or view.move > page.view.move:
                page = self._pages[session] = Page(view)
            page.view = view
            self._pages.move_to_end(session)
            if len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
            return page

    def is_shown(self, session: str, page: Page) -> bool:
        """Whether the session still shows this page."""
        with self._lock:
            return self._pages.get(session) is page

    def view(self, session: str, otherwise: View) -> View:
        """What the session looks at now."""
        with self._lock:
            page = self._pages.get(session)
            return page.begun_in(page.view) if page else otherwise


def read_view(language: object, index: object, place: object, default: str) -> View:
    """The view that a page tells: its controls' values and `place`, the JSON of the rest."""
    fields = objects(place)
    conversation, move = fields.get("conversation"), fields.get("move")
    return View(
        choose_language(str(language or "")),
        str(index or "")[:LONGEST_NAME] or default,
        conversation[:LONGEST_NAME] if isinstance(conversation, str) else None,
        move if isinstance(move, int) else 0,
    )


def objects(text: object) -> dict[str, Any]:
    """The values of a JSON object by name, none where it is something else."""
    try:
        fields = json.loads(str(text or "{}"))
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
