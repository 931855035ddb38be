"""The chat API of OpenAI's clients over the same answers, with the answer object as `wenju`."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import Depends, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import chat_schemas, schemas
from api.answers import answered, answering
from api.body import json_only
from api.described import event_stream, failures
from api.errors import failure_of, refuse
from api.metrics import Metrics
from api.streams import DONE, EventStream, Feed, event, unless_left
from rag.library import Library
from rag.shapes import shape
from rag.types import Answer, Token

MODEL = "wenju"
_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def add_openai(app: FastAPI, library: Library, metrics: Metrics) -> None:
    """Add the endpoints that OpenAI's clients call."""

    @app.get(
        "/v1/models",
        tags=["openai"],
        summary="List the models",
        response_model=chat_schemas.Models,
        responses=failures(),
    )
    async def models() -> dict[str, Any]:
        """`wenju` for the index served, `wenju/NAME` for each other."""
        _, *others = await run_in_threadpool(library.names)
        names = [MODEL, *(f"{MODEL}/{name}" for name in others)]
        return {"object": "list", "data": [_model_shape(name) for name in names]}

    @app.post(
        "/v1/chat/completions",
        tags=["openai"],
        summary="Chat",
        response_model=chat_schemas.ChatCompletion,
        responses={
            200: {
                "content": {
                    "text/event-stream": event_stream("message"),
                }
            },
            **failures(404, 415),
        },
        dependencies=[Depends(json_only)],
    )
    async def chat(
        request: Request,
        body: chat_schemas.ChatRequest,
    ) -> Any:
        """The last user message answered; earlier ones are history, system messages ignored."""
        index = _index_of(body.model)
        question, history = _conversation(body.messages)
        completion = _Completion(body.model)
        if body.stream:
            feed = Feed(answering(library, index, question, {"history": history}))
            usage = body.stream_options is not None and body.stream_options.include_usage
            return await _streamed(feed, completion, metrics, with_usage=usage)
        work = answered(library, index, question, {"history": history})
        answer = await unless_left(request, work)
        metrics.observe_answer(answer)
        return completion.whole(answer)


def _model_shape(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "wenju"}


def _index_of(model: str) -> str | None:
    """The index that a model name stands for, None for the one served.

    >>> _index_of("wenju"), _index_of("wenju/papers")
    (None, 'papers')
    """
    if model == MODEL:
        return None
    maker, _, index = model.partition("/")
    if maker != MODEL or not index:
        message = f"no model {model!r}"
        raise refuse(404, "model_not_found", message, "GET /v1/models names the models")
    return index


def _conversation(
    messages: Sequence[chat_schemas.UserMessage | chat_schemas.OtherMessage],
) -> tuple[str, list[dict[str, str]]]:
    """The question and the turns before it; "" where the user has said nothing."""
    turns = [
        {"role": message.role, "content": _text(message.content)}
        for message in messages
        if message.role in ("user", "assistant")
    ]
    while turns and turns[-1]["role"] != "user":
        turns.pop()
    if not turns:
        return "", []
    question = turns.pop()["content"]
    if len(question) > schemas.LONGEST_QUESTION:
        message = f"messages: the question is longer than {schemas.LONGEST_QUESTION:,} characters"
        raise refuse(422, "invalid_request", message, "ask a shorter one")
    return question, turns


def _text(content: str | list[chat_schemas.Part] | None) -> str:
    """The text of a message's content, where it comes in parts a line each."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part.text for part in content if part.type == "text" and part.text)


def _words(answer: Answer) -> str:
    """What a chat shows: the answer, or why there is none."""
    return answer.refusal.message if answer.refusal else answer.answer


class _Completion:
    """The objects of one completion: they share an id, a time and a model."""

    def __init__(self, model: str) -> None:
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": model,
        }

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The completion in one object."""
        message = {"role": "assistant", "content": _words(answer), "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": _USAGE,
            "wenju": shape(answer),
        }

    def chunk(
        self, delta: dict[str, Any] | None = None, finish: str | None = None, **others: Any
    ) -> dict[str, Any]:
        """A piece of the completion; without `delta` it has no choice."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {
            **self._head,
            "object": "chat.completion.chunk",
            "choices": [] if delta is None else [choice],
            **others,
        }


async def _streamed(
    feed: Feed[Any], completion: _Completion, metrics: Metrics, *, with_usage: bool
) -> Response:
    await anext(feed)  # what is wrong before it is an error response, not a chunk

    async def chunks() -> AsyncIterator[bytes]:
        yield event(completion.chunk({"role": "assistant", "content": ""}))
        try:
            async for found in feed:
                match found:
                    case Token(text) if text:  # "" tells only that there is more to come
                        yield event(completion.chunk({"content": text}))
                    case Answer():
                        metrics.observe_answer(found)
                        if found.refusal is not None:
                            yield event(completion.chunk({"content": found.refusal.message}))
                        riding: dict[str, Any] = {"wenju": shape(found)}
                        if with_usage:
                            yield event(completion.chunk({}, "stop"))
                            yield event(completion.chunk(usage=_USAGE, **riding))
                        else:
                            yield event(completion.chunk({}, "stop", **riding))
            yield DONE
        except Exception as error:  # noqa: BLE001 (the outermost edge of a stream)
            yield event(failure_of(error).shape)

    return EventStream(chunks(), feed)
