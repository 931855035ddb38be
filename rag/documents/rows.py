"""Rows as documents: of a corpus (`.jsonl`), and questions with their answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rag.documents.cleaning.rules import remove_invisible
from rag.documents.plain import Parsed
from rag.errors import Unreadable

_TEXTS = ("text", "content", "body", "正文", "内容")
_QUESTIONS = ("question", "q", "问题", "问", "提问", "标准问题", "faq question")
_ANSWERS = ("answer", "a", "答案", "答", "回答", "解答", "标准答案", "faq answer")
_TITLES = ("title", "标题")


def read_row(line: str) -> dict[str, Any]:
    """The JSON object in `line`; raises Unreadable."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"invalid JSON: {error}") from error
    if not isinstance(row, dict):
        raise Unreadable("a row must be a JSON object")
    return row


def row_of(fields: Mapping[str, Any]) -> Parsed:
    """The document that a row is: its text, or its question above the answer.

    Raises Unreadable for a row that is neither, such as one of gold questions.
    """
    names = {str(name).strip().lower(): name for name in fields}
    named = {
        role: next((names[each] for each in choices if each in names), None)
        for role, choices in (
            *(("text", _TEXTS), ("question", _QUESTIONS)),
            *(("answer", _ANSWERS), ("title", _TITLES)),
        )
    }
    text = fields.get(named["text"] or "")
    question, answer = (fields.get(named[role] or "") for role in ("question", "answer"))
    title = scalar(fields.get(named["title"] or ""))
    used = [named["title"], "id"]
    if text is not None:
        used.append(named["text"])
    elif scalar(question) and isinstance(answer, str) and answer.strip():
        title, text = title or scalar(question), f"{scalar(question)}\n{answer}"
        used += [named["question"], named["answer"]]
    else:
        raise Unreadable("rows have no text (a gold file?)")
    if not isinstance(text, str):
        raise Unreadable("the text of a row must be a string")
    meta = {
        one_line(name): value
        for name, value in fields.items()
        if isinstance(value, str) and name not in used
    }
    return Parsed(title, text, meta)


def is_faq(header: list[str]) -> bool:
    """Whether the columns of a table are those of questions and answers."""
    names = {name.strip().lower() for name in header}
    return bool(names & set(_QUESTIONS)) and bool(names & set(_ANSWERS))


def scalar(value: object) -> str:
    """A string or number of a row as one line; "" for anything else."""
    return one_line(str(value)) if isinstance(value, str | int) else ""


def one_line(text: str) -> str:
    """`text` on one line, without what nobody sees: it may reach a terminal or a page."""
    storable = text.encode("utf-8", "replace").decode("utf-8")  # JSON can escape half a pair
    return " ".join(remove_invisible(storable).split())
