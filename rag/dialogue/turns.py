"""What was asked and answered: turns, ratings, a line of a person's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

HISTORY_TURNS = 12


Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer, and when (ISO, UTC)."""

    verdict: Verdict
    note: str
    rated_at: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer as `rag.shapes.shape` gives it.

    `ordinal` counts from 0 in its conversation; `asked_at` is ISO, UTC.
    """

    id: str
    ordinal: int
    asked_at: str
    answer: dict[str, Any]
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """One line of a person's list: `title` is the first question, `turns` their number."""

    id: str
    title: str
    index: str
    turns: int
    updated: str


def history(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """The last 12 turns as follow-up resolution needs them; a refusal's answer is "".

    >>> history([Turn("t", 0, "", {"question": "天津?", "answered": False, "answer": ""})])
    [{'role': 'user', 'content': '天津?'}, {'role': 'assistant', 'content': ''}]
    """
    messages = []
    for turn in turns[-HISTORY_TURNS:]:
        said = turn.answer["answer"] if turn.answer["answered"] else ""
        messages.append({"role": "user", "content": str(turn.answer["question"])})
        messages.append({"role": "assistant", "content": str(said)})
    return messages


def feedback_shape(answer: Mapping[str, Any], feedback: Feedback) -> dict[str, Any]:
    """What maintainers see of a rated answer."""
    return {
        "question": answer["question"],
        "answer": answer["answer"],
        "answered": answer["answered"],
        "verdict": feedback.verdict,
        "note": feedback.note,
        "time": feedback.rated_at,
        "index": answer["index"],
    }
