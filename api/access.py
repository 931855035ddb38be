"""Who may do what: keys, sessions, and the visitors of an open server."""

from __future__ import annotations

import hashlib
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Failure
from api.headers import is_ui
from api.keys import Key, Keys
from api.origins import SAFE_METHODS
from api.services import READ_ONLY
from rag.access import EVERYTHING, NOBODY, Access

SESSION_COOKIE = "wenju_session"
VISITOR_COOKIE = "wenju_visitor"
_VISITOR_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer
_OPEN_PATHS = frozenset({"/", "/healthz", "/readyz", "/login", "/logout"})


class KeyGuard:
    """Lets in who has a key or a session; leaves `owner`, `scope` and `access` in its state.

    Without keys everybody may do everything, and a cookie tells the visitors of the UI apart.
    """

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self.app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif self._keys:
            await self._guard(scope, receive, send)
        else:
            await self._welcome(scope, receive, send)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(Headers(scope=scope))
        if key is None:
            _set_state(scope, None, None, NOBODY)
        else:
            _set_state(scope, key.owner, key.scope, key.access)
        path = scope["path"]
        if path in _OPEN_PATHS:
            await self.app(scope, receive, send)
        elif key is None:
            is_page = is_ui(path) or path == "/docs"
            if is_page and _wants_page(scope):
                await RedirectResponse("/login", 303)(scope, receive, send)
            else:
                await _NO_KEY.response(scope, receive, send)
        elif key.scope == "read" and _writes(scope):
            await READ_ONLY.response(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _key(self, headers: Headers) -> Key | None:
        authorization = headers.get("authorization")
        if authorization is not None:
            kind, _, token = authorization.partition(" ")
            return self._keys.find(token.strip().encode()) if kind.lower() == "bearer" else None
        return self._keys.of_session(_cookie(headers, SESSION_COOKIE), time.time())

    async def _welcome(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = _cookie(Headers(scope=scope), VISITOR_COOKIE)
        is_new = re.fullmatch(r"[0-9a-f]{32}", visitor) is None
        if is_new and is_ui(scope["path"]) and _wants_page(scope):
            visitor = secrets.token_hex(16)
            send = _with_cookie(send, cookie(scope, VISITOR_COOKIE, visitor, _VISITOR_SECONDS))
        elif is_new:
            visitor = ""
        owner = hashlib.sha256(f"visitor {visitor}".encode()).hexdigest() if visitor else None
        _set_state(scope, owner, "write", EVERYTHING)
        await self.app(scope, receive, send)


_NO_KEY = Failure(
    401,
    "key_needed",
    "this server asks for a key",
    "send the header Authorization: Bearer KEY, or sign in at /login",
)


def cookie(scope: Scope, name: str, value: str, seconds: int) -> str:
    """The header that sets a cookie for this site alone, unseen by scripts."""
    headers = Headers(scope=scope)
    schemes = (scope["scheme"], headers.get("x-forwarded-proto"))
    is_secure = "https" in schemes or headers.get("origin", "").startswith("https://")
    secure = "; Secure" if is_secure else ""
    return f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _cookie(headers: Headers, name: str) -> str:
    return cookie_parser(headers.get("cookie", "")).get(name, "")


def _with_cookie(send: Send, header: str) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", header)
        await send(message)

    return add


def _set_state(scope: Scope, owner: str | None, allowed: str | None, access: Access) -> None:
    scope.setdefault("state", {}).update(owner=owner, scope=allowed, access=access)


def _wants_page(scope: Scope) -> bool:
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")


def _writes(scope: Scope) -> bool:
    """Whether a request would change the documents, or leave files here."""
    path = scope["path"]
    is_documents = path == "/v1/documents" or path.startswith("/v1/documents/")
    is_upload = is_ui(path) and path.endswith("/upload")
    return scope["method"] not in SAFE_METHODS and (is_documents or is_upload)
