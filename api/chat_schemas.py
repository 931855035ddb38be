"""The JSON of OpenAI's chat API, as far as it is understood here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from api.schemas import (
    LONGEST_MESSAGE,
    LONGEST_QUESTION,
    MOST_MESSAGES,
    DocumentFilter,
    Request,
    Shape,
    whole,
)
from rag.types import Answer

MOST_PARTS = 100


class Part(Request):
    """A part of a message; other parts than text are ignored."""

    type: str
    text: str | None = Field(default=None, max_length=LONGEST_QUESTION)


Parts = Annotated[list[Part], Field(max_length=MOST_PARTS)]


class UserMessage(Request):
    """What the user said: the last of them is the question, the others are history."""

    role: Literal["user"]
    content: Annotated[str, Field(max_length=LONGEST_QUESTION)] | Parts


class OtherMessage(Request):
    """What others said: the assistant's words are history, the rest is ignored."""

    role: Literal["assistant", "system", "developer", "tool", "function"]
    content: Annotated[str, Field(max_length=LONGEST_MESSAGE)] | Parts | None = None


Message = Annotated[UserMessage | OtherMessage, Field(discriminator="role")]


class StreamOptions(Request):
    """Options of a stream."""

    include_usage: bool = False


class ResponseFormat(Request):
    """The form of an answer: text, as it always is here."""

    type: Literal["text"]


class ChatRequest(Request):
    """A chat as OpenAI's clients send it; what is not named here is ignored."""

    model: str = Field(max_length=300, description="`wenju`, or `wenju/NAME` for another index.")
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[Literal[1] | None, BeforeValidator(whole)] = Field(
        default=1, description="How many answers: one."
    )
    response_format: ResponseFormat | None = Field(
        default=None, description="`text`; the whole answer is at `wenju` as JSON."
    )
    filter: DocumentFilter | None = Field(
        default=None, description="Which documents are asked; no field of OpenAI's."
    )


class ChatMessage(Shape):
    """The answer, or the message of the refusal, as a chat message."""

    role: Literal["assistant"]
    content: str
    refusal: None


class ChatChoice(Shape):
    """The one choice."""

    index: int
    message: ChatMessage
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(Shape):
    """Zeros: no tokens are counted."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(Shape):
    """A chat completion; `wenju` is the whole answer, with its citations."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage
    wenju: Answer


class Model(Shape):
    """An index as a model."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(Shape):
    """`wenju` is the index served, `wenju/NAME` are the others."""

    object: Literal["list"]
    data: list[Model]
