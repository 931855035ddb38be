"""The arguments of the tools for MCP clients, and those results that are none of `rag.types`."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from api.schemas import (
    LONGEST_QUESTION,
    MOST_MESSAGES,
    IndexName,
    Request,
    Shape,
    Turn,
    whole,
)
from rag.types import DocumentInfo

MOST_DOCUMENTS = 100
LONGEST_SLICE = 20_000

Arguments = TypeVar("Arguments", bound=BaseModel)
Offset = Annotated[int, Field(ge=0), BeforeValidator(whole)]


class Question(Request):
    """A question, with the conversation before it."""

    question: str = Field(max_length=LONGEST_QUESTION, description="In Chinese or English.")
    history: list[Turn] = Field(
        default=[], max_length=MOST_MESSAGES, description="Earlier messages, oldest first."
    )
    index: IndexName = None


class Page(Request):
    """A page of the list of documents."""

    offset: Offset = Field(default=0, description="How many documents come before the page.")
    index: IndexName = None


class Slice(Request):
    """A piece of a document's text, at offsets as citations have them."""

    document_id: str = Field(description="As hits, citations and the list of documents have it.")
    start: Offset = Field(default=0, description="Offset of the first code point.")
    end: Offset | None = Field(
        default=None, description=f"Offset behind the last; at most {LONGEST_SLICE:,} are given."
    )
    index: IndexName = None


class DocumentPage(Shape):
    """Documents by id; `next_offset` is that of the page that follows, null on the last one."""

    documents: list[DocumentInfo]
    total: int
    next_offset: int | None


class DocumentSlice(Shape):
    """`text` lies at `start`..`end` of a document that has `characters` code points.

    `next_start` is where the rest begins, null where there is none.
    """

    document_id: str
    title: str
    start: int
    end: int
    characters: int
    next_start: int | None
    text: str


def arguments_schema(arguments: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a tool's arguments."""
    return arguments.model_json_schema()


def result_schema(result: type[Any]) -> dict[str, Any]:
    """The JSON schema of a tool's result, whose fields are all there."""
    return TypeAdapter(result).json_schema(mode="serialization")


def parsed(arguments: type[Arguments], given: dict[str, Any]) -> Arguments:
    """The arguments as given; raises the error of a request that makes no sense."""
    try:
        return arguments.model_validate(given)
    except ValidationError as error:
        faults = [{**fault, "loc": ("arguments", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error
