"""Answers in a language model's words: questions made complete, passages told, words checked."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from rag.errors import LLMUnavailable
from rag.grounding import Grounding, passages_of
from rag.llm import ChatModel
from rag.marked import said
from rag.mentions import names
from rag.prompts import answer_messages, rewrite_messages
from rag.text import fold

ANSWER_TOKENS = 800
REWRITE_TOKENS = 120
REWRITE_SECONDS = 8.0  # at most, of those for the whole answer
LONGEST_REWRITTEN = 300  # characters
MOST_TURNS = 12
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Fluent:
    """A model with the time that an answer may take."""

    model: ChatModel
    seconds: float
    context_tokens: int
    marks_unsupported: bool = False


class Deadline:
    """Seconds left of those that an answer may take."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, 0 or less where the time is over."""
        return self._end - time.monotonic()


def rewritten(
    fluent: Fluent,
    question: str,
    history: Sequence[Mapping[str, str]],
    language: str,
    deadline: Deadline,
) -> str | None:
    """The question complete in itself, in the model's words; None where these add something.

    Raises LLMUnavailable.
    """
    recent = [turn for turn in history if turn.get("content")][-MOST_TURNS:]
    reply = fluent.model.complete(
        rewrite_messages(question, recent, language),
        max_tokens=REWRITE_TOKENS,
        seconds=min(deadline.left, REWRITE_SECONDS),
    )
    whole = reply.strip().strip('“”"「」').strip()
    said_before = fold(" ".join([*(str(turn["content"]) for turn in recent), question]))
    is_new = any(fold(name) not in said_before for name in names(whole)) or not set(
        _NUMBER.findall(fold(whole))
    ) <= set(_NUMBER.findall(said_before))
    if not whole or len(whole) > LONGEST_REWRITTEN or len(whole.splitlines()) > 1 or is_new:
        return None
    return whole


def worded(
    fluent: Fluent,
    question: str,
    language: str,
    grounding: Grounding,
    deadline: Deadline,
) -> Iterator[str]:
    """The supported sentences of the model's answer as they come; "" for each other piece.

    What a reply that breaks off has said so far stays; raises LLMUnavailable where that is
    nothing.
    """
    fence = f"passage-{secrets.token_hex(3)}"
    messages = answer_messages(question, language, passages_of(grounding.shown), fence)
    is_shown = False
    pieces = fluent.model.stream(messages, max_tokens=ANSWER_TOKENS, seconds=deadline.left)
    try:
        with closing(pieces):
            for one in said(pieces):
                text = grounding.take(one) if one else ""
                is_shown = is_shown or bool(text)
                yield text
    except LLMUnavailable as error:
        if not is_shown:
            raise
        grounding.broke_off(error.reason)
