"""Shares and places in an order, put into the other language: two-thirds, 第二届."""

from __future__ import annotations

import re

from rag.language import numerals
from rag.language.numerals import CHINESE

_ORDINAL_WORDS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_SHARE = re.compile(
    rf"(?P<whole>[{CHINESE}]{{1,4}}|\d{{1,4}})分之(?P<part>[{CHINESE}点]{{1,9}}|\d{{1,9}}(?:\.\d+)?)"
    r"|(?P<tenths>[一二两三四五六七八九]|\d)成(?P<half_tenth>半)?"
    r"|(?P<half>一半|半数)"
)
_ORDINAL = re.compile(
    rf"第(?P<place>[{CHINESE}]{{1,5}}|\d{{1,5}})(?:[个名位届次季集章部回卷号级期])?"
)
_PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 7: "seventh",
          8: "eighth", 9: "ninth", 10: "tenth"}  # fmt: skip
_ENGLISH_SHARE = re.compile(
    rf"(?P<count>an?|one|two|three|four|five|seven|nine)[- ](?P<of>{'|'.join(_PARTS.values())})s?"
    r"|(?P<half>(?:a |one[- ])?half)"
)
_ENGLISH_ORDINAL = re.compile(
    rf"(?:the )?(?:(?P<figures>\d{{1,4}})(?:st|nd|rd|th)|(?P<word>{'|'.join(_ORDINAL_WORDS[1:])}))"
)


def share_in_english(words: str) -> str | None:
    """A share in folded simplified Chinese as English writes it, None where it is none.

    >>> share_in_english("三分之二"), share_in_english("百分之三十"), share_in_english("三成")
    ('two-thirds', '30%', '30%')
    """
    match = _SHARE.fullmatch(words)
    if match is None:
        return None
    if match["half"]:
        return "half"
    if match["tenths"]:
        tenths = int(numerals.value_of(match["tenths"]) or 0)
        return f"{tenths}{'5' if match['half_tenth'] else '0'}%"
    whole, part = (numerals.value_of(match[name]) for name in ("whole", "part"))
    if whole is None or part is None:
        return None
    if whole == 100:
        return f"{part:.10g}%"
    if whole not in _PARTS or part != int(part) or not 0 < part < whole:
        return None
    name, count = _PARTS[int(whole)], numerals.ONES[int(part)]
    return "half" if whole == 2 else f"{count}-{name}{'s' if part > 1 else ''}"


def share_in_chinese(words: str) -> str | None:
    """A share in folded English as Chinese writes it, None where it is none.

    >>> share_in_chinese("two-thirds"), share_in_chinese("a quarter"), share_in_chinese("half")
    ('三分之二', '四分之一', '一半')
    """
    match = _ENGLISH_SHARE.fullmatch(words)
    if match is None:
        return None
    if match["half"]:
        return "一半"
    count = 1 if match["count"] in ("a", "an") else numerals.ONES.index(match["count"])
    whole = next(number for number, name in _PARTS.items() if name == match["of"])
    if whole == 2:
        return "一半"
    return f"{numerals.numeral_of(whole)}分之{numerals.numeral_of(count)}"


def ordinal_in_english(words: str) -> str | None:
    """A place in an order, in folded simplified Chinese, as English writes it, or None.

    >>> ordinal_in_english("第二届"), ordinal_in_english("第12")
    ('second', '12th')
    """
    match = _ORDINAL.fullmatch(words)
    value = numerals.value_of(match["place"]) if match else None
    if match is None or value is None:
        return None
    if not match["place"].isdecimal() and value < 11:
        return _ORDINAL_WORDS[int(value)]
    return nth(int(value))


def ordinal_in_chinese(words: str) -> str | None:
    """A place in an order, in folded English, as Chinese writes it, or None.

    >>> ordinal_in_chinese("twelfth"), ordinal_in_chinese("the 12th")
    ('第十二', '第12')
    """
    match = _ENGLISH_ORDINAL.fullmatch(words)
    if match is None:
        return None
    word = match["word"]
    return f"第{numerals.numeral_of(_ORDINAL_WORDS.index(word)) if word else match['figures']}"


def nth(number: int) -> str:
    """The place of a number in an order, in figures.

    >>> nth(2), nth(19), nth(21)
    ('2nd', '19th', '21st')
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"
