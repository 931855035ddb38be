"""`/mcp`: the Model Context Protocol over HTTP, where its SDK is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.errors import Failure
from api.services import Services
from rag.access import NOBODY

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

router = APIRouter(include_in_schema=False)


@asynccontextmanager
async def mcp_sessions(
    services: Services, version: str
) -> AsyncIterator[StreamableHTTPSessionManager | None]:
    """What answers at `/mcp` while the block lasts; None without the SDK.

    No request knows of another: nothing is kept for a client that has gone. Names in `Host` and
    `Origin`, keys and the size of a body are looked at before.
    """
    if find_spec("mcp") is None:
        yield None
        return
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from api.mcp_server import create_server

    manager = StreamableHTTPSessionManager(
        create_server(services.seen_with(NOBODY), version), json_response=True, stateless=True
    )
    async with manager.run():
        yield manager


@router.post("/mcp")
@router.post("/mcp/")
async def mcp(request: Request) -> Response:
    """A message of an MCP client."""
    manager = request.app.state.mcp
    if manager is None:
        raise Failure(
            501,
            "mcp_not_installed",
            "this server does not speak the Model Context Protocol",
            "its operator can install it: pip install 'wenju[mcp]'",
        )
    return _Handed(manager)


class _Handed(Response):
    """The response that the SDK sends."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        await self._manager.handle_request(scope, receive, send)
