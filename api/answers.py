"""`/v1/retrieve`, `/v1/answer` and `/v1/check`."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Depends, Request

from api import schemas
from api.body import json_only
from api.described import event_stream, failures
from api.services import IndexQuery, Served, Services
from api.streams import collected, event, streamed, unless_left
from rag.assistant import Assistant
from rag.shapes import shape
from rag.types import Answer, Check, CheckedSentence, Found, Retrieval, Token

Event = Found | Token | Answer
router = APIRouter(
    tags=["answers"], responses=failures(404, 415), dependencies=[Depends(json_only)]
)


async def answering(
    served: Services, index: str | None, question: str, **options: Any
) -> AsyncGenerator[Event, None]:
    """The events of an answer, which is counted; raises Overloaded and others."""
    gate = served.library.questions
    made = served.iterate(gate, index, lambda assistant: assistant.stream(question, **options))
    async with aclosing(made):
        async for found in made:
            if isinstance(found, Answer):
                served.metrics.observe_answer(found)
            yield found


def checking(
    served: Services, index: str | None, text: str
) -> AsyncGenerator[CheckedSentence, None]:
    """The sentences of a text with their verdicts, which are counted; raises Overloaded."""

    def sentences(assistant: Assistant) -> Iterator[CheckedSentence]:
        start, checked = time.perf_counter(), []
        for sentence in assistant.checking(text):
            checked.append(sentence)
            yield sentence
        served.metrics.observe_check(checked, time.perf_counter() - start)

    return served.iterate(served.library.checks, index, sentences)


@router.post("/v1/retrieve", summary="Find passages", response_model=Retrieval)
async def retrieve(
    served: Served, body: schemas.RetrieveRequest, index: IndexQuery = None
) -> dict[str, Any]:
    """The passages that fit a query best, in Chinese or English, over documents in either."""
    found = await served.run(
        served.library.questions,
        body.index or index,
        lambda assistant: assistant.search(
            body.query, body.top_k, within=schemas.filter_of(body.filter)
        ),
    )
    served.metrics.observe_stages(found.timings)
    return shape(found)


@router.post(
    "/v1/answer",
    summary="Answer a question",
    response_model=Answer,
    responses={
        200: {
            "description": "One object, or with `stream` the events `hits`, `token`…, "
            "`citations`, `done`; an `error` event ends a stream that fails.",
            "content": {
                "text/event-stream": event_stream("hits", "token", "citations", "done", "error")
            },
        }
    },
)
async def answer(
    request: Request, served: Served, body: schemas.AnswerRequest, index: IndexQuery = None
) -> Any:
    """An answer with the exact words it rests on, or a refusal with the nearest passages."""
    events = answering(
        served,
        body.index or index,
        body.question,
        history=[turn.model_dump() for turn in body.history],
        top_k=body.top_k,
        mode=body.mode,
        within=schemas.filter_of(body.filter),
    )
    if body.stream:
        return await streamed(events, _shown, failure="error")
    *_, found = await unless_left(request, collected(events))
    assert isinstance(found, Answer)
    return shape(found)


@router.post("/v1/check", summary="Check a text", response_model=Check)
async def check(
    request: Request, served: Served, body: schemas.CheckRequest, index: IndexQuery = None
) -> dict[str, Any]:
    """Each sentence of anyone's text with its verdict and the words it was checked against."""
    work = checking(served, body.index or index, body.text)
    sentences = await unless_left(request, collected(work))
    return shape(Check(tuple(sentences)))


def _shown(found: Event) -> Iterator[bytes]:
    """What a stream tells of an event of an answer."""
    match found:
        case Found():
            yield event(shape(found), "hits")
        case Token(text) if text:  # "" tells only that there is more to come
            yield event({"text": text}, "token")
        case Answer():
            citations = [shape(citation) for citation in found.citations]
            yield event({"citations": citations}, "citations")
            yield event(shape(found), "done")
