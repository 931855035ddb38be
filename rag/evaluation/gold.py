"""Gold rows: questions with their answers, and which passages hold the evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import BadGold, InputNotFound
from rag.evaluation.matching import comparable
from rag.types import Hit


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One question and what a right answer holds.

    `answers` are groups of accepted alternatives: each group must be met by one of its
    alternatives; no group at all means that the question must be refused. `history` holds
    the earlier user questions. A passage is evidence when it holds every string of
    `evidence`, or one of `references`; `gold_ids` name documents. `lang` and `type` are ""
    where the row does not give them.
    """

    id: str
    question: str
    answers: tuple[tuple[str, ...], ...]
    history: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    gold_ids: tuple[str, ...] = ()
    lang: str = ""
    type: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return bool(self.answers)

    @property
    def has_evidence(self) -> bool:
        """Whether passages are judged by their words, not by their document alone."""
        return bool(self.evidence or self.references)

    @property
    def has_target(self) -> bool:
        """Whether it is known what should be found: a passage or a document."""
        return self.has_evidence or bool(self.gold_ids)


def read_gold(path: str | Path) -> list[GoldRow]:
    """The rows of a gold file, JSON Lines in UTF-8, in the file's order.

    Raises InputNotFound where there is no such file, and BadGold, with the line number, for
    a row that is not usable.
    """
    path = Path(path)
    if not path.is_file():
        raise InputNotFound(f"no gold file at {path}", "give the path of a .jsonl file")
    rows: list[GoldRow] = []
    lines: dict[str, int] = {}
    for number, line in _lines(path):
        row = _row(f"{path}, line {number}", line)
        if row.id in lines:
            raise BadGold(
                f"{path}, line {number}: id {row.id!r} was used in line {lines[row.id]}",
                "give each row an id of its own",
            )
        lines[row.id] = number
        rows.append(row)
    if not rows:
        raise BadGold(
            f"{path} holds no rows", "write one JSON object with id, question, answers a line"
        )
    return rows


def is_relevant(row: GoldRow, document_id: str, passage: str) -> bool:
    """Whether a passage is what `row` asks for.

    By `evidence` and `references` where the row has them (within `gold_ids`, where it has
    those too), else by `gold_ids`; False for a row with none of the three.
    """
    if not row.has_evidence:
        return document_id in row.gold_ids
    if row.gold_ids and document_id not in row.gold_ids:
        return False
    folded = comparable(passage)
    if row.evidence and all(comparable(words) in folded for words in row.evidence):
        return True
    return any(comparable(words) in folded for words in row.references)


def relevance(row: GoldRow, hits: Sequence[Hit]) -> list[bool]:
    """`is_relevant` of each hit, in the order of `hits`."""
    return [is_relevant(row, hit.document_id, hit.text) for hit in hits]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise BadGold(f"{path} is not UTF-8 ({error.reason})", "save it as UTF-8") from error


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _row(where: str, line: str) -> GoldRow:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadGold(
            f"{where}: not JSON ({_why(error)})", "write one JSON object a line"
        ) from error
    if not isinstance(value, dict):
        raise BadGold(f"{where}: not a JSON object", "write one JSON object a line")
    return GoldRow(
        id=_id(where, value),
        question=_question(where, value),
        answers=_answers(where, value),
        history=_strings(where, value, "history"),
        evidence=_with_words(_strings(where, value, "evidence")),
        references=_with_words(_strings(where, value, "references")),
        gold_ids=_strings(where, value, "gold_ids"),
        lang=_text(where, value, "lang"),
        type=_text(where, value, "type"),
    )


def _required(where: str, value: Mapping[str, Any], key: str) -> Any:
    if value.get(key) is None:
        raise BadGold(f"{where}: no {key!r}", "a gold row needs id, question and answers")
    return value[key]


def _id(where: str, value: Mapping[str, Any]) -> str:
    given = _required(where, value, "id")
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise BadGold(f"{where}: id is {given!r}", "write the id as a string")
    return str(given)


def _question(where: str, value: Mapping[str, Any]) -> str:
    given = _required(where, value, "question")
    if not isinstance(given, str):
        raise BadGold(f"{where}: question is {given!r}", "write the question as a string")
    return given


def _text(where: str, value: Mapping[str, Any], key: str) -> str:
    given = value.get(key)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise BadGold(f"{where}: {key} is {given!r}", f"write {key} as a string")
    return given


def _strings(where: str, value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = value.get(key)
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        raise BadGold(f"{where}: {key} is {given!r}", f"write {key} as a list of strings")
    return tuple(given)


def _with_words(strings: tuple[str, ...]) -> tuple[str, ...]:
    """Those that hold a letter or a digit: mere punctuation is contained in every passage."""
    return tuple(words for words in strings if comparable(words))


def _answers(where: str, value: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    given = _required(where, value, "answers")
    answerable = value.get("answerable", True)
    if answerable is not None and not isinstance(answerable, bool):
        raise BadGold(f"{where}: answerable is {answerable!r}", "write true or false")
    nested = isinstance(given, list) and bool(given) and isinstance(given[0], list)
    groups = given if nested else [given] if given else []
    if not isinstance(given, list) or not all(_is_group(group) for group in groups):
        raise BadGold(
            f"{where}: answers is {given!r}",
            "write a list of strings (alternatives) or a list of such lists (all needed)",
        )
    if answerable is False:
        return ()
    kept = tuple(_with_words(tuple(group)) for group in groups)
    if not all(kept):
        raise BadGold(
            f"{where}: an answer without words in {given!r}",
            'write its words, or "answers": [] for a question that must be refused',
        )
    return kept


def _is_group(group: object) -> bool:
    return isinstance(group, list) and all(isinstance(item, str) for item in group)
