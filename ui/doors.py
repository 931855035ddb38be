"""What of Gradio's server a page needs, and nothing else of it."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NEEDED = re.compile(
    r"/|/config/?|/theme\.css|/(?:assets|static)/[\w./@-]+"
    r"|/gradio_api/(?:queue/data|heartbeat/\w+)"
)
_CALL = re.compile(r"/gradio_api/(?:queue/join|cancel)")
_HEARTBEAT = re.compile(r"heartbeat/(\w+)")
MOST_SESSIONS = 20_000
_MESSAGES = {
    404: ("not_found", "there is nothing at this address", "open the chat at its own address"),
    400: ("bad_request", "the chat does not send this", "reload the page"),
}


class Doors:
    """ASGI middleware that lets through what the chat's page asks for under `path`.

    Gradio takes an object with a `path` anywhere in an event for a file of this machine, copies
    it and serves the copy: no event of the chat holds one, as files go to the API. Its endpoints
    for files, proxies, deep links and others stay shut. A session belongs to the first who
    speaks in it, and `functions` is the number of those that the page may call.
    """

    def __init__(self, app: ASGIApp, path: str, functions: int) -> None:
        self.app = app
        self._path = path
        self._functions = functions
        self._owners: OrderedDict[str, object] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        is_here = (scope["path"] + "/").startswith(self._path + "/") if _is_http(scope) else False
        place = scope["path"].removeprefix(self._path) if is_here else ""
        if not is_here:
            await self.app(scope, receive, send)
        elif not place and scope["method"] in ("GET", "HEAD"):
            await RedirectResponse(f"{self._path}/", 307)(scope, receive, send)
        elif scope["method"] == "POST" and _CALL.fullmatch(place):
            await self._checked(_stripped(scope), receive, send)
        elif scope["method"] in ("GET", "HEAD") and self._may_read(scope, place):
            await self.app(_stripped(scope), receive, send)
        else:
            await _refusal(404)(scope, receive, send)

    def _may_read(self, scope: Scope, place: str) -> bool:
        if not _NEEDED.fullmatch(place) or ".." in place:
            return False
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        sessions = [*_HEARTBEAT.findall(place), *query.get("session_hash", [])]
        return all(self._is_theirs(session, scope) for session in sessions)

    def _is_theirs(self, session: str, scope: Scope) -> bool:
        owner = scope.get("state", {}).get("owner")
        if len(self._owners) > MOST_SESSIONS:
            self._owners.popitem(last=False)
        return bool(self._owners.setdefault(session, owner) == owner)

    def _is_call(self, call: dict[str, Any]) -> bool:
        number = call.get("fn_index", 0)  # a cancellation has none
        return isinstance(number, int) and 0 <= number < self._functions

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        call = _parsed(body)
        session = call.get("session_hash") if call else None
        is_known = isinstance(session, str) and self._is_theirs(session, scope)
        if not (call and is_known and self._is_call(call)):
            await _refusal(400)(scope, receive, send)
            return
        body, is_given = json.dumps(call).encode(), False  # as parsed here: one reading of it

        async def replay() -> Message:
            nonlocal is_given
            if is_given:
                return await receive()
            is_given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)


def _is_http(scope: Scope) -> bool:
    return bool(scope["type"] == "http")


def _stripped(scope: Scope) -> Scope:
    """The scope without the name that a client gives the server: Gradio would repeat it."""
    headers = [each for each in scope["headers"] if each[0] != b"x-forwarded-host"]
    return {**scope, "headers": headers}


def _parsed(body: bytes) -> dict[str, Any]:
    """The call in a body, {} where it is none or names a file."""
    try:
        call = json.loads(body)
        body.decode("utf-8")
    except (ValueError, RecursionError):
        return {}
    return call if isinstance(call, dict) and not _names_a_file(call) else {}


def _names_a_file(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value.keys() & {"path", "meta", "url"}) or any(
            map(_names_a_file, value.values())
        )
    return isinstance(value, list) and any(map(_names_a_file, value))


def _refusal(status: int) -> JSONResponse:
    code, message, remedy = _MESSAGES[status]
    return JSONResponse({"error": {"code": code, "message": message, "remedy": remedy}}, status)
