"""The chat API of OpenAI's clients over the same answers, with the answer object as `wenju`."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi import Path as PathParameter
from starlette.concurrency import run_in_threadpool

from api import chat_schemas, schemas
from api.answers import Event, answering
from api.body import json_only
from api.described import event_stream, failures
from api.errors import Failure
from api.services import Served
from api.streams import DONE, collected, event, streamed, unless_left
from rag.answering.messages import translation_line, without_translation_line
from rag.shapes import shape
from rag.types import Answer, Found, Token

MODEL = "wenju"
ModelName = Annotated[
    str, PathParameter(max_length=300, description="A model's name; its slash stays one.")
]
_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
router = APIRouter(tags=["openai"], responses=failures())


@router.get("/v1/models/", include_in_schema=False)
@router.get("/v1/models", summary="List the models", response_model=chat_schemas.Models)
async def models(served: Served) -> dict[str, Any]:
    """`wenju` for the index served, `wenju/NAME` for each other."""
    indexes = await run_in_threadpool(served.shelf.names)
    others = (name for name in indexes if name != served.shelf.default)
    names = [MODEL, *(f"{MODEL}/{name}" for name in others)]
    return {"object": "list", "data": [_shape_of(name) for name in names]}


@router.get(
    "/v1/models/{model:path}",
    summary="Look a model up",
    response_model=chat_schemas.Model,
    responses=failures(404),
    operation_id="model",
)
async def model(served: Served, model: ModelName) -> dict[str, Any]:
    """One model, by any name that a chat may give."""
    name = model.removesuffix("/")
    index = _index_of(name)
    if index is not None and index not in await run_in_threadpool(served.shelf.names):
        raise _no_model(name)
    return _shape_of(name)


def _shape_of(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


@router.post("/v1/chat/completions/", include_in_schema=False, dependencies=[Depends(json_only)])
@router.post(
    "/v1/chat/completions",
    summary="Chat",
    response_model=chat_schemas.ChatCompletion,
    responses={
        200: {"content": {"text/event-stream": event_stream("message")}},
        **failures(404, 415),
    },
    dependencies=[Depends(json_only)],
)
async def chat(request: Request, served: Served, body: chat_schemas.ChatRequest) -> Any:
    """The last user message answered; earlier ones are history, system messages ignored."""
    index = _index_of(body.model)
    question, history = _conversation(body.messages)
    completion = _Completion(body)
    events = answering(
        served, index, question, history=history, within=schemas.filter_of(body.filter)
    )
    if body.stream:
        return await streamed(events, completion.chunks, end=DONE)
    *_, answer = await unless_left(request, collected(events))
    assert isinstance(answer, Answer)
    return completion.whole(answer)


def _index_of(model: str) -> str | None:
    """The index that a model name stands for, None for the one served.

    >>> _index_of("wenju"), _index_of("wenju/papers")
    (None, 'papers')
    """
    if model == MODEL:
        return None
    maker, _, index = model.partition("/")
    if maker != MODEL or not index:
        raise _no_model(model)
    return index


def _no_model(name: str) -> Failure:
    remedy = "GET /v1/models names the models"
    return Failure(404, "model_not_found", f"no model {name!r}", remedy)


def _conversation(
    messages: Sequence[chat_schemas.UserMessage | chat_schemas.OtherMessage],
) -> tuple[str, list[dict[str, str]]]:
    """The question and the turns before it; "" where the user has said nothing."""
    turns = [
        {"role": message.role, "content": without_translation_line(_text(message.content))}
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
        raise Failure(422, "invalid_request", message, "ask a shorter one")
    return question, turns


def _text(content: str | list[chat_schemas.Part] | None) -> str:
    """The text of a message's content, where it comes in parts a line each."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part.text for part in content if part.type == "text" and part.text)


def _tail(answer: Answer) -> str:
    """What follows the answer's text: the translation of its short answer, marked as one."""
    line = translation_line(answer.short_answer, answer.short_answer_translation, answer.language)
    return f"\n\n{line}" if line else ""


class _Completion:
    """The objects of one completion: they share an id, a time and a model."""

    def __init__(self, asked: chat_schemas.ChatRequest) -> None:
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": asked.model,
        }
        options = asked.stream_options
        self._with_usage = options is not None and options.include_usage

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The completion in one object."""
        content = answer.refusal.message if answer.refusal else answer.answer + _tail(answer)
        message = {"role": "assistant", "content": content, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": _USAGE,
            "wenju": shape(answer),
        }

    def chunks(self, found: Event) -> Iterator[bytes]:
        """What a stream tells of an event of an answer."""
        match found:
            case Found():
                yield self._chunk({"role": "assistant", "content": ""})
            case Token(text) if text:  # "" tells only that there is more to come
                yield self._chunk({"content": text})
            case Answer():
                if rest := found.refusal.message if found.refusal else _tail(found):
                    yield self._chunk({"content": rest})
                whole = shape(found)
                if self._with_usage:
                    yield self._chunk({}, "stop")
                    yield self._chunk(usage=_USAGE, wenju=whole)
                else:
                    yield self._chunk({}, "stop", wenju=whole)

    def _chunk(
        self, delta: dict[str, Any] | None = None, finish: str | None = None, **others: Any
    ) -> bytes:
        """A piece of the completion; without `delta` it has no choice."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        choices = [] if delta is None else [choice]
        head = {**self._head, "object": "chat.completion.chunk"}
        return event({**head, "choices": choices, **others})
