"""Limits on what a client sends: how much, how slowly, and of what kind."""

from __future__ import annotations

import asyncio
import re
import time

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Failure
from rag.config import Settings

MB = 1 << 20
_STALL_SECONDS = 30.0
_MOST_SECONDS = 300.0  # for a whole body, however it trickles


def media_type(request: Request) -> str:
    """What the body says that it is, in lower case and without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def json_only(request: Request) -> None:
    """Refuses a body that does not say that it is JSON."""
    if not re.fullmatch(r"application/(json|.*\+json)", media_type(request)):
        remedy = "send the header Content-Type: application/json"
        raise Failure(415, "unsupported_media_type", "the body is not declared as JSON", remedy)


class BodyLimit:
    """Refuses larger bodies than the settings allow, while they are read; and those that stall."""

    def __init__(
        self, app: ASGIApp, settings: Settings, stall_seconds: float = _STALL_SECONDS
    ) -> None:
        self.app = app
        self._stall_seconds = stall_seconds
        self._most_upload = (settings.upload_mb * settings.upload_files + 1) * MB

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_upload = scope["path"] == "/v1/documents"
        body = _Body(receive, self._most_upload if is_upload else MB, self._stall_seconds)
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared) > body.most:
            await body.too_large.response(scope, receive, send)
            return
        try:
            await self.app(scope, body.receive, send)
        except Failure as error:  # raised where nothing inside turns it into a response
            await error.response(scope, receive, send)


class _Body:
    """The body of one request, counted as it comes."""

    def __init__(self, receive: Receive, most: int, stall_seconds: float) -> None:
        self.most = most
        message = f"the body is larger than {most // MB} MB"
        self.too_large = Failure(413, "body_too_large", message, "send less at once")
        self._receive = receive
        self._stall_seconds = stall_seconds
        self._end = time.monotonic() + _MOST_SECONDS
        self._size = 0
        self._ended = False

    async def receive(self) -> Message:
        """The next message; raises Failure."""
        if self._ended:  # what comes now is the client's leaving, however late
            return await self._receive()
        try:
            left = min(self._stall_seconds, self._end - time.monotonic())
            async with asyncio.timeout(left):
                message = await self._receive()
        except TimeoutError:
            raise Failure(
                408, "body_timeout", "the body did not arrive in time", "send it without a pause"
            ) from None
        self._size += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._size > self.most:
            raise self.too_large
        return message
