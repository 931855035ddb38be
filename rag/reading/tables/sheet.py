"""A table as questions see it: folded names, units and cells, figures, and the rows' names."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language import numerals
from rag.language.tables import table as words_of
from rag.language.text import fold_in_place
from rag.language.text_tables import Cell, Row, Table, column_names, tables_of

LARGEST = 300_000  # characters of a table that is read
MOST_KEYS = 2
_UNIT = re.compile(r"[(\[（【]([^()\[\]（）【】]{1,20})[)\]）】]\s*$")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?[日号]?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_NUMERAL = re.compile(numerals.NUMERAL)
_BEFORE = re.compile(r"[¥$€£约~≈]?\s*-?")
_MARKUP = re.compile(r"\*\*|`|\\(?=\|)")
_MONEY = frozenset("USD HKD EUR GBP JPY KRW INR RUB CNY".split())
_DIMENSION_OF = {"s": "time", "kg": "mass", "m": "length", **dict.fromkeys(_MONEY, "money")}
_ORDERED = ("date", "clock")  # units of figures that are earlier or later
_YEARS = range(1000, 2200)


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell's number and what is written behind it; dates and times of day are ordered numbers."""

    value: float
    unit: str


class Sheet:
    """A table of a document; `names`, `units` and `cells` are folded.

    A cell of a row is "" where the row is shorter.
    """

    def __init__(self, document_id: str, text: str, table: Table) -> None:
        self.document_id = document_id
        self.text = text
        self.table = table
        folded, width = fold_in_place(text[: table.end]), table.width
        bare = [_MARKUP.sub("", name) for name in column_names(folded, table)]
        self.names = [_UNIT.sub("", name).strip() for name in bare]
        self.names += [""] * (width - len(self.names))
        self.units = [match[1] if (match := _UNIT.search(name)) else "" for name in bare]
        self.units += [""] * (width - len(self.units))
        self.cells = [
            [_words(folded, row, column) for column in range(width)] for row in table.rows
        ]

    @functools.cached_property
    def figures(self) -> list[list[Figure | None]]:
        """By column and row the figure of a cell, None where it holds none."""
        return [
            [figure_of(row[column]) for row in self.cells] for column in range(self.table.width)
        ]

    @functools.cached_property
    def is_numeric(self) -> list[bool]:
        """Of each column, whether all that it holds are figures of one unit."""
        found = []
        for column, figures in enumerate(self.figures):
            filled = [row[column] not in _NOTHING for row in self.cells]
            kept = [each for each, is_filled in zip(figures, filled, strict=True) if is_filled]
            units = {each.unit for each in kept if each}
            found.append(bool(kept) and None not in kept and len(units) == 1)
        return found

    @functools.cached_property
    def keys(self) -> list[int]:
        """The columns that name rows, the one that does first: no row's name is another's.

        Where no column is so, that of words which tells most of them apart.
        """
        columns = [column for column in range(self.table.width) if not self._counts(column)]
        named = [
            column
            for column in columns
            if not self.is_numeric[column] and self._tells_apart(column)
        ]
        if columns and self.is_numeric[columns[0]] and self._tells_apart(columns[0]):
            named.insert(0, columns[0])
        worded = [column for column in columns if not self.is_numeric[column]]
        most = max(worded or columns or [0], key=lambda each: (self._distinct(each), -each))
        return named[:MOST_KEYS] or [most]

    def _distinct(self, column: int) -> int:
        return len({row[column] for row in self.cells})

    def _tells_apart(self, column: int) -> bool:
        held = [row[column] for row in self.cells]
        return all(held) and len(set(held)) == len(held)

    def _counts(self, column: int) -> bool:
        """Whether a column numbers the rows: 1, 2, 3."""
        values = [each.value if each and not each.unit else None for each in self.figures[column]]
        return len(values) > 1 and values == list(range(1, len(values) + 1))

    def dimension(self, column: int) -> str:
        """What a column measures by its unit, or by that behind its figures, "" if unknown."""
        unit = self.units[column].partition("/")[0].strip()
        if not unit and self.is_numeric[column]:
            unit = next(each.unit for each in self.figures[column] if each)
        if unit in _ORDERED or (not unit and self._holds_years(column)):
            return "date"
        return dimension_of(unit)

    def _holds_years(self, column: int) -> bool:
        values = [each.value for each in self.figures[column] if each]
        return (
            bool(values)
            and all(each in _YEARS and each % 1 == 0 for each in values)
            and (self.is_numeric[column] and len(set(values)) > 1)
        )

    def cell(self, row: int, column: int) -> Cell | None:
        """Where a cell stands, None where the row is shorter or it is empty."""
        cells = self.table.rows[row].cells
        found = cells[column] if column < len(cells) else None
        return found if found and found.start < found.end else None


_NOTHING = frozenset(("", "-", "–", "—", "/", "n/a", "无", "不详"))


def sheets_of(document_id: str, text: str) -> list[Sheet]:
    """The tables of a document that name their columns or have two of them."""
    return [
        Sheet(document_id, text, table)
        for table in tables_of(text)
        if table.rows and table.end - table.start <= LARGEST and (table.headers or table.width == 2)
    ]


def figure_of(words: str) -> Figure | None:
    """The figure that folded words are, with its unit.

    >>> figure_of("4.2米"), figure_of("12,800"), figure_of("2021-10-05"), figure_of("b-12")
    ... # doctest: +NORMALIZE_WHITESPACE
    (Figure(value=4.2, unit='米'), Figure(value=12800.0, unit=''),
     Figure(value=20211005.0, unit='date'), None)
    >>> figure_of("6:10")
    Figure(value=370.0, unit='clock')
    """
    if date := _DATE.fullmatch(words):
        year, month, day = (int(part or 0) for part in date.groups())
        return Figure(float(year * 10000 + month * 100 + day), "date")
    if clock := _CLOCK.fullmatch(words):
        return Figure(float(int(clock[1]) * 60 + int(clock[2])), "clock")
    before = _BEFORE.match(words)
    start = before.end() if before else 0
    match = _NUMERAL.match(words, start)
    if match is None or not match["figures"] or (numeral := numerals.read(match)) is None:
        return None
    value, end = numeral.value, match.end()
    if match["english_scale"].strip() in ("k", "m", "b"):  # of a cell a unit rather: metres
        value, end = float(match["figures"].replace(",", "")), match.end("scale")
    unit = words[end:].strip()
    if any(sign.isdigit() for sign in unit) or len(unit) > 12:
        return None
    sign = -1 if words[:start].endswith("-") else 1
    return Figure(sign * value, unit)


def dimension_of(unit: str) -> str:
    """What a folded unit measures: money, time, mass, length, or its name in `units.tsv`; or "".

    >>> dimension_of("元"), dimension_of("小时"), dimension_of("crowns")
    ('money', 'time', '')
    """
    for dimension, _, pattern in _units():
        if unit and pattern.match(unit):
            return _DIMENSION_OF.get(dimension, dimension)
    return ""


@functools.cache
def _units() -> Sequence[tuple[str, str, re.Pattern[str]]]:
    return [(row[0], row[1], re.compile(row[2])) for row in words_of("units")]


def _words(folded: str, row: Row, column: int) -> str:
    if column >= len(row.cells):
        return ""
    cell = row.cells[column]
    return _MARKUP.sub("", folded[cell.start : cell.end]).strip()
