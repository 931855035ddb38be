"""The chat's page: Gradio components, and what happens when a person uses them."""

from __future__ import annotations

import asyncio
import functools
import html
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.responses import FileResponse

from rag.answering.pipeline import LONGEST_QUESTION
from rag.answering.proofreading import LONGEST_TEXT
from rag.errors import WenjuError
from rag.library import Library
from ui import render
from ui.chat import Chat, Person, View
from ui.allowlist import GradioAllowlist
from ui.heartbeats import EndingHeartbeats
from ui.texts import LANGUAGES, choose_language, words

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

TITLE = "Wenju 问据"
_FONTS = [
    *("system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Microsoft YaHei"),
    *("Noto Sans CJK SC", "Noto Sans SC", "sans-serif"),
]
_LONGEST_ID = 64
_ASSETS = Path(__file__).parent / "assets"
_WISH = """() => [JSON.stringify({
  language: localStorage.getItem('wenju-language') || navigator.language,
  conversation: sessionStorage.getItem('wenju-conversation'),
  index: sessionStorage.getItem('wenju-index'),
  screen: window.innerWidth < 769 ? 'narrow' : 'wide' })]"""
_REMEMBER_LANGUAGE = """(language, view) => {
  localStorage.setItem('wenju-language', language); return [language, view]; }"""
_DOWNLOAD = """(markdown) => {
  if (!markdown) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([markdown], { type: 'text/markdown' }));
  link.download = `wenju-${new Date().toISOString().slice(0, 10)}.md`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); }"""


def mount(
    app: FastAPI,
    library: Library,
    path: str = "/ui",
    *,
    is_ending: Callable[[], bool] = lambda: False,
) -> None:
    """Put the chat into `app` at `path`; it lets go of open pages once the server `is_ending`.

    Who asks is what the app's middleware wrote into a request's state: `owner`, without which
    nobody gets in, and `scope`, `write` for those who may change documents.
    """
    blocks = build_ui(library)
    app.user_middleware += [  # within what the app has of its own: that tells who asks
        Middleware(
            GradioAllowlist, path=path, functions=len(blocks.fns), forget=functools.partial(_forget, blocks)
        ),
        Middleware(EndingHeartbeats, is_ending=is_ending),
    ]
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    gr.mount_gradio_app(
        app,
        blocks,
        path,
        auth_dependency=_owner,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=1,  # files go to the API
        theme=gr.themes.Default(
            font=_FONTS, font_mono=["ui-monospace", "monospace"], primary_hue="teal"
        ).set(
            button_primary_background_fill="*primary_700",
            button_primary_background_fill_hover="*primary_800",
            button_primary_background_fill_dark="*primary_700",
            button_primary_background_fill_hover_dark="*primary_800",
        ),
        css=(_ASSETS / "style.css").read_text("utf-8"),
    )


