"""The JSON of requests, and of those responses that are no result of `rag.types`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from rag.filter import EVERYTHING, Filter

LONGEST_QUESTION = 10_000
LONGEST_MESSAGE = 20_000
LONGEST_TEXT = 50_000
MOST_MESSAGES = 200
MOST_NAMES = 1000  # in a filter

IndexName = Annotated[
    str | None,
    Field(max_length=200, description="Which index; the one served where none is named."),
]


def whole(value: object) -> object:
    """25.0 as 25: JSON has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


TopK = Annotated[int, Field(ge=1, le=50, description="How many passages."), BeforeValidator(whole)]


class Request(BaseModel):
    """A body: no value is taken for one of another type; unknown fields are ignored."""

    model_config = ConfigDict(strict=True)


class Shape(BaseModel):
    """A response: exactly these fields, all of them."""

    model_config = ConfigDict(extra="forbid")


class DocumentFilter(Request):
    """Which documents are asked: by id or folder, and by language; what is empty leaves all in."""

    documents: list[str] = Field(default=[], max_length=MOST_NAMES, description="Their ids.")
    folders: list[str] = Field(
        default=[], max_length=MOST_NAMES, description="What ids begin with, up to a slash."
    )
    languages: list[str] = Field(
        default=[], max_length=MOST_NAMES, description="`zh`, `zh-Hant`, `en` …"
    )


def filter_of(chosen: DocumentFilter | None) -> Filter:
    """The documents that a request asks."""
    if chosen is None:
        return EVERYTHING
    return Filter(tuple(chosen.documents), tuple(chosen.folders), tuple(chosen.languages))


class RetrieveRequest(Request):
    """A query for passages."""

    query: str = Field(max_length=LONGEST_QUESTION)
    top_k: TopK = 5
    index: IndexName = None
    filter: DocumentFilter | None = None


class Turn(Request):
    """One earlier message; `content` may be empty."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=LONGEST_MESSAGE)


class AnswerRequest(Request):
    """A question, with the conversation before it."""

    question: str = Field(max_length=LONGEST_QUESTION)
    history: list[Turn] = Field(default=[], max_length=MOST_MESSAGES)
    top_k: TopK = 10
    mode: Literal["auto", "extractive", "llm"] = "auto"
    stream: bool = Field(default=False, description="Server-Sent Events instead of one object.")
    index: IndexName = None
    filter: DocumentFilter | None = None


class CheckRequest(Request):
    """Anyone's text, to be checked against the documents."""

    text: str = Field(max_length=LONGEST_TEXT)
    index: IndexName = None


class Health(Shape):
    """The process is alive."""

    status: Literal["ok"]


class Readiness(Shape):
    """Questions can be answered; the counts are those of the index served.

    Who may not read it, where keys are limited to indexes, is told neither name nor counts.
    """

    status: Literal["ready"]
    index: str | None
    documents: int | None
    chunks: int | None


class ErrorDetail(Shape):
    """A `code` for programs, a `message` and the `remedy` for people."""

    code: str
    message: str
    remedy: str


class Error(Shape):
    """Every error."""

    error: ErrorDetail
