"""What comes of reading a table: the cells that answer in their rows, and what was computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.language.text import han_share
from rag.reading.tables.sheet import Sheet

MOST_ROWS = 10  # that answer side by side
SURE, FAIRLY_SURE = 0.95, 0.85  # where the column is named, or found by what it measures


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A row of a document, at offsets of its text, with the cells in it that answer."""

    document_id: str
    start: int
    end: int
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """An answer of a table: its words or figure, and the rows that it rests on.

    `computed_from` counts the rows that a figure or a choice was computed from, 0 for words that
    stand there as they are.
    """

    short: str
    rows: tuple[CitedRow, ...]
    confidence: float
    computed_from: int = 0


def of_cells(
    sheet: Sheet,
    rows: Iterable[int],
    columns: Iterable[int],
    confidence: float,
    computed_from: int = 0,
) -> TableAnswer | None:
    """The cells of some rows and columns, None where they are empty or too many to tell."""
    columns, cited, said = list(columns), [], []
    for row in rows:
        cells = [cell for column in columns if (cell := sheet.cell(row, column))]
        if not cells:
            continue
        spans = tuple(dict.fromkeys((cell.start, cell.end) for cell in cells))
        place = sheet.table.rows[row]
        cited.append(CitedRow(sheet.document_id, place.start, place.end, spans))
        said += [sheet.text[start:end] for start, end in spans]
    if not cited or len(cited) > MOST_ROWS:
        return None
    joint = "、" if han_share(" ".join([*sheet.names, *said])) >= 0.5 else ", "
    short = joint.join(dict.fromkeys(" ".join(words.split()) for words in said))
    return TableAnswer(short, tuple(cited), confidence, computed_from)


def of_figure(
    sheet: Sheet, short: str, rows: Iterable[int], column: int | None, confidence: float
) -> TableAnswer | None:
    """A figure computed from some rows, with their cells in a column; None for no rows."""
    numbers = list(rows)
    cited = []
    for row in numbers:
        cell = sheet.cell(row, column) if column is not None else None
        place = sheet.table.rows[row]
        spans = ((cell.start, cell.end),) if cell else ()
        cited.append(CitedRow(sheet.document_id, place.start, place.end, spans))
    return TableAnswer(short, tuple(cited), confidence, len(numbers)) if numbers else None
