"""Errors as clients see them: `{"error": {"code", "message", "remedy"}}`, and nothing else.

A message of the library may name folders of the server; what crosses the wire is written here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from rag.errors import (
    DocumentNotFound,
    IndexBusy,
    IndexDamaged,
    IndexingStopped,
    IndexMismatch,
    IndexNotFound,
    IndexUnavailable,
    InvalidInput,
    LLMUnavailable,
    Overloaded,
)

_MOST_FAULTS = 3
_SEE_DOCS = "see /docs for what can be asked of which address"
_CORRECT = "correct the request; see /docs for its form"

logger = logging.getLogger("wenju.api")


class Failure(HTTPException):
    """What a client is told of an error; with `retry_after` (seconds) it may come again."""

    def __init__(
        self, status: int, code: str, message: str, remedy: str, retry_after: int | None = None
    ) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        if status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="wenju"'
        super().__init__(status, message, headers)
        self.code = code
        self.message = message
        self.remedy = remedy

    @property
    def shape(self) -> dict[str, Any]:
        """The JSON of every error."""
        return {"error": {"code": self.code, "message": self.message, "remedy": self.remedy}}

    @property
    def response(self) -> JSONResponse:
        """The error as a response."""
        return JSONResponse(self.shape, self.status_code, self.headers)


_INTERNAL = Failure(
    500,
    "internal_error",
    "the server failed at this request",
    "try again; if it fails again, its operator finds the reason in the log",
)
_LIBRARY: Mapping[type[Exception], Failure] = {
    IndexBusy: Failure(
        503, "index_busy", "another process is writing to the index", "try again in 5 s", 5
    ),
    IndexUnavailable: Failure(
        503,
        "index_unavailable",
        "the index cannot be read or written now",
        "its operator must see to permissions and to the space left on the disk",
    ),
    IndexingStopped: Failure(
        503,
        "stopping",
        "the server is shutting down; the files were not indexed",
        "send them again later",
        30,
    ),
    LLMUnavailable: Failure(
        503,
        "llm_unavailable",
        "the language model gives no answer",
        'ask with "mode": "extractive", or try again later',
    ),
    IndexNotFound: Failure(
        404, "index_not_found", "the index is not there", "GET /v1/models names the indexes"
    ),
    IndexDamaged: Failure(
        500,
        "index_damaged",
        "the index does not hold what was written",
        "its operator finds the damage with: wenju verify",
    ),
    IndexMismatch: Failure(
        500,
        "index_mismatch",
        "the index was built with another model or another format",
        "its operator must index the documents again",
    ),
}
# Starlette's own errors; another is FastAPI's for a body that cannot be parsed.
_HTTP = {
    404: Failure(404, "not_found", "there is nothing at this address", _SEE_DOCS),
    405: Failure(405, "method_not_allowed", "this address does not take that method", _SEE_DOCS),
}


def failure_of(error: Exception) -> Failure:
    """What a client may know of `error`; what is the server's own fault is logged."""
    match error:
        case Failure():
            failure = error
        case RequestValidationError():
            failure = _invalid(error.errors())
        case HTTPException(status_code=status):
            unread = Failure(status, "bad_request", "the body cannot be read", _CORRECT)
            failure = _HTTP.get(status, unread)
        case Overloaded():
            message = "the server is overloaded"
            failure = Failure(503, "overloaded", message, error.remedy, error.retry_after)
        case DocumentNotFound():
            remedy = "GET /v1/documents lists the documents"
            failure = Failure(404, "document_not_found", error.message, remedy)
        case InvalidInput():
            failure = Failure(422, "invalid_input", error.message, error.remedy)
        case _:
            failure = _LIBRARY.get(type(error), _INTERNAL)
    if failure.status_code >= 500 and not isinstance(error, Overloaded):
        logger.error("%s", failure.code, exc_info=error)
    return failure


def _invalid(faults: Sequence[Mapping[str, Any]]) -> Failure:
    """Names the fields that are wrong, and how; what was sent is not repeated."""
    if faults and faults[0]["type"] == "json_invalid":
        place, reason = faults[0]["loc"][-1], faults[0]["ctx"]["error"]
        message = f"the body is not JSON ({reason} at character {place})"
        return Failure(400, "invalid_json", message, _CORRECT)
    lines = [_fault(fault) for fault in faults[:_MOST_FAULTS]]
    if len(faults) > _MOST_FAULTS:
        lines.append(f"and {len(faults) - _MOST_FAULTS} more")
    return Failure(422, "invalid_request", "; ".join(lines), _CORRECT)


def _fault(fault: Mapping[str, Any]) -> str:
    """One fault as `history.0.role: input should be 'user' or 'assistant'`."""
    where = ".".join(str(part) for part in fault["loc"][1:]) or "body"
    reason = re.sub(r"^[A-Z](?=[a-z])", lambda first: first[0].lower(), str(fault["msg"]))
    return f"{where}: {reason}"
