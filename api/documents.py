"""`/v1/documents`: list, read, upload and remove."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi import Path as PathParameter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api import schemas
from api.answers import IndexQuery, assistant_of
from api.described import failures
from api.multipart import FIELD, read_form
from rag.errors import Overloaded
from rag.library import Library
from rag.shapes import document_shape, shape
from rag.types import InputReport

_MOST_BODIES = 8
DocumentId = Annotated[
    str, PathParameter(description="A document's id; slashes in it stay slashes.")
]


class Slots:
    """So many uploads are read at a time, and the next is Overloaded: they fill the disk."""

    def __init__(self, most: int) -> None:
        self._free = most

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One slot; raises Overloaded."""
        if not self._free:
            raise Overloaded
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


def add_documents(app: FastAPI, library: Library) -> None:
    """Add the endpoints for documents."""
    slots = Slots(_MOST_BODIES)

    @app.get(
        "/v1/documents",
        tags=["documents"],
        summary="List the documents",
        response_model=schemas.Documents,
        responses={
            200: {
                "links": {"read": _link("document"), "remove": _link("remove")},
            },
            **failures(404),
        },
        operation_id="documents",
    )
    async def documents(index: IndexQuery = None) -> dict[str, Any]:
        """All documents of an index, by id."""
        async with library.questions.admit() as place:
            return await place.run(
                lambda: {
                    "documents": [
                        shape(info) for info in assistant_of(library, index).store.documents()
                    ]
                }
            )

    @app.get(
        "/v1/documents/{document_id:path}",
        tags=["documents"],
        summary="Read a document",
        response_model=schemas.Document,
        responses=failures(404),
        operation_id="document",
    )
    async def document(document_id: DocumentId, index: IndexQuery = None) -> dict[str, Any]:
        """A document with the text in which the offsets of hits and citations count."""

        def read() -> dict[str, Any]:
            assistant = assistant_of(library, index)
            info = assistant.store.document_info(document_id)
            return document_shape(info, assistant.store.document(document_id))

        async with library.questions.admit() as place:
            return await place.run(read)

    @app.post(
        "/v1/documents",
        tags=["documents"],
        summary="Upload documents",
        response_model=schemas.Inputs,
        responses=failures(404, 415),
        openapi_extra={"requestBody": _form(library.settings.upload_files)},
    )
    async def upload(request: Request, index: IndexQuery = None) -> dict[str, Any]:
        """Index files; one with the name of a former upload takes its place."""
        folder = await run_in_threadpool(tempfile.TemporaryDirectory, prefix="wenju-upload-")
        try:
            with slots.taken():
                form = await read_form(request, Path(folder.name), library.settings)
                name = form.fields.get("index") or index

                def add() -> list[InputReport]:
                    return assistant_of(library, name).add(form.uploads)

                async with library.writes.admit() as place:
                    return {"inputs": [shape(report) for report in await place.run(add)]}
        finally:
            await run_in_threadpool(folder.cleanup)

    @app.delete(
        "/v1/documents/{document_id:path}",
        tags=["documents"],
        summary="Remove a document",
        response_model=schemas.Inputs,
        responses=failures(404),
        operation_id="remove",
    )
    async def remove(document_id: DocumentId, index: IndexQuery = None) -> dict[str, Any]:
        """Remove a document with all that is known of it."""

        def drop() -> None:
            assistant_of(library, index).remove(document_id)

        async with library.writes.admit() as place:
            await place.run(drop)
        return {"inputs": [shape(InputReport(document_id, "removed", 1))]}


def _link(operation: str) -> dict[str, Any]:
    """What can be done with a document of the list."""
    parameters = {"document_id": "$response.body#/documents/0/id"}
    return {"operationId": operation, "parameters": parameters}


def _form(most: int) -> dict[str, Any]:
    """The multipart body for OpenAPI, which FastAPI cannot tell as the endpoint reads it itself."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    properties = {
        FIELD: {"type": "array", "items": file, "minItems": 1, "maxItems": most},
        "index": {"type": "string", "maxLength": 200},
    }
    schema = {"type": "object", "required": [FIELD], "properties": properties}
    content = {"multipart/form-data": {"schema": schema}}
    return {"required": True, "content": content}
