"""The way to the first page, and signing in to the UI with a key."""

from __future__ import annotations

import html
import time
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access import SESSION_COOKIE, cookie
from api.body import media_type
from api.errors import Failure
from api.keys import SESSION_SECONDS
from api.services import Served

_PAGE = Path(__file__).parent / "data" / "login.html"
router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(served: Served) -> Response:
    """The way to the first page."""
    return RedirectResponse(served.home, 307)


@router.get("/login")
async def form(served: Served) -> Response:
    """The form; who needs no key goes home."""
    return _page() if served.keys else RedirectResponse(served.home, 303)


@router.post("/login")
async def login(request: Request, served: Served) -> Response:
    """A session for who has a key."""
    if not served.keys:
        return RedirectResponse(served.home, 303)
    presented = await _presented(request)
    address, now = request.client.host if request.client else "", time.monotonic()
    if served.throttle.must_wait(address, now):
        return _page("请一分钟后再试。Try again in a minute.", 429)
    key = served.keys.find(presented)
    if key is None:
        served.throttle.failed(address, now)
        return _page("密钥不对。This is not a key of this server.", 401)
    session = key.session(int(time.time()) + SESSION_SECONDS)
    header = cookie(request.scope, SESSION_COOKIE, session, SESSION_SECONDS)
    return RedirectResponse(served.home, 303, {"Set-Cookie": header})


@router.post("/logout")
async def logout(request: Request) -> Response:
    """Forget the session."""
    header = cookie(request.scope, SESSION_COOKIE, "", 0)
    return RedirectResponse("/login", 303, {"Set-Cookie": header})


async def _presented(request: Request) -> bytes:
    """The key in a form's field `key`."""
    if media_type(request) != "application/x-www-form-urlencoded":
        remedy = "send the form at /login"
        raise Failure(415, "unsupported_media_type", "the body is not a form", remedy)
    try:
        fields = parse_qs((await request.body()).decode("ascii"), max_num_fields=10)
    except ValueError:
        return b""
    return fields.get("key", [""])[0].strip().encode("utf-8", "replace")


def _page(fault: str = "", status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", **({"Retry-After": "60"} if status == 429 else {})}
    page = _PAGE.read_text("utf-8").replace("{fault}", html.escape(fault))
    return HTMLResponse(page, status, headers)
