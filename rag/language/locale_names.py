"""What countries, languages, weekdays, measures and currencies are called in both languages.

The home of babel, from which they come (CLDR; Unicode License); `rag/data/measures.tsv` adds
spellings. English is that of Britain: kilometres, tonnes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from rag.language.senses import phrase_key
from rag.language.tables import table
from rag.language.text import HAN

if TYPE_CHECKING:
    from babel import Locale

_KINDS = re.compile(
    r"(?:area|length|mass|volume|duration|speed|temperature|power|energy|frequency|electric"
    r"|digital)-"
)
# Their Chinese name is a common classifier or word, or no one says it.
_UNUSUAL = re.compile(
    r".*-(?:cup|drop|pinch|jigger|barrel|night|quarter|decade|beaufort|knot|generic)\b"
    r"|speed-light|.*-it$|.*imperial"
)
_SAID = {  # more often than what CLDR has, in simplified and traditional Chinese
    "mass-tonne": ("{0}吨", "{0}公噸"),
    "mass-ton": ("{0}吨", "{0}噸"),
    "duration-second": ("{0}秒", "{0}秒"),
}
_AMBIGUOUS = ("", "pound"), ("", "pounds")  # of mass and of money
_IN_ENGLISH = {"CNY": "yuan"}
_HAN = re.compile(f"[{HAN}]")
_PLAIN = re.compile(r"[^-()（）&,]+(?:-[^-()（）&,\s]+)*")  # not "Congo - Kinshasa"


class Measure(NamedTuple):
    """How an amount of something is written: patterns with `{0}` for the number.

    `one` and `other` are English, `simplified` and `traditional` Chinese.
    """

    one: str
    other: str
    simplified: str
    traditional: str


def name_in_english(chinese: str) -> str | None:
    """The country, continent, language or weekday of a simplified Chinese name.

    >>> name_in_english("加拿大"), name_in_english("法语"), name_in_english("星期一")
    ('Canada', 'French', 'Monday')
    """
    return _english_names().get(chinese)


def name_in_chinese(english: str, language: str) -> str | None:
    """The same the other way round, in the script of `language` (`zh` or `zh-Hant`).

    >>> name_in_chinese("New Zealand", "zh"), name_in_chinese("New Zealand", "zh-Hant")
    ('新西兰', '紐西蘭')
    """
    return _chinese_names("zh_Hant" if language == "zh-Hant" else "zh").get(phrase_key(english))


def territories_in_english() -> Iterator[str]:
    """Names of countries and continents."""
    return (name for key, name in _names("en_GB") if key.startswith("territory"))


def measure(before: str, after: str) -> Measure | None:
    """The measure whose words stand around a number, either of them "" where there are none.

    Chinese ones are given in simplified script, English ones in lower case.

    >>> measure("每小时", "公里").other, measure("", "miles").simplified
    ('{0} kilometres per hour', '{0}英里')
    """
    return _measures().get((before.strip(), after.strip()))


def money(name: str) -> Measure | None:
    """The currency of a name or sign, simplified Chinese or in lower case.

    >>> money("美元").other, money("£").simplified
    ('{0} US dollars', '{0}英镑')
    """
    code = _currencies().get(name.strip())
    if code is None:
        return None
    from babel.numbers import get_currency_name

    one, other = (
        _IN_ENGLISH.get(code) or get_currency_name(code, count=count, locale="en_GB")
        for count in (1, 2)
    )
    simplified, traditional = (
        "元" if code == "CNY" else get_currency_name(code, locale=name)
        for name in ("zh", "zh_Hant")
    )
    patterns = (f"{{0}} {one}", f"{{0}} {other}", f"{{0}}{simplified}", f"{{0}}{traditional}")
    return Measure(*patterns)


@functools.cache
def _locale(name: str) -> Locale:
    from babel import Locale

    return Locale.parse(name)


def _names(locale: str) -> Iterator[tuple[str, str]]:
    """(key of what is meant, its name) in one locale."""
    found = _locale(locale)
    for kind, names in (
        ("territory", found.territories),
        ("language", found.languages),
        ("weekday", found.days["stand-alone"]["wide"]),
    ):
        for code, name in names.items():
            yield f"{kind} {code}", str(name)


@functools.cache
def _english_names() -> Mapping[str, str]:
    english = dict(_names("en_GB"))
    return {
        name: english[key]
        for key, name in _names("zh")
        if key in english and _PLAIN.fullmatch(name) and _PLAIN.fullmatch(english[key])
    }


@functools.cache
def _chinese_names(locale: str) -> Mapping[str, str]:
    """Of languages only as "French language": French is a person, too."""
    chinese = dict(_names(locale))
    return {
        phrase_key(f"{name} language" if key.startswith("language") else name): chinese[key]
        for key, name in _names("en_GB")
        if key in chinese and _PLAIN.fullmatch(name) and _PLAIN.fullmatch(chinese[key])
    }


def _unit_patterns(locale: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Unit → width → plural form → pattern; babel itself only formats with them."""
    return cast(
        "Mapping[str, Mapping[str, Mapping[str, str]]]", _locale(locale)._data["unit_patterns"]
    )


@functools.cache
def _measures() -> Mapping[tuple[str, str], Measure]:
    """By the words before and after the number, of Chinese and English in one table."""
    patterns = [
        {
            unit: forms.get("long", {})
            for unit, forms in _locale(name)._data["unit_patterns"].items()
        }
        for name in ("en_GB", "en", "zh", "zh_Hant")
    ]
    british, by_unit = patterns[0], {}
    found: dict[tuple[str, str], Measure] = {}
    for unit in british:
        all_forms = [pattern.get(unit, {}) for pattern in patterns]
        one, *others = british[unit].get("one", ""), *(each.get("other", "") for each in all_forms)
        other, us_other, simplified, traditional = (str(each) for each in others)
        if not _KINDS.match(unit) or _UNUSUAL.match(unit) or not _HAN.search(simplified):
            continue
        chinese = _SAID.get(unit, (simplified, traditional.replace(" ", "")))
        by_unit[unit] = each = Measure(str(one), other, *chinese)
        for spelling in (one, other, us_other, simplified, chinese[0]):
            before, _, after = spelling.lower().partition("{0}")
            found.setdefault((before.strip(), after.strip()), each)
    for kind, spelling, unit in table("measures"):
        if kind == "unit":
            found["", spelling] = by_unit[unit]
    return {words: each for words, each in found.items() if words not in _AMBIGUOUS}


@functools.cache
def _currencies() -> Mapping[str, str]:
    """From names and signs to the codes of ISO 4217."""
    from babel.numbers import get_currency_name

    found = {}
    for code, name in reversed(list(_locale("zh").currencies.items())):
        if _PLAIN.fullmatch(name):  # one that is in use
            found[str(name)] = code
            for count in (1, 2):
                found[str(get_currency_name(code, count=count, locale="en_GB")).lower()] = code
    return found | {spelling: code for kind, spelling, code in table("measures") if kind == "money"}
