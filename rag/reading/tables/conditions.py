"""Conditions of a question on the rows of a table: 低于300元, over 90, 不支持防水."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from rag.language import numerals
from rag.reading.tables.columns import MEASURED, Choice, Columns
from rag.reading.tables.sheet import Sheet, dimension_of

YES = frozenset("是 有 支持 可 可以 能 对 含 √ ✓ ✔ y yes true".split())
NO = frozenset("否 无 没有 不支持 不可 不可以 不能 不 不含 × ✗ ✘ x n no false".split())
_NOT = re.compile(r"不|没|未|无(?!线)|\bnot\b|n['’]t\b|\bwithout\b|\bno\b|\black")
_OPERATORS: tuple[tuple[str, Callable[[float, float], bool]], ...] = (
    (r"不超过|不高于|不多于|不大于|至多|最多|at most|up to|no more than", operator.le),
    (r"不低于|不少于|不小于|至少|最少|达到|at least|no less than|no fewer than", operator.ge),
    (r"低于|小于|少于|不到|不足|below|under|less than|fewer than|cheaper than", operator.lt),
    (r"高于|大于|多于|超过|超出|above|over|more than|greater than|exceed(?:s|ing)?", operator.gt),
)
_BEHIND: tuple[tuple[str, Callable[[float, float], bool]], ...] = (
    (r"以上|or more", operator.ge),
    (r"以下|以内|or less|or fewer", operator.le),
)
_NUMERAL = re.compile(numerals.NUMERAL)
_UNIT = re.compile(r"\s*(?:[\u4e00-\u9fff°%]{1,3}|[a-z°%]+)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows that a condition on a column leaves, and the words of the question that state it."""

    column: int
    rows: frozenset[int]
    start: int
    end: int


def conditions(rest: str, sheet: Sheet, columns: Columns) -> list[Condition] | None:
    """The conditions that a question states, None where one of them fits no column for sure."""
    found = []
    for match in _NUMERAL.finditer(rest):
        numeral = numerals.read(match)
        compared = _comparison(rest, match)
        if numeral is None or compared is None:
            continue
        start, end, holds, unit = compared
        others = f"{rest[:start]} {rest[end:]}"
        choice = _figures(others, unit, sheet, columns)
        if choice is None or len(choice.columns) != 1:
            return None
        (column,) = choice.columns
        rows = frozenset(
            row
            for row, figure in enumerate(sheet.figures[column])
            if figure and holds(figure.value, numeral.value)
        )
        found.append(Condition(column, rows, start, end))
    return found


def truth(rest: str, sheet: Sheet, columns: Columns, among: Collection[int]) -> Condition | None:
    """The condition that a column of yes and no holds, or does not, None without such a column."""
    kept = [column for column in among if is_truth(sheet, column)]
    choice = columns.named(rest, kept)
    if choice is None or len(choice.columns) != 1:
        return None
    (column,) = choice.columns
    wanted = NO if _NOT.search(rest) else YES
    rows = frozenset(row for row, cells in enumerate(sheet.cells) if cells[column] in wanted)
    spans = choice.spans or ((0, 0),)
    return Condition(column, rows, *spans[0])


def is_truth(sheet: Sheet, column: int) -> bool:
    """Whether a column says yes or no, and nothing else."""
    held = {row[column] for row in sheet.cells}
    return bool(held) and held <= YES | NO


def _comparison(
    rest: str, match: re.Match[str]
) -> tuple[int, int, Callable[[float, float], bool], str] | None:
    """Where a comparison with a number stands, what it asks of a figure, and the unit."""
    unit = _UNIT.match(rest, match.end())
    behind_number = rest[match.end() : match.end() + 12]
    for words, holds in _BEHIND:
        if found := re.match(rf"\s*([\u4e00-\u9fff]{{0,3}}?|[a-z]*\s?)(?:{words})", behind_number):
            return match.start(), match.end() + found.end(), holds, found[1].strip()
    before = rest[: match.start()].rstrip()
    for words, holds in _OPERATORS:
        if found := re.search(rf"(?:{words})了?$", before):
            named = unit.group().strip() if unit else ""
            known = next(
                (named[:n] for n in range(len(named), 0, -1) if dimension_of(named[:n])), ""
            )
            return found.start(), match.end() + len(known), holds, known
    return None


def _figures(others: str, unit: str, sheet: Sheet, columns: Columns) -> Choice | None:
    numeric = [column for column, is_numeric in enumerate(sheet.is_numeric) if is_numeric]
    if choice := columns.named(others, numeric):
        return choice
    same = [column for column in numeric if unit and sheet.units[column].startswith(unit)]
    if len(same) == 1:
        return Choice((same[0],), MEASURED)
    dimension = dimension_of(unit)
    return columns.measured(others, numeric, [dimension] if dimension else ())
