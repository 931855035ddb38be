"""The stream that Gradio keeps open to each page: it ends when the server wants to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLL_SECONDS = 0.25


class EndingHeartbeats:
    """ASGI middleware that tells heartbeats of a page's leaving once `is_ending`.

    Else an open page would hold up the server until the time for what is in flight is over.
    """

    def __init__(self, app: ASGIApp, is_ending: Callable[[], bool]) -> None:
        self.app = app
        self._is_ending = is_ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_heartbeat = scope["type"] == "http" and "/gradio_api/heartbeat/" in scope["path"]
        await self.app(scope, self._until_the_end(receive) if is_heartbeat else receive, send)

    def _until_the_end(self, receive: Receive) -> Receive:
        async def receive_or_leave() -> Message:
            message = asyncio.ensure_future(receive())
            try:
                while not self._is_ending():
                    done, _ = await asyncio.wait({message}, timeout=POLL_SECONDS)
                    if done:
                        return message.result()
                return {"type": "http.disconnect"}
            finally:
                message.cancel()

        return receive_or_leave
