"""`/v1/retrieve`, `/v1/answer` and `/v1/check`."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from starlette.responses import Response

from api import schemas
from api.body import json_only
from api.described import event_stream, failures
from api.errors import failure_of, refuse
from api.metrics import Metrics
from api.streams import EventStream, Feed, event, unless_left
from rag.assistant import Assistant
from rag.errors import IndexNotFound
from rag.library import Library
from rag.shapes import shape
from rag.types import Answer, CheckedSentence, Found, Retrieval, Token

Event = Found | Token | Answer
IndexQuery = Annotated[
    str | None,
    Query(max_length=200, description="Which index; the one served where none is named."),
]


def assistant_of(library: Library, index: str | None) -> Assistant:
    """The assistant over the index of that name; an unknown one is 404."""
    try:
        return library.assistant(index)
    except IndexNotFound as error:
        name = index or library.default
        remedy = "GET /v1/models names the indexes that there are"
        raise refuse(404, "index_not_found", f"no index {name!r}", remedy) from error


async def answered(
    library: Library, index: str | None, question: str, options: Mapping[str, Any]
) -> Answer:
    """The answer, made off the event loop; raises Overloaded and others."""
    async with aclosing(answering(library, index, question, options)) as events:
        (answer,) = [event async for event in events if isinstance(event, Answer)]
    return answer


async def answering(
    library: Library, index: str | None, question: str, options: Mapping[str, Any]
) -> AsyncGenerator[Event, None]:
    """The events of an answer, made off the event loop; raises Overloaded and others."""

    def events() -> Iterator[Event]:
        yield from assistant_of(library, index).stream(question, **options)

    async with library.questions.admit() as place, aclosing(place.iterate(events())) as made:
        async for found in made:
            yield found


def add_answers(app: FastAPI, library: Library, metrics: Metrics) -> None:
    """Add the endpoints that retrieve, answer and check."""

    @app.post(
        "/v1/retrieve",
        tags=["answers"],
        summary="Find passages",
        response_model=schemas.Retrieval,
        responses=failures(404, 415),
        dependencies=[Depends(json_only)],
    )
    async def retrieve(
        body: schemas.RetrieveRequest,
        index: IndexQuery = None,
    ) -> dict[str, Any]:
        """The passages that fit a query best, in Chinese or English, over documents in either."""

        def search() -> Retrieval:
            return assistant_of(library, body.index or index).search(body.query, body.top_k)

        async with library.questions.admit() as place:
            found = await place.run(search)
        metrics.observe_stages(found.timings)
        return shape(found)

    @app.post(
        "/v1/answer",
        tags=["answers"],
        summary="Answer a question",
        response_model=schemas.Answer,
        responses={
            200: {
                "description": "One object, or with `stream` the events `hits`, `token`…, "
                "`citations`, `done`; an `error` event ends a stream that fails.",
                "content": {
                    "text/event-stream": event_stream(
                        "hits", "token", "citations", "done", "error"
                    ),
                },
            },
            **failures(404, 415),
        },
        dependencies=[Depends(json_only)],
    )
    async def answer(
        request: Request,
        body: schemas.AnswerRequest,
        index: IndexQuery = None,
    ) -> Any:
        """An answer with the exact words it rests on, or a refusal with the nearest passages."""
        options: dict[str, Any] = {
            "history": [{"role": turn.role, "content": turn.content} for turn in body.history],
            "top_k": body.top_k,
            "mode": body.mode,
        }
        if body.stream:
            events = answering(library, body.index or index, body.question, options)
            return await _streamed(Feed(events), metrics)
        work = answered(library, body.index or index, body.question, options)
        found = await unless_left(request, work)
        metrics.observe_answer(found)
        return shape(found)

    @app.post(
        "/v1/check",
        tags=["answers"],
        summary="Check a text",
        response_model=schemas.Check,
        responses=failures(404, 415),
        dependencies=[Depends(json_only)],
    )
    async def check(
        request: Request,
        body: schemas.CheckRequest,
        index: IndexQuery = None,
    ) -> dict[str, Any]:
        """Each sentence of anyone's text with its verdict and the words it was held against."""
        sentences = await unless_left(request, checked(body.text, body.index or index))
        return {"sentences": [shape(sentence) for sentence in sentences]}

    async def checked(text: str, index: str | None) -> list[CheckedSentence]:
        def checking() -> Iterator[CheckedSentence]:
            yield from assistant_of(library, index).checking(text)

        async with library.checks.admit() as place, aclosing(place.iterate(checking())) as made:
            start = time.perf_counter()
            sentences = [sentence async for sentence in made]
        metrics.observe_check(sentences, time.perf_counter() - start)
        return sentences


async def _streamed(feed: Feed[Event], metrics: Metrics) -> Response:
    first = await anext(feed)  # what is wrong before it is an error response, not an event

    async def events() -> AsyncIterator[bytes]:
        yield event(shape(first), "hits")
        try:
            async for found in feed:
                match found:
                    case Token(text) if text:  # "" tells only that there is more to come
                        yield event({"text": text}, "token")
                    case Answer():
                        metrics.observe_answer(found)
                        citations = [shape(citation) for citation in found.citations]
                        yield event({"citations": citations}, "citations")
                        yield event(shape(found), "done")
        except Exception as error:  # noqa: BLE001 (the outermost edge of a stream)
            yield event(failure_of(error).shape, "error")

    return EventStream(events(), feed)
