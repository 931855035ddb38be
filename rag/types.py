"""The values that travel through Wenju: frozen, without input or output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.reasons import Reason


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
    """A passage: `text == document.text[start:end]`; `ordinal` counts from 0 in its document."""

    id: str
    document_id: str
    section: str
    text: str
    start: int
    end: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage: `text` lies at `start`..`end` (code points) of its document's text.

    `score` is higher for better, `rank` counts from 1.
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


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The passages found for a query, best first; `timings` are milliseconds by stage."""

    query: str
    language: str
    hits: tuple[Hit, ...]
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a document that an answer rests on: `document.text[start:end] == quote`.

    `highlights` are the words of the quote that are the short answer: half-open spans of the
    document's text within `start`..`end`, in order, none overlapping another.
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer: a `reason` for programs, a `message` for people."""

    reason: Reason
    message: str
    nearest: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something left out of an answer, and why."""

    text: str
    reason: Reason
    marker: int | None = None


@dataclass(frozen=True, slots=True)
class Fallback:
    """Why another mode than the one asked for has answered."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of somebody's text, at half-open offsets, held against the documents.

    `verdict` is `supported`, `unsupported` or `contradicted`; `reason` says for people what
    differs, None where it is supported. The citation, if any, holds the nearest words.
    """

    text: str
    start: int
    end: int
    verdict: str
    reason: str | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its citations, or a refusal; never both.

    `searched` is the question after follow-ups are resolved; `confidence` lies in 0..1;
    `timings` are milliseconds by stage.
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
    dropped: tuple[Dropped, ...] = ()
    fallback: Fallback | None = None
    mode: str = "extractive"
    model: str | None = None
    index: str = "default"
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The first event of an answer on its way: what was searched and found.

    `hits` are in the order of retrieval; those of the answer may be ranked anew.
    """

    searched: str
    language: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of an answer on its way; all pieces joined are the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class InputReport:
    """What became of one input: `status` is `indexed`, `unchanged`, `skipped` or `removed`."""

    source: str
    status: str
    documents: int = 0
    chunks: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What `wenju list` shows of a document; `characters` counts its canonical text."""

    id: str
    title: str
    source: str
    language: str
    chunks: int
    characters: int
    added: str
