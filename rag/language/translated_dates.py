"""Dates and times put into the other language: 1月6日 and January 6, 20世纪50年代 and 1950s."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.language.numerals import CHINESE_DIGITS, MONTHS, value_of
from rag.language.translated_shares import nth

_SMALL = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEAR = rf"(?:\d{{3,4}}|[{CHINESE_DIGITS}〇]{{4}})"
_SEASONS = {"春": "spring", "夏": "summer", "秋": "autumn", "冬": "winter"}
_SEASON_IN_CHINESE = {name: f"{sign}天" for sign, name in _SEASONS.items()} | {"fall": "秋天"}
_PART = r"(?P<part>[初末底]|早期|中期|晚期|后期|初期|末期|中叶)?"
_PARTS = {
    "初": "early", "早期": "early", "初期": "early", "中期": "mid", "中叶": "mid", "末": "late",
    "底": "late", "晚期": "late", "后期": "late", "末期": "late",
}  # fmt: skip
_PART_IN_CHINESE = {"early": "初", "mid": "中期", "late": "末"}
_RELATIVE = {"今年": "this year", "去年": "last year", "前年": "the year before last",
             "明年": "next year"}  # fmt: skip
_DAY = re.compile(
    rf"(?:(?P<era>公元前?|西元前?)?(?P<year>{_YEAR}) ?年度?|(?P<relative>[今去前明]年))?"
    rf"(?: ?(?P<month>{_SMALL}) ?月份?(?P<third>[初中底末上旬]{{1,2}})?)?"
    rf"(?: ?(?P<day>{_SMALL}) ?[日号])?"
    rf"(?:的?(?P<season>[春夏秋冬])[天季])?{_PART}"
)
_PERIOD = re.compile(
    rf"(?:(?P<century>{_SMALL}) ?世纪 ?(?:(?P<tens>\d0|[二三四五六七八九]十) ?年代)?"
    rf"|(?P<decade>\d{{3}}0) ?年代){_PART}"
)
_HALF = re.compile(rf"(?P<year>{_YEAR}) ?年(?P<half>[上下])半年|(?P<quarter_year>{_YEAR}) ?年"
                   rf"第?(?P<quarter>[一二三四1-4])季度?")  # fmt: skip
_TO = re.compile(r" ?(?:-|–|—|~|至|到) ?")
_DAYS = re.compile(
    rf"(?P<month>.*月) ?(?P<first>\d{{1,2}})[日号]?{_TO.pattern}(?P<last>\d{{1,2}})[日号]"
)
_IN_YEAR = re.compile(r"(?:in |since )(\d{4})")
_NTH = r"(?:st|nd|rd|th)?"
_MONTH = (
    "|".join(f"{month[:3]}(?:{month[3:]}|\\.)?" for month in map(str.lower, MONTHS)) + "|sept\\.?"
)
_SEASON = "|".join(_SEASON_IN_CHINESE)
_ENGLISH_PART = r"(?:(?:the )?(?P<part>early|mid|late)[- ])?"
_ENGLISH_DAY = re.compile(
    rf"(?:on |in |by |since )?(?:(?P<m0>{_MONTH}) ?(?P<d0>\d{{1,2}}){_NTH}"
    rf"|(?P<d1>\d{{1,2}}){_NTH}(?: of)? (?P<m1>{_MONTH})|{_ENGLISH_PART}(?P<m2>{_MONTH})"
    rf"|(?:the )?(?P<season>{_SEASON})(?: of)?)"
    r"(?:(?: ?,| of)? ?(?P<year>\d{4}))?"
)
_ENGLISH_YEAR = re.compile(
    r"(?P<about>c(?:irca|\.) ?)?(?P<year>\d{1,4}) ?(?P<era>b\.?c\.?(?:e\.?)?|a\.?d\.?|c\.?e\.?)"
)
_ENGLISH_PERIOD = re.compile(
    rf"(?:in )?{_ENGLISH_PART}(?:the )?(?:(?P<decade>\d{{3}}0)'?s"
    rf"|(?P<century>\d{{1,2}}){_NTH}[ -]century(?: (?P<era>bce?|b\.c\.))?)"
)
_ENGLISH_SPAN = re.compile(r"(?:from )?(.+?)(?: to | ?[–—] | - | until )(.+)")


def in_english(words: str) -> str | None:
    """A date in folded simplified Chinese as English writes it, None where it is none.

    >>> [in_english(words) for words in ("1月6日", "2015年3月9日", "公元前168年", "20世纪50年代")]
    ['January 6', 'March 9, 2015', '168 BC', '1950s']
    """
    if said := _half_in_english(words) or _period_in_english(words) or _day_in_english(words):
        return said
    if days := _DAYS.fullmatch(words):
        first = _day_in_english(f"{days['month']}{days['first']}日")
        return first and first.replace(f" {days['first']}", f" {days['first']}–{days['last']}", 1)
    ends = _TO.split(words)
    return _span(ends, _day_in_english, " to ") if len(ends) == 2 else None


def in_chinese(words: str) -> str | None:
    """A date in folded English as simplified Chinese writes it, None where it is none.

    >>> [in_chinese(words) for words in ("january 6, 2015", "26 april 1982", "the 1990s")]
    ['2015年1月6日', '1982年4月26日', '20世纪90年代']
    """
    if year := _IN_YEAR.fullmatch(words):
        return f"{year[1]}年"
    if said := _period_in_chinese(words) or _year_in_chinese(words) or _day_in_chinese(words):
        return said
    ends = _ENGLISH_SPAN.fullmatch(words)
    return _span(list(ends.groups()), _day_in_chinese, "至", "年") if ends else None


def _span(
    ends: list[str], said: Callable[[str], str | None], joint: str, year: str = ""
) -> str | None:
    """Two dates with `joint` between them, `year` behind a bare one."""
    first, last = (
        f"{end}{year}" if re.fullmatch(r"\d{4}", end) else said(end) for end in map(str.strip, ends)
    )
    if not first or not last or first == last:
        return None
    own = re.match(r"\d{4}年(?=.)", last)
    if own and year and not re.match(r"\d{4}", first):  # 24 July to 9 August 2020
        first, last = own.group() + first, last[own.end() :]
    return f"{first}{joint}{last}"


def _number(written: str) -> int:
    return int(value_of(written) or 0)


def _day_in_english(words: str) -> str | None:
    match = _DAY.fullmatch(words)
    if match is None or not (match["year"] or match["month"] or match["season"]):
        return _RELATIVE.get(words)
    if match["day"] and not match["month"]:
        return None
    if words == f"{match['year']}年" and len(match["year"]) < 4:
        return None  # 618年 may be the year or so many of them
    year = str(_number(match["year"])) if match["year"] else _RELATIVE.get(match["relative"] or "")
    if match["year"] and match["year"].isdecimal():
        year = match["year"]
    if "前" in (match["era"] or ""):
        year = f"{year} BC"
    elif match["era"]:
        year = f"AD {year}"
    part = _PARTS.get(match["part"] or "", "")
    if match["third"]:
        part = {"初": "early", "上旬": "early", "中": "mid", "中旬": "mid"}.get(
            match["third"], "late" if match["third"] in ("底", "末", "下旬") else "?"
        )
    if part == "?" or (part and (match["day"] or match["season"])):
        return None
    if match["month"]:
        month, day = _number(match["month"]), _number(match["day"] or "0")
        if not 1 <= month <= 12 or not 0 <= day <= 31:
            return None
        date = f"{MONTHS[month - 1]} {day}" if day else MONTHS[month - 1]
        between = ", " if day and match["year"] else " "
        return _led(part, f"{date}{between}{year}" if year else date)
    if match["season"]:
        season = _SEASONS[match["season"]]
        return f"{season} of {year}" if match["year"] else f"{season} {year}" if year else season
    return _led(part, str(year))


def _led(part: str, date: str) -> str:
    return f"{part}-{date}" if part == "mid" else f"{part} {date}".strip()


def _period_in_english(words: str) -> str | None:
    match = _PERIOD.fullmatch(words)
    if match is None:
        return None
    part = _PARTS.get(match["part"] or "", "")
    if match["decade"]:
        return _led(part, f"{match['decade']}s")
    century = _number(match["century"])
    if match["tens"]:
        return _led(part, f"{century - 1}{_number(match['tens'])}s")
    return _led(part, f"{nth(century)} century")


def _half_in_english(words: str) -> str | None:
    match = _HALF.fullmatch(words)
    if match is None:
        return None
    if match["half"]:
        half = "first" if match["half"] == "上" else "second"
        return f"{half} half of {match['year']}"
    return f"{nth(_number(match['quarter']))} quarter of {match['quarter_year']}"


def _day_in_chinese(words: str) -> str | None:
    match = _ENGLISH_DAY.fullmatch(words)
    if match is None:
        return None
    year = f"{match['year']}年" if match["year"] else ""
    if match["season"]:
        return f"{year}{_SEASON_IN_CHINESE[match['season']]}" if year else None
    name = match["m0"] or match["m1"] or match["m2"]
    month = 1 + next(n for n, each in enumerate(MONTHS) if each.lower().startswith(name[:3]))
    day = match["d0"] or match["d1"]
    if day and not 1 <= int(day) <= 31:
        return None
    part = {"early": "初", "mid": "中旬", "late": "底", None: ""}[match["part"]]
    return f"{year}{month}月{f'{int(day)}日' if day else part}"


def _year_in_chinese(words: str) -> str | None:
    match = _ENGLISH_YEAR.fullmatch(words)
    if match is None:
        return None
    about = "约" if match["about"] else ""
    before = "前" if match["era"].startswith("b") else ""
    return f"{about}公元{before}{match['year']}年"


def _period_in_chinese(words: str) -> str | None:
    match = _ENGLISH_PERIOD.fullmatch(words)
    if match is None:
        return None
    part = _PART_IN_CHINESE.get(match["part"] or "", "")
    if match["century"]:
        era = "公元前" if match["era"] else ""
        return f"{era}{match['century']}世纪{part}"
    decade = int(match["decade"])
    if decade % 100 == 0:  # the 1900s: a decade or a century
        return None
    return f"{decade // 100 + 1}世纪{decade % 100}年代{part}"
