"""Cleaning rules for what paper leaves in a text: contents pages, page numbers, headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

_CONTENTS_HEADING = re.compile(
    r"#{0,6}\s*(?:目\s*[录錄]|目\s*次|(?:table of )?contents)\s*", re.IGNORECASE
)
_LEADERS = ".…·．・_ \t\u3000"
_LONGEST_ENTRY = 120
_DECORATED_NUMBER = re.compile(
    r"[-–—·•]\s*\d{1,4}\s*[-–—·•]|第\s*\d{1,4}\s*[页頁](?:[\s，,/]*共\s*\d{1,4}\s*[页頁])?"
    r"|page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\d{1,4}")
# How a line of prose ends when it is complete, brackets and quotes included.
FINISHED = re.compile(r"[。！？!?：:；;….”’」』）)】\]》〉>~～—|-]$")
_LIST_ITEM = re.compile(
    r"\s*(?:[-*+•·●■◆]\s|\d{1,3}[.)、．]\s?(?!\d)|[(（][\d一二三四五六七八九十]+[)）])"
)
_STRUCTURE = re.compile(r"\s*(?:#{1,6}\s|\||>|```|~~~|-{3,}|={3,}|【|\w{1,20}: )")


def is_structural(line: str) -> bool:
    """Whether `line` is a heading, table row, quote, fence, rule, list item or `key: value`."""
    return "\t" in line or bool(_STRUCTURE.match(line) or _LIST_ITEM.match(line))


def without_runs(text: str, run_end: Callable[[list[str], int], int]) -> str:
    """`text` without runs of lines: `run_end` gives the index behind that at an index, or this."""
    lines = text.split("\n")
    kept: list[str] = []
    index = 0
    while index < len(lines):
        end = run_end(lines, index)
        kept += lines[index : index + (end == index)]
        index = max(end, index + 1)
    return "\n".join(kept)


def remove_contents(text: str) -> str:
    r"""Text without its table of contents, which repeats the headings and answers nothing.

    A table is a heading such as 目录 and the entries below it, each ending in a page number
    after dots or a tab; or at least three dotted entries in a row without a heading. The names
    of parts between entries go with them.

    >>> remove_contents("目录\n行业动态…… 1\n【政策】\n新规……2\n来稿……3\n正文")
    '正文'
    """
    return without_runs(text, _contents_end)


def _contents_end(lines: list[str], start: int) -> int:
    """The index behind the table of contents that starts at `start`; `start` if there is none."""
    headed = bool(_CONTENTS_HEADING.fullmatch(lines[start].strip()))
    if not headed and not _is_entry(lines[start], headed=False):
        return start
    entries, end, others = 0, start, 0
    for index in range(start + headed, len(lines)):
        line = lines[index]
        if _is_entry(line, headed):
            entries, end, others = entries + 1, index + 1, 0
        elif line.strip():
            others += 1
            if others > 2 or len(line) > 40:
                break
    return end if entries >= 3 else start


def _is_entry(line: str, headed: bool) -> bool:
    """Whether `line` is words, dots and a page number; below a heading, a gap will do for dots."""
    line = line.strip()
    words_and_leader = line.rstrip("0123456789")
    words = words_and_leader.rstrip(_LEADERS)
    leader = words_and_leader[len(words) :]
    if not words or len(line) > _LONGEST_ENTRY or not 1 <= len(line) - len(words_and_leader) <= 4:
        return False
    dots = len(leader.translate({ord(space): None for space in " \t\u3000"})) + leader.count("…")
    return dots >= 3 or (headed and ("\t" in leader or len(leader) >= 2))


def remove_page_furniture(text: str) -> str:
    r"""Text without page numbers and running headers; a form feed becomes a blank line.

    They stand in the middle of sentences wherever a page ends. A bare number goes when it
    stands at a form feed, or when at least three of them rise through the text; a header when
    it appears four times or more, on lines far apart, and no sentence ends with it.

    >>> remove_page_furniture("外贸增长，\n- 12 -\n主要得益于电商。")
    '外贸增长，\n主要得益于电商。'
    """
    lines = text.replace("\f", "\n\f\n").split("\n")
    doomed = _page_numbers(lines) | _running_headers(lines)
    kept = (line for index, line in enumerate(lines) if index not in doomed)
    return "\n".join("" if line == "\f" else line for line in kept)


def _page_numbers(lines: list[str]) -> set[int]:
    filled = [index for index, line in enumerate(lines) if line.strip() or line == "\f"]
    feeds = {place for place, index in enumerate(filled) if lines[index] == "\f"}
    edges = feeds | {-1, len(filled)} if feeds else feeds
    bare, doomed = [], set()
    for place, index in enumerate(filled):
        line = lines[index].strip()
        if _DECORATED_NUMBER.fullmatch(line):
            doomed.add(index)
        elif _BARE_NUMBER.fullmatch(line):
            if {place - 1, place + 1} & edges:
                doomed.add(index)
            elif not 1900 <= int(line) <= 2100:
                bare.append(index)
    values = [int(lines[index]) for index in bare]
    steps = [after - before for before, after in pairwise(values)]
    if len(values) >= 3 and all(1 <= step <= 3 for step in steps):
        doomed.update(bare)
    return doomed


def _running_headers(lines: list[str]) -> set[int]:
    places: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        header = line.strip()
        if 4 <= len(header) <= 40 and not is_structural(header) and "\t" not in line:
            places.setdefault(header, []).append(index)
    doomed: set[int] = set()
    for header, indexes in places.items():
        gaps = [after - before for before, after in pairwise(indexes)]
        if len(indexes) >= 4 and min(gaps) >= 4 and not FINISHED.search(header):
            doomed.update(index for index in indexes if any(lines[:index]))
    return doomed
