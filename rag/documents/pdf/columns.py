"""Reading order: what stands in columns beside each other is read one column after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from rag.documents.pdf.lines import Line, line, strips
from rag.documents.pdf.tables import labels, table_in
from rag.documents.pdf.words import Word
from rag.language.text import han_share

_GUTTER = 0.8  # of the words' usual height: the least gap between columns
_COLUMN_WIDTH = 8.0  # of the height: a narrower one holds a table's cells
_COLUMN_LINES = 3
_ALIGNED = 0.9
_FILL = 0.6  # share of a column's width that its lines usually take
_CLAUSE = re.compile("[，。；！？、,;!?]")

_Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one column, from the top, or the rows of a table."""

    lines: tuple[Line, ...] = ()
    rows: tuple[str, ...] = ()
    is_band: bool = False  # a band across the page, with which the next one may go on


def blocks(words: Sequence[Word], size: float) -> list[Block]:
    """`words` in the order in which they are read; `size` is their usual height.

    A page is cut into bands across it, in each of which the same gaps run from top to bottom.
    Where the text on all sides of them is running text, they part columns; elsewhere they may
    part the cells of a table.
    """
    bands = [_Band(band, gutters(_flat(band), _GUTTER * size)) for band in _bands(words, size)]
    known = [
        gutter
        for band in bands
        if band.gutters and _are_columns(_parted(_flat(band.strips), band.gutters), size)
        for gutter in band.gutters
    ]
    found: list[Block] = []
    for band in bands:
        parts = _parted(_flat(band.strips), band.gutters)
        if len(parts) > 1 and (
            _are_columns(parts, size)
            or _are_alike(band.gutters, known, parts, size)
            or _is_beside_text(band, parts, size)
        ):
            for part in parts:
                found += blocks(part, size)
        elif len(parts) > 1 and (table := table_in(band.strips, band.gutters)):
            _add_lines(found, band.strips[: table.start])
            found.append(Block(rows=table.rows))
            _add_lines(found, band.strips[table.end :])
        else:
            _add_lines(found, band.strips)
    return [replace(block, is_band=False) for block in found]


def _add_lines(found: list[Block], strips: Sequence[Sequence[Word]]) -> None:
    """Put lines across the page behind `found`, as one block with those before them."""
    lines = tuple(map(line, strips))
    is_band = bool(lines) and not lines[0].is_table
    if is_band and found and found[-1].is_band:
        found[-1] = replace(found[-1], lines=(*found[-1].lines, *lines))
    elif lines:
        found.append(Block(lines, is_band=is_band))


@dataclass(frozen=True, slots=True)
class _Band:
    strips: list[list[Word]]
    gutters: list[_Interval]


def _flat(rows: Sequence[Sequence[Word]]) -> list[Word]:
    return [word for row in rows for word in row]


def gutters(words: Sequence[Word], least: float) -> list[_Interval]:
    """The stretches across, `least` wide or wider, that no word covers, between words."""
    covered: list[_Interval] = []
    for x0, x1 in sorted((word.x0, word.x1) for word in words):
        if covered and x0 <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(covered[-1][1], x1))
        else:
            covered.append((x0, x1))
    gaps = [(left[1], right[0]) for left, right in pairwise(covered)]
    return [(start, end) for start, end in gaps if end - start >= least]


def _bands(words: Sequence[Word], size: float) -> Iterator[list[list[Word]]]:
    """Lines across the page, from the top, as long as the gaps in them run on."""
    band: list[list[Word]] = []
    here: list[_Interval] = []
    least = _GUTTER * size
    for strip in strips(words):
        own = gutters(strip, least)
        both = _shared(band, here, strip, own, least) if band else own
        if band and (strip[0].is_table or band[0][0].is_table or ((here or own) and not both)):
            yield band
            band, both = [], own
        band.append(strip)
        here = both
    if band:
        yield band


def _shared(
    band: Sequence[Sequence[Word]],
    here: Sequence[_Interval],
    strip: Sequence[Word],
    own: Sequence[_Interval],
    least: float,
) -> list[_Interval]:
    """The gaps that a band has together with the next line."""
    last = band[-1]
    if not here and not own and strip[0].x0 < last[-1].x1 and last[0].x0 < strip[-1].x1:
        return []  # one column, as most text
    return gutters([*_flat(band), *strip], least)


def _parted(words: Sequence[Word], gaps: Sequence[_Interval]) -> list[list[Word]]:
    """`words` by the columns between `gaps`, from left to right."""
    edges = [(start + end) / 2 for start, end in gaps]
    parts: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    for word in words:
        middle = (word.x0 + word.x1) / 2
        parts[sum(middle > edge for edge in edges)].append(word)
    return [part for part in parts if part]


def _are_columns(parts: Sequence[Sequence[Word]], size: float) -> bool:
    return len(parts) > 1 and all(_is_running_text(part, size) for part in parts)


def _is_running_text(words: Sequence[Word], size: float) -> bool:
    """Whether lines mostly fill the column, and go on in the next line."""
    lines = [line(strip) for strip in strips(words) if not strip[0].is_table]
    if len(lines) < _COLUMN_LINES:
        return False
    width = max(each.x1 for each in lines) - min(each.x0 for each in lines)
    filled = median(each.x1 - each.x0 for each in lines)
    if width < _COLUMN_WIDTH * size or filled < _FILL * width:
        return False
    return _reads_on([each.text for each in lines])


def _reads_on(texts: Sequence[str]) -> bool:
    """Whether lines are pieces of sentences: the next begins small, or clauses end within."""
    if han_share("".join(texts)) >= 0.2:
        return 3 * sum(bool(_CLAUSE.search(text)) for text in texts) >= len(texts)
    starts = [text.lstrip("“\"'([")[:1] for text in texts[1:]]
    words = median(len(text.split()) for text in texts)
    return words >= 3 and 5 * sum(start.islower() for start in starts) >= 2 * len(starts)


def _are_alike(
    gaps: Sequence[_Interval],
    known: Sequence[_Interval],
    parts: Sequence[Sequence[Word]],
    size: float,
) -> bool:
    """Whether the gaps of a band go on with those between columns elsewhere on the page."""
    if not known or any(len(strips(part)) > 2 * _COLUMN_LINES for part in parts):
        return False
    wide = [part for part in parts if max(w.x1 for w in part) - part[0].x0 > _COLUMN_WIDTH * size]
    return bool(wide) and all(
        any(start < right and left < end for left, right in known) for start, end in gaps
    )


def _is_beside_text(band: _Band, parts: Sequence[Sequence[Word]], size: float) -> bool:
    """Whether running text stands beside something else that does not name its parts."""
    running = [_is_running_text(part, size) for part in parts]
    if len(parts) != 2 or not any(running):
        return False
    if running[1] and labels(band.strips, band.gutters[0]):
        return False
    side = set(parts[running[0]])
    beside = [any(word not in side for word in strip) for strip in band.strips if side & {*strip}]
    return sum(beside) < _ALIGNED * len(beside)  # else tags at the end of lines
