"""Who wrote a document and when, as its first and last lines say."""

from __future__ import annotations

import re

from rag.language.numerals import MONTHS

Span = tuple[int, int]
_LINES = 12  # at the beginning
_LAST = 4  # at the end
_LONGEST = 60  # characters of such a line
_AUTHOR = re.compile(
    r"[（(【]?(?:(?:本文|文章)?作者|撰文|撰稿人?|执笔|记者|文(?=\s*[/｜|：:]))\s*[:：/｜|\s]\s*"
    r"(?P<zh>[^\s，。；：:（()）】].{0,30}?)[）)】]?\s*$"
    r"|(?:(?:written )?by|authors?:?) (?P<en>[A-Z][^\n]{1,50}?)\s*$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:19|20)\d\d\s*(?:年|[-/.])\s*\d{1,2}(?:[、-]\d{1,2})?"
    r"(?:\s*月(?:\s*\d{1,2}\s*日)?|[-/.]\d{1,2})?"
    rf"|(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)})(?: \d{{1,2}})?,? (?:19|20)\d\d"
)
_DATE_LINE = re.compile(
    r"(?:(?:发布|发表|出版|写作)?(?:时间|日期)\s*[:：]?|date:?|published:?|updated:?)?\s*"
    rf"(?P<date>{_DATE.pattern})",
    re.IGNORECASE,
)


def author(text: str) -> Span | None:
    r"""Where a document names its author, None where it does not.

    >>> t = "车厘子\n\n作者：李华\n\n今年卖了600吨。"
    >>> t[slice(*author(t))]
    '李华'
    """
    for start, line in _edges(text):
        if match := _AUTHOR.match(line):
            name = "zh" if match["zh"] else "en"
            return start + match.start(name), start + match.end(name)
    return None


def date(text: str) -> Span | None:
    r"""Where one of the first lines opens with a date, None where none does.

    >>> t = "Shanghai Review\n2015年11、12月合刊\n\n目录"
    >>> t[slice(*date(t))]
    '2015年11、12月'
    """
    for start, line in _edges(text):
        if match := _DATE_LINE.match(line):
            return start + match.start("date"), start + match.end("date")
    return None


def _edges(text: str) -> list[tuple[int, str]]:
    """The first and the last lines that are short, each with its offset in the text."""
    head, tail = text[: _LINES * _LONGEST], max(0, len(text) - _LAST * _LONGEST)
    places = [(0, head), (tail, text[tail:])] if tail > len(head) else [(0, text)]
    found: list[tuple[int, str]] = []
    for offset, part in places:
        start, lines = offset, []
        for raw in part.split("\n"):
            line = raw.strip()
            if line:
                lines.append((start + raw.index(line), line))
            start += len(raw) + 1
        found += lines[:_LINES] if offset == 0 else lines[-_LAST:]
    return [(start, line) for start, line in found if len(line) <= _LONGEST]
