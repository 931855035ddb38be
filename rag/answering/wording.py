"""Answers in a language model's words, and the question as it completes it."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from rag.answering import generation
from rag.answering.answer_builder import AnswerBuilder
from rag.answering.citations import Quote, is_cited
from rag.answering.grounding import Grounding
from rag.dialogue.followup import Resolved
from rag.errors import LLMUnavailable
from rag.reasons import Reason
from rag.types import Answer, Token

Turn = Mapping[str, str]


def rewritten(
    generator: generation.Generator,
    question: str,
    history: Sequence[Turn],
    answer: AnswerBuilder,
) -> tuple[Resolved | None, generation.Generator | None, Reason | None]:
    """The question as the model completes it, None where rules must.

    With it the generator and the seconds that are left to it, or why there is none any more.
    """
    start = time.monotonic()
    try:
        with answer.timings.timed("rewrite"):
            whole = generation.rewritten(generator, question, history, answer.language)
    except LLMUnavailable as error:
        return None, None, Reason(error.reason)
    left = replace(generator, seconds=generator.seconds - (time.monotonic() - start))
    return (Resolved(whole, whole) if whole is not None else None), left, None


def generated(
    generator: generation.Generator, answer: AnswerBuilder, grounding: Grounding
) -> Generator[Token, None, tuple[str | None, Reason | None]]:
    """The model's answer as it comes, and as a whole; or why the model has failed."""
    text = ""
    try:
        for piece in generation.generated(generator, answer.searched, answer.language, grounding):
            text += piece
            yield Token(piece)
    except LLMUnavailable as error:
        return None, Reason(error.reason)
    return text, None


def from_model(
    answer: AnswerBuilder,
    generator: generation.Generator,
    text: str,
    grounding: Grounding,
    quotes: Sequence[Quote] = (),
    short: tuple[str | None, str | None] = (None, None),
) -> Answer:
    """The model's answer, refused where none of its sentences is supported.

    `short` is the short answer of `quotes` and its translation, shown where these are cited.
    """
    answer = replace(answer, model=generator.model.name, dropped=tuple(grounding.dropped))
    citations = grounding.citations
    if not citations:
        absent = grounding.says_absent
        return answer.refused(Reason.NOT_IN_DOCUMENTS if absent else Reason.NOT_SUPPORTED)
    words, translation = short if is_cited(quotes, citations) else (None, None)
    return answer.answered(text, words, citations, translation)
