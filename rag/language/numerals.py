"""Numbers in Chinese and English words and figures, as values."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from rag.language.terms import stem
from rag.language.text import fold

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
CHINESE_DIGITS = "零一二三四五六七八九"
CHINESE = "零〇一二两三四五六七八九十百千万亿"
_FIGURES = str.maketrans("零〇一二两三四五六七八九", "001223456789")
LONGEST = 24  # characters of a Chinese numeral
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH = dict(zip(ONES, range(20), strict=True)) | dict(
    zip(_TENS, range(20, 100, 10), strict=True)
)
_SCALES = {
    "十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "hundred": 1e2, "thousand": 1e3,
    "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0, "lakh": 1e5, "crore": 1e7,
    "mln": 1e6, "mn": 1e6, "m": 1e6, "bln": 1e9, "bn": 1e9, "b": 1e9, "tn": 1e12, "k": 1e3,
}  # fmt: skip
_SCALE_WORDS = "hundred|thousand|million|billion|trillion|dozen|lakh|crore"
WORDS = "|".join([*ONES, *_TENS])
"""Pattern of the English number words below a hundred."""

NUMERAL = (
    r"(?P<figures>\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,9})?|\d{1,18}(?:\.\d{1,9})?)[多余几]?"
    r"(?P<scale>(?: ?[十百千万亿]){0,3})"
    rf"(?P<english_scale>(?:[ -]?(?:{_SCALE_WORDS}|mln|bln)\b| ?(?:mn|bn|tn|[kmb])\b){{0,3}})"
    rf"|(?P<chinese>[{CHINESE}]{{1,{LONGEST}}}(?:点[{CHINESE_DIGITS}]{{1,9}}[万亿]{{0,2}})?)"
    rf"|\b(?P<half>half) an? (?P<half_of>{_SCALE_WORDS})\b"
    rf"|\b(?P<words>(?:an?[ -](?:{_SCALE_WORDS})|{WORDS}|{_SCALE_WORDS})"
    rf"(?:[ -](?:and )?(?:{WORDS}|{_SCALE_WORDS})){{0,12}}"
    rf"(?: point(?: (?:{'|'.join(ONES[:10])})){{1,9}}(?: (?:{_SCALE_WORDS}))?)?)\b"
)
"""Pattern of a number in folded text; `read` makes its match a Numeral.

