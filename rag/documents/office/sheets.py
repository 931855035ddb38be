"""The parser for Excel files."""

from __future__ import annotations

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.documents.office.cell_formats import shown
from rag.documents.office.drawings import paragraphs
from rag.documents.office.grid import one_line
from rag.documents.office.package import FAULTS, Package, attribute, child, children, local
from rag.documents.office.properties import properties
from rag.documents.plain import Parsed, damaged

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_PLAIN_NAME = re.compile(r"(?i)(?:sheet|工作表|表)\s*\d*")


def parse_xlsx(data: bytes) -> Parsed:
    """An Excel file: each sheet under its name, a line for each row, as the cells are shown.

    A merged cell stands in each row and column that it covers. Empty rows part tables.
    """
    from openpyxl import load_workbook

    dropped: Counter[str] = Counter()
    try:
        package = Package(data, ".xlsx")
        title, meta = properties(package)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that it does not keep
            book = load_workbook(io.BytesIO(data), data_only=True)
        blocks: list[str] = []
        for sheet in book.worksheets:
            tables = list(_tables(sheet, dropped))
            is_named = len(book.worksheets) > 1 or not _PLAIN_NAME.fullmatch(sheet.title)
            if tables and is_named:
                blocks.append(f"# {sheet.title}")
            blocks += tables
        blocks += _drawings(package)
        dropped["formulas without a value"] = _unvalued(package)
    except FAULTS as error:
        raise damaged(".xlsx", error) from error
    missing = tuple((name, f"{count} left out") for name, count in dropped.items() if count)
    return Parsed(title, "\n\n".join(blocks), meta, missing, is_exact=True)


class _Shown(NamedTuple):
    """The words of a cell and where they stand: elsewhere, if it is merged."""

    text: str
    place: str


def _tables(sheet: Worksheet, dropped: Counter[str]) -> Iterator[str]:
    """The blocks of rows that have words, without the columns that are empty in all of one."""
    merged = _merged(sheet)
    rows: list[list[_Shown]] = []
    for row in sheet.iter_rows():
        cells = []
        for cell in row:
            first = merged.get((cell.row, cell.column), cell)
            text = one_line(shown(first.value, first.number_format or "General"))
            cells.append(_Shown(text, first.coordinate))
            dropped["comments"] += cell.comment is not None
        if any(cell.text for cell in cells):
            rows.append(cells)
        elif rows:
            yield _block(rows)
            rows = []
    if rows:
        yield _block(rows)


def _merged(sheet: Worksheet) -> dict[tuple[int, int], Any]:
    """The first cell of its range for each merged cell, within the rows and columns in use."""
    found = {}
    for area in sheet.merged_cells.ranges:
        first = sheet.cell(area.min_row, area.min_col)
        for row in range(area.min_row, min(area.max_row, sheet.max_row) + 1):
            for column in range(area.min_col, min(area.max_col, sheet.max_column) + 1):
                found[row, column] = first
    return found


def _block(rows: list[list[_Shown]]) -> str:
    filled = [column for row in rows for column, cell in enumerate(row) if cell.text]
    first, last = min(filled), max(filled) + 1
    return "\n".join(_line(row[first:last]) for row in rows)


def _line(row: list[_Shown]) -> str:
    """The cells of a row; those of a title merged over all columns once."""
    if len({cell.place for cell in row}) == 1:
        return row[0].text
    return "\t".join(cell.text for cell in row).rstrip("\t")


def _drawings(package: Package) -> Iterator[str]:
    """The words of shapes on the sheets, and of charts, whose figures the sheets have."""
    for name in sorted(package.names):
        if re.fullmatch(r"xl/(?:drawings/drawing|charts/chart)\d+\.xml", name):
            bodies = (e for e in package.xml(name).iter() if local(e) in ("txBody", "rich"))
            yield from filter(None, ("\n".join(paragraphs(body)) for body in bodies))


def _unvalued(package: Package) -> int:
    """How many cells have a formula whose value nobody has computed and stored."""
    count = 0
    for name in package.names:
        if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            continue
        for row in children(child(package.xml(name), "sheetData"), "row"):
            for cell in row:
                stored = child(cell, "v")
                is_empty = (stored is None or not stored.text) and attribute(cell, "t") != "str"
                count += child(cell, "f") is not None and is_empty
    return count
