"""An answer on its way: what is known of it so far, and the answer or refusal made of that."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answering.messages import refusal_message
from rag.answering.timings import Timings
from rag.reasons import Reason
from rag.types import Answer, Citation, Dropped, Fallback, Hit, Refusal

NEAREST = 3  # passages shown with a refusal
_WITH_NEAREST = (Reason.NOT_IN_DOCUMENTS, Reason.NOT_SUPPORTED)  # where these may help


@dataclass(frozen=True, slots=True)
class AnswerBuilder:
    """What is known of an answer; a stage that learns more makes another with `replace`.

    `searched` is the question after follow-ups are resolved. Of `hits`, which are all passages
    found, best first, an answer shows `top_k`. `model` is the language model that wrote the text,
    `fallback` why one that should have did not.
    """

    question: str
    searched: str
    language: str
    index: str
    top_k: int
    timings: Timings
    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0
    model: str | None = None
    dropped: tuple[Dropped, ...] = ()
    fallback: Reason | None = None

    def refused(self, reason: Reason) -> Answer:
        """The refusal for a reason, with the nearest passages where these may help."""
        nearest = self.hits[:NEAREST] if reason in _WITH_NEAREST else ()
        refusal = Refusal(reason, refusal_message(reason, self.language), nearest)
        return self._answer("", None, None, (), refusal)

    def answered(
        self,
        text: str,
        short_answer: str | None,
        citations: tuple[Citation, ...],
        translation: str | None = None,
    ) -> Answer:
        """The answer with its citations; `translation` is that of the short answer."""
        return self._answer(text, short_answer, translation, citations, None)

    def _answer(
        self,
        text: str,
        short_answer: str | None,
        translation: str | None,
        citations: tuple[Citation, ...],
        refusal: Refusal | None,
    ) -> Answer:
        return Answer(
            question=self.question,
            searched=self.searched,
            language=self.language,
            answered=refusal is None,
            answer=text,
            short_answer=short_answer,
            confidence=self.confidence,
            citations=citations,
            hits=self.hits[: self.top_k],
            refusal=refusal,
            short_answer_translation=translation,
            dropped=self.dropped,
            fallback=Fallback(self.fallback) if self.fallback else None,
            mode="llm" if self.model else "extractive",
            model=self.model,
            index=self.index,
            timings=self.timings.with_total(),
        )