def build_ui(library: Library) -> gr.Blocks:
    """The page over a library that is, or will be, open."""
    chat = Chat(library)
    texts = words("en")
    start = View("en", library.default)
    events = _script("events.js")
    blocks: gr.Blocks = gr.Blocks(
        title=TITLE, analytics_enabled=False, delete_cache=(600, 3600), fill_height=True
    )
    blocks.has_launched = True  # else Gradio takes any file of this machine for one of its own
    with blocks:
        view = gr.Textbox(_written(start), visible=False)
        wish = gr.Textbox(visible=False)
        markdown = gr.Textbox(visible=False)
        with gr.Sidebar(elem_id="sidebar", width=300, open=False) as sidebar:
            gr.HTML(f"<h1>{TITLE}</h1>", elem_id="name")
            new = gr.Button(texts["new"], elem_id="new", size="sm", variant="primary")
            history = _html("history", events)
            export = gr.Button(texts["export"], elem_id="export", size="sm")
            index = gr.Dropdown([library.default], label=texts["index"], elem_id="index")
            documents = _html("documents", events + _script("upload.js"))
            language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                label=texts["language"],
                elem_id="language",
            )
            leave = gr.HTML(elem_id="leave", visible=bool(library.settings.api_keys))
        views = _html("views", _script("views.js"))
        with gr.Row(elem_id="main"):
            with gr.Column(elem_id="chat", scale=3):
                with gr.Column(elem_id="conversation"):
                    conversation = _html("turns", events + _script("conversation.js"))
                    live = _html("live", None)
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
                    ask = gr.Button(
                        texts["ask"], variant="primary", elem_id="ask", scale=1, min_width=72
                    )
                sent = _html("sent", None)
            with gr.Column(elem_id="check", scale=3):
                text = gr.Textbox(
                    label=texts["check_text"],
                    placeholder=texts["check_placeholder"],
                    max_length=LONGEST_TEXT,
                    lines=5,
                    max_lines=10,
                    elem_id="text",
                )
                check = gr.Button(texts["check"], variant="primary", elem_id="hold")
                checked = _html("checked", events)
            source = _html("source", _script("source.js"))

        labelled = [new, export, question, ask, leave, views, text, check]
        page = [view, conversation, history, documents, index, language, sent, *labelled]

        def labels(language: str) -> list[Any]:
            texts = words(language)
            return [
                gr.update(value=texts["new"]),
                gr.update(value=texts["export"]),
                gr.update(label=texts["question"], placeholder=texts["placeholder"]),
                gr.update(value=texts["ask"]),
                gr.update(value=_leave_form(texts["log_out"])),
                render.views(language),
                gr.update(label=texts["check_text"], placeholder=texts["check_placeholder"]),
                gr.update(value=texts["check"]),
            ]

        def show(person: Person, seen: View) -> list[Any]:
            texts = words(seen.language)
            return [
                _written(seen),
                chat.conversation(person, seen),
                chat.conversations(person, seen),
                chat.documents(person, seen),
                gr.update(label=texts["index"], choices=library.names(), value=seen.index),
                gr.update(label=texts["language"], value=seen.language),
                chat.sent_to(seen),
                *labels(seen.language),
            ]

        def opened(wished: str, request: gr.Request) -> list[Any]:
            person, wishes = _person(request), _strings(wished)
            seen = View(
                choose_language(wishes.get("language", "")),
                wishes.get("index") or library.default,
                wishes.get("conversation"),
            )
            is_wide = wishes.get("screen") != "narrow"
            return [*show(person, chat.open(person, seen)), gr.update(open=is_wide)]

        def switched(code: str, kept: str, request: gr.Request) -> list[Any]:
            seen = replace(_read(kept, start), language=choose_language(code))
            return [*show(_person(request), seen), "", ""]

        def chosen(name: str, kept: str, request: gr.Request) -> list[Any]:
            index = name if name in library.names() else library.default
            return [*show(_person(request), replace(_read(kept, start), index=index)), ""]

        async def asked(
            text: str, kept: str, request: gr.Request
        ) -> AsyncIterator[tuple[Any, ...]]:
            person, text = _person(request), text.strip()
            if not text:
                yield (gr.skip(),) * 5
                return
            box: Any = ""  # what is typed from now on stays
            async for now, on_its_way in chat.ask(person, _read(kept, start), text):
                if on_its_way:
                    yield gr.skip(), gr.skip(), on_its_way, gr.skip(), box
                else:
                    turns = await asyncio.to_thread(chat.conversation, person, now)
                    listed = await asyncio.to_thread(chat.conversations, person, now)
                    yield _written(now), turns, "", listed, gr.skip()
                box = gr.skip()

        async def example(
            kept: str, event: gr.EventData, request: gr.Request
        ) -> AsyncIterator[tuple[Any, ...]]:
            async for update in asked(_data(event).get("question", ""), kept, request):
                yield update

        def source_opened(kept: str, event: gr.EventData, request: gr.Request) -> str:
            return chat.source(_person(request), _read(kept, start), _data(event))

        def document_opened(kept: str, event: gr.EventData) -> str:
            return chat.document(_read(kept, start), _data(event))

        async def held(written: str, kept: str) -> AsyncIterator[str]:
            async for shown in chat.check(_read(kept, start), written):
                yield shown

        def held_against(kept: str, event: gr.EventData) -> str:
            return chat.checked_source(_read(kept, start), _data(event))

        def rated(kept: str, event: gr.EventData, request: gr.Request) -> str:
            person = _person(request)
            chat.rate(person, _data(event))
            return chat.conversation(person, _read(kept, start))

        def conversation_opened(kept: str, event: gr.EventData, request: gr.Request) -> list[Any]:
            person = _person(request)
            wished = replace(_read(kept, start), conversation=_data(event).get("conversation", ""))
            return [*show(person, chat.open(person, wished)), "", ""]

        def conversation_deleted(kept: str, event: gr.EventData, request: gr.Request) -> list[Any]:
            person = _person(request)
            after = chat.delete_conversation(person, _read(kept, start), _data(event))
            return [*show(person, after), "", ""]

        def started(kept: str, request: gr.Request) -> list[Any]:
            person, seen = _person(request), replace(_read(kept, start), conversation="")
            return [*show(person, seen), "", ""]

        def uploaded(kept: str, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
            person, seen = _person(request), _read(kept, start)
            listed = chat.uploaded(person, seen, _data(event))
            return listed, chat.conversation(person, seen)

        async def document_deleted(kept: str, event: gr.EventData, request: gr.Request) -> str:
            return await chat.delete_document(_person(request), _read(kept, start), _data(event))

        def exported(kept: str, request: gr.Request) -> str:
            return chat.export(_person(request), _read(kept, start))

        quiet: dict[str, Any] = {
            "concurrency_limit": None,
            "api_visibility": "private",
            "show_progress": "hidden",
        }
        asking = {**quiet, "outputs": [view, conversation, live, history, question]}
        changed = [*page, live, source]
        blocks.load(_told(opened), wish, [*page, sidebar], js=_WISH, **quiet)
        language.input(
            _told(switched),
            [language, view],
            [*page, source, checked],
            js=_REMEMBER_LANGUAGE,
            **quiet,
        )
        index.input(_told(chosen), [index, view], [*page, checked], **quiet)
        gr.on([question.submit, ask.click], asked, [question, view], **asking)
        conversation.example(example, view, **asking)
        conversation.open_source(_told(source_opened), view, source, **quiet)
        conversation.rate(_told(rated), view, conversation, **quiet)
        conversation.note(_told(rated), view, conversation, **quiet)
        gr.on([text.submit, check.click], held, [text, view], checked, **quiet)
        checked.open_source(_told(held_against), view, source, **quiet)
        new.click(_told(started), view, changed, **quiet)
        history.open_conversation(_told(conversation_opened), view, changed, **quiet)
        history.delete_conversation(_told(conversation_deleted), view, changed, **quiet)
        documents.open_document(_told(document_opened), view, source, **quiet)
        documents.delete_document(document_deleted, view, documents, **quiet)
        documents.uploaded(_told(uploaded), view, [documents, conversation], **quiet)
        export.click(_told(exported), view, markdown, **quiet).then(
            None, markdown, None, js=_DOWNLOAD
        )
    return blocks


def _forget(blocks: gr.Blocks, session: str) -> None:
    """Free what Gradio keeps for a session until somebody reads it."""
    queue = blocks._queue
    queue.pending_messages_per_session.pop(session, None)
    for event in queue.pending_event_ids_session.pop(session, ()):
        queue.event_ids_to_events.pop(event, None)


def _html(elem_id: str, script: str | None) -> gr.HTML:
    return gr.HTML(elem_id=elem_id, js_on_load=script, apply_default_css=False)


def _script(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")


def _icon() -> FileResponse:
    return FileResponse(_ASSETS / "icon.png", headers={"Cache-Control": "max-age=86400"})


def _leave_form(label: str) -> str:
    return f'<form method="post" action="/logout"><button>{html.escape(label)}</button></form>'


def _owner(request: Request) -> str | None:
    owner = request.scope.get("state", {}).get("owner")
    return str(owner) if owner else None


def _person(request: gr.Request) -> Person:
    state = request.request.scope["state"] if request.request else {}
    return Person(state["owner"], state.get("scope") == "write")


def _data(event: gr.EventData) -> dict[str, str]:
    """What the page says of a click: strings by name."""
    data = event._data
    return {str(name): str(value) for name, value in data.items()} if isinstance(data, dict) else {}


def _written(view: View) -> str:
    """The view as the browser keeps it."""
    return json.dumps(asdict(view))


def _read(kept: str, start: View) -> View:
    """The view that the browser kept, `start` in the place of what is missing."""
    given = _strings(kept)
    return View(
        choose_language(given.get("language", start.language)),
        given.get("index", "")[:_LONGEST_ID] or start.index,
        given.get("conversation", "")[:_LONGEST_ID],
    )


def _strings(text: str) -> dict[str, str]:
    """The strings of a JSON object, whatever else there is left out."""
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(given, dict):
        return {}
    return {name: value for name, value in given.items() if isinstance(value, str)}


def _told(handler: Callable[..., Any]) -> Callable[..., Any]:
    """`handler`, whose WenjuErrors become a notice on the page."""

    @functools.wraps(handler)
    def told(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except WenjuError as error:
            kept = [argument for argument in arguments if isinstance(argument, str)]
            language = _strings(kept[-1]).get("language", "en") if kept else "en"
            texts = words(choose_language(language))
            notice = html.escape(Chat.problem(error, choose_language(language)))
            raise gr.Error(notice, title=texts["notice"], print_exception=False) from error

    return told
