"""`/v1/documents`: list, read, upload and remove."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.requests import Request

from api.described import failures
from api.multipart import OPENAPI, read_form
from api.services import IndexQuery, Served
from rag.assistant import Assistant
from rag.shapes import shape
from rag.types import DocumentOverview, Documents, DocumentText, InputReport, Inputs

DocumentId = Annotated[
    str, PathParameter(description="A document's id; slashes in it stay slashes.")
]
router = APIRouter(prefix="/v1/documents", tags=["documents"], responses=failures(404))


def _link(operation: str) -> dict[str, Any]:
    """What can be done with a document of the list."""
    parameters = {"document_id": "$response.body#/documents/0/id"}
    return {"operationId": operation, "parameters": parameters}


@router.get(
    "",
    summary="List the documents",
    response_model=Documents,
    responses={200: {"links": {"read": _link("document"), "remove": _link("remove")}}},
    operation_id="documents",
)
async def documents(served: Served, index: IndexQuery = None) -> dict[str, Any]:
    """All documents of an index, by id."""
    found = await served.run(served.reads, index, lambda assistant: assistant.store.documents())
    return shape(Documents(tuple(found)))


@router.get(
    "/{document_id:path}/overview",
    summary="What a document is about",
    response_model=DocumentOverview,
    operation_id="overview",
)
async def overview(
    served: Served, document_id: DocumentId, index: IndexQuery = None
) -> dict[str, Any]:
    """Its central sentences, cited in their order, its headings, and what it says of itself."""

    def read(assistant: Assistant) -> dict[str, Any]:
        return shape(assistant.overview(document_id))

    return await served.run(served.reads, index, read)


@router.get(
    "/{document_id:path}",
    summary="Read a document",
    response_model=DocumentText,
    operation_id="document",
)
async def document(
    served: Served, document_id: DocumentId, index: IndexQuery = None
) -> dict[str, Any]:
    """A document with the text in which the offsets of hits and citations count."""

    def read(assistant: Assistant) -> dict[str, Any]:
        info = assistant.store.document_info(document_id)
        text = assistant.store.document(document_id).text
        return shape(DocumentText(**shape(info), text=text))

    return await served.run(served.reads, index, read)


@router.post(
    "",
    summary="Upload documents",
    response_model=Inputs,
    responses=failures(415),
    openapi_extra={"requestBody": OPENAPI},
)
async def upload(request: Request, served: Served, index: IndexQuery = None) -> dict[str, Any]:
    """Index files; one with the name of a former upload takes its place."""
    settings = served.library.settings
    async with served.uploads.admit(), read_form(request, settings) as form:

        def add(assistant: Assistant) -> list[InputReport]:
            with tempfile.TemporaryDirectory(prefix="wenju-upload-") as folder:
                return assistant.add(form.uploads(Path(folder)))

        names = [file.filename or "" for file in form.files]
        reports = await served.change("upload", form.index or index, names, add)
    return shape(Inputs(tuple(reports)))


@router.delete(
    "/{document_id:path}",
    summary="Remove a document",
    response_model=Inputs,
    operation_id="remove",
)
async def remove(
    served: Served, document_id: DocumentId, index: IndexQuery = None
) -> dict[str, Any]:
    """Remove a document with all that is known of it."""

    def drop(assistant: Assistant) -> list[InputReport]:
        assistant.remove(document_id)
        return [InputReport(document_id, "removed", 1)]

    return shape(Inputs(tuple(await served.change("remove", index, [document_id], drop))))
