"""Amounts, shares, measures and counts in Chinese and English text, as values that compare.

Text is read folded (`rag.language.text.fold_in_place`): full-width digits and traditional
script count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.checking.dates import Date, dates
from rag.checking.units import BEFORE, HALVES, MONEY, UNIT, UNITS
from rag.language import numerals
from rag.language.numerals import CHINESE, CHINESE_DIGITS, NUMERAL, Numeral
from rag.language.terms import word_class
from rag.language.text import fold_in_place

SAME_DIGITS = 100  # a figure of three digits may be a longer one rounded


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at half-open offsets of a text: `number` as written, in units of `worth`.

    A unit is worth so many base units of its `dimension`, which is "" where the text names none
    (things counted), "th" for a place in an order. `step` is what one in the last place that is
    stated is worth; `is_about` marks 约, 多, nearly. `joins` says that a further number follows,
    which may carry the unit for both. `is_sure` is false of a word that may be no number.
    """

    start: int
    end: int
    number: float
    dimension: str
    step: float
    worth: float = 1.0
    is_about: bool = False
    joins: bool = False
    is_sure: bool = True

    @property
    def value(self) -> float:
        """The number in base units of its dimension."""
        return self.number * self.worth


_ORDINALS = {
    word: float(value)
    for value, word in enumerate(
        (
            "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
            " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ).split(),
        3,
    )
} | {"second": 2.0}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_FEW = rf"{'|'.join(numerals.ONES[1:11])}|\d{{1,3}}"
_SHARE = re.compile(
    rf"\b(?:(?P<each>{_FEW})|(?P<one>one) (?!hundred|thousand|[mb]illion)[a-z]+(?: [a-z]+)?)"
    rf" (?:in|out of) (?:every )?(?P<among>{_FEW})\b"
    r"(?=[^a-z]*$|[,.;:)]| (?:of|is|are|was|were|has|have|had|worldwide|now|says?|said)\b)|"
    rf"每(?P<of_every>[{CHINESE}]{{1,3}}|\d{{1,3}})[个名家位人][^，。；]{{0,8}}?"
    rf"有(?P<some>[{CHINESE}]{{1,2}}|\d{{1,3}})[个名家位人]|"
    rf"(?P<whole>[{CHINESE}]{{1,5}}|\d{{1,5}})分之"
    rf"(?P<part>[{CHINESE}]{{1,9}}(?:点[{CHINESE_DIGITS}]{{1,9}})?|\d{{1,9}}(?:\.\d{{1,9}})?)"
    r"|(?P<tenths>[一二两三四五六七八九]|(?<![\d.])\d)成(?P<more>半|[一二三四五六七八九](?=[，。；、,.;的以左]|$))?(?![立为功员长果本品熟绩交都])"
    r"|(?P<half>一半|半数|\bhalf\b(?! an? |[ -](?:hour|day|month|year|century)))"
    r"|\b(?P<count>an?|one|two|three|four|five|seven|nine)[- ]"
    r"(?P<of>third|quarter|fourth|fifth|sixth|tenth)s?\b(?! (?:largest|biggest|quarter|world|time))"
)
_ORDINAL = re.compile(
    rf"第(?P<chinese>[{CHINESE}]{{1,9}}|\d{{1,9}})|(?P<quarter>[一二三四])季度"
    r"|\b(?P<figures>\d{1,9})(?:st|nd|rd|th)\b"
    rf"|(?P<tier>[二三四五])线"
    rf"|(?P<century>\d\d?|[一二十]{{1,2}}[一二三四五六七八九]?) ?世纪"
    rf"|\b(?P<word>{'|'.join(_ORDINALS)})\b(?! (?:of a|s\b))"
)
_DOUBLES = re.compile(r"翻[一两]?番|翻倍|加倍|\bdoubl(?:e|es|ed|ing)\b|\btwice\b|\btwofold\b")
_NUMBER = re.compile(NUMERAL)
_HALF = re.compile(
    r"(?<![上下前后大小多一二三四五六七八九十0-9年月个天])半个?(?P<chinese>小时|钟头|天|日|月|年|世纪)(?![度])"
    r"|\bhalf[ -](?:an? )?(?P<english>hour|day|month|year|century)\b"
)
_ABOUT_BEFORE = re.compile(
    r"(?:约|近|逾|超过?|不[到足]|至少|[多高]达|突破|几乎|多于|少于|以上"
    r"|about|around|roughly|nearly|almost|over|more than|less than|fewer than|under|at least|up to"
    r"|some|approximately|close to|above|below|exceed(?:s|ed|ing)?"
    r"|past|beyond|upwards of) ?(?:us|hk|rmb|[$€£¥])*\s?$"
)
_ABOUT_BEHIND = re.compile(r"[ -]?(?:[多余]|以[上下]|左右|上下|之多|or so|or more|plus\b|\+)")
_SOME = re.compile("[多余几]")
_COUNTER = re.compile(
    r"[多余]?(?:[个家位名座项条大次国城场届步类张只款级批种]|[\u3400-\u9fff]?$)(?![一二三四五六七八九])"
)
_LETTER_BEFORE, _LETTER_BEHIND = re.compile(r"[a-z][.-]?$"), re.compile("[a-z]")
_LIST_MARK = re.compile(r"[.、)）]\s?(?!\d)")
_BOTH = re.compile("[国地岸者方端侧边旁头性极]")  # 两国: both
_JOINS = re.compile(
    r"[ ]?(?:和|与|至|到|、|/|-|–|—|~|,|，|或|and\b|to\b|or\b)[^。.;；]{0,12}?\d|、"
)


def quantities(text: str) -> list[Quantity]:
    """The numbers of `text` that are no dates, in order.

    >>> [q.value for q in quantities("3.5亿元, 350 million yuan, 百分之三十, 二十亿")]
    [350000000.0, 350000000.0, 30.0, 2000000000.0]
    """
    rest = _blank(fold_in_place(text), dates(text))
    found: list[Quantity] = []
    for kind in (_shares, _places, _doubles, _halves, _numbers):
        these = list(kind(rest))
        rest, found = _blank(rest, these), found + these
    return sorted(found, key=lambda each: each.start)


def agrees(claimed: Quantity, given: Quantity) -> bool:
    """Whether a claimed number is the given one, or that rounded to the places it states.

    >>> more, (given,) = quantities("10.5亿元, 1.1 billion yuan"), quantities("10.488亿元")
    >>> [agrees(claimed, given) for claimed in more]
    [True, False]
    """
    if not _are_comparable(claimed, given):
        return False
    has_units = bool(claimed.dimension and given.dimension)
    ours, theirs = (claimed.value, given.value) if has_units else (claimed.number, given.number)
    if abs(ours - theirs) <= 1e-6 * max(abs(ours), abs(theirs)):
        return True
    is_rounded = claimed.is_about or given.is_about or claimed.number / claimed.step >= SAME_DIGITS
    step = claimed.step * (claimed.worth if has_units else 1.0)
    return is_rounded and abs(ours - theirs) <= step / 2 * 1.0001


def _are_comparable(claimed: Quantity, given: Quantity) -> bool:
    """Whether both can be of one dimension; a bare amount may be money, or a part of a list."""
    ours, theirs = claimed.dimension, given.dimension
    if ours == theirs:
        return True
    if not ours:
        return theirs in MONEY or theirs in ("s", "age", "th", "times") or claimed.joins
    return not theirs and (given.joins or ours in ("th", "times"))


def _blank(text: str, found: Sequence[Date | Quantity]) -> str:
    """`text` with nothing more to find where something was, in order."""
    parts, done = [], 0
    for each in found:
        parts += [text[done : each.start], "\0" * (each.end - max(each.start, done))]
        done = max(done, each.end)
    return "".join([*parts, text[done:]])


def _shares(folded: str) -> Iterator[Quantity]:
    for match in _SHARE.finditer(folded):
        value, step = _percent(match)
        if value < 100 or not (match["among"] or match["of_every"]):
            is_about = _is_about(folded, *match.span())
            yield Quantity(*match.span(), value, "%", step, is_about=is_about)


def _places(folded: str) -> Iterator[Quantity]:
    """The places in an order: 第三, third, 19世纪."""
    for match in _ORDINAL.finditer(folded):
        word, figures = match["word"], match[str(match.lastgroup)]
        place = _ORDINALS[word] if word else numerals.value_of(figures)
        if place is not None:
            yield Quantity(*match.span(), place, "th", 1.0)


def _doubles(folded: str) -> Iterator[Quantity]:
    for match in _DOUBLES.finditer(folded):
        yield Quantity(*match.span(), 2.0, "times", 1.0, is_sure=False)


def _halves(folded: str) -> Iterator[Quantity]:
    """Half an hour, 半小时."""
    for match in _HALF.finditer(folded):
        worth = HALVES[match["chinese"] or match["english"]]
        is_about = _is_about(folded, *match.span())
        yield Quantity(*match.span(), 0.5, "s", 0.1, worth, is_about=is_about)


def _numbers(folded: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(folded):
        read = numerals.read(match)
        if read is not None:
            found = _measured(folded, match, read)
            if _is_both(folded, match) or _is_named(folded[found.start : found.end]):
                continue
            if found.dimension or not _is_no_number(folded, match):
                yield replace(found, is_sure=bool(found.dimension) or _is_sure(folded, match))


def _percent(match: re.Match[str]) -> tuple[float, float]:
    """Percent, and what one in the last place is worth."""
    if match["half"]:
        return 50.0, 1.0
    if part := match["each"] or match["one"] or match["some"]:
        whole = _few(match["among"] or match["of_every"]) or 1.0
        return 100 * _few(part) / whole, 1.0
    if match["of"]:
        word = match["count"]
        count = 1 if word in ("a", "an") else numerals.ONES.index(word)
        return 100 * count / _PARTS[match["of"]], 1.0
    if match["tenths"]:
        return 10 * (numerals.value_of(match["tenths"]) or 0) + _more(match["more"]), 1.0
    whole = numerals.value_of(match["whole"]) or 1.0
    decimals = re.search("[.点](.+)", match["part"])
    step = 10.0 ** -(len(decimals[1]) if decimals else 0)
    return 100 * (numerals.value_of(match["part"]) or 0.0) / whole, step * 100 / whole


def _more(written: str | None) -> float:
    """Percent behind tenths: 四成半, 四成六."""
    return 5.0 if written == "半" else (numerals.value_of(written) or 0.0) if written else 0.0


def _few(written: str) -> float:
    if written in numerals.ONES:
        return float(numerals.ONES.index(written))
    return numerals.value_of(written) or 0.0


def _measured(folded: str, match: re.Match[str], read: Numeral) -> Quantity:
    """The number with the unit before or behind it."""
    start, end = match.span()
    dimension, worth = "", 1.0
    head = folded[max(0, start - 6) : start]
    for name, pattern in BEFORE:
        if pattern.search(head):
            dimension = name
            break
    else:
        if written := UNIT.match(folded, end):
            dimension, worth, _ = UNITS[int(str(written.lastgroup)[1:])]
            end = written.end()
    is_about = _is_about(folded, start, end) or bool(_SOME.search(match.group()))
    joins = bool(_JOINS.match(folded, end))
    return Quantity(start, end, read.value, dimension, read.step, worth, is_about, joins)


def _is_about(folded: str, start: int, end: int) -> bool:
    before = folded[max(0, start - 18) : start]
    return bool(_ABOUT_BEFORE.search(before) or _ABOUT_BEHIND.match(folded, end))


def _is_no_number(folded: str, match: re.Match[str]) -> bool:
    """Whether words only look like a number: one (a pronoun), 一 in 一带一路, 十 in 十分, B2C."""
    if match["words"]:
        return match["words"] in ("one", "hundred", "thousand", "million", "billion")
    chinese = match["chinese"]
    if not chinese:
        is_in_a_name = _LETTER_BEFORE.search(folded, 0, match.start()) or _LETTER_BEHIND.match(
            folded, match.end()
        )
        opens_list = not match.start() and _LIST_MARK.match(folded, match.end())
        return bool(is_in_a_name or opens_list) or (match["figures"] == "1" and not match["scale"])
    return chinese in ("一", "零", "〇", "千", "万", "亿", "百", "千万", "百万", "万一")


def _is_both(folded: str, match: re.Match[str]) -> bool:
    """Whether 两国, "the two" means those that were just named."""
    if match["chinese"] == "两":
        return bool(_BOTH.match(folded, match.end()))
    return match["words"] == "two" and folded.endswith("the ", 0, match.start())


def _is_named(words: str) -> bool:
    """Whether jieba has a Chinese number with its unit as a noun: 百度, 三星."""
    return len(words) > 1 and words[0] >= "\u3400" and word_class(words).startswith("n")


def _is_sure(folded: str, match: re.Match[str]) -> bool:
    """Whether a numeral of one character has a counter: 三个, and not 三国, 十分, 五官."""
    return len(match["chinese"] or "十二") > 1 or bool(_COUNTER.match(folded, match.end()))
