"""The HTTP API over a library of indexes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import KeyGuard
from api.answers import add_answers
from api.body import BodyLimit
from api.docs import add_docs
from api.documents import add_documents
from api.errors import failure_of
from api.headers import SafeHeaders
from api.keys import Keys
from api.login import add_login
from api.metrics import Measured, Metrics
from api.openai import add_openai
from api.ops import add_ops
from api.origins import CorsForApi, KnownAddress
from rag.config import Settings
from rag.errors import Overloaded, WenjuError
from rag.library import Library

_DESCRIPTION = """Questions in Chinese or English, answered from a folder of documents with the \
exact words behind every statement, or refused.

用中文或英文向一个文档文件夹提问：每句话都附上原文出处，文档里没有的就直说没有。

Offsets are half-open and count Unicode code points. Errors are always
`{"error": {"code", "message", "remedy"}}`."""


def create_app(library: Library, *, home: str = "/docs") -> FastAPI:
    """The API over `library`, which it opens and closes; `/` leads to `home`.

    What is mounted under `/ui` stands behind the same keys and limits, and finds the `owner` and
    the `scope` (`read` or `write`) of a request in its state. Raises BadSetting.
    """
    settings, metrics = library.settings, Metrics()
    keys = Keys(settings.api_keys)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(library.open)
        try:
            yield
        finally:
            await run_in_threadpool(library.close)

    app = FastAPI(
        title="Wenju 问据",
        description=_DESCRIPTION,
        version=_version(),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=_middleware(settings, keys, metrics),
    )

    async def fail(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, Overloaded):
            metrics.turned_away.inc()
        if isinstance(error, HTTPException) and error.status_code == 405:
            error.headers = {"Allow": _allowed(app, request.scope)}
        return failure_of(error).response

    for kind in (WenjuError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, fail)

    @app.get("/", include_in_schema=False)
    async def start() -> Response:
        return RedirectResponse(home, 307)

    add_answers(app, library, metrics)
    add_documents(app, library)
    add_openai(app, library, metrics)
    add_ops(app, library, metrics)
    add_login(app, keys, home)
    add_docs(app, keys)
    return app


def _middleware(settings: Settings, keys: Keys, metrics: Metrics) -> list[Middleware]:
    """From the outside to the inside."""
    cors = Middleware(CorsForApi, settings.cors_origins)
    return [
        Middleware(Measured, metrics),
        Middleware(SafeHeaders),
        Middleware(LastResort),
        Middleware(KnownAddress, settings.allowed_hosts, settings.cors_origins),
        *([cors] if settings.cors_origins else []),
        Middleware(KeyGuard, keys),
        Middleware(BodyLimit, settings),
    ]


class LastResort:
    """Turns what nobody has foreseen into an error response that tells nothing of the inside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        has_begun = False

        async def watch(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            pass  # there is nobody to answer
        except Exception as error:
            if scope["type"] != "http" or has_begun:
                raise
            await failure_of(error).response(scope, receive, send)


def _allowed(app: FastAPI, scope: Scope) -> str:
    """All methods that the path of a request takes: routes know only their own."""
    methods: set[str] = set()
    for route in app.routes:
        if route.matches(scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return ", ".join(sorted(methods))


def _version() -> str:
    try:
        return version("wenju")
    except PackageNotFoundError:  # run from a checkout
        return "0"
