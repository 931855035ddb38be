"""The rows of a table whose cells may be merged, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell: its words, how many columns it covers, and whether it goes on from above or left."""

    text: str
    columns: int = 1
    from_above: bool = False
    from_left: bool = False


def lines(rows: Iterable[list[Cell]], columns: int) -> Iterator[str]:
    r"""A line for each row of a table that is `columns` wide, with tabs between its cells.

    A merged cell stands in each row and column that it covers, so that each row is whole by
    itself; one that is all of its row stands there once.

    >>> rows = [[Cell("年"), Cell("产量", 2)], [Cell("", from_above=True), Cell("1"), Cell("2")]]
    >>> list(lines(rows, 3))
    ['年\t产量\t产量', '年\t1\t2']
    """
    above: list[str] = []
    for row in rows:
        here: list[str] = []
        for left, cell in zip(reversed(range(len(row))), row, strict=True):
            text = cell.text
            if cell.from_above and len(here) < len(above):
                text = above[len(here)]
            elif cell.from_left and here:
                text = here[-1]
            room = columns - len(here) - left  # a file may claim any number of columns
            here += [text] * min(max(1, cell.columns), max(1, room))
        above = here
        yield here[0] if len(row) == 1 else "\t".join(here)


def one_line(text: str) -> str:
    r"""The words of a cell with single spaces.

    >>> one_line(" 周一\n周三\t休息")
    '周一 周三 休息'
    """
    return " ".join(text.split())
