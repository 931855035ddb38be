"""The JSON of the HTTP contract as pydantic models: what is checked, and what /docs shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

LONGEST_QUESTION = 10_000
LONGEST_MESSAGE = 20_000
LONGEST_TEXT = 50_000
MOST_MESSAGES = 200

IndexName = Annotated[
    str | None,
    Field(max_length=200, description="Which index; the one served where none is named."),
]


def _whole(value: object) -> object:
    """25.0 as 25: JSON has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


TopK = Annotated[int, Field(ge=1, le=50, description="How many passages."), BeforeValidator(_whole)]


class Request(BaseModel):
    """A body: no value is taken for one of another type; unknown fields are ignored."""

    model_config = ConfigDict(strict=True)


class Shape(BaseModel):
    """A response: exactly these fields, all of them."""

    model_config = ConfigDict(extra="forbid")


class RetrieveRequest(Request):
    """A query for passages."""

    query: str = Field(max_length=LONGEST_QUESTION)
    top_k: TopK = 5
    index: IndexName = None


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


class CheckRequest(Request):
    """Anyone's text, to be held against the documents."""

    text: str = Field(max_length=LONGEST_TEXT)
    index: IndexName = None


class Hit(Shape):
    """A passage: `text` lies at `start`..`end` (code points) of its document's text."""

    rank: int
    score: float
    chunk_id: str
    document_id: str
    title: str
    source: str
    section: str
    text: str
    start: int
    end: int


class Citation(Shape):
    """Words an answer rests on: `quote` lies at `start`..`end` of its document's text.

    So do the `highlights`, within the quote: the words that are the short answer.
    """

    marker: int
    document_id: str
    chunk_id: str
    title: str
    source: str
    section: str
    quote: str
    start: int
    end: int
    passage: str
    highlights: list[tuple[int, int]]


class Refusal(Shape):
    """Why there is no answer.

    `not_in_documents`, `not_supported` (nothing that the language model said was),
    `empty_index`, `empty_question` or `small_talk`.
    """

    reason: str
    message: str
    nearest: list[Hit]


class Dropped(Shape):
    """A sentence that a language model said and the documents do not support.

    `reason` is what is not in them or is otherwise there: `number`, `date`, `name`, `negation`,
    `swapped`, `added` (a clause of it), `nothing_near`. With `invented_marker` it named a passage
    that there is not, the number of which is `marker`. Where the text is "", the reply broke off
    there, for one of the reasons of a fallback.
    """

    text: str
    reason: str
    marker: int | None


class Fallback(Shape):
    """Why another mode than the one asked for has answered.

    The language model was `llm_not_configured`, `llm_unreachable`, `llm_timeout`,
    `llm_over_quota`, `llm_rejected` (the key or the request), `llm_failed`, `llm_nonsense`,
    `llm_cut` (its reply broke off), or `llm_resting` (not asked, as it has just failed often).
    """

    reason: str


class Retrieval(Shape):
    """Passages for a query, best first; times are milliseconds."""

    query: str
    language: str
    hits: list[Hit]
    timings: dict[str, float]


class Answer(Shape):
    """An answer with its citations, or a refusal; times are milliseconds."""

    question: str
    searched: str
    language: str
    answered: bool
    answer: str
    short_answer: str | None
    confidence: float
    citations: list[Citation]
    hits: list[Hit]
    refusal: Refusal | None
    dropped: list[Dropped]
    fallback: Fallback | None
    mode: str
    model: str | None
    index: str
    timings: dict[str, float]


class CheckedSentence(Shape):
    """A sentence at `start`..`end` (code points) of the text sent, held against the documents.

    `reason` says for people what differs, null where it is supported. The citation, if any, has
    the words it was held against.
    """

    text: str
    start: int
    end: int
    verdict: Literal["supported", "unsupported", "contradicted"]
    reason: str | None
    citations: list[Citation]


class Check(Shape):
    """The sentences of a text in order; what holds no word is left out."""

    sentences: list[CheckedSentence]


class DocumentInfo(Shape):
    """A document as listed; `characters` counts its text."""

    id: str
    title: str
    source: str
    language: str
    chunks: int
    characters: int
    added: str


class Documents(Shape):
    """All documents of an index, by id."""

    documents: list[DocumentInfo]


class Document(DocumentInfo):
    """A document with the text in which all offsets count."""

    text: str


class Input(Shape):
    """What became of one file: `indexed`, `unchanged`, `skipped` (see `reason`) or `removed`."""

    source: str
    status: Literal["indexed", "unchanged", "skipped", "removed"]
    documents: int
    chunks: int
    reason: str


class Inputs(Shape):
    """What became of each file."""

    inputs: list[Input]


class Health(Shape):
    """The process is alive."""

    status: Literal["ok"]


class Readiness(Shape):
    """Questions can be answered; the counts are those of the index served."""

    status: Literal["ready"]
    index: str
    documents: int
    chunks: int


class ErrorDetail(Shape):
    """A `code` for programs, a `message` and the `remedy` for people."""

    code: str
    message: str
    remedy: str


class Error(Shape):
    """Every error."""

    error: ErrorDetail
