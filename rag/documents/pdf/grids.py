"""Tables whose cells are drawn with rulings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.documents.pdf.lines import glue, line, strips
from rag.documents.pdf.pages import Ruling
from rag.documents.pdf.words import Sheet, Word

_TOUCH = 3.0  # points; lines of a grid that end as near as this meet
_RULINGS_LIMIT = 1500  # of one page, once pieces are joined
_CELLS_LIMIT = 20_000
_FILLED = 0.4  # share of a table's cells that hold words, at least; a chart's grid is emptier


def with_grids(sheet: Sheet) -> Sheet:
    """`sheet` with each ruled table in place of its words: rows as lines, cells parted by tabs.

    A cell that spans rows or columns stands in each of them; one as wide as the table, once.
    """
    words = list(sheet.words)
    for xs, ys, rulings in _grids(sheet.rulings):
        inside = [
            word
            for word in words
            if not word.is_table
            and xs[0] - 1 < (word.x0 + word.x1) / 2 < xs[-1] + 1
            and ys[0] - 1 < word.middle < ys[-1] + 1
        ]
        rows = _rows(xs, ys, rulings, inside)
        if rows:
            gone = set(inside)
            table = Word("\n".join(rows), xs[0], ys[0], xs[-1], ys[-1], is_table=True)
            place = min(index for index, word in enumerate(words) if word in gone)
            words.insert(place, table)
            words = [word for word in words if word not in gone]
    return replace(sheet, words=tuple(words))


def _grids(
    rulings: Sequence[Ruling],
) -> Iterable[tuple[list[float], list[float], list[Ruling]]]:
    """The columns' and the rows' edges of each grid, rising, and the rulings that it is made of."""
    flat = _joined(each for each in rulings if each.x1 - each.x0 >= each.y1 - each.y0)
    upright = [
        Ruling(y0, x0, y1, x1)
        for x0, y0, x1, y1 in _joined(
            Ruling(each.y0, each.x0, each.y1, each.x1)
            for each in rulings
            if each.x1 - each.x0 < each.y1 - each.y0
        )
    ]
    if len(flat) + len(upright) > _RULINGS_LIMIT:
        return
    group = list(range(len(flat) + len(upright)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for i, across in enumerate(flat):
        for j, down in enumerate(upright, len(flat)):
            if (
                across.x0 - _TOUCH <= down.x0 <= across.x1 + _TOUCH
                and down.y0 - _TOUCH <= across.y0 <= down.y1 + _TOUCH
            ):
                group[root(i)] = root(j)
    grids: dict[int, list[Ruling]] = defaultdict(list)
    for index, ruling in enumerate([*flat, *upright]):
        grids[root(index)].append(ruling)
    for members in grids.values():
        xs = _edges(x for each in members for x in (each.x0, each.x1))
        ys = _edges(y for each in members for y in (each.y0, each.y1))
        walls = _edges(each.x0 for each in members if each.x1 - each.x0 < each.y1 - each.y0)
        floors = _edges(each.y0 for each in members if each.x1 - each.x0 >= each.y1 - each.y0)
        xs = [x for x in xs if x in (xs[0], xs[-1]) or any(abs(x - w) <= _TOUCH for w in walls)]
        ys = [y for y in ys if y in (ys[0], ys[-1]) or any(abs(y - f) <= _TOUCH for f in floors)]
        cells = (len(xs) - 1) * (len(ys) - 1)
        if walls and floors and len(xs) >= 3 and len(ys) >= 2 and 3 < 2 * cells <= _CELLS_LIMIT:
            yield xs, ys, members


def _joined(flat: Iterable[Ruling]) -> list[Ruling]:
    """Flat rulings, where the pieces of one line are one."""
    found: list[Ruling] = []
    for each in sorted(flat, key=lambda each: (round(each.y0 / 2), each.x0)):
        last = found[-1] if found else None
        if last and abs(last.y0 - each.y0) <= 2 and each.x0 <= last.x1 + _TOUCH:
            found[-1] = Ruling(last.x0, last.y0, max(last.x1, each.x1), last.y0)
        else:
            found.append(Ruling(each.x0, each.y0, each.x1, each.y0))
    return found


def _edges(places: Iterable[float]) -> list[float]:
    """`places` in order, those within a ruling's width of each other as one."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _TOUCH:
            found.append(place)
    return found


def _rows(
    xs: Sequence[float], ys: Sequence[float], rulings: Sequence[Ruling], words: Sequence[Word]
) -> list[str]:
    """The rows of a grid from the top; [] where its cells hold too few words for a table."""
    columns, heights = list(pairwise(xs)), list(pairwise(ys))[::-1]
    owner = _owners(columns, heights, rulings)
    inside: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for word in words:
        place = _place(columns, heights, (word.x0 + word.x1) / 2, word.middle)
        inside[owner[place]].append(word)
    texts = {cell: _text(held) for cell, held in inside.items()}
    cells = set(owner.values())
    if sum(cell in texts for cell in cells) < _FILLED * len(cells):
        return []
    rows = []
    for r in range(len(heights)):
        owners = [owner[r, c] for c in range(len(columns))]
        row = [texts.get(cell, "") for cell in owners]
        row = row[:1] if len(set(owners)) == 1 else row
        if any(row):
            rows.append("\t".join(row).rstrip())
    is_table = len(rows) > 1 and len({cell[1] for cell in texts}) > 1
    return rows if is_table else []


def _owners(
    columns: Sequence[tuple[float, float]],
    heights: Sequence[tuple[float, float]],
    rulings: Sequence[Ruling],
) -> dict[tuple[int, int], tuple[int, int]]:
    """The cell, by row and column, that each field of the grid belongs to: itself, or a wider."""

    def is_ruled(x: float, y: float) -> bool:
        return any(
            each.x0 - _TOUCH <= x <= each.x1 + _TOUCH and each.y0 - _TOUCH <= y <= each.y1 + _TOUCH
            for each in rulings
        )

    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, (low, high) in enumerate(heights):
        for c, (left, right) in enumerate(columns):
            owner[r, c] = (r, c)
            if c and not is_ruled(left, (low + high) / 2):
                owner[r, c] = owner[r, c - 1]
            elif r and not is_ruled((left + right) / 2, high):
                owner[r, c] = owner[r - 1, c]
    return owner


def _place(
    columns: Sequence[tuple[float, float]],
    heights: Sequence[tuple[float, float]],
    x: float,
    y: float,
) -> tuple[int, int]:
    row = min(range(len(heights)), key=lambda r: max(heights[r][0] - y, y - heights[r][1]))
    column = min(range(len(columns)), key=lambda c: max(columns[c][0] - x, x - columns[c][1]))
    return row, column


def _text(words: Sequence[Word]) -> str:
    """The words of a cell on one line."""
    text = ""
    for strip in strips(words):
        added = line(strip).text
        text += (glue(text, added) if text else "") + added
    return " ".join(text.split())
