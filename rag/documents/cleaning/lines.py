"""Cleaning rules that join lines: those broken at a column, and sentences cut by a page break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from rag.documents.cleaning.layout import FINISHED, is_structural
from rag.language.text import HAN

_HAN = re.compile(f"[{HAN}]")
_WIDE = re.compile(rf"[{HAN}\u2e80-\u303f\uff00-\uff60“”‘’…—]")
_FIRST_WORD = re.compile(rf"[{HAN}]|[^\s{HAN}]+")
_SENTENCE_INSIDE = re.compile(r"[。！？]")
_CLAUSE_END = re.compile(r"[，、；]$|(?<=[\u3400-\u9fff]),$")
_CLAUSE_MARK = re.compile(r"[，。；！？、,;!?]|\.(?:\s|$)")
_CANNOT_START = re.compile(rf"[的们們着，。、；）】》%％]|[{HAN}][，。；、]")
_NEW_START = re.compile(
    r"[（(]?(?:来源|來源|摘自|编辑|編輯|责任编辑|記者|记者|作者)"
    r"|[一二三四五六七八九十]{1,3}[、.．，]|第[一二三四五六七八九十\d]{1,3}[章节節条條部编編]"
    r"|[^\s，。：:,]{1,8}[：:](?!\d)|https?://"
)
_CODE = "```"
_FENCE = re.compile(r"\s*(?:```|~~~)")
_MINIMUM_CELLS = 36  # 18 Han characters: shorter lines are titles more often than not
_FULL_LINE = range(66, 81)  # one printed line of A4, in cells
_CERTAIN, _DOUBTFUL = "certain", "doubtful"


def display_width(line: str) -> int:
    """Width of `line` in cells of a terminal: a Han character or full-width mark takes two."""
    return len(line) + len(_WIDE.findall(line))


def join_wrapped_lines(text: str) -> str:
    r"""Text whose lines, broken at a column by a mail program or a PDF, are joined again.

    A line was broken when the first word of the next one had no room left on it. The column
    is read from the text; where there is none, nothing is joined. English gets a space.

    >>> text = "Exports of the port rose by a fifth,\nas the trade ministry said today in\nMay."
    >>> join_wrapped_lines(text)
    'Exports of the port rose by a fifth, as the trade ministry said today in May.'
    """
    lines = text.split("\n")
    masked = _without_code(lines)
    column = _column(masked)
    if not column:
        return text
    joins = {
        index + 1
        for index, (line, after) in enumerate(pairwise(masked))
        if _is_wrapped(line, after, column)
    }
    return _joined(lines, joins if _is_prose(lines, joins) else set())


def _is_prose(lines: Sequence[str], joins: set[int]) -> bool:
    """Whether lines that fill the column are prose, not titles of about the same length.

    Prose goes on with a small letter (English) or has clauses (Chinese) in most lines.
    """
    starts = [lines[index].lstrip()[0] for index in joins]
    latin = [start for start in starts if start.isascii() and start.isalpha()]
    chinese = [lines[index - 1] for index in joins if _HAN.search(lines[index - 1])]
    clauses = sum(bool(_CLAUSE_MARK.search(line)) for line in chinese)
    small = sum(start.islower() for start in latin)
    return small >= 0.4 * len(latin) and clauses >= 0.5 * len(chinese)


def _without_code(lines: Sequence[str]) -> list[str]:
    """`lines` with fence marks in place of fenced code."""
    masked = []
    in_code = False
    for line in lines:
        fence = bool(_FENCE.match(line))
        masked.append(_CODE if in_code or fence else line)
        in_code ^= fence
    return masked


def _column(lines: Sequence[str]) -> int:
    """The width in cells at which lines were broken; 0 if they were not."""
    prose = [line.strip() for line in lines if line.strip() and not is_structural(line)]
    widths = sorted(display_width(line) for line in prose)
    if len(widths) < 2:
        return 0
    column = widths[min(len(widths) - 1, int(0.9 * len(widths)))]
    slack = 3 if sum(bool(_HAN.search(line)) for line in prose) > len(prose) / 2 else 14
    near = sum(column - slack <= width <= column + 2 for width in widths)
    is_column = _MINIMUM_CELLS <= column <= 120 and near >= max(2, 0.3 * len(widths))
    return column if is_column else 0


def _is_wrapped(line: str, after: str, column: int) -> bool:
    """Whether `line` broke off because the first word of `after` had no room in `column`."""
    line, after = line.strip(), after.strip()
    if not line or not _may_continue(line, after):
        return False
    if line[-1] in "。！？：:；" or (_HAN.search(line[-3:]) and FINISHED.search(line)):
        return False
    first_word = _FIRST_WORD.match(after)
    room = len(_glue(line, after)) + display_width(first_word.group() if first_word else after)
    return column - room < display_width(line) <= column + 2


def _may_continue(line: str, after: str) -> bool:
    """Whether neither line is a title, list item, speaker or other beginning of its own."""
    if not after or is_structural(line) or is_structural(after):
        return False
    return not _NEW_START.match(after) and not after.isdigit()


def join_page_breaks(text: str) -> str:
    r"""Text whose sentences, cut by a page break or blank lines, are whole again.

    Certain breaks: a line of prose that stops after a comma, or without any end although it
    holds a full stop or two commas; or a next line that no sentence can start with. A full
    line with a comma counts as well, in a text that has three certain ones. Titles, lists,
    captions and speakers are never joined, nor a text whose writer leaves full stops out.

    >>> join_page_breaks("会议结束了。各方愿意继续加强沟通并且深化合\n\n作，共同做好外贸工作。")
    '会议结束了。各方愿意继续加强沟通并且深化合作，共同做好外贸工作。'
    """
    lines = text.split("\n")
    masked = _without_code(lines)
    filled = [index for index, line in enumerate(masked) if line.strip()]
    if _leaves_stops_out([masked[index] for index in filled]):
        return text
    kinds = {
        index: _break_kind(masked[before].strip(), masked[index].strip(), index - before > 1)
        for before, index in pairwise(filled)
    }
    certain = {index for index, kind in kinds.items() if kind == _CERTAIN}
    doubtful = {index for index, kind in kinds.items() if kind == _DOUBTFUL}
    return _joined(lines, certain | doubtful if len(certain) >= 3 else certain)


def _leaves_stops_out(lines: Sequence[str]) -> bool:
    """Whether paragraphs mostly end without a full stop, as in chats: that is no page break."""
    prose = [line for line in lines if display_width(line) >= 60 and "。" in line]
    unfinished = sum(not FINISHED.search(line.rstrip()) for line in prose)
    return unfinished > 3 and unfinished > 0.4 * len(prose)


def _break_kind(line: str, after: str, gap: bool) -> str:
    """`certain`, `doubtful` or nothing: whether `after` continues the sentence of `line`.

    Without a blank line between them, a `gap`, only the comma and the impossible start count:
    in forums and chats each line is a sentence of its own.
    """
    if FINISHED.search(line) or not _may_continue(line, after):
        return ""
    if not _HAN.search(line):
        is_cut = len(line) >= 40 and re.search(r"[a-z],?$", line) and re.match(r"[a-z]", after)
        return _CERTAIN if is_cut else ""
    if display_width(line) < _MINIMUM_CELLS or not _CLAUSE_MARK.search(after):
        return ""
    if _CLAUSE_END.search(line) or _CANNOT_START.match(after):
        return _CERTAIN
    if not gap:
        return ""
    is_prose = _SENTENCE_INSIDE.search(line) or (
        display_width(line) >= _FULL_LINE.stop and line.count("，") >= 2
    )
    if is_prose:
        return _CERTAIN
    is_full = display_width(line) in _FULL_LINE and "，" in line and "：" not in line
    return _DOUBTFUL if is_full else ""


def _joined(lines: Sequence[str], joins: set[int]) -> str:
    """The text of `lines`, where each line in `joins` goes on from the one before it."""
    parts: list[str] = []
    blank = 0
    previous = ""
    for index, line in enumerate(lines):
        if index in joins:
            after = line.strip()
            parts[-1] = parts[-1].rstrip()
            parts += [_glue(previous, after), line.lstrip()]
            blank = 0
        elif line.strip() or index == len(lines) - 1:
            parts += ["\n" * (blank + bool(index)), line]
            blank = 0
        else:
            blank += 1
            continue
        previous = line.rstrip()
    return "".join(parts)


def _glue(line: str, after: str) -> str:
    """What joins the two lines: a space; nothing beside Chinese, or behind a word's hyphen."""
    if re.search(r"[a-z]-$", line) and re.match(r"[a-z]", after):
        return ""
    sides = (line[-1:], after[:1])
    return "" if any(unicodedata.east_asian_width(side or " ") in "WFA" for side in sides) else " "
