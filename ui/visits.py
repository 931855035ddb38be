"""An event of a page as the chat understands it: who, looking at what, did what."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.errors import WenjuError
from rag.filter import Filter
from ui.problems import problem
from ui.texts import words
from ui.views import Page, Pages, Person, View, objects, read_view

MOST_NAMES = 1000  # of documents that are asked


@dataclass(frozen=True, slots=True)
class Visit:
    """One event. `data` is what a click tells, `text` what a box holds, `place` the page itself."""

    person: Person
    view: View
    data: dict[str, str]
    text: str
    place: dict[str, Any]
    session: str
    page: Page
    pages: Pages

    @property
    def is_shown(self) -> bool:
        """Whether the page still shows what it did when this began."""
        return self.pages.is_shown(self.session, self.page)

    @property
    def asked(self) -> int:
        """How many questions the page has asked, as it tells."""
        number = self.place.get("asked")
        return number if isinstance(number, int) else 0

    @property
    def within(self) -> Filter:
        """The documents that alone are asked, as the page tells."""
        names = self.place.get("within")
        told = names[:MOST_NAMES] if isinstance(names, list) else []
        return Filter(tuple(name for name in told if isinstance(name, str)))

    @property
    def now(self) -> View:
        """What the page looks at now, which may be another index than when this began."""
        return self.pages.view(self.session, self.view)


Plain = Callable[[Visit], Any]
Streaming = Callable[[Visit], AsyncIterator[Any]]
Waiting = Callable[[Visit], Awaitable[Any]]


class Visits:
    """Makes Gradio's listeners of functions over a Visit.

    Their inputs are a box's text where there is one, and the language, index and place of the
    page; a WenjuError becomes a notice on the page.
    """

    def __init__(self, default: str) -> None:
        self._default = default
        self._pages = Pages()

    def plain(self, handler: Plain) -> Callable[..., Any]:
        """A listener that runs in a thread."""

        def listen(request: gr.Request, event: gr.EventData, *inputs: Any) -> Any:
            visit = self._visit(request, event, inputs)
            try:
                return handler(visit)
            except WenjuError as error:
                raise _notice(error, visit.view.language) from error

        return listen

    def waiting(self, handler: Waiting) -> Callable[..., Any]:
        """A listener that waits without a thread."""

        async def listen(request: gr.Request, event: gr.EventData, *inputs: Any) -> Any:
            visit = self._visit(request, event, inputs)
            try:
                return await handler(visit)
            except WenjuError as error:
                raise _notice(error, visit.view.language) from error

        return listen

    def streaming(self, handler: Streaming) -> Callable[..., Any]:
        """A listener that shows one thing after the other."""

        async def listen(
            request: gr.Request, event: gr.EventData, *inputs: Any
        ) -> AsyncIterator[Any]:
            async for shown in handler(self._visit(request, event, inputs)):
                yield shown

        return listen

    def _visit(self, request: gr.Request, event: gr.EventData, inputs: tuple[Any, ...]) -> Visit:
        *box, language, index, place = inputs
        state = request.request.scope["state"] if request.request else {}
        access = state["access"]
        view = read_view(language, index, place, access.default(self._default))
        data = event._data if isinstance(event._data, dict) else {}
        session = str(request.session_hash)
        page = self._pages.see(session, view)
        return Visit(
            Person(state["owner"], access),
            page.begun_in(view),
            {str(name): str(value) for name, value in data.items()},
            str(box[0] or "") if box else "",
            objects(place),
            session,
            page,
            self._pages,
        )


def _notice(error: WenjuError, language: str) -> gr.Error:
    text = html.escape(problem(error, language))
    return gr.Error(text, title=words(language)["notice"], print_exception=False)
