"""Characters drawn on a page to words with their boxes, on a page turned upright."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from rag.documents.pdf.pages import Glyph, Page, Ruling
from rag.language.text import fold_radicals, is_wide

_ENOUGH = 1000  # characters that tell how a page is written
_PRIVATE = ("Co", "Cn")  # categories of what no reader can know


class Word(NamedTuple):
    """Characters without a space between them; `is_spaced` says that a drawn one follows.

    A table of the page travels as one word, whose text is its rows.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    is_spaced: bool = False
    is_table: bool = False

    @property
    def height(self) -> float:
        """Height of its box: about 1.2 times the size of the type."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Where the middle of its height lies."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is read, upright and from left to right.

    `size` is the usual height of its words; `unmapped` counts the characters left out because
    nobody can tell which they are, among `characters`.
    """

    width: float
    height: float
    words: tuple[Word, ...]
    rulings: tuple[Ruling, ...]
    picture: float
    size: float
    characters: int
    unmapped: int


def sheet(page: Page) -> Sheet:
    """The words of `page`: turned as most of it is, vertical writing laid down.

    Characters that are askew or turned otherwise, such as watermarks, are left out of the lines
    that they cross, and stand at the end.
    """
    drawn = [glyph for glyph in page.glyphs if not glyph.char.isspace()]
    turns = Counter(glyph.turns for glyph in drawn).most_common(1)[0][0] if drawn else 0
    upright = [glyph for glyph in page.glyphs if glyph.turns == turns or glyph.char.isspace()]
    if turns == 0 and _is_vertical(upright):
        turns = 1
    page = _turned(Page(page.width, page.height, tuple(upright), page.rulings, page.picture), turns)
    words = list(_words(page.glyphs))
    unmapped = sum(not _is_known(glyph) for glyph in drawn)
    size = median(word.height for word in words) if words else 0.0
    return Sheet(
        page.width, page.height, tuple(words), page.rulings, page.picture, size,
        len(drawn), unmapped,
    )  # fmt: skip


def _is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether characters mostly stand below the one before, as in vertical Chinese."""
    down = across = 0
    for before, after in pairwise(glyphs[:_ENOUGH]):
        if before.char.isspace() or after.char.isspace():
            continue
        width = max(before.x1 - before.x0, after.x1 - after.x0)
        height = max(before.y1 - before.y0, after.y1 - after.y0)
        shift, drop = after.x0 - before.x0, before.y1 - after.y1
        down += abs(shift) < 0.4 * width and 0.4 * height < drop < 2 * height
        across += abs(drop) < 0.4 * height and shift > 0
    return down > 2 * across and down > 5


def _turned(page: Page, turns: int) -> Page:
    """`page` with type that runs `turns` quarters counter-clockwise made to run to the right."""
    if turns <= 0:
        return page
    width, height = page.width, page.height

    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        match turns:
            case 1:  # vertical lines of Chinese, and type that runs downwards
                return height - y1, x0, height - y0, x1
            case 2:
                return width - x1, height - y1, width - x0, height - y0
        return y0, width - x1, y1, width - x0

    glyphs = tuple(
        Glyph(each.char, *box(*each[1:5]), each.turns, each.is_mapped) for each in page.glyphs
    )
    rulings = tuple(Ruling(*box(*each)) for each in page.rulings)
    if turns != 2:
        width, height = height, width
    return Page(width, height, glyphs, rulings, page.picture)


def _is_known(glyph: Glyph) -> bool:
    return glyph.is_mapped and unicodedata.category(glyph.char) not in _PRIVATE


def _words(glyphs: Iterable[Glyph]) -> Iterator[Word]:
    """Runs of characters on one line with no gap between them, in the order drawn."""
    run: list[Glyph] = []
    seen: set[tuple[str, int, int]] = set()
    for glyph in glyphs:
        if glyph.char.isspace() or not glyph.char.isprintable():
            if run:
                is_drawn = glyph.x1 > glyph.x0 or (glyph.char == " " and not is_wide(run[-1].char))
                yield _word(run, is_spaced=is_drawn)
                run = []
            continue
        place = (glyph.char, round(glyph.x0), round(glyph.y0))
        is_ligature = bool(run) and run[-1][1:5] == glyph[1:5]  # its parts share a box
        if (place in seen and not is_ligature) or not _is_known(glyph):
            continue  # drawn twice, for a bold look
        seen.add(place)
        if run and not _goes_on(run[-1], glyph):
            yield _word(run)
            run = []
        run.append(glyph)
    if run:
        yield _word(run)


def _goes_on(before: Glyph, after: Glyph) -> bool:
    height = max(before.y1 - before.y0, after.y1 - after.y0)
    gap = after.x0 - before.x1
    gap_limit = 0.5 if is_wide(before.char) and is_wide(after.char) else 0.15
    apart = abs((after.y0 + after.y1) - (before.y0 + before.y1)) / 2
    same_place = after.x0 == before.x0  # the parts of a ligature
    return apart < 0.45 * height and (same_place or -0.5 * height < gap < gap_limit * height)


def _word(run: Sequence[Glyph], *, is_spaced: bool = False) -> Word:
    return Word(
        fold_radicals("".join(glyph.char for glyph in run)),
        min(glyph.x0 for glyph in run),
        min(glyph.y0 for glyph in run),
        max(glyph.x1 for glyph in run),
        max(glyph.y1 for glyph in run),
        is_spaced,
    )
