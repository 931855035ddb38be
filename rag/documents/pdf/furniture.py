"""Running heads, running feet and page numbers: what stands on the edge of page after page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.documents.pdf.lines import line, strips
from rag.documents.pdf.words import Sheet, Word
from rag.language.text import has_words

_DEEPEST = 3  # lines of furniture at either end of a page
_MARGIN = 0.15  # share of a page's height in which they stand
_CLEARANCE = 0.5  # of a line's height: what parts a head from the text below it, at least
_RULE = r"[-–—·•|/\s]*"
_PAGE = (
    r"(?:第\s*\d+\s*[页頁](?:[\s/，,|]*[共总]\s*\d+\s*[页頁])?|(?:page|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?"
    r"|\d{1,4}\s*(?:of|/)\s*\d{1,4}|\d{1,4}|(?<!\S)[ivxlc]+)"
)
_NUMBER = re.compile(rf"^{_RULE}{_PAGE}(?!\S){_RULE}|{_RULE}(?<!\w){_PAGE}{_RULE}$")
_FIRST, _LAST = re.compile(r"^(\d{1,9})\b"), re.compile(r"\b(\d{1,9})$")
_SENTENCE = re.compile(r"[。！？；]$|(?:\w+[ ,]+){3,}\w+[.!?]$")
_SAME_HEIGHT = 4.0  # points
_DENSITY = 0.4  # share of the pages from its first to its last on which a head stands


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line near the top or the bottom of a page."""

    page: int
    end: str
    depth: int  # 0 for the outermost
    words: tuple[Word, ...]
    text: str
    stem: str  # without the page's number, in small letters without spaces
    middle: float
    is_clear: bool


def without_furniture(sheets: Sequence[Sheet]) -> tuple[list[Sheet], dict[str, int]]:
    """`sheets` without what repeats on their edges, and on how many pages each such text stood.

    A line goes when it stands at the same height on another page too, figures aside, with
    nothing but other furniture further out and a gap further in. A page number that says so
    ("第2页 共6页", "Page 2 of 6") needs no second page; a bare one has to count the pages.
    """
    edges = [edge for number, each in enumerate(sheets) for edge in _edges(number, each)]
    repeated = _repeated(edges)
    offsets = _offsets(edges)
    doomed: dict[int, set[Word]] = defaultdict(set)
    heads: Counter[str] = Counter()
    names: dict[str, str] = {}
    out: dict[tuple[int, str], int] = defaultdict(int)  # how deep the furniture goes
    for edge in sorted(edges, key=lambda edge: edge.depth):
        if edge.depth > out[edge.page, edge.end]:
            continue
        is_number = not edge.stem and (not edge.text.isdecimal() or _offset(edge) in offsets)
        if is_number or edge in repeated:
            out[edge.page, edge.end] = edge.depth + 1
            doomed[edge.page].update(edge.words)
            if has_words(edge.stem):
                heads[edge.stem] += 1
                names.setdefault(edge.stem, _NUMBER.sub("", edge.text).strip())
    kept = [
        replace(each, words=tuple(word for word in each.words if word not in doomed[number]))
        if number in doomed
        else each
        for number, each in enumerate(sheets)
    ]
    return kept, {names[stem]: pages for stem, pages in heads.most_common()}


def _edges(number: int, sheet: Sheet) -> list[_Edge]:
    rows = strips(sheet.words)
    found: list[_Edge] = []
    if len(rows) < 2:
        return found
    for end, ordered in (("top", rows), ("bottom", rows[::-1])):
        for depth, row in enumerate(ordered[:_DEEPEST]):
            whole = line(row)
            if whole.is_table:
                break
            distance = whole.y0 if end == "bottom" else sheet.height - whole.y1
            stem = "".join(_NUMBER.sub("", whole.text.lower()).split())
            if distance > _MARGIN * sheet.height and stem:
                break
            inner = line(ordered[depth + 1]) if depth + 1 < len(ordered) else None
            gap = max(whole.y0 - inner.y1, inner.y0 - whole.y1) if inner else whole.height
            is_clear = gap > _CLEARANCE * whole.height
            middle = (whole.y0 + whole.y1) / 2
            found.append(_Edge(number, end, depth, tuple(row), whole.text, stem, middle, is_clear))
    return found


def _repeated(edges: Sequence[_Edge]) -> set[_Edge]:
    """Those that stand at the same height of several pages near each other."""
    by_text: dict[tuple[str, str], list[_Edge]] = defaultdict(list)
    for edge in edges:
        if edge.stem and not _SENTENCE.search(edge.text):
            by_text[edge.end, edge.stem].append(edge)
    found: set[_Edge] = set()
    for same in by_text.values():
        for edge in same:
            alike = [each for each in same if abs(edge.middle - each.middle) < _SAME_HEIGHT]
            pages = [other.page for other in alike]
            is_dense = len(pages) > _DENSITY * (max(pages) - min(pages) + 1)
            if len(alike) > 1 and is_dense and any(other.is_clear for other in alike):
                found.add(edge)
    return found


def _offset(edge: _Edge) -> int:
    return int(edge.text) - edge.page


def _offsets(edges: Sequence[_Edge]) -> set[int]:
    """By how much page numbers differ from the count of pages, where two pages or more agree."""
    votes: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        if edge.depth == 0 and not _SENTENCE.search(edge.text):
            for number in (*_FIRST.findall(edge.text), *_LAST.findall(edge.text)):
                votes[int(number) - edge.page].add(edge.page)
    return {offset for offset, pages in votes.items() if len(pages) > 1}
