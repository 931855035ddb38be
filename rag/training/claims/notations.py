"""The same number or date in another notation: 3.5亿 is 350 million, 七成 is 70 %."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from rag.checking.dates import Date, dates
from rag.checking.quantities import Quantity, agrees, quantities
from rag.language.numerals import MONTHS, ONES, numeral_of

_DIGITS = "零一二三四五六七八九"
_FIGURES = re.compile(
    r"\d[\d,]*(?:\.\d+)?(?: ?(?:hundred|thousand|million|billion|trillion)\b|[十百千万亿]+)?"
)
_WORDS = re.compile(
    rf"[零〇一二两三四五六七八九十百千万亿]+|\b(?:{'|'.join(ONES[2:13])})\b", re.IGNORECASE
)


def renoted(claim: str, is_chinese: bool, drawn: random.Random) -> str | None:
    """The claim with a number or a date in another notation, None where it has none.

    >>> renoted("共有3.5亿人。", True, random.Random(1))
    '共有350,000,000人。'
    """
    places: list[tuple[int, int, list[str]]] = []
    for each in quantities(claim):
        words = claim[each.start : each.end]
        # Of 一半 and 二元 no other notation says the same.
        is_plain = re.search(r"\d|成|分之", words) or each.dimension not in ("%", "CNY", "times")
        if each.is_sure and each.dimension != "th" and is_plain:
            places.append((each.start, each.end, list(_numbers(claim, each, is_chinese))))
    for day in dates(claim):
        places.append(
            (day.start, day.end, list(_dates(claim[day.start : day.end], day, is_chinese)))
        )
    places = [place for place in places if place[2]]
    if not places:
        return None
    start, end, forms = drawn.choice(places)
    return f"{claim[:start]}{drawn.choice(forms)}{claim[end:]}"


def _numbers(claim: str, found: Quantity, is_chinese: bool) -> Iterator[str]:
    """Other notations of a quantity's words that say as much."""
    words = claim[found.start : found.end]
    if found.dimension == "%":
        candidates = list(_shares(found.number, is_chinese))
    else:
        match = _FIGURES.search(words) or _WORDS.search(words)
        if match is None or not words.startswith(match.group()):
            return
        behind = words[match.end() :]
        # 十余人, 3万多: the rest is no part of the number
        if behind[:1] in tuple("多余几") or "半" in words:
            return
        candidates = [f"{each}{behind}" for each in _written(found.number, is_chinese)]
    for each in candidates:
        read = quantities(each)
        said = each.replace(",", "").replace(" ", "")
        is_other = said != words.replace(",", "").replace(" ", "")
        if is_other and len(read) == 1 and agrees(read[0], found) and agrees(found, read[0]):
            yield each


def _written(value: float, is_chinese: bool) -> Iterator[str]:
    whole = int(value)
    if value == whole and whole < 10**12:
        yield f"{whole:,}" if whole >= 1000 else str(whole)
    if is_chinese:
        for scale, unit in ((10**8, "亿"), (10**4, "万")):
            if value >= scale and round(value / scale, 4) == value / scale:
                yield f"{value / scale:g}{unit}"
        if value == whole and whole < 100 and (numeral := numeral_of(whole)):
            yield numeral
    else:
        for scale, word in ((10**9, "billion"), (10**6, "million")):
            if value >= scale / 10 and round(value / scale, 4) == value / scale:
                yield f"{value / scale:g} {word}"
        if value == whole and 2 <= whole <= 12:
            yield ONES[whole]


def _shares(percent: float, is_chinese: bool) -> Iterator[str]:
    yield f"{percent:g}%"
    whole = int(percent)
    if not is_chinese:
        yield f"{percent:g} percent"
        yield f"{percent:g} per cent"
    elif percent == whole:
        if numeral := numeral_of(whole):
            yield f"百分之{numeral}"
        if whole % 10 == 0 and 0 < whole < 100:
            yield f"{_DIGITS[whole // 10]}成"


def _dates(words: str, day: Date, is_chinese: bool) -> Iterator[str]:
    """Other notations of a whole date, where the words are one."""
    if (
        not (day.year and day.month)
        or not 1 <= day.month <= 12
        or re.search(r"[至到~–—]| to ", words)
    ):
        return
    if is_chinese and not words.endswith(("日", "月", "号")):
        return
    month = MONTHS[day.month - 1]
    if day.day:
        forms = (
            [f"{day.year}-{day.month:02}-{day.day:02}", f"{day.year}年{day.month}月{day.day}号",
             f"{day.year}/{day.month}/{day.day}"]
            if is_chinese
            else [f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}",
                  f"{day.year}-{day.month:02}-{day.day:02}"]
        )  # fmt: skip
    elif is_chinese:
        digits = "".join(_DIGITS[int(digit)] for digit in str(day.year))
        forms = [f"{digits}年{numeral_of(day.month)}月"]
    else:
        forms = [f"{month[:3]}. {day.year}", f"{month} of {day.year}"]
    yield from (form for form in forms if form != words)
