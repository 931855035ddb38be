"""Years that a question tells by another: the year before 2030, 2030年的前一年."""

from __future__ import annotations

import re

_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_COUNT = r"(?P<count>one|two|three|four|five|\d{1,2}|[一二两三四五六七八九十])"
_WORDS = {word: n for n, word in enumerate("one two three four five".split(), start=1)} | {
    word: n for n, word in enumerate("一二三四五六七八九十", start=1)
}
_PATTERNS = (
    re.compile(
        rf"\b(?:the )?year (?P<way>before|after|preceding|following) {_YEAR}\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\b{_COUNT} years? (?P<way>before|after) {_YEAR}\b", re.IGNORECASE),
    re.compile(rf"{_YEAR}年?的?(?P<way>前|上|后|後|次|翌)(?P<count>[一二两三四五六七八九十])?年"),
    re.compile(rf"{_YEAR}年?的?(?P<count>[一二两三四五六七八九十])年(?:之|以)?(?P<way>前|后|後)"),
)
_BACK = frozenset("before preceding 前 上".split())


def with_plain_years(question: str) -> str:
    """`question` with the years themselves for those that it tells by another.

    >>> with_plain_years("How much was it in the year before 2030?")
    'How much was it in 2029?'
    >>> with_plain_years("2030年的前一年补贴多少？"), with_plain_years("2030年之前呢？")
    ('2029年补贴多少？', '2030年之前呢？')
    """
    for pattern in _PATTERNS:
        question = pattern.sub(_plain, question)
    return question


def _plain(match: re.Match[str]) -> str:
    found = match.groupdict()
    count = found.get("count") or "1"
    years = 2 if count == "两" else _WORDS.get(count.lower()) or int(count)
    is_back = found["way"].lower() in _BACK
    year = int(found["year"]) + (-years if is_back else years)
    return f"{year}年" if match[0].endswith(("年", "前", "后", "後")) else str(year)
