"""Amounts and measures put into the other language.

What is not wholly understood is not translated: 43.2% and 3.5亿 are, 前三大战役 is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from rag.language import numerals
from rag.language.locale_names import Measure, measure, money
from rag.language.numerals import NUMERAL
from rag.language.translated_shares import (
    ordinal_in_chinese,
    ordinal_in_english,
    share_in_chinese,
    share_in_english,
)

_NUMBER = re.compile(NUMERAL)
_PLAIN_FIGURES = re.compile(r"[\d.,:%+-]+")
_RANGE = re.compile(r"\s?(?:到|至|-|–|—|~|to|(?P<both>和|and))\s?")
_MOST_IN_WORDS = 12  # a number up to here that Chinese writes in characters is a word in English
_CHINESE_SIGNS = {  # what says how far a number holds: before it, behind it, in English
    "more than": ("超过?|逾|突破|多于|高于|大于", "多|余"),
    "about": ("大?约|大概|左右", "左右|上下"),
    "nearly": ("将?近|接近", ""),
    "at least": ("至少|最少", ""),
    "at most": ("至多|最多|不超过", "以内"),
    "less than": ("不[到足]|少于|低于|小于", "以下"),
    "or more": ("", "以上"),
    "": ("共计?|总共|合计|达到?|高达|多达|仅", ""),
}
_ENGLISH_SIGNS = (  # English, before and behind the number in Chinese
    (r"more than |over |above |exceeding ", "超过", ""),
    (r"about |around |approximately |roughly |some |circa |c\. ?|~", "约", ""),
    (r"nearly |almost |close to ", "近", ""),
    (r"at least ", "至少", ""),
    (r"at most |up to |no more than ", "最多", ""),
    (r"less than |fewer than |under |below ", "不到", ""),
)
_BEHIND_IN_ENGLISH = re.compile(r"(?: or more|\+)$")
_PEOPLE = re.compile("个?人|名|位")
_CLASSIFIER = re.compile(
    "[个只家座项次支所种件条台辆部本张间款头匹棵组类场篇枚艘架户门首幅栋幢颗粒封套册顶盏把]"
)
_PERCENT = re.compile(r" ?(?:%|percent|per cent|pct)")
_POINTS = re.compile(r"个?百分点|percentage points?")
_BEFORE_MONEY = re.compile(r"us\$|hk\$|[$€£]|人民币")
_ONE = Decimal(1)
_LONG = 100  # years: 618年 may be the year 618, 500年 is as many years
_AGO = re.compile(r"(.*(?:年|个月|天|周|星期|小时|分钟|世纪))以?前")
_TAELS = re.compile("[十百千万亿]两$")  # of silver, no number
_METRES_OR_MILLIONS = re.compile(r"\d m$")
_TIMES = {"once": "一次", "twice": "两次"}


class _Amount(NamedTuple):
    """One number, a range or two numbers, as written and as values.

    `end` is where it ends in the text; `are_both` is true of two numbers.
    """

    values: tuple[Decimal, ...]
    written: tuple[str, ...]
    end: int
    are_both: bool = False


def in_english(words: str) -> str | None:
    """An amount in folded simplified Chinese as English writes it, None where it is none.

    >>> [in_english(words) for words in ("3.5亿", "600吨", "200亿美元", "9万多只", "三分之二")]
    ['350 million', '600 tonnes', '20 billion US dollars', 'more than 90,000', 'two-thirds']
    """
    words = re.sub(r"(?<=\d) (?=\D)|(?<=[\u3400-\u9fff]) (?=\d)", "", words)
    if _TAELS.search(words):
        return None
    if ago := _AGO.fullmatch(words):
        said = in_english(ago[1])
        return said and f"{said} ago"
    sign, inner = _chinese_sign(words)
    if not sign and (place := ordinal_in_english(inner)):
        return place
    share = share_in_english(inner)
    said = share or _measured_in_english(inner) or _joined_measures(inner)
    if said is None:
        return None
    if sign == "or more":
        return f"more than {said}" if share else f"{said} or more"
    return f"{sign} {said}" if sign else said


def in_chinese(words: str, traditional: bool = False) -> str | None:
    """An amount in folded English as Chinese writes it, None where it is none.

    >>> [in_chinese(words) for words in ("3.5 million", "$20 billion", "two-thirds", "340 miles")]
    ['350万', '200亿美元', '三分之二', '340英里']
    """
    if words in _TIMES:
        return _TIMES[words]
    if words.endswith(" ago"):
        said = in_chinese(words.removesuffix(" ago"), traditional)
        return said and f"{said}前"
    if place := ordinal_in_chinese(words):
        return place
    before, behind, inner = _english_sign(words)
    if share := share_in_chinese(inner):
        return f"{share}以上" if before == "超过" else f"{before}{share}{behind}"
    if _METRES_OR_MILLIONS.search(inner):
        return None
    symbol = _BEFORE_MONEY.match(inner)
    inner = inner[symbol.end() :] if symbol else inner
    amount = _amount(inner)
    if amount is None:
        return None
    rest = inner[amount.end :].strip(" -")
    joint = "和" if amount.are_both else "至"
    figures = joint.join(_figures_in_chinese(*each) for each in _pairs(amount))
    said = _with_unit_in_chinese(figures, rest, symbol.group() if symbol else "", traditional)
    return f"{before}{said}{behind}" if said else None


def _chinese_sign(words: str) -> tuple[str, str]:
    """What the words say of how far the number holds, in English, and the rest of the words."""
    for english, (before, behind) in _CHINESE_SIGNS.items():
        if before and (match := re.match(f"(?:{before})(?=.)", words)):
            _, inner = _chinese_sign(words[match.end() :])
            return english, inner
        if behind and (match := re.search(f"(?<=.)(?:{behind})$", words)):
            return english, words[: match.start()]
    if match := re.fullmatch(r"(.*[\d百千万亿十])[多余](\D*)", words):  # 9万多只, 十多年
        return "more than", match[1] + match[2]
    return "", words


def _english_sign(words: str) -> tuple[str, str, str]:
    for pattern, before, behind in _ENGLISH_SIGNS:
        if match := re.match(pattern, words):
            return before, behind, words[match.end() :]
    if match := _BEHIND_IN_ENGLISH.search(words):
        return "", "以上", words[: match.start()]
    return "", "", words


def _amount(text: str) -> _Amount | None:
    """The number or the range that `text` opens with."""
    first = _NUMBER.match(text)
    value = _value(first) if first else None
    if first is None or value is None:
        return None
    joint = _RANGE.match(text, first.end())
    second = _NUMBER.match(text, joint.end()) if joint else None
    other = _value(second) if second else None
    if second is None or other is None:
        return _Amount((value,), (first.group(),), first.end())
    written = first.group()
    scale = second["scale"] or second["english_scale"]
    if scale and not (first["scale"] or first["english_scale"]):
        written += scale  # 3到5万
        shared = _NUMBER.fullmatch(written)
        value = _value(shared) if shared else None
    are_both = bool(joint and joint["both"])
    if value is None or (value >= other and not are_both):
        return None
    return _Amount((value, other), (written, second.group()), second.end(), are_both)


def _value(match: re.Match[str]) -> Decimal | None:
    if re.search("[多余几]", match.group()):
        return None
    found = numerals.read(match)
    return None if found is None else Decimal(f"{found.value:.12g}")


def _pairs(amount: _Amount) -> Iterator[tuple[Decimal, str]]:
    return zip(amount.values, amount.written, strict=True)


def _figures_in_english(value: Decimal, written: str) -> str:
    """350 million, 90,000, four; figures that need no scale stay as they are written."""
    if _PLAIN_FIGURES.fullmatch(written):
        return written
    for scale, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if value >= scale:
            return f"{_plain(value / scale)} {name}"
    if value <= _MOST_IN_WORDS and value == int(value) and not re.search(r"\d", written):
        return numerals.ONES[int(value)]
    return _plain(value)


def _figures_in_chinese(value: Decimal, written: str) -> str:
    """350万, 23亿, 47: a word becomes figures, and millions what Chinese counts in."""
    if _PLAIN_FIGURES.fullmatch(written):
        return written
    for scale, name in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if value >= scale and (value * 10000) % scale == 0:
            return _plain(value / scale).replace(",", "") + name
    return _plain(value).replace(",", "")


def _plain(value: Decimal) -> str:
    whole = f"{value:,f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def _measured_in_english(words: str) -> str | None:
    """A number with its unit, classifier or nothing behind it."""
    before, inner = "", words
    if found := re.match(r"(每小时|每秒|时速|人民币)", words):
        before, inner = found[1].replace("时速", "每小时"), words[found.end() :]
    amount = _amount(inner)
    if amount is None:
        return None
    rest = inner[amount.end :].strip()
    joint = " and " if amount.are_both else " to "
    figures = joint.join(_figures_in_english(*each) for each in _pairs(amount))
    if before == "人民币":
        before, rest = "", "元" if rest in ("", "元") else "?"
    if not before:
        if rest == "年" and any(each >= _LONG and each % 50 for each in amount.values):
            return None
        if not rest or _CLASSIFIER.fullmatch(rest):
            return figures
        if _PERCENT.fullmatch(rest):
            return f"{figures}%"
        if _POINTS.fullmatch(rest):
            return f"{figures} percentage points"
        if _PEOPLE.fullmatch(rest):
            return f"{figures} {'person' if amount.values == (_ONE,) else 'people'}"
        if rest in ("岁", "周岁"):
            return f"{figures} years old"
        if rest == "倍":
            return f"{figures} times"
        if rest == "亩":
            return f"{figures} mu"
    unit = measure(before, rest) or (money(rest) if not before else None)
    return None if unit is None else _with_unit(figures, amount, unit)


def _with_unit(figures: str, amount: _Amount, unit: Measure) -> str:
    return (unit.one if amount.values == (_ONE,) else unit.other).format(figures)


def _joined_measures(words: str) -> str | None:
    """4分51秒: several amounts of falling units."""
    parts = re.findall(r"\d+(?:\.\d+)?[^\d.]+", words)
    if len(parts) < 2 or "".join(parts) != words:
        return None
    spelled = [re.sub("分$", "分钟", part) for part in parts]
    said = [_measured_in_english(part) for part in spelled]
    is_measured = all(measure("", re.sub(r"^[\d.]+", "", part)) for part in spelled)
    return " ".join(filter(None, said)) if is_measured and all(said) else None


def _with_unit_in_chinese(figures: str, rest: str, symbol: str, traditional: bool) -> str | None:
    if symbol:
        unit = money(symbol) if not rest else None
    elif not rest:
        return figures
    elif _PERCENT.fullmatch(rest):
        return f"{figures.replace('至', '%至')}%"
    elif _POINTS.fullmatch(rest):
        return f"{figures}个百分点"
    elif rest in ("people", "persons", "individuals", "person"):
        return f"{figures}人"
    elif rest in ("years old", "year old", "years of age"):
        return f"{figures}岁"
    else:
        unit = measure("", rest) or money(rest)
    if unit is None:
        return None
    return (unit.traditional if traditional else unit.simplified).format(figures)
