"""The parts of the chat's page, as Gradio components."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rag.answering.pipeline import LONGEST_QUESTION
from rag.answering.proofreading import LONGEST_TEXT
from ui import render
from ui.texts import LANGUAGES, words

TITLE = "Wenju 问据"
ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True, slots=True)
class Sidebar:
    """Conversations, documents and settings."""

    panel: gr.Sidebar
    new: gr.Button
    history: gr.HTML
    export: gr.Button
    index: gr.Dropdown
    documents: gr.HTML
    language: gr.Radio
    leave: gr.HTML


@dataclass(frozen=True, slots=True)
class Asking:
    """A conversation and the box for the next question."""

    conversation: gr.HTML
    examples: gr.HTML
    live: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    pending: gr.HTML
    sent: gr.HTML


@dataclass(frozen=True, slots=True)
class Checking:
    """A text and what became of checking it."""

    text: gr.Textbox
    check: gr.Button
    checked: gr.HTML


@dataclass(frozen=True, slots=True)
class Layout:
    """The page. `place` holds what the browser tells with each event, `markdown` an export."""

    place: gr.Textbox
    markdown: gr.Textbox
    sidebar: Sidebar
    views: gr.HTML
    asking: Asking
    checking: Checking
    source: gr.HTML

    @property
    def labelled(self) -> list[Any]:
        """What `labels` gives texts to."""
        side, asking, checking = self.sidebar, self.asking, self.checking
        named = [side.new, side.export, asking.question, asking.ask, asking.stop, asking.pending]
        return [*named, side.leave, self.views, checking.text, checking.check]


def lay_out(*, has_keys: bool) -> Layout:
    """The page, within the blocks that are open; `has_keys` where people sign in."""
    place = gr.Textbox(visible=False)
    markdown = gr.Textbox(visible=False)
    sidebar = _sidebar(has_keys)
    views = _html("views", "views.js")
    with gr.Row(elem_id="main"):
        asking = _asking()
        checking = _checking()
        source = _html("source", "source.js")
    return Layout(place, markdown, sidebar, views, asking, checking, source)


def labels(language: str) -> list[Any]:
    """The texts of what is `labelled`, in a language."""
    texts = words(language)
    return [
        gr.update(value=texts["new"]),
        gr.update(value=texts["export"]),
        gr.update(label=texts["question"], placeholder=texts["placeholder"]),
        gr.update(value=texts["ask"]),
        gr.update(value=texts["stop"]),
        render.pending(language),
        gr.update(value=_leave_form(texts["log_out"])),
        render.views(language),
        gr.update(label=texts["check_text"], placeholder=texts["check_placeholder"]),
        gr.update(value=texts["check"]),
    ]


def assets(*names: str) -> str:
    """The scripts or style sheets of these names, one behind the other."""
    return "\n".join((ASSETS / name).read_text("utf-8") for name in names)


def _sidebar(has_keys: bool) -> Sidebar:
    texts = words("en")
    with gr.Sidebar(elem_id="sidebar", width=300, open=False) as panel:
        gr.HTML(f"<h1>{TITLE}</h1>", elem_id="name")
        return Sidebar(
            panel,
            gr.Button(texts["new"], elem_id="new", size="sm", variant="primary"),
            _html("history", "events.js", "lists.js"),
            gr.Button(texts["export"], elem_id="export", size="sm"),
            gr.Dropdown(label=texts["index"], elem_id="index"),
            _html("documents", "events.js", "lists.js", "upload.js", "within.js"),
            gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                label=texts["language"],
                elem_id="language",
            ),
            gr.HTML(elem_id="leave", visible=has_keys),
        )


def _asking() -> Asking:
    texts = words("en")
    with gr.Column(elem_id="chat", scale=3):
        with gr.Column(elem_id="conversation"):
            conversation = _html("turns", "events.js", "lists.js", "conversation.js", "turns.js")
            examples = _html("examples", "events.js")
            live = _html("live", "live.js")
        pending = _html("pending", "pending.js")
        with gr.Row(elem_id="asking"):
            question = gr.Textbox(
                label=texts["question"],
                show_label=False,
                container=False,
                placeholder=texts["placeholder"],
                max_length=LONGEST_QUESTION,
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="question",
                scale=9,
            )
            ask = gr.Button(texts["ask"], variant="primary", elem_id="ask", scale=1, min_width=72)
            stop = gr.Button(texts["stop"], elem_id="stop", scale=1, min_width=72)
        sent = _html("sent")
        return Asking(conversation, examples, live, question, ask, stop, pending, sent)


def _checking() -> Checking:
    texts = words("en")
    with gr.Column(elem_id="check", scale=3):
        return Checking(
            gr.Textbox(
                label=texts["check_text"],
                placeholder=texts["check_placeholder"],
                max_length=LONGEST_TEXT,
                lines=5,
                max_lines=10,
                elem_id="text",
            ),
            gr.Button(texts["check"], variant="primary", elem_id="hold"),
            _html("checked", "events.js"),
        )


def _html(elem_id: str, *scripts: str) -> gr.HTML:
    on_load = assets(*scripts) if scripts else None
    return gr.HTML(elem_id=elem_id, js_on_load=on_load, apply_default_css=False)


def _leave_form(label: str) -> str:
    return f'<form method="post" action="/logout"><button>{html.escape(label)}</button></form>'
