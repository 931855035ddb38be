"""The Model Context Protocol over the same services: tools, and documents as resources."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextContent,
    Tool,
    ToolAnnotations,
)

from api import mcp_resources
from api.errors import Failure, failure_of
from api.mcp_schemas import arguments_schema, parsed, result_schema
from api.mcp_tools import TOOLS, ToolSpec
from api.services import Services
from rag.errors import Overloaded

_INSTRUCTIONS = """Documents in Chinese or English, and the exact words behind every statement. \
Cite by document id and offsets; what the documents do not say, answer refuses."""
# Where the remedy of the HTTP API names an address of its own.
_REMEDIES = {
    "index_not_found": "leave out the index for the one served",
    "document_not_found": "the tool documents lists them",
    "invalid_request": "correct the arguments",
}
_Done = TypeVar("_Done")
_Context = ServerRequestContext[Any]


def create_server(services: Services, version: str) -> Server[Any]:
    """A server of MCP over `services`, which others open and close.

    Who sends an HTTP request has the access of that; the one of `services` is for a client
    without requests.
    """
    specs = {spec.name: spec for spec in TOOLS}
    tools = [_tool(spec) for spec in TOOLS]  # 60 ms, not for each client

    async def list_tools(_: _Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def call_tool(context: _Context, call: CallToolRequestParams) -> CallToolResult:
        if call.name not in specs:
            known = ", ".join(specs)
            raise MCPError(INVALID_PARAMS, f"no tool {call.name!r}; there are {known}")
        spec = specs[call.name]
        seen = _seen(services, context)
        try:
            outcome = await spec.work(seen, parsed(spec.arguments, call.arguments or {}))
        except Exception as error:  # noqa: BLE001 (the outermost edge of a tool)
            failure = _failure(services, error)
            return CallToolResult(content=[TextContent(text=_line(failure))], is_error=True)
        return CallToolResult(
            content=[TextContent(text=outcome.text)], structured_content=outcome.shape
        )

    async def list_resources(
        context: _Context, asked: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        cursor = asked.cursor if asked else None
        return await _told(services, mcp_resources.listed(_seen(services, context), cursor))

    async def list_templates(
        _: _Context, __: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=[mcp_resources.TEMPLATE])

    async def read_resource(
        context: _Context, asked: ReadResourceRequestParams
    ) -> ReadResourceResult:
        seen = _seen(services, context)
        return await _told(seen, mcp_resources.read(seen, asked.uri))

    return Server(
        "wenju",
        title="Wenju 问据",
        version=version,
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


async def serve_stdio(server: Server[Any]) -> None:
    """Serve the client at standard input and output until it closes them.

    Whatever else is written to standard output meanwhile goes to standard error.
    """
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


def _seen(services: Services, context: _Context) -> Services:
    """The services with the access of who sent the request, as they are without one."""
    request = context.request
    return services if request is None else services.seen_with(request.scope["state"]["access"])


def _tool(spec: ToolSpec) -> Tool:
    return Tool(
        name=spec.name,
        title=spec.title,
        description=spec.description,
        input_schema=arguments_schema(spec.arguments),
        output_schema=result_schema(spec.result),
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


async def _told(services: Services, work: Awaitable[_Done]) -> _Done:
    """The result of `work`; its failure is an error of the protocol."""
    try:
        return await work
    except MCPError:
        raise
    except Exception as error:
        failure = _failure(services, error)
        code = INVALID_PARAMS if failure.status_code < 500 else INTERNAL_ERROR
        raise MCPError(code, _line(failure)) from error


def _failure(services: Services, error: Exception) -> Failure:
    if isinstance(error, Overloaded):
        services.metrics.turned_away.inc()
    return failure_of(error)


def _line(failure: Failure) -> str:
    return f"{failure.message}; {_REMEDIES.get(failure.code, failure.remedy)}"
