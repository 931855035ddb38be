"""Tables without rulings: cells that stand below each other in every row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.documents.pdf.lines import glue, line
from rag.documents.pdf.words import Word

_ENUMERATOR = re.compile(r"[^\w\s]+|[(（]?(?:\w{1,3}|[\d.]{1,8})[.)）、:：]?")
_FULL = 0.6  # share of lines that hold two cells or more, at least
_ROWS = 3
_END = re.compile(r"[.。!！?？:：;；]$")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with cells parted by tabs, made of the lines `start` to `end` (half-open) of a band."""

    start: int
    end: int
    rows: tuple[str, ...]


def table_in(strips: Sequence[Sequence[Word]], gaps: Sequence[tuple[float, float]]) -> Table | None:
    """The table whose columns `gaps` part, if it is one.

    A line without its first cell goes on with the row above. Bullets and numbers before the
    lines of a list are no column.
    """
    lines = [_cells(strip, gaps) for strip in strips]
    full = [index for index, cells in enumerate(lines) if sum(map(bool, cells)) > 1]
    if len(full) < _ROWS:
        return None
    start, end = full[0], full[-1] + 1
    while end < len(lines) and not lines[end][0]:
        end += 1
    firsts = [cells[0] for cells in lines[start:end] if cells[0]]
    is_list = len(gaps) == 1 and all(_ENUMERATOR.fullmatch(first) for first in firsts)
    if is_list or len(full) < _FULL * (end - start):
        return None
    rows: list[list[str]] = []
    for cells in lines[start:end]:
        if rows and not cells[0] and any(rows[-1][1:]):
            rows[-1] = [_continued(*pair) for pair in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    return Table(start, end, tuple("\t".join(row).rstrip() for row in rows))


def labels(strips: Sequence[Sequence[Word]], gap: tuple[float, float]) -> bool:
    """Whether what is left of `gap` names what is right of it, and no line of it is in between.

    At each label a sentence has ended on the line before, as in a list of terms.
    """
    before, entries, whole = "", 0, 0
    for strip in strips:
        label, text = _cells(strip, [gap])
        if label:
            entries += 1
            whole += not before or bool(_END.search(before))
        before = text or before
    return entries > 1 and 4 * whole >= 3 * entries


def _cells(strip: Sequence[Word], gaps: Sequence[tuple[float, float]]) -> list[str]:
    edges = [(start + end) / 2 for start, end in gaps]
    parts: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    for word in strip:
        parts[sum((word.x0 + word.x1) / 2 > edge for edge in edges)].append(word)
    return [line(part).text if part else "" for part in parts]


def _continued(cell: str, more: str) -> str:
    return cell + (glue(cell, more) if cell and more else "") + more
