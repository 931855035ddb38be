"""Lines to paragraphs: which line goes on in the next, and words broken at a line's end."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.documents.pdf.lines import Line, glue
from rag.language.text import is_wide

_INDENT = 0.7  # of a line's height: a beginning further in opens a paragraph
_APART = 1.35  # times the usual distance of lines: more parts paragraphs
_ANOTHER_SIZE = 1.15
_ITEM = re.compile(
    r"\s*(?:[-–*+•·●○■□◆▪▶✓]\s*(?=\S)|[(（]?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)）、](?:\s|(?=[^\W\d_a-zA-Z]))"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}\s|[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十百\d]+[章节条款])"
)
_BROKEN = re.compile(r"[^\W\d_]+[-\u2010\xad]$")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.。!！?？:：;；…][”’」』）)\"']*$")
_CLAUSE = re.compile("[，。、；,;]")
_SLACK = 0.2  # of the width: how far from its edge lines of running text may end
_LEADER = re.compile(r"\.{4}|…{2}|·{4}|(?: \.){3}")

Hyphens = Callable[[str, str], bool]  # whether a hyphen between these parts of a word stays


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Joined lines. `is_open`: its last line is full and ends no sentence.

    `gap` says that it stands apart from the one before it, `is_flush` that it may go on with the
    one that a column or a page ends with. `height` is that of its lines, 0 of a table.
    """

    text: str
    is_open: bool = False
    gap: bool = True
    is_table: bool = False
    is_flush: bool = True
    height: float = 0.0


def paragraphs(lines: Sequence[Line], hyphen: Hyphens) -> list[Paragraph]:
    """The paragraphs of the lines of one column, from the top."""
    if not lines:
        return []
    leading = _leading(lines)
    found: list[Paragraph] = []
    text = lines[0].text
    gap, first = True, lines[0]
    for before, after in pairwise(lines):
        if _continues(before, after, first, lines, leading):
            text = joined(text, after.text, hyphen)
            continue
        found.append(_paragraph(text, first, before, lines, gap))
        gap = _is_apart(before, after, leading)
        text, first = after.text, after
    found.append(_paragraph(text, first, lines[-1], lines, gap))
    return found


def _paragraph(text: str, first: Line, last: Line, lines: Sequence[Line], gap: bool) -> Paragraph:
    right, left = max(each.x1 for each in lines), min(each.x0 for each in lines)
    is_prose = first is not last or bool(re.search("[,，。；;]", text))
    is_full = last.x1 > right - 3 * last.height and not _SENTENCE_END.search(text)
    is_flush = first.x0 < left + _INDENT * first.height and not _ITEM.match(text)
    return Paragraph(text, is_full and is_prose, gap, is_flush=is_flush, height=last.height)


def _leading(lines: Sequence[Line]) -> float:
    steps = [a.base - b.base for a, b in pairwise(lines) if a.base > b.base]
    return median(steps) if steps else 0.0


def _is_apart(before: Line, after: Line, leading: float) -> bool:
    """Whether more than a line's usual distance lies between, or the type changes its size."""
    sizes = sorted((before.height, after.height))
    usual = max(leading if leading < 2.2 * sizes[1] else 0.0, 1.1 * sizes[1])
    return sizes[1] > _ANOTHER_SIZE * sizes[0] or before.base - after.base > _APART * usual


def _continues(
    before: Line, after: Line, first: Line, lines: Sequence[Line], leading: float
) -> bool:
    """Whether `after` goes on with the paragraph that `first` opened and `before` ends so far."""
    if before.is_table or after.is_table or _is_apart(before, after, leading):
        return False
    is_figure = after.text[:1].isdigit() and bool(re.search(r"[a-zà-ÿ,，]$", before.text))
    if _LEADER.search(before.text) or (_ITEM.match(after.text) and not is_figure):
        return False
    step = after.x0 - before.x0
    is_hanging = before is first and (_ITEM.match(before.text) or step < 3 * after.height)
    if step > _INDENT * after.height and not (is_hanging and _ITEM.match(before.text)):
        return False
    if _BROKEN.search(before.text) and after.text[:1].islower():
        return True
    return _is_cut_off(before, after, lines)


def _is_cut_off(before: Line, after: Line, lines: Sequence[Line]) -> bool:
    """Whether a line ends because its column does, and not because its sentence or item does."""
    right, left = max(each.x1 for each in lines), min(each.x0 for each in lines)
    width = right - left
    is_ended = bool(_SENTENCE_END.search(before.text))
    if after.text[:1].islower() and not is_ended and before.x1 - before.x0 > 0.5 * width:
        return True
    # The first word of the next line had no room on this one.
    word = after.words[0]
    share = 1 if is_wide(after.text[:1]) else len(after.text.split(" ", 1)[0])
    room = (word.x1 - word.x0) * min(1.0, share / max(1, len(word.text)))
    room += 0.2 * after.height if glue(before.text, after.text) else 0.1 * after.height
    if is_ended:  # the widest line of all shows no edge by itself
        others = sum(each.x1 > right - 1.5 * each.height for each in lines if each is not before)
        return others > 0 and before.x1 + room > right
    is_prose = bool(_CLAUSE.search(before.text)) or (
        len(before.text.split()) > 3 and bool(re.search(r"[a-zà-ÿ]-?$", before.text))
    )
    return is_prose and width > 8 * after.height and before.x1 + room > right - _SLACK * width


def joined(text: str, after: str, hyphen: Hyphens) -> str:
    """`text` and the words of the next line or page, a word broken between them made whole."""
    broken = _BROKEN.search(text)
    following = _WORD.match(after)
    if not broken or not following:
        return text + ("" if text[-1:] in "-\u2010–—/" else glue(text, after)) + after
    parts = broken.group()[:-1], following.group()
    is_word = after[:1].islower() or (parts[0].isupper() and parts[1].isupper())
    is_kept = not is_word or (text[-1] != "\xad" and hyphen(*parts))
    return (text if is_kept else text[:-1]) + after


def hyphens(texts: Sequence[str]) -> Hyphens:
    """Whether a hyphen at the end of a line is the word's own, from how the document writes it.

    `texts` are all lines. It is its own behind a single letter, where the word stands with its
    hyphen elsewhere, or where both parts stand alone and the joined word nowhere: "long-term"
    beside "term" and "long", but "labora-tory".
    """
    written: set[str] = set()
    was_broken = False
    for text in texts:
        is_broken = bool(_BROKEN.search(text))
        words = _WORD.findall(text.lower())
        written.update(words[was_broken : len(words) - is_broken])
        was_broken = is_broken

    def is_kept(left: str, right: str) -> bool:
        left, right = left.lower(), right.lower()
        if len(left) == 1 or f"{left}-{right}" in written:
            return True
        return left + right not in written and left in written and right in written

    return is_kept
