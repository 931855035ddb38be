"""The values that travel through Wenju: frozen, without input or output.

Those marked `@result` are shown to clients: the fields declared here are the JSON of the HTTP
contract (`rag.shapes`), and its schema in the API's description is derived from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, dataclass_transform

from rag.reasons import Reason

_Declared = TypeVar("_Declared")
_SCHEMA = {"extra": "forbid", "json_schema_serialization_defaults_required": True}


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def result(declared: type[_Declared]) -> type[_Declared]:
    """A frozen dataclass whose JSON has exactly its fields, all of them."""
    declared.__pydantic_config__ = _SCHEMA  # type: ignore[attr-defined]
    return dataclass(frozen=True, slots=True)(declared)


@dataclass(frozen=True, slots=True)
class Document:
    """One document in canonical form: every offset counts code points of `text`.

    `id` is unique in an index; `source` is the name shown to people; `meta` holds what the
    file states about itself (`date`, `url`, `language`).
    """

    id: str
    source: str
    title: str
    text: str
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: `text == document.text[start:end]`; `ordinal` counts from 0 in its document.

    `header` names the columns of the table within which it begins, "" where it does not.
    """

    id: str
    document_id: str
    section: str
    text: str
    start: int
    end: int
    ordinal: int
    header: str = ""


@result
class Hit:
    """A passage: `text` lies at `start`..`end` (code points) of its document's text.

    `score` is higher for better, `rank` counts from 1. `page`, from 1, is the page of its file on
    which it begins, null where that has none; `ocr` says that this page was read from a picture.
    """

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
    page: int | None = None
    ocr: bool = False


@result
class Retrieval:
    """The passages found for a query, best first; `timings` are milliseconds by stage."""

    query: str
    language: str
    hits: tuple[Hit, ...]
    timings: Mapping[str, float] = field(default_factory=dict)


@result
class Citation:
    """Words of a document that an answer rests on: `document.text[start:end] == quote`.

    `highlights` are the words of the quote that are the short answer: half-open spans of the
    document's text within `start`..`end`, in order, none overlapping another. `header` names the
    columns of a quote that begins in a row of a table, " | " between them. `page` and `ocr` are as
    in a hit, of the quote. `file_gone` says that the file which was indexed is no longer in its
    folder: the words are those that it had.
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
    passage: str = ""
    highlights: tuple[tuple[int, int], ...] = ()
    header: str = ""
    page: int | None = None
    ocr: bool = False
    file_gone: bool = False


@result
class Refusal:
    """Why there is no answer: a `reason` for programs, a `message` for people.

    The reason is `not_in_documents`, `not_supported` (nothing that the language model wrote was),
    `empty_index`, `empty_question`, `small_talk` or `about_assistant`.
    """

    reason: Reason
    message: str
    nearest: tuple[Hit, ...] = ()


@result
class Dropped:
    """A sentence that a language model wrote and that is left out, and why.

    `reason` is what is not in the documents or is otherwise there: `number`, `date`, `name`,
    `negation`, `swapped`, `added` (a clause of it), `nothing_near`; as the judge reads it,
    `not_stated`, `says_otherwise`. With `invented_marker` it named a passage that there is not, the
    number of which is `marker`. Where the text is "", the reply broke off there, for one of the
    reasons of a fallback.
    """

    text: str
    reason: Reason
    marker: int | None = None


@result
class Fallback:
    """Why another mode than the one asked for has answered.

    The language model was `llm_not_configured`, `llm_unreachable`, `llm_timeout`,
    `llm_over_quota`, `llm_rejected` (the key or the request), `llm_failed`, `llm_nonsense`,
    `llm_cut` (its reply broke off), or `llm_resting` (not asked, as it has just failed often).
    """

    reason: Reason


@result
class CheckedSentence:
    """A sentence of somebody's text, at half-open offsets, checked against the documents.

    `reason` says for people what differs, null where it is supported. The citation, if any, holds
    the nearest words.
    """

    text: str
    start: int
    end: int
    verdict: Literal["supported", "unsupported", "contradicted"]
    reason: str | None
    citations: tuple[Citation, ...]


@result
class Answer:
    """An answer with its citations, or a refusal; never both.

    `searched` is the question after follow-ups are resolved; `confidence` lies in 0..1;
    `timings` are milliseconds by stage. `short_answer_translation` is the short answer in the
    question's language, by the dictionary, null where the documents are in that language or it
    cannot be had well; 43.2% stays as it is.
    """

    question: str
    searched: str
    language: str
    answered: bool
    answer: str
    short_answer: str | None
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    refusal: Refusal | None
    short_answer_translation: str | None = None
    dropped: tuple[Dropped, ...] = ()
    fallback: Fallback | None = None
    mode: Literal["extractive", "llm"] = "extractive"
    model: str | None = None
    index: str = "default"
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The first event of an answer on its way: what was searched and found.

    `hits` are in the order of retrieval; those of the answer may be ranked again.
    """

    searched: str
    language: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of an answer on its way; all pieces joined are the answer's text."""

    text: str


@result
class InputReport:
    """What became of one input; `reason` says why it was skipped."""

    source: str
    status: Literal["indexed", "unchanged", "skipped", "removed"]
    documents: int = 0
    chunks: int = 0
    reason: str = ""


@result
class DocumentInfo:
    """What `wenju list` shows of a document; `characters` counts its canonical text."""

    id: str
    title: str
    source: str
    language: str
    chunks: int
    characters: int
    added: str


@result
class DocumentText(DocumentInfo):
    """A document with its canonical text, in which all offsets count."""

    text: str


@result
class Heading:
    """A heading at `start`..`end` of its document's text; `depth` counts from 1."""

    title: str
    depth: int
    start: int
    end: int


@result
class DocumentOverview(DocumentInfo):
    """What a document is about: its central sentences, cited in their order, and its headings.

    `author`, `date`, `publisher` and `url` are what it says of itself, null where it does not.
    """

    author: str | None
    date: str | None
    publisher: str | None
    url: str | None
    contents: tuple[Heading, ...]
    citations: tuple[Citation, ...]


@result
class Documents:
    """All documents of an index, by id."""

    documents: tuple[DocumentInfo, ...]


@result
class Inputs:
    """What became of each input."""

    inputs: tuple[InputReport, ...]


@result
class Check:
    """The sentences of a text in order; what holds no word is left out."""

    sentences: tuple[CheckedSentence, ...]
