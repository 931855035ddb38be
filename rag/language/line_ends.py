"""Text of several lines on one."""

from __future__ import annotations

import re

from rag.language.terms import words
from rag.language.text import simplify_in_place

_LINE_END = re.compile(r"[^\S\n]*\n\s*")
_HAN_BEFORE = re.compile(r"[\u3400-\u9fff]{1,4}$")
_HAN_BEHIND = re.compile(r"[\u3400-\u9fff]{1,4}")
_CHINESE_MARK = re.compile(r"[\u3001-\u301b\uff01-\uff5e]")


def on_one_line(text: str) -> str:
    r"""The text with a space for each line end, none within a Chinese word or at a Chinese mark.

    >>> on_one_line("第二条 租金\n月租金为六千\n元，他们愿\n  意。\n\nThey\nagreed.")
    '第二条 租金 月租金为六千元，他们愿意。They agreed.'
    """
    parts, end = [], 0
    for match in _LINE_END.finditer(text):
        before, behind = text[end : match.start()], text[match.end() : match.end() + 4]
        parts += [before, "" if _is_whole(before, behind) else " "]
        end = match.end()
    return "".join([*parts, text[end:]])


def _is_whole(before: str, behind: str) -> bool:
    """Whether what a line end parts belongs together without a space."""
    if _CHINESE_MARK.match(before[-1:]) or _CHINESE_MARK.match(behind):
        return True
    last, first = _HAN_BEFORE.search(before), _HAN_BEHIND.match(behind)
    if not last or not first:
        return False
    middle = len(last.group())
    joined = simplify_in_place(last.group() + first.group())
    return any(
        found.start() < middle < found.end()
        for word in words(joined)
        for found in re.finditer(re.escape(word), joined)
    )
