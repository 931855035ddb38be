"""Gold rows: questions with their answers, and which passages hold the evidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import BadGold, InputNotFound
from rag.evaluation.matching import comparable
from rag.types import Hit

LONGEST = 400
KINDS = frozenset(
    "who-is what-is why how list yesno neighbour compare parts summary followup english".split()
)
"""Types of rows whose answers must be brief: what people ask, by its kind."""


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One question and what a right answer holds.

    `answers` are groups of accepted alternatives: each group must be met by one of its
    alternatives; no group at all means that the question must be refused. `history` holds
    the earlier user questions. A passage is evidence when it holds every string of
    `evidence`, or one of `references`; `gold_ids` name documents. `lang` and `type` are ""
    where the row does not give them. With `short` the short answer itself must meet the groups;
    its translation must meet those of `english`.
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
    short: bool = False
    english: tuple[tuple[str, ...], ...] = ()

    @property
    def longest(self) -> int | None:
        """How many characters an answer may have, where its kind says so."""
        return LONGEST if self.type in KINDS else None

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
    for number, line in numbered_lines(path):
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


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not empty, counted from 1; raises BadGold for no UTF-8."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except UnicodeDecodeError as error:
        raise BadGold(f"{path} is not UTF-8 ({error.reason})", "save it as UTF-8") from error


def json_object(where: str, line: str) -> dict[str, Any]:
    """The JSON object of a line; raises BadGold, which names the line as `where`, for another."""
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        why = f"{error.msg}, column {error.colno}"
        raise BadGold(f"{where}: not JSON ({why})", _REMEDY) from error
    except (ValueError, RecursionError) as error:  # too long a number, too many brackets
        raise BadGold(f"{where}: not JSON ({error})", _REMEDY) from error
    if not isinstance(value, dict):
        raise BadGold(f"{where}: not a JSON object", _REMEDY)
    return value


def _row(where: str, line: str) -> GoldRow:
    value = json_object(where, line)
    for key, (kind, fits) in _FIELDS.items():
        if value.get(key) is not None:
            if not fits(value[key]):
                raise BadGold(f"{where}: {key} is {value[key]!r}", f"write {key} as {kind}")
        elif key in ("id", "question", "answers"):
            raise BadGold(f"{where}: no {key!r}", "a gold row needs id, question and answers")
    return GoldRow(
        id=str(value["id"]),
        question=value["question"],
        answers=() if value.get("answerable") is False else _groups(where, value["answers"]),
        history=tuple(value.get("history") or ()),
        evidence=_with_words(value.get("evidence")),
        references=_with_words(value.get("references")),
        gold_ids=tuple(value.get("gold_ids") or ()),
        lang=value.get("lang") or "",
        type=value.get("type") or "",
        short=value.get("short") or False,
        english=_groups(where, value.get("english") or []),
    )


def _groups(where: str, answers: list[Any]) -> tuple[tuple[str, ...], ...]:
    """Each group of alternatives; a flat list is one."""
    groups = [answers] if answers and isinstance(answers[0], str) else answers
    kept = tuple(_with_words(group) for group in groups)
    if not all(kept):
        raise BadGold(
            f"{where}: an answer without words in {answers!r}",
            'write its words, or "answers": [] for a question that must be refused',
        )
    return kept


def _with_words(strings: Iterable[str] | None) -> tuple[str, ...]:
    """Those that hold a letter or a digit: mere punctuation is contained in every passage."""
    return tuple(words for words in strings or () if comparable(words))


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_answers(value: object) -> bool:
    return _is_strings(value) or (isinstance(value, list) and all(map(_is_strings, value)))


def _is_id(value: object) -> bool:
    is_kind = isinstance(value, str | int) and not isinstance(value, bool)
    return is_kind and bool(str(value).strip())


_REMEDY = "write one JSON object a line"
_TEXT = ("a string", lambda value: isinstance(value, str))
_ALTERNATIVES = "a list of strings (alternatives) or a list of such lists (all needed)"
_FIELDS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "id": ("a string", _is_id),
    "question": _TEXT,
    "answers": (_ALTERNATIVES, _is_answers),
    "answerable": ("true or false", lambda value: isinstance(value, bool)),
    **dict.fromkeys(
        ("history", "evidence", "references", "gold_ids"), ("a list of strings", _is_strings)
    ),
    "lang": _TEXT,
    "type": _TEXT,
    "short": ("true or false", lambda value: isinstance(value, bool)),
    "english": (_ALTERNATIVES, _is_answers),
}
