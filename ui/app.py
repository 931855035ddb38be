"""The chat mounted into an app: Gradio's server, and no more of it than the page needs."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import FileResponse

from rag.library import Library
from ui.allowlist import GradioAllowlist
from ui.heartbeats import EndingHeartbeats
from ui.layout import ASSETS, assets
from ui.page import build_ui
from ui.suggestions import Suggestions

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

_FONTS = [
    *("system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Microsoft YaHei"),
    *("Noto Sans CJK SC", "Noto Sans SC", "sans-serif"),
]


def mount(
    app: FastAPI,
    library: Library,
    path: str = "/ui",
    *,
    is_ending: Callable[[], bool] = lambda: False,
) -> None:
    """Put the chat into `app` at `path`; it lets go of open pages once the server `is_ending`.

    Who asks is what the app's middleware wrote into a request's state: `owner`, without which
    nobody gets in, and `access`, the indexes that they may read and change.
    """
    suggestions = Suggestions(library, is_ending)
    blocks = build_ui(library, suggestions)
    app.user_middleware += [  # within what the app has of its own: that tells who asks
        Middleware(
            GradioAllowlist,
            path=path,
            functions=len(blocks.fns),
            forget=functools.partial(_forget, blocks),
        ),
        Middleware(EndingHeartbeats, is_ending=is_ending),
    ]
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    _close_at_the_end(app, suggestions)
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
        theme=_theme(),
        css=assets("style.css"),
        head=f"<style>{assets('frame.css')}</style>"  # not within Gradio's own frame, as `css` is
        f"<script>{assets('stream.js', 'page.js', 'follow.js')}</script>",
    )


def _theme() -> gr.themes.Base:
    return gr.themes.Default(
        font=_FONTS, font_mono=["ui-monospace", "monospace"], primary_hue="teal"
    ).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
    )


def _close_at_the_end(app: FastAPI, suggestions: Suggestions) -> None:
    """Have nothing suggested any more before the app closes the library."""
    lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def closing(app: FastAPI) -> AsyncIterator[Any]:
        async with lifespan(app) as state:
            try:
                yield state
            finally:
                await run_in_threadpool(suggestions.close)

    app.router.lifespan_context = closing


def _forget(blocks: gr.Blocks, session: str) -> None:
    """Free what Gradio keeps for a session until somebody reads it."""
    queue = blocks._queue
    queue.pending_messages_per_session.pop(session, None)
    for event in queue.pending_event_ids_session.pop(session, ()):
        queue.event_ids_to_events.pop(event, None)


def _icon() -> FileResponse:
    return FileResponse(ASSETS / "icon.png", headers={"Cache-Control": "max-age=86400"})


def _owner(request: Request) -> str | None:
    owner = request.scope.get("state", {}).get("owner")
    return str(owner) if owner else None
