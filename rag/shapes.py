"""The JSON shapes of answers, hits and documents, as the HTTP contract and `--json` show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rag.types import (
    Answer,
    CheckedSentence,
    Citation,
    Document,
    DocumentInfo,
    Dropped,
    Hit,
    InputReport,
    Retrieval,
)

Shape = dict[str, Any]


def hit_shape(hit: Hit) -> Shape:
    """One retrieved passage."""
    chunk = hit.chunk
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "chunk_id": chunk.id,
        "document_id": chunk.document_id,
        "title": hit.title,
        "source": hit.source,
        "section": chunk.section,
        "text": chunk.text,
        "start": chunk.start,
        "end": chunk.end,
    }


def citation_shape(citation: Citation) -> Shape:
    """One citation with the passage that holds it."""
    return {**asdict(citation), "highlights": [list(span) for span in citation.highlights]}


def dropped_shape(dropped: Dropped) -> Shape:
    """Something left out of an answer."""
    return asdict(dropped)


def check_shape(sentences: Sequence[CheckedSentence]) -> Shape:
    """What `/v1/check` and `wenju check-text` give."""
    return {
        "sentences": [
            {**asdict(each), "citations": [citation_shape(one) for one in each.citations]}
            for each in sentences
        ]
    }


def answer_shape(answer: Answer) -> Shape:
    """A whole answer or refusal."""
    refusal = answer.refusal
    return {
        "question": answer.question,
        "searched": answer.searched,
        "language": answer.language,
        "answered": answer.answered,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "confidence": round(answer.confidence, 4),
        "citations": [citation_shape(citation) for citation in answer.citations],
        "hits": [hit_shape(hit) for hit in answer.hits],
        "refusal": refusal
        and {
            "reason": refusal.reason,
            "message": refusal.message,
            "nearest": [hit_shape(hit) for hit in refusal.nearest],
        },
        "dropped": [dropped_shape(dropped) for dropped in answer.dropped],
        "fallback": {"reason": answer.fallback} if answer.fallback else None,
        "mode": answer.mode,
        "model": answer.model,
        "index": answer.index,
        "timings": _rounded(answer.timings),
    }


def retrieval_shape(found: Retrieval) -> Shape:
    """What `retrieve` and `wenju search` give."""
    return {
        "query": found.query,
        "language": found.language,
        "hits": [hit_shape(hit) for hit in found.hits],
        "timings": _rounded(found.timings),
    }


def documents_shape(documents: Sequence[DocumentInfo]) -> Shape:
    """All documents of an index."""
    return {"documents": [asdict(document) for document in documents]}


def document_shape(info: DocumentInfo, document: Document) -> Shape:
    """One document with its canonical text, in which all offsets count."""
    return {**asdict(info), "text": document.text}


def reports_shape(reports: Sequence[InputReport]) -> Shape:
    """What became of each input."""
    return {"inputs": [asdict(report) for report in reports]}


def _rounded(timings: Any) -> dict[str, float]:
    return {stage: round(milliseconds, 2) for stage, milliseconds in timings.items()}
