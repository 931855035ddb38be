"""A document's text as blocks to show: headings, items of lists, tables, code and paragraphs.

Every block is cut from the text at its offsets, so that the passage, the quote and the words that
answer can be laid over it; nothing is reworded, and of a paragraph nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.answering.highlights import Span, clipped, moved
from rag.answering.highlights import cut as cut_along
from rag.language.text_tables import Row, Table, tables_of

_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_ITEM = re.compile(r"[ \t]*[-*+•][ \t]+(?=\S)")
_GAP = re.compile(r"(?:[ \t\r\f]*\n)*")
_TOP_LEVEL = 2  # of the panel's own heading
_LOWEST_LEVEL = 6
Kind = Literal["heading", "item", "paragraph", "code", "table"]


@dataclass(frozen=True, slots=True)
class Layers:
    """What lies over a text, as half-open spans: a passage, the quote in it, the emphasised."""

    passage: Span = (0, 0)
    mark: Span = (0, 0)
    emphasised: tuple[Span, ...] = ()

    def moved(self, distance: int) -> Layers:
        """The same over a text that begins elsewhere."""
        passage, mark, *emphasised = moved((self.passage, self.mark, *self.emphasised), distance)
        return Layers(passage, mark, tuple(emphasised))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of one layer: each run with whether it is emphasised."""

    layer: Literal["", "passage", "mark"]
    runs: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; `is_name` where it names a column."""

    stretches: tuple[Stretch, ...]
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a text.

    `sign` is the mark-up that makes it what it is, such as "## "; `level` counts a heading's from
    that of the page. `gap` is the white space behind it.
    """

    kind: Kind
    stretches: tuple[Stretch, ...] = ()
    sign: str = ""
    level: int = 0
    rows: tuple[tuple[Cell, ...], ...] = ()
    gap: str = ""


def blocks(text: str, layers: Layers) -> list[Block]:
    r"""The blocks of a text in order.

    >>> shown = blocks("# 城市\n\n- 上海\n\n他们来了。\n", Layers())
    >>> [(block.kind, block.sign, block.stretches[0].runs[0][0]) for block in shown]
    [('heading', '# ', '城市'), ('item', '- ', '上海'), ('paragraph', '', '他们来了。')]
    """
    found: list[Block] = []
    level = _TOP_LEVEL
    for kind, start, end, table in _cut(text):
        gap = _GAP.match(text, end)[0]  # type: ignore[index]  # it matches nothing as well
        if table is not None:
            found.append(Block(kind, rows=tuple(_rows(text, table, layers)), gap=gap))
            continue
        sign = _sign(kind, text[start:end])
        if kind == "heading":  # no level is left out on the way down
            level = min(level + 1, _TOP_LEVEL + sign.count("#"), _LOWEST_LEVEL)
        stretches = tuple(_stretches(text, start + len(sign), end, layers))
        found.append(Block(kind, stretches, sign, level if kind == "heading" else 0, gap=gap))
    return found


def _sign(kind: Kind, words: str) -> str:
    found = {"heading": _HEADING, "item": _ITEM}.get(kind)
    match = found.match(words) if found else None
    return match.group() if match else ""


def _cut(text: str) -> Iterator[tuple[Kind, int, int, Table | None]]:
    """Kind, start and end of each block, and the table that one is."""
    tables = {text.rfind("\n", 0, table.start) + 1: table for table in tables_of(text)}
    begun: tuple[Kind, int, int] | None = None  # a paragraph or code that goes on
    is_code, passed = False, 0
    for start, end in _lines(text):
        if start < passed:
            continue
        words = text[start:end]
        if _FENCE.match(words) or (not words.strip() and not is_code):
            if begun:
                yield *begun, None
                begun = None
            is_code ^= bool(_FENCE.match(words))
            continue
        table = tables.get(start)
        kind: Kind = "code" if is_code else "paragraph"
        if not is_code:
            kind = "heading" if _HEADING.match(words) else kind
            kind = "item" if _ITEM.match(words) else kind
        if begun and (table or kind not in ("paragraph", "code")):
            yield *begun, None
            begun = None
        if table:
            passed = table.end
            yield "table", start, table.end, table
        elif kind in ("heading", "item"):
            yield kind, start, end, None
        else:
            begun = (kind, begun[1] if begun else start, end)
    if begun:
        yield *begun, None


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _rows(text: str, table: Table, layers: Layers) -> Iterator[tuple[Cell, ...]]:
    if table.caption and table.caption.start >= table.start:
        yield (_cell(text, table.caption.start, table.caption.end, layers, True),)
    for rows, are_names in ((table.headers, True), (table.rows, False)):
        for row in rows:
            yield tuple(_cells(text, row, layers, are_names))


def _cells(text: str, row: Row, layers: Layers, are_names: bool) -> Iterator[Cell]:
    for cell in row.cells:
        yield _cell(text, cell.start, cell.end, layers, are_names)


def _cell(text: str, start: int, end: int, layers: Layers, is_name: bool) -> Cell:
    return Cell(tuple(_stretches(text, start, end, layers)), is_name)


def _stretches(text: str, start: int, end: int, layers: Layers) -> Iterator[Stretch]:
    """A stretch of the text cut where layers begin and end."""
    bounds = (start, *layers.passage, *layers.mark, end)
    for first, last in pairwise(sorted({min(max(each, start), end) for each in bounds})):
        is_marked = layers.mark[0] <= first and last <= layers.mark[1]
        is_passage = layers.passage[0] <= first and last <= layers.passage[1]
        spans = clipped(layers.emphasised, first, last) if is_marked else ()
        runs = tuple(cut_along(text[first:last], moved(spans, -first)))
        yield Stretch("mark" if is_marked else "passage" if is_passage else "", runs)
