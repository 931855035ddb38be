"""What the OpenAPI description says of the responses that are no plain object."""

from __future__ import annotations

from typing import Any

from api.schemas import Error


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of an operation for its OpenAPI description."""
    found = {*statuses, 400, 401, 403, 408, 413, 422, 500, 503}
    return {
        status: {"model": Error, "description": _DESCRIPTIONS[status]} for status in sorted(found)
    }


_DESCRIPTIONS = {
    400: "The body cannot be read.",
    401: "A key is needed.",
    403: "Not for this key, this host name or this web page.",
    404: "There is no such index, document or model.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body has another content type than the one described.",
    422: "A field has a value that makes no sense.",
    500: "The server failed.",
    503: "The server is overloaded, or the index is busy; see `Retry-After`.",
}


def event_stream(*names: str) -> dict[str, Any]:
    """A response of Server-Sent Events for its OpenAPI description; each holds JSON."""
    properties = {"event": {"enum": names}, "data": {"type": "string"}}
    return {"schema": {"type": "object", "required": ["data"], "properties": properties}}
