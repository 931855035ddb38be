"""Health, readiness and metrics."""

from __future__ import annotations

from copy import copy
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import schemas
from api.described import failures
from api.errors import Failure, failure_of
from api.metrics import CONTENT_TYPE
from api.services import Served
from rag.errors import WenjuError

_ALL_INDEXES = Failure(
    403,
    "key_limited",
    "this key is for certain indexes, and metrics are of all",
    "use a key without index=",
)
router = APIRouter(tags=["operation"], responses=failures())


@router.get("/healthz", summary="Is the process alive?", response_model=schemas.Health)
async def healthz() -> dict[str, Any]:
    """Always `ok`: the process is there and its event loop turns."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Can questions be answered?",
    response_model=schemas.Readiness,
    responses=failures(404),
)
async def readyz(served: Served) -> dict[str, Any]:
    """What the index served holds; 503 where it cannot be read."""
    library = served.library
    is_told = served.access.may_read(library.default) or not served.keys.are_limited

    def count() -> tuple[int, int]:
        assistant = library.assistant()  # a local name keeps its store open
        return assistant.store.counts()

    try:  # not through a gate: a server with much to do is ready all the same
        counts = await run_in_threadpool(count)
    except WenjuError as error:
        failure = copy(failure_of(error))
        failure.status_code = 503
        raise failure from error
    index, documents, chunks = (library.default, *counts) if is_told else (None,) * 3
    return {"status": "ready", "index": index, "documents": documents, "chunks": chunks}


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def prometheus(served: Served) -> Response:
    """Requests, stages of answers and what was turned away, in Prometheus' text format.

    They are of all indexes: not for keys that are limited to some.
    """
    if served.access.indexes is not None:
        raise copy(_ALL_INDEXES)
    return Response(served.metrics.render(), media_type=CONTENT_TYPE)
