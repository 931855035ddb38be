"""The tools that MCP clients find: the same work as the HTTP API's, behind the same gates."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from api.answers import answering, checking
from api.mcp_schemas import (
    LONGEST_SLICE,
    MOST_DOCUMENTS,
    DocumentPage,
    DocumentSlice,
    Page,
    Question,
    Slice,
)
from api.schemas import CheckRequest, RetrieveRequest
from api.services import Services
from api.streams import collected
from rag.assistant import Assistant
from rag.shapes import shape
from rag.types import Answer, Check, CheckedSentence, Citation, Hit, Retrieval


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool gives: `shape` as the schema of its result says, `text` for a model to read."""

    shape: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool: what it takes and gives, and the work that makes the one of the other."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    result: type[Any]
    work: Callable[[Services, Any], Awaitable[Outcome]]


async def search(services: Services, asked: RetrieveRequest) -> Outcome:
    """The passages that fit a query best."""
    found = await services.run(
        services.library.questions,
        asked.index,
        lambda assistant: assistant.search(asked.query, asked.top_k),
    )
    services.metrics.observe_stages(found.timings)
    lines = [f"{hit.rank}. {_place(hit)}\n{hit.text}" for hit in found.hits]
    return Outcome(shape(found), "\n\n".join(lines) or "No passage fits.")


async def answer(services: Services, asked: Question) -> Outcome:
    """An answer with its citations, or a refusal."""
    history = [turn.model_dump() for turn in asked.history]
    *_, found = await collected(answering(services, asked.index, asked.question, history=history))
    assert isinstance(found, Answer)
    return Outcome(shape(found), _told(found))


async def check(services: Services, asked: CheckRequest) -> Outcome:
    """Each sentence of a text with its verdict."""
    work = checking(services, asked.index, asked.text)
    checked = Check(tuple(await collected(work)))
    lines = [_verdict(sentence) for sentence in checked.sentences]
    return Outcome(shape(checked), "\n".join(lines) or "There is no sentence.")


async def documents(services: Services, asked: Page) -> Outcome:
    """A page of the list of documents."""
    listed = await services.run(
        services.reads, asked.index, lambda assistant: assistant.store.documents()
    )
    end = asked.offset + MOST_DOCUMENTS
    shown = listed[asked.offset : end]
    page = DocumentPage(
        documents=shown,
        total=len(listed),
        next_offset=end if end < len(listed) else None,
    )
    lines = [f"{each.id}: {each.title} ({each.characters} characters)" for each in shown]
    return Outcome(page.model_dump(mode="json"), "\n".join([f"{len(listed)} documents", *lines]))


async def document_text(services: Services, asked: Slice) -> Outcome:
    """A piece of a document's text."""

    def read(assistant: Assistant) -> DocumentSlice:
        document = assistant.store.document(asked.document_id)
        length = len(document.text)
        start = min(asked.start, length)
        asked_end = length if asked.end is None else min(asked.end, length)
        end = max(start, min(asked_end, start + LONGEST_SLICE))
        return DocumentSlice(
            document_id=document.id,
            title=document.title,
            start=start,
            end=end,
            characters=length,
            next_start=end if end < length else None,
            text=document.text[start:end],
        )

    piece = await services.run(services.reads, asked.index, read)
    return Outcome(piece.model_dump(mode="json"), piece.text)


def _place(found: Hit | Citation) -> str:
    page = f", page {found.page}" if found.page else ""
    where = f"{found.document_id}, {found.start}-{found.end}{page}"
    return f"{found.title} ({where})" + (" from OCR" if found.ocr else "")


def _quotes(citations: Sequence[Citation]) -> list[str]:
    return [f"[{each.marker}] {_place(each)}\n“{each.quote}”" for each in citations]


def _told(found: Answer) -> str:
    if found.refusal:
        return f"No answer ({found.refusal.reason}): {found.refusal.message}"
    short = found.short_answer_translation or found.short_answer
    return "\n\n".join(
        [found.answer, *([f"In short: {short}"] if short else []), *_quotes(found.citations)]
    )


def _verdict(sentence: CheckedSentence) -> str:
    reason = f" ({sentence.reason})" if sentence.reason else ""
    return "\n".join([f"{sentence.verdict}: {sentence.text}{reason}", *_quotes(sentence.citations)])


TOOLS = (
    ToolSpec(
        "search",
        "Search the documents",
        "Passages of the documents that fit a query in Chinese or English best, word for word "
        "with their place. Use it to gather material; use answer for a question.",
        RetrieveRequest,
        Retrieval,
        search,
    ),
    ToolSpec(
        "answer",
        "Answer from the documents",
        "A brief answer to a question in Chinese or English with the exact words behind it, or a "
        "refusal where the documents do not say it. The quotes of citations are verbatim.",
        Question,
        Answer,
        answer,
    ),
    ToolSpec(
        "check",
        "Check a text against the documents",
        "Each sentence of a text as supported, unsupported or contradicted by the documents, with "
        "what differs and the words it was checked against.",
        CheckRequest,
        Check,
        check,
    ),
    ToolSpec(
        "documents",
        "List the documents",
        f"The documents by id, {MOST_DOCUMENTS} at a time.",
        Page,
        DocumentPage,
        documents,
    ),
    ToolSpec(
        "document_text",
        "Read a document",
        "A document's text, or the piece of it at half-open offsets in Unicode code points, as "
        "hits and citations have them: to read what stands around a quote.",
        Slice,
        DocumentSlice,
        document_text,
    ),
)