Nothing repeats without bound, so that a long run of signs costs no more than many short ones.
"""


class Numeral(NamedTuple):
    """A number: `step` is what one in the last place that it states is worth."""

    value: float
    step: float


def read(match: re.Match[str]) -> Numeral | None:
    """The number of a match of NUMERAL, None where the words are none (亿, 十百).

    >>> [read(re.match(NUMERAL, words)) for words in ("3.5亿", "twenty-five million", "二十亿")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [Numeral(value=350000000.0, step=10000000.0), Numeral(value=25000000.0, step=1000000.0),
     Numeral(value=2000000000.0, step=1000000000.0)]
    """
    if chinese := match["chinese"]:
        value = chinese_value(chinese)
        return None if value is None else Numeral(value, last_place(value))
    if match["half"]:
        scale = _SCALES[match["half_of"]]
        return Numeral(scale / 2, scale / 10)
    if words := match["words"]:
        return _english(words)
    figures = match["figures"].replace(",", "")
    scale = 1.0
    for character in match["scale"].replace(" ", ""):
        scale *= _SCALES[character]
    for word in re.findall("[a-z]+", match["english_scale"]):
        scale *= _SCALES[word]
    decimals = len(figures.partition(".")[2])
    step = 10.0**-decimals if decimals else last_place(float(figures))
    return Numeral(float(figures) * scale, step * scale)


def value_of(numeral: str) -> float | None:
    """The value of figures or of a Chinese numeral, None where `numeral` is neither."""
    if re.fullmatch(r"\d+(?:\.\d+)?", numeral, re.ASCII):
        return float(numeral)
    return chinese_value(numeral)


def chinese_value(numeral: str) -> float | None:
    """The value of a Chinese numeral, None where it is none.

    >>> [chinese_value(n) for n in ("二十亿", "三点五万", "一万二千三百", "两千零八", "亿")]
    [2000000000.0, 35000.0, 12300.0, 2008.0, None]
    """
    whole, _, fraction = numeral.replace("〇", "零").partition("点")
    if fraction:
        head, decimals = chinese_value(whole), fraction.rstrip("万亿")
        if head is None or not decimals:
            return None
        scale = math.prod(_SCALES[unit] for unit in fraction[len(decimals) :])
        return (head + float(f"0.{decimals.translate(_FIGURES)}")) * scale
    for unit in "亿万":
        before, found, tail = whole.rpartition(unit)
        if found:
            high = chinese_value(before)
            low = chinese_value(tail.lstrip("零")) if tail.strip("零") else 0.0
            return None if high is None or low is None else high * _SCALES[unit] + low
    if len(whole) > 1 and set(whole) <= set(CHINESE_DIGITS):
        return float(whole.translate(_FIGURES))  # 二〇一五
    value = numeral_value(whole)
    return None if value is None else float(value)


def _english(words: str) -> Numeral:
    """The value of "twenty-five million", "a dozen", "three point two billion"."""
    whole, _, decimals = words.partition(" point ")
    total = current = 0.0
    step = 1.0
    for word in re.split("[ -]+", whole):
        if word in _ENGLISH:
            current += _ENGLISH[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word in _SCALES:
            step = _SCALES[word]
            total, current = total + (current or 1) * step, 0.0
    value = total + current
    if not decimals:
        return Numeral(value, last_place(value) if current else max(step, last_place(value)))
    *digits, last = decimals.split()
    scale = _SCALES.get(last, 1.0)
    places = "".join(str(ONES.index(digit)) for digit in (digits if scale > 1 else [*digits, last]))
    return Numeral((value + float(f"0.{places}")) * scale, 10.0 ** -len(places) * scale)


def last_place(value: float) -> float:
    """What one in the last digit that is not 0 is worth: 10,000 in 350,000."""
    step = 1.0
    while value and value % (step * 10) == 0:
        step *= 10
    return step


_NUMERAL = re.compile(r"[零一二两三四五六七八九十百千]+")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月")
_BELOW_10000 = re.compile(
    "".join(rf"(?:([一二两三四五六七八九])?({unit}))?零?" for unit in "千百十")
    + "([一二两三四五六七八九])?"
)


def number_groups(text: str) -> list[list[str]]:
    """For each Chinese numeral or month of a question, its other spellings as terms.

    >>> number_groups("三大战役在9月")
    [['3', 'three'], ['septemb']]
    """
    folded = fold(text)
    groups = []
    for match in _NUMERAL.finditer(folded):
        value = numeral_value(match.group())
        if value is not None:
            named = [stem(ONES[value])] if value <= 12 else []
            groups.append([str(value), *named])
    for match in _MONTH.finditer(folded):
        groups.append([stem(MONTHS[int(match.group(1)) - 1].lower())])
    return groups


def numeral_value(numeral: str) -> int | None:
    """Value of a Chinese numeral below 10,000, None if it is not one.

    >>> numeral_value("二十一"), numeral_value("两百零五"), numeral_value("十百")
    (21, 205, None)
    >>> numeral_value("三千五")  # the last unit may go unsaid
    3500
    """
    match = _BELOW_10000.fullmatch(numeral)
    if not match or not numeral.strip("零"):
        return None
    unit_unsaid = {"百": 10, "千": 100}.get(numeral[-2:-1], 1)
    value = _digit(match[7] or "零") * unit_unsaid
    for position, weight in ((1, 1000), (3, 100), (5, 10)):
        if match[position + 1]:
            value += weight * _digit(match[position] or "一")
    return value


def _digit(character: str) -> int:
    return int(character.translate(_FIGURES))


def numeral_of(value: int) -> str | None:
    """Chinese numeral of 1..99, else None.

    >>> numeral_of(12), numeral_of(20)
    ('十二', '二十')
    """
    if not 1 <= value <= 99:
        return None
    tens, ones = (CHINESE_DIGITS[digit].strip("零") for digit in divmod(value, 10))
    return (tens.removeprefix("一") + "十" if tens else "") + ones
