"""Health, readiness and metrics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import schemas
from api.answers import assistant_of
from api.described import failures
from api.errors import RequestError, failure_of
from api.metrics import CONTENT_TYPE, Metrics
from rag.errors import WenjuError
from rag.library import Library


def add_ops(app: FastAPI, library: Library, metrics: Metrics) -> None:
    """Add the endpoints for those who operate the server."""

    @app.get(
        "/healthz",
        tags=["operation"],
        summary="Is the process alive?",
        response_model=schemas.Health,
        responses=failures(),
    )
    async def healthz() -> dict[str, Any]:
        """Always `ok`: the process is there and its event loop turns."""
        return {"status": "ok"}

    @app.get(
        "/readyz",
        tags=["operation"],
        summary="Can questions be answered?",
        response_model=schemas.Readiness,
        responses=failures(404),
    )
    async def readyz() -> dict[str, Any]:
        """What the index served holds; 503 where it cannot be read."""

        def counts() -> tuple[int, int]:
            return assistant_of(library, None).store.counts()

        try:  # not through the gate: a server with much to do is ready all the same
            documents, chunks = await run_in_threadpool(counts)
        except (WenjuError, RequestError) as error:
            raise RequestError(replace(failure_of(error), status=503)) from error
        return {
            "status": "ready",
            "index": library.default,
            "documents": documents,
            "chunks": chunks,
        }

    @app.get(
        "/metrics",
        tags=["operation"],
        summary="Metrics for Prometheus",
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
            **failures(),
        },
    )
    async def prometheus() -> Response:
        """Requests, stages of answers and what was turned away, in Prometheus' text format."""
        return Response(metrics.render(), media_type=CONTENT_TYPE)
