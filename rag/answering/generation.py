"""Answers that a language model writes: questions completed, passages given, sentences checked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from rag.answering.grounding import Grounding
from rag.answering.prompts import answer_messages, rewrite_messages
from rag.answering.reply import cited_sentences
from rag.dialogue.carryover import content_words
from rag.errors import LLMUnavailable
from rag.language.entities import names
from rag.language.text import fold
from rag.models.chat import ChatModel

ANSWER_TOKENS = 800
REWRITE_TOKENS = 120
REWRITE_SECONDS = 8.0  # at most
LONGEST_REWRITTEN = 300  # characters
MOST_TURNS = 12
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Generator:
    """A model, and how it is used: seconds for an answer, tokens of passages to give it."""

    model: ChatModel
    seconds: float
    context_tokens: int
    marks_unsupported: bool = False


def rewritten(
    generator: Generator,
    question: str,
    history: Sequence[Mapping[str, str]],
    language: str,
) -> str | None:
    """The question complete in itself, as the model writes it; None where that adds something.

    Raises LLMUnavailable.
    """
    recent = [turn for turn in history if turn.get("content")][-MOST_TURNS:]
    reply = generator.model.complete(
        rewrite_messages(question, recent, language),
        max_tokens=REWRITE_TOKENS,
        seconds=min(generator.seconds, REWRITE_SECONDS),
    )
    whole = reply.strip().strip('“”"「」').strip()
    said_before = fold(" ".join([*(str(turn["content"]) for turn in recent), question]))
    if not whole or len(whole) > LONGEST_REWRITTEN or len(whole.splitlines()) > 1:
        return None
    if _adds(fold(whole), names(whole), said_before):
        return None
    return whole


def generated(
    generator: Generator, question: str, language: str, grounding: Grounding
) -> Iterator[str]:
    """The supported sentences of the model's answer as they come; "" for each other piece.

    What a reply that breaks off has said so far stays; raises LLMUnavailable where that is
    nothing.
    """
    fence = f"passage-{secrets.token_hex(3)}"
    messages = answer_messages(question, language, grounding.passages, fence)
    is_shown = False
    pieces = generator.model.stream(messages, max_tokens=ANSWER_TOKENS, seconds=generator.seconds)
    try:
        with closing(pieces):
            for sentence in cited_sentences(pieces):
                text = grounding.take(sentence) if sentence else ""
                is_shown = is_shown or bool(text)
                yield text
    except LLMUnavailable as error:
        if not is_shown:
            raise
        grounding.broke_off(error.reason)


def _adds(whole: str, named: Sequence[str], said_before: str) -> bool:
    """Whether a question brings in a number, a name or much else from nowhere."""
    if not set(_NUMBER.findall(whole)) <= set(_NUMBER.findall(said_before)):
        return True
    if any(fold(name) not in said_before for name in named):
        return True
    new = total = 0
    for word in content_words(whole):
        is_chinese = word[0] >= "\u3400"
        parts = list(word) if is_chinese else [word]
        total += len(parts)
        new += sum(part not in said_before for part in parts)
    return 3 * new > total
