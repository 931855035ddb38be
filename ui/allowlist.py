"""What of Gradio's server a page needs, and nothing else of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# `app_id` is what a page asks for until the server is back, before it loads again.
_NEEDED = re.compile(r"/|/config/?|/theme\.css|/(?:assets|static)/[\w./@-]+|/gradio_api/app_id")
_CALL = re.compile(r"/gradio_api/(?:queue/join|cancel)")
_HEARTBEAT = re.compile(r"/gradio_api/heartbeat/(\w{1,64})", re.ASCII)
_MESSAGES = "/gradio_api/queue/data"
_SESSION = re.compile(r"\w{1,64}", re.ASCII)
MOST_SESSIONS = 5_000
MOST_BYTES = 1 << 18  # of a call: a text to be checked is the longest
UNREAD_SECONDS = 20.0
_REFUSALS = {
    404: ("not_found", "there is nothing at this address", "open the chat at its own address"),
    400: ("bad_request", "the chat does not send this", "reload the page"),
}


class GradioAllowlist:
    """ASGI middleware that lets through what the chat's page asks for under `path`.

    Gradio takes an object with a `path` anywhere in an event for a file of this machine, copies
    it and serves the copy: no event of the chat holds one, as files go to the API. Its endpoints
    for files, proxies, deep links and others stay shut. A session belongs to the first who calls
    in it; what nobody reads of it is to `forget`, as Gradio keeps it for ever. `functions` is the
    number of those that the page may call.
    """

    def __init__(
        self, app: ASGIApp, path: str, functions: int, forget: Callable[[str], None]
    ) -> None:
        self.app = app
        self._path = path
        self._functions = functions
        self._forget = forget
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._read: Counter[str] = Counter()
        self._due: dict[str, asyncio.TimerHandle] = {}  # when a session is dropped, if unread

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        is_here = scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self._path}/")
        if not is_here:
            await self.app(scope, receive, send)
            return
        place = scope["path"].removeprefix(self._path)
        if scope["method"] == "POST" and _CALL.fullmatch(place):
            await self._checked(_stripped(scope), receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await _refusal(404)(scope, receive, send)
        elif not place:
            await RedirectResponse(f"{self._path}/", 307)(scope, receive, send)
        elif place == _MESSAGES:
            await self._messages(scope, receive, send)
        elif (heartbeat := _HEARTBEAT.fullmatch(place)) and self._may_use(heartbeat[1], scope):
            await self.app(_stripped(scope), receive, send)
        elif _NEEDED.fullmatch(place) and ".." not in place:
            await self.app({**_stripped(scope), "query_string": b""}, receive, send)
        else:
            await _refusal(404)(scope, receive, send)

    async def _messages(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the server has to say in a session, to the one who called in it."""
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        match query.get("session_hash"):
            case [session] if session in self._owners and self._may_use(session, scope):
                self._read[session] += 1
                try:
                    await self.app(_stripped(scope), receive, send)
                finally:
                    self._read -= Counter([session])
            case _:
                await _refusal(404)(scope, receive, send)

    def _may_use(self, session: str, scope: Scope) -> bool:
        owner = scope.get("state", {}).get("owner")
        return owner is not None and self._owners.get(session, owner) == owner

    def _begin(self, session: str, scope: Scope) -> None:
        self._owners[session] = scope["state"]["owner"]
        self._owners.move_to_end(session)
        if len(self._owners) > MOST_SESSIONS:
            self._forget(self._owners.popitem(last=False)[0])
        if former := self._due.pop(session, None):
            former.cancel()  # it would take what has only just been asked
        loop = asyncio.get_running_loop()
        self._due[session] = loop.call_later(UNREAD_SECONDS, self._drop_unread, session)

    def _drop_unread(self, session: str) -> None:
        self._due.pop(session, None)
        if not self._read[session]:
            self._forget(session)

    def _is_call(self, call: dict[str, Any], scope: Scope) -> bool:
        session, number = call.get("session_hash"), call.get("fn_index", 0)
        is_session = isinstance(session, str) and _SESSION.fullmatch(session) is not None
        is_function = type(number) is int and 0 <= number < self._functions
        return is_session and is_function and self._may_use(str(session), scope)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MOST_BYTES:
                await _refusal(400)(scope, receive, send)
                return
        call = _parsed(body)
        if not (call and self._is_call(call, scope)):
            await _refusal(400)(scope, receive, send)
            return
        self._begin(call["session_hash"], scope)
        body, is_given = json.dumps(call).encode(), False  # as parsed here: one reading of it

        async def replay() -> Message:
            nonlocal is_given
            if is_given:
                return await receive()
            is_given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)


def _stripped(scope: Scope) -> Scope:
    """The scope without the names that a client gives the server: Gradio would repeat them."""
    names = (b"x-forwarded-host", b"x-gradio-server")
    headers = [each for each in scope["headers"] if each[0] not in names]
    return {**scope, "headers": headers}


def _parsed(body: bytes) -> dict[str, Any]:
    """The call in a body, {} where it is none or names a file."""
    try:
        call = json.loads(body.decode("utf-8"))
        json.dumps(call, ensure_ascii=False).encode("utf-8")  # no halves of characters
        return call if isinstance(call, dict) and not _names_a_file(call) else {}
    except (ValueError, RecursionError):
        return {}


def _names_a_file(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value.keys() & {"path", "meta", "url"}) or any(
            map(_names_a_file, value.values())
        )
    return isinstance(value, list) and any(map(_names_a_file, value))


def _refusal(status: int) -> JSONResponse:
    code, message, remedy = _REFUSALS[status]
    return JSONResponse({"error": {"code": code, "message": message, "remedy": remedy}}, status)
