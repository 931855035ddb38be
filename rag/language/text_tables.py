"""The tables of a text: their headers, rows and cells, at half-open offsets of the text.

Two ways to write a table are known: rows of a line each with tabs between the cells, as the loader
writes the tables of other formats, and the pipes of Markdown.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

LONGEST_CAPTION = 60
KEPT = 16  # texts whose tables are remembered
_FENCE = re.compile(r"\s*(?:```|~~~)")
_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_PIPE = re.compile(r"(?<!\\)\|")
_FIGURES = re.compile(r"[^\w]*\d")
_PERIOD = re.compile(r"(?:19|20)\d\d(?:年度?)?|\d{1,2}月份?|(?:19|20)\d\d[-/.年]\d{1,2}月?|Q[1-4]")
_SENTENCE = re.compile(r"[。！？；.!?;，,]$")
_NO_CAPTION = re.compile(r"#|[-*+•]\s|\d+[.、]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's words, without the white space around them; empty where `start == end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table and its cells, from the left to the right."""

    start: int
    end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `headers` are the rows that name its columns, two where one groups the other.

    Cells that span several rows or columns stand in each of them. `caption` is the short line
    above, None where there is none. Two tables are one where the second goes on with the first:
    a header that is repeated on the next page is no row.
    """

    start: int
    end: int
    caption: Cell | None
    headers: tuple[Row, ...]
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max(len(row.cells) for row in (*self.headers, *self.rows))


class _Line(NamedTuple):
    start: int
    end: int
    text: str


class _Block(NamedTuple):
    """Lines of one table that follow each other; `has_rule` tells that the first is a header."""

    rows: list[Row]
    has_rule: bool


@functools.lru_cache(maxsize=KEPT)
def tables_of(text: str) -> tuple[Table, ...]:
    r"""The tables of `text` in order; those in fenced code are none.

    >>> table, = tables_of("价目\n\n茶\t价格\n银针\t680\n大叶\t75")
    >>> [row.start for row in table.headers], len(table.rows), table.caption
    ([4], 2, Cell(start=0, end=2))
    """
    if "\t" not in text and "|" not in text:
        return ()
    found: list[Table] = []
    for block in _blocks(text):
        table = _table(text, block)
        if found and (joint := _joined(text, found[-1], table)):
            found[-1] = joint
        elif len(table.rows) + len(table.headers) > 1 and table.width > 1:
            found.append(table)
    return tuple(found)


def header_above(text: str, offset: int) -> str:
    r"""The names of the columns of the row at an offset, "" outside of the rows of a table.

    >>> header_above("茶\t价格\n银针\t680", 7), header_above("茶\t价格\n银针\t680", 0)
    ('茶 | 价格', '')
    """
    for table in tables_of(text):
        if table.start <= offset < table.end and table.headers:
            is_below = offset >= table.headers[-1].end and table.rows[:1]
            return header_line(text, table) if is_below else ""
    return ""


def header_line(text: str, table: Table) -> str:
    """The header of a table on one line."""
    return " | ".join(column_names(text, table))


def column_names(text: str, table: Table) -> list[str]:
    """What each column is called; words of two header rows are joined, each once."""
    names = []
    for column in range(table.width if table.headers else 0):
        cells = [row.cells[column] for row in table.headers if column < len(row.cells)]
        names.append(" ".join(dict.fromkeys(text[cell.start : cell.end] for cell in cells)).strip())
    return names


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for raw in text.split("\n"):
        yield _Line(start, start + len(raw), raw)
        start += len(raw) + 1


def _blocks(text: str) -> Iterator[_Block]:
    lines, is_code, position = list(_lines(text)), False, 0
    while position < len(lines):
        line = lines[position]
        if _FENCE.match(line.text):
            is_code = not is_code
        following = lines[position + 1].text if position + 1 < len(lines) else ""
        is_pipes = _PIPE.search(line.text) and "|" in following and _DELIMITER.match(following)
        if is_code or not (is_pipes or "\t" in line.text.strip()):
            position += 1
            continue
        mark, first = ("|" if is_pipes else "\t"), position
        position += 1
        while position < len(lines) and mark in lines[position].text.strip():
            position += 1
        kept = [line for line in lines[first:position] if not is_pipes or line != lines[first + 1]]
        yield _Block([_row(line, mark) for line in kept], bool(is_pipes))


def _row(line: _Line, mark: str) -> Row:
    """The row of a line; pipes at its ends belong to no cell."""
    start, end = line.start, line.end
    if mark == "|":
        bare = line.text.strip()
        start += line.text.index(bare) + bare.startswith("|")
        end = line.start + line.text.index(bare) + len(bare)
        end -= bare.endswith("|") and not bare.endswith("\\|")
        cuts = [line.start + match.start() for match in _PIPE.finditer(line.text)]
    else:
        cuts = [line.start + at for at, sign in enumerate(line.text) if sign == "\t"]
    bounds = [start - 1, *(cut for cut in cuts if start <= cut < end), end]
    cells = tuple(_cell(line, left + 1, right) for left, right in pairwise(bounds))
    words = line.text.strip()
    first = line.start + (line.text.index(words) if mark == "|" else 0)
    return Row(first, line.start + len(line.text.rstrip()), cells)


def _cell(line: _Line, start: int, end: int) -> Cell:
    words = line.text[start - line.start : end - line.start]
    bare = words.strip()
    start += words.index(bare) if bare else 0
    return Cell(start, start + len(bare))


def _table(text: str, block: _Block) -> Table:
    rows, has_header = block.rows, block.has_rule
    caption = _caption(text, rows[0].start)
    if not has_header and len(rows) > 2 and _is_banner(text, rows[0]):
        caption, rows = rows[0].cells[0], rows[1:]
    count = int(has_header or _is_header(text, rows))
    if count and len(rows) > 2 and _is_grouped(text, rows):
        count = 2
    return Table(
        block.rows[0].start, rows[-1].end, caption, tuple(rows[:count]), tuple(rows[count:])
    )


def _words(text: str, row: Row) -> list[str]:
    return [text[cell.start : cell.end] for cell in row.cells]


def _is_banner(text: str, row: Row) -> bool:
    """Whether one cell spans the whole row: a title over the table."""
    words = _words(text, row)
    return len(words) > 1 and len(set(words)) == 1


def _is_header(text: str, rows: list[Row]) -> bool:
    """Whether the first row names columns: it holds no figures where the rows below do."""
    if len(rows) < 2:
        return False
    first, others = _words(text, rows[0]), [_words(text, row) for row in rows[1:]]
    if any(len(words) < len(first) - 1 for words in others[:1]) or len(set(first)) == 1:
        return False
    for column, name in enumerate(first):
        below = [words[column] for words in others if column < len(words) and words[column]]
        has_figures = below and all(_FIGURES.match(words) for words in below)
        if column and _PERIOD.fullmatch(name) and not all(map(_PERIOD.fullmatch, below)):
            continue
        if _FIGURES.match(name) and (column == 0 or has_figures):
            return False
    return sum(map(bool, first)) >= len(first) - 1


def _is_grouped(text: str, rows: list[Row]) -> bool:
    """Whether the first row groups the names in the second: a cell spans columns there."""
    first, second = _words(text, rows[0]), _words(text, rows[1])
    spans = any(a and a == b for a, b in pairwise(first))
    return spans and len(first) == len(second) and not any(map(_FIGURES.match, second))


def _caption(text: str, start: int) -> Cell | None:
    """The short line above, be there a blank one between, that is no heading and no sentence."""
    above = text[max(0, start - 2 * LONGEST_CAPTION) : start].rstrip()
    line = above.rpartition("\n")[2].strip()
    gap = text[max(0, start - 2 * LONGEST_CAPTION) + len(above) : start]
    if not line or len(line) > LONGEST_CAPTION or gap.count("\n") > 2:
        return None
    if _SENTENCE.search(line) or _NO_CAPTION.match(line) or "\t" in line or "|" in line:
        return None
    end = start - len(gap)
    return Cell(end - len(line), end)


def _joined(text: str, table: Table, other: Table) -> Table | None:
    """Both as one where nothing stands between them and `other` has no header of its own."""
    if text[table.end : other.start].strip(" \n|\f") or not table.headers:
        return None
    names, width = [_words(text, row) for row in table.headers], table.width
    repeated = [_words(text, row) for row in (*other.headers, *other.rows)][: len(names)]
    if repeated == names:
        rows = (*other.headers, *other.rows)[len(names) :]
    elif not other.headers and all(len(row.cells) == width for row in other.rows):
        rows = other.rows
    else:
        return None
    return replace(table, end=other.end, rows=(*table.rows, *rows))
