"""Dates in Chinese and English text, as values that compare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.language.numerals import CHINESE_DIGITS, MONTHS, chinese_value
from rag.language.text import fold_in_place


@dataclass(frozen=True, slots=True)
class Date:
    """A date at half-open offsets of a text, as far as it is said there."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None


_SMALL = r"(?:(?<!\d)\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in map(str.lower, MONTHS)) + "|sept"
_YEAR = r"(?:1\d|20|21)\d\d"
_TO = r"\s?(?:-|–|—|~|至|到|to|and|、|和)\s?"
_NTH = r"(?:st|nd|rd|th)?"
# The names of groups begin with what they are: y(ear), m(onth), d(ay), e(nd of a range of days),
# b(eginning of a range of months), z (the last two digits of a second year), c(entury), x (decade),
# s(hort year, of two digits).
_DATE = re.compile(
    rf"(?P<y0>{_YEAR})\s?[-–—]\s?(?P<z0>\d\d)(?!\d)(?! ?[-–—/])"
    rf"|(?<![\d.])(?P<s0>[0-4]\d) ?年 ?(?P<m0>{_SMALL}) ?月份?(?: ?(?P<d0>{_SMALL}) ?[日号])?"
    r"|(?P<c1>\d\d) ?世纪 ?(?P<x1>\d0) ?年代"
    rf"|(?P<y1>\d{{3,4}}|[{CHINESE_DIGITS}〇]{{4}}) ?年度?(?: ?(?P<m1>{_SMALL}) ?月份?"
    rf"(?: ?(?P<d1>{_SMALL}) ?[日号]?{_TO}(?P<e1>{_SMALL}) ?[日号]"
    rf"|(?: ?(?P<d1a>{_SMALL}) ?[日号]))?)?"
    rf"|(?<![个\d.])(?P<m2>{_SMALL}) ?月 ?"
    rf"(?:(?P<d2>{_SMALL}) ?[日号]?{_TO}(?P<e2>{_SMALL}) ?[日号]"
    rf"|(?P<d2a>{_SMALL}) ?[日号])"
    rf"|(?<![个\d.])(?:(?P<b3>{_SMALL}) ?月?{_TO})?(?P<m3>{_SMALL}) ?月(?!球|亮|饼)(?!\d)"
    rf"|(?<!\d)(?P<y4>{_YEAR})(?P<mark>[-/.])(?P<m4>\d{{1,2}})(?P=mark)(?P<d4>\d{{1,2}})(?!\d)"
    rf"|\b(?P<d5>\d{{1,2}}){_NTH}(?:{_TO}(?P<e5>\d{{1,2}}){_NTH})?(?: of)? (?P<m5>{_MONTH})\b\.?"
    rf"(?:,? (?P<y5>\d{{4}})\b)?"
    rf"|\b(?P<m6>{_MONTH})\b\.? (?P<d6>\d{{1,2}}){_NTH}(?!\d)"
    rf"(?:{_TO}(?P<e6>\d{{1,2}}){_NTH}(?!\d))?"
    rf"(?:,? (?P<y6>\d{{4}})\b)?"
    rf"|\b(?P<m7>{_MONTH})\b\.?,?(?: of)? (?P<y7>\d{{4}})\b"
    rf"|\b(?P<m8>{_MONTH})\b"
    rf"|(?<![\d.,])(?P<y9>(?:1[5-9]|20|21)\d\d)(?![\d%]|[.,]\d)"
)
# Four digits are a number of things rather than a year before a counter or a plural.
_COUNTED = re.compile(
    r"\s?[多余]?(?:[个家人名位项只座种件次条台辆公斤吨米元美欧港日韩万亿%]|hundred|thousand|million|billion"
    r"|(?:people|percent|per cent|men|women|children|staff)\b"
    r"|(?!(?:as|was|is|has|this|its|his|plus|versus|towards|across|besides|perhaps)\b)"
    r"[a-z-]+(?<!s)s\b)"
)


def dates(text: str) -> list[Date]:
    """The dates of `text` in order; of a range of days both ends.

    >>> [(d.year, d.month, d.day) for d in dates("２０１５年５月, May 19, 2015, 12月1日至14日")]
    [(2015, 5, None), (2015, 5, 19), (None, 12, 1), (None, 12, 14)]
    """
    return list(_dates(text, fold_in_place(text)))


def fits(claimed: Date, given: Date) -> bool:
    """Whether `given` says all that `claimed` says.

    >>> day = Date(0, 0, 2015, 5, 19)
    >>> fits(Date(0, 0, 2015), day), fits(Date(0, 0, 2015, 6), day), fits(Date(0, 0, None, 5), day)
    (True, False, True)
    """
    ours = (claimed.year, claimed.month, claimed.day)
    theirs = (given.year, given.month, given.day)
    return all(said in (None, other) for said, other in zip(ours, theirs, strict=True))


def _dates(text: str, folded: str) -> Iterator[Date]:
    for match in _DATE.finditer(folded):
        parts = {
            name[0]: value
            for name, value in match.groupdict().items()
            if value is not None and name != "mark"
        }
        if match["m8"] and not text[match.start()].isupper():
            continue  # may, march
        if match["y9"] and _COUNTED.match(folded, match.end()):
            continue
        date = Date(
            *match.span(), _whole(parts.get("y")), _month(parts.get("m")), _whole(parts.get("d"))
        )
        if date.month is not None and not 1 <= date.month <= 12:
            continue
        if "s" in parts:
            date = replace(date, year=2000 + int(parts["s"]))
        if "c" in parts:
            date = replace(date, year=100 * int(parts["c"]) - 100 + int(parts["x"]))
        if "b" in parts:
            yield replace(date, month=_whole(parts["b"]))
        yield date
        if "e" in parts:
            yield replace(date, day=_whole(parts["e"]))
        if "z" in parts and date.year:
            yield replace(date, year=date.year - date.year % 100 + int(parts["z"]))


def _month(word: str | None) -> int | None:
    if word and word[0] in "jfmasond":
        return next(n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(word[:3]))
    return _whole(word)


def _whole(word: str | None) -> int | None:
    if word is None or word.isdecimal():
        return None if word is None else int(word)
    value = chinese_value(word)
    return None if value is None else int(value)
