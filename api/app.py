"""The HTTP API over a library of indexes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import answers, docs, documents, login, mcp_http, openai, ops
from api.access import KeyGuard
from api.body import BodyLimit
from api.errors import failure_of
from api.headers import SafeHeaders
from api.keys import Keys
from api.metrics import Measured
from api.origins import CorsForApi, KnownAddress
from api.services import Services, own_version
from rag.errors import Overloaded, WenjuError
from rag.library import Library

_DESCRIPTION = """Questions in Chinese or English, answered from a folder of documents with the \
exact words behind every statement, or refused.

用中文或英文向一个文档文件夹提问：每句话都附上原文出处，文档里没有的就直说没有。

Offsets are half-open and count Unicode code points. Errors are always
`{"error": {"code", "message", "remedy"}}`."""

_ROUTERS = tuple(
    module.router for module in (answers, documents, openai, mcp_http, ops, login, docs)
)


def create_app(library: Library, *, home: str = "/docs") -> FastAPI:
    """The API over `library`, which it opens and closes; `/` leads to `home`.

    What is mounted under `/ui` stands behind the same keys and limits, and finds the `owner` and
    the `scope` (`read` or `write`) of a request in its state. Raises BadSetting.
    """
    services = Services(library, Keys(library.settings.api_keys), home)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(library.open)
        try:
            async with mcp_http.mcp_sessions(services, own_version()) as app.state.mcp:
                yield
        finally:
            await run_in_threadpool(services.close)

    app = FastAPI(
        title="Wenju 问据",
        description=_DESCRIPTION,
        version=own_version(),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=_middleware(services),
        exception_handlers=dict.fromkeys(
            (WenjuError, RequestValidationError, HTTPException), _fail
        ),
    )
    app.state.services = services
    for router in _ROUTERS:
        app.include_router(router)
    app.openapi = docs.illustrated(  # type: ignore[method-assign]
        app.openapi, upload_files=library.settings.upload_files, is_keyed=bool(services.keys)
    )
    return app


def _middleware(services: Services) -> list[Middleware]:
    """From the outside to the inside."""
    settings = services.library.settings
    cors = Middleware(CorsForApi, settings.cors_origins)
    return [
        Middleware(Measured, services.metrics),
        Middleware(SafeHeaders),
        Middleware(LastResort),
        Middleware(KnownAddress, settings.allowed_hosts, settings.cors_origins),
        *([cors] if settings.cors_origins else []),
        Middleware(KeyGuard, services.keys),
        Middleware(BodyLimit, settings),
    ]


async def _fail(request: Request, error: Exception) -> Response:
    if isinstance(error, Overloaded):
        request.app.state.services.metrics.turned_away.inc()
    response = failure_of(error).response
    if response.status_code == 405:
        response.headers["Allow"] = _allowed(request)
    return response


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


def _allowed(request: Request) -> str:
    """All methods that the path of a request takes: routes know only their own.

    It is the first path that meets it: `/{id}/overview` would also be a document's.
    """
    routes = [*request.app.routes, *(route for router in _ROUTERS for route in router.routes)]
    found = [
        (route.path, route.methods)
        for route in routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    ]
    return ", ".join(
        sorted({name for path, methods in found for name in methods or () if path == found[0][0]})
    )
