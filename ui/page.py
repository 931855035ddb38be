"""The chat's page: its parts, and which event of which part leads to what."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.library import Library
from ui.events import Events
from ui.layout import TITLE, Layout, lay_out
from ui.suggestions import Suggestions
from ui.visits import Visits

_SEEN = "(...inputs) => window.wenju.seen(inputs)"
_OPEN = (
    "(...inputs) => window.wenju.seen(inputs,"
    " { screen: window.innerWidth < 769 ? 'narrow' : 'wide', same: window.wenju.isSame })"
)
_ASK = "(...inputs) => window.wenju.ask(inputs)"
_STOP = "(...inputs) => window.wenju.stop(inputs)"
_NEW = "(...inputs) => { window.wenju.go(''); return window.wenju.seen(inputs); }"
_INDEX = "(...inputs) => { window.wenju.leave(); return window.wenju.seen(inputs); }"
_LANGUAGE = """(...inputs) => {
  localStorage.setItem('wenju-language', inputs.at(-3)); return window.wenju.seen(inputs); }"""
_DOWNLOAD = """(markdown) => {
  if (!markdown) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([markdown], { type: 'text/markdown' }));
  link.download = `wenju-${new Date().toISOString().slice(0, 10)}.md`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); }"""
# Controls keep their values in the browser; Gradio would refuse what it did not list itself.
_QUIET: dict[str, Any] = {
    "concurrency_limit": None,
    "api_visibility": "private",
    "show_progress": "hidden",
    "preprocess": False,
}


def build_ui(library: Library, suggestions: Suggestions) -> gr.Blocks:
    """The page over a library that is, or will be, open."""
    blocks: gr.Blocks = gr.Blocks(
        title=TITLE, analytics_enabled=False, delete_cache=(600, 3600), fill_height=True
    )
    blocks.has_launched = True  # else Gradio takes any file of this machine for one of its own
    with blocks:
        layout = lay_out(has_keys=bool(library.settings.api_keys))
        wiring = _Wiring(layout, Visits(library.default), Events(library, suggestions))
        wiring.load(blocks)
        wiring.sidebar()
        wiring.asking()
        wiring.checking()
    return blocks


class _Wiring:
    """Connects the events of the parts with their handlers."""

    def __init__(self, layout: Layout, visits: Visits, events: Events) -> None:
        self.layout, self.visits, self.events = layout, visits, events
        side, asking = layout.sidebar, layout.asking
        self.seen = [side.language, side.index, layout.place]
        self.page = [
            asking.conversation,
            side.history,
            side.documents,
            side.index,
            side.language,
            asking.sent,
            *layout.labelled,
        ]
        self.moved = [*self.page, asking.live, layout.source]

    def load(self, blocks: gr.Blocks) -> None:
        handler, outputs = self.visits.plain(self.events.opened), [*self.page]
        outputs.append(self.layout.sidebar.panel)
        self._then_suggest(blocks.load(handler, self.seen, outputs, js=_OPEN, **_QUIET))

    def sidebar(self) -> None:
        side, events, plain = self.layout.sidebar, self.events, self.visits.plain
        source, checked = self.layout.source, self.layout.checking.checked
        conversation = self.layout.asking.conversation
        last = {**_QUIET, "js": _SEEN, "trigger_mode": "always_last"}  # of quick changes
        each = {**_QUIET, "js": _SEEN, "trigger_mode": "multiple"}
        suggesting = [
            side.language.input(
                plain(events.language_chosen),
                self.seen,
                [*self.page, source, checked],
                **{**last, "js": _LANGUAGE},
            ),
            side.index.input(
                plain(events.index_chosen),
                self.seen,
                [*self.page, checked],
                **{**last, "js": _INDEX},
            ),
            side.new.click(plain(events.started), self.seen, self.moved, **{**each, "js": _NEW}),
            side.history.open_conversation(
                plain(events.conversation_opened), self.seen, self.moved, **each
            ),
            side.history.delete_conversation(
                plain(events.conversation_deleted), self.seen, self.moved, **each
            ),
            side.documents.uploaded(
                plain(events.uploaded), self.seen, [side.documents, conversation], **each
            ),
            side.documents.delete_document(
                self.visits.waiting(events.document_deleted), self.seen, side.documents, **each
            ),
        ]
        for event in suggesting:
            self._then_suggest(event)
        side.documents.open_document(plain(events.document_opened), self.seen, source, **each)
        exported = plain(events.exported)
        side.export.click(exported, self.seen, self.layout.markdown, **each).then(
            None, self.layout.markdown, None, js=_DOWNLOAD
        )

    def asking(self) -> None:
        part, events, plain = self.layout.asking, self.events, self.visits.plain
        each = {**_QUIET, "js": _SEEN, "trigger_mode": "multiple"}
        asked = self.visits.streaming(events.asked)
        outputs = [part.conversation, part.live, self.layout.sidebar.history]
        gr.on(
            [part.question.submit, part.ask.click],
            asked,
            [part.question, *self.seen],
            outputs,
            **{**each, "js": _ASK},
        )
        part.examples.example(asked, self.seen, outputs, **each)
        part.pending.again(asked, self.seen, outputs, **each)
        part.conversation.again(asked, self.seen, outputs, **each)
        stopped = self.visits.waiting(events.stopped)
        part.stop.click(stopped, self.seen, None, **{**each, "js": _STOP})
        opened = plain(events.source_opened)
        part.conversation.open_source(opened, self.seen, self.layout.source, **each)
        part.conversation.open_conversation(
            plain(events.conversation_opened), self.seen, self.moved, **each
        )
        for event in (part.conversation.rate, part.conversation.note):
            event(plain(events.rated), self.seen, part.conversation, **each)

    def checking(self) -> None:
        part, events = self.layout.checking, self.events
        each = {**_QUIET, "js": _SEEN}
        gr.on(
            [part.text.submit, part.check.click],
            self.visits.streaming(events.checked),
            [part.text, *self.seen],
            part.checked,
            **each,
        )
        opened = self.visits.plain(events.checked_source_opened)
        part.checked.open_source(opened, self.seen, self.layout.source, **each)

    def _then_suggest(self, event: Any) -> None:
        """Example questions follow by themselves: nothing waits for them."""
        suggested = self.visits.waiting(self.events.suggested)
        event.then(suggested, self.seen, self.layout.asking.examples, js=_SEEN, **_QUIET)
