"""Documents as resources of MCP: `wenju://documents/INDEX/ID`, percent-encoded."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from mcp import MCPError
from mcp.types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from api.services import Services
from rag.types import Document, DocumentInfo

PAGE = 100
_URI = re.compile(r"wenju://documents/(?P<index>[^/]+)/(?P<id>.+)")
TEMPLATE = ResourceTemplate(
    name="document",
    title="A document of an index",
    description="The text in which all offsets count.",
    uri_template="wenju://documents/{index}/{+document_id}",
    mime_type="text/plain",
)


def uri_of(index: str, document_id: str) -> str:
    """The address of a document.

    >>> uri_of("default", "a b/信.txt")
    'wenju://documents/default/a%20b/%E4%BF%A1.txt'
    """
    return f"wenju://documents/{quote(index, safe='')}/{quote(document_id, safe='/')}"


async def listed(services: Services, cursor: str | None) -> ListResourcesResult:
    """A page of the documents of their default index; raises MCPError."""
    if cursor is not None and not re.fullmatch(r"[0-9]{1,9}", cursor):
        raise MCPError(INVALID_PARAMS, f"no page {cursor!r}; use the nextCursor of a page")
    start = int(cursor or 0)
    found = await services.run(services.reads, None, lambda assistant: assistant.store.documents())
    end = start + PAGE
    return ListResourcesResult(
        resources=[_resource(services.shelf.default, each) for each in found[start:end]],
        next_cursor=str(end) if end < len(found) else None,
    )


async def read(services: Services, uri: str) -> ReadResourceResult:
    """The text of a document; raises MCPError for an address of no document."""
    found = _URI.fullmatch(uri)
    if not found:
        raise MCPError(INVALID_PARAMS, f"no resource {uri!r}; see the list of resources")
    document_id = unquote(found["id"])

    def text(document: Document) -> TextResourceContents:
        return TextResourceContents(uri=uri, mime_type="text/plain", text=document.text)

    document = await services.run(
        services.reads,
        unquote(found["index"]),
        lambda assistant: assistant.store.document(document_id),
    )
    return ReadResourceResult(contents=[text(document)])


def _resource(index: str, document: DocumentInfo) -> Resource:
    return Resource(
        name=document.id,
        title=document.title,
        uri=uri_of(index, document.id),
        description=f"{document.source}, {document.characters} characters",
        mime_type="text/plain",
    )
