"""The parser for Excel files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from rag.documents.office.drawings import paragraphs
from rag.documents.office.package import FAULTS, Package, children, local
from rag.documents.office.properties import properties
from rag.documents.office.workbook import Workbook, merged
from rag.documents.plain import Parsed, damaged

_PLAIN_NAME = re.compile(r"(?i)(?:sheet|工作表|表)\s*\d*")
_MOST_CELLS = 5_000_000  # that merged cells may fill: a file may claim any range


class _Shown(NamedTuple):
    """The words of a cell and where they stand: elsewhere, if it is merged."""

    text: str
    place: tuple[int, int]


def parse_xlsx(data: bytes) -> Parsed:
    """An Excel file: each sheet under its name, a line for each row, as the cells are shown.

    A merged cell stands in each row and column that it covers. Empty rows part tables.
    """
    try:
        package = Package(data, ".xlsx")
        title, meta = properties(package)
        book = Workbook(package)
        sheets = [(name, list(_tables(book, sheet))) for name, sheet in book.sheets()]
        drawn = list(_drawings(package))
        counts = {
            "hidden sheets": book.hidden,
            "comments": _comments(package),
            "formulas without a value": book.unvalued,
        }
    except FAULTS as error:
        raise damaged(".xlsx", error) from error
    blocks: list[str] = []
    for name, tables in sheets:
        if tables and (len(sheets) > 1 or not _PLAIN_NAME.fullmatch(name)):
            blocks.append(f"# {name}")
        blocks += tables
    missing = tuple((name, f"{count} left out") for name, count in counts.items() if count)
    return Parsed(title, "\n\n".join(blocks + drawn), meta, missing, is_exact=True)


def _tables(book: Workbook, sheet: Any) -> Iterator[str]:
    """The blocks of rows that have words, without the columns that are empty in all of one."""
    rows = dict(book.rows(sheet))
    places = _merged(sheet, rows)
    block: list[dict[int, _Shown]] = []
    before = 0
    for number in sorted(rows):
        row = {}
        for column in {*rows[number], *places.get(number, {})}:
            place = places.get(number, {}).get(column, (number, column))
            text = rows.get(place[0], {}).get(place[1], "")
            if text:
                row[column] = _Shown(text, place)
        if block and (not row or number > before + 1):
            yield _lines(block)
            block = []
        if row:
            block.append(row)
        before = number
    if block:
        yield _lines(block)


def _merged(sheet: Any, rows: dict[int, dict[int, str]]) -> dict[int, dict[int, tuple[int, int]]]:
    """For each row in use, the first cell of its range by merged column."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    widest = max((max(row, default=0) for row in rows.values()), default=0)
    left = _MOST_CELLS
    for area in merged(sheet):
        columns = range(area.first_column, min(area.last_column, widest) + 1)
        for number in rows:
            if area.first_row <= number <= area.last_row and left > 0:
                left -= len(columns)
                here = found.setdefault(number, {})
                here.update(dict.fromkeys(columns, (area.first_row, area.first_column)))
    return found


def _lines(rows: list[dict[int, _Shown]]) -> str:
    first = min(min(row) for row in rows)
    last = max(max(row) for row in rows)
    return "\n".join(_line(row, first, last) for row in rows)


def _line(row: dict[int, _Shown], first: int, last: int) -> str:
    """The cells of a row; those of a title merged over all columns once."""
    cells = [row.get(column) for column in range(first, last + 1)]
    if len({cell.place if cell else None for cell in cells}) == 1 and cells[0]:
        return cells[0].text
    return "\t".join(cell.text if cell else "" for cell in cells).rstrip("\t")


def _drawings(package: Package) -> Iterator[str]:
    """The words of shapes on the sheets, and of charts, whose figures the sheets have."""
    for name in sorted(package.names):
        if re.fullmatch(r"xl/(?:drawings/drawing|charts/chart)\d+\.xml", name):
            bodies = (e for e in package.xml(name).iter() if local(e) in ("txBody", "rich"))
            yield from filter(None, ("\n".join(paragraphs(body)) for body in bodies))


def _comments(package: Package) -> int:
    names = (name for name in package.names if re.fullmatch(r"xl/comments.*\.xml", name))
    lists = (each for name in names for each in children(package.xml(name), "commentList"))
    return sum(len(each) for each in lists)
