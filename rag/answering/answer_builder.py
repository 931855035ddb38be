"""A question on its way to its answer: what it was made into, what it cost, who words it."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rag.answering.generation import Fluent, rewritten, worded
from rag.answering.grounding import Grounding
from rag.answering.messages import message
from rag.dialogue.followup import Resolved, resolved
from rag.errors import LLMUnavailable
from rag.types import Answer, Citation, Dropped, Hit, Refusal, Retrieval, Token

NEAREST = 3  # passages shown with a refusal


@dataclass(slots=True)
class Asking:
    """One question; `fluent` is the model that is to word its answer, if there is one."""

    question: str
    language: str
    index: str
    top_k: int
    fluent: Fluent | None = None
    fallback: str | None = None
    timings: dict[str, float] = field(default_factory=dict)
    _model: str | None = None
    _dropped: tuple[Dropped, ...] = ()
    _model_seconds: float = 0.0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Take note of the milliseconds that a stage takes."""
        start = time.perf_counter()
        yield
        self.timings[stage] = (time.perf_counter() - start) * 1000

    def stand_alone(self, history: Sequence[Mapping[str, str]]) -> Resolved:
        """The question complete in itself: by the model, or by rules where it does not."""
        if self.fluent and any(turn.get("content") for turn in history):
            start = time.monotonic()
            try:
                with self.timed("rewrite"):
                    whole = rewritten(self.fluent, self.question, history, self.language)
            except LLMUnavailable as error:
                self.fallback, self.fluent = error.reason, None
            else:
                if whole is not None:
                    return Resolved(whole, whole)
            finally:
                self._model_seconds = time.monotonic() - start
        return resolved(self.question, history)

    def worded(
        self, fluent: Fluent, searched: str, grounding: Grounding
    ) -> Generator[Token, None, str | None]:
        """The model's answer as it comes, and as a whole; None where the model has failed."""
        text = ""
        seconds = fluent.seconds - self._model_seconds
        try:
            for piece in worded(fluent, searched, self.language, grounding, seconds):
                text += piece
                yield Token(piece)
        except LLMUnavailable as error:
            self.fallback = error.reason
            return None
        self._model = fluent.model.name
        self._dropped = tuple(grounding.dropped)
        return text

    def retrieval(self, hits: Sequence[Hit]) -> Retrieval:
        """The passages alone."""
        self.timings["total"] = sum(self.timings.values())
        return Retrieval(self.question, self.language, tuple(hits[: self.top_k]), self.timings)

    def refused(
        self, searched: str, reason: str, hits: Sequence[Hit], confidence: float = 0.0
    ) -> Answer:
        """The refusal for a reason, with the nearest passages where these may help."""
        has_nearest = reason in ("not_in_documents", "not_supported")
        nearest = tuple(hits[:NEAREST]) if has_nearest else ()
        refusal = Refusal(reason, message(reason, self.language), nearest)
        return self.answer(searched=searched, confidence=confidence, hits=hits, refusal=refusal)

    def answer(
        self,
        *,
        searched: str,
        confidence: float,
        hits: Sequence[Hit],
        text: str = "",
        short_answer: str | None = None,
        citations: tuple[Citation, ...] = (),
        refusal: Refusal | None = None,
    ) -> Answer:
        """The answer, or the refusal, with all that is known of it."""
        self.timings["total"] = sum(self.timings.values())
        return Answer(
            question=self.question,
            searched=searched,
            language=self.language,
            answered=refusal is None,
            text=text,
            short_answer=short_answer,
            confidence=confidence,
            citations=citations,
            hits=tuple(hits[: self.top_k]),
            refusal=refusal,
            dropped=self._dropped,
            fallback=self.fallback,
            mode="llm" if self._model else "extractive",
            model=self._model,
            index=self.index,
            timings=self.timings,
        )
