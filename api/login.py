"""Signing in to the UI with a key."""

from __future__ import annotations

import html
import time
from collections import OrderedDict, deque
from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access import SESSION_COOKIE, cookie
from api.errors import refuse
from api.keys import SESSION_SECONDS, Keys

_MOST_FAILURES = 10
_WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 10_000
_PAGE = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>问据 Wenju</title>
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto 0;
    padding: 1rem; color: #222; background: #fff }
  input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem;
    margin: .3rem 0 }
  [role=alert] { color: #b00020 }
  @media (prefers-color-scheme: dark) {
    body { color: #eee; background: #181818 }
    [role=alert] { color: #ff8a80 }
  }
</style>
<h1>问据 Wenju</h1>
<p role="alert">{fault}</p>
<form method="post" action="/login">
  <label for="key">密钥 Key</label>
  <input id="key" name="key" type="password" required autofocus autocomplete="current-password">
  <button>登录 Sign in</button>
</form>
</html>
"""


class Throttle:
    """Counts the failures of each address: ten within a minute, and it has to wait."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def must_wait(self, address: str, now: float) -> bool:
        """Whether the address has failed too often of late."""
        failures = self._failures.get(address, deque())
        while failures and failures[0] <= now - _WINDOW_SECONDS:
            failures.popleft()
        return len(failures) >= _MOST_FAILURES

    def failed(self, address: str, now: float) -> None:
        """Count a failure."""
        self._failures.setdefault(address, deque()).append(now)
        self._failures.move_to_end(address)
        if len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)


def add_login(app: FastAPI, keys: Keys, home: str) -> None:
    """Add the pages to sign in and out; who is in goes to `home`."""
    throttle = Throttle()

    @app.get("/login", include_in_schema=False)
    async def form() -> Response:
        return _page() if keys else RedirectResponse(home, 303)

    @app.post("/login", include_in_schema=False)
    async def login(request: Request) -> Response:
        if not keys:
            return RedirectResponse(home, 303)
        presented = await _presented(request)
        address, now = request.client.host if request.client else "", time.monotonic()
        if throttle.must_wait(address, now):
            return _page("请一分钟后再试。Try again in a minute.", 429)
        key = keys.find(presented)
        if key is None:
            throttle.failed(address, now)
            return _page("密钥不对。This is not a key of this server.", 401)
        session = key.session(int(time.time()) + SESSION_SECONDS)
        header = cookie(request.scope, SESSION_COOKIE, session, SESSION_SECONDS)
        return RedirectResponse(home, 303, {"Set-Cookie": header})

    @app.post("/logout", include_in_schema=False)
    async def logout(request: Request) -> Response:
        header = cookie(request.scope, SESSION_COOKIE, "", 0)
        return RedirectResponse("/login", 303, {"Set-Cookie": header})


async def _presented(request: Request) -> bytes:
    """The key in a form's field `key`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        remedy = "send the form at /login"
        raise refuse(415, "unsupported_media_type", "the body is not a form", remedy)
    try:
        fields = parse_qs((await request.body()).decode("ascii"), max_num_fields=10)
    except ValueError:
        return b""
    return fields.get("key", [""])[0].strip().encode("utf-8", "replace")


def _page(fault: str = "", status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status == 429:
        headers["Retry-After"] = "60"
    return HTMLResponse(_PAGE.replace("{fault}", html.escape(fault)), status, headers)
