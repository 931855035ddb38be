"""The short answer in the language of the question, where that can be had without doubt.

Names, places, numbers, dates, measures and terms of the dictionary, and lists of these; nothing
that would have to be worded. It is shown as what a document says: a wrong one is worse than none.
"""

from __future__ import annotations

import re
import unicodedata

from rag.language import translated_dates, translated_names, translated_quantities
from rag.language.lexicon import Lexicon
from rag.language.numerals import CHINESE
from rag.language.senses import phrase_key
from rag.language.text import HAN, fold, one_line, to_traditional

LONGEST = 400  # characters; what is longer is no short answer
_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[^\W\d_]")
_MARKS = "，。；、,;.:： "
_QUOTED = re.compile(r"[“\"「『‘《〈](?P<inside>[^“”\"「」『』‘’《》〈〉]+)[”\"」』’》〉]")
_TITLE_MARKS = frozenset("《〈")
_ASIDE = re.compile(r"(?P<words>[^()]+?) ?\((?P<aside>[^()]+)\)")
_LATIN_NAME = re.compile(rf"(?!.*[{HAN}])[A-ZÀ-Þ][\w .,'’&-]*[A-Za-zÀ-ÿ][\w .'’&-]*")
_CHINESE_JOINTS = re.compile(r"、|[,，;；](?!\d{3})|\s?(?:以及|[和与及])\s?")
_ENGLISH_JOINTS = re.compile(r",? and |, |; |、")
_CHINESE_LAST = re.compile(r"(?:以及|[和与及])[^、,，;；和与及]+$")
_COUNTED = re.compile(
    rf"(?P<number>[^第].*?[个家位名座所])(?P<nouns>[{HAN}]{{2,4}}(?:和[{HAN}]{{2,4}})?)"
)
_AT = re.compile(r"(?:位于|在)(?=..)")


def translated(words: str, language: str, lexicon: Lexicon) -> str | None:
    """The words in `language` (`zh`, `zh-Hant` or `en`), None where that cannot be had well.

    What reads the same in both, such as 43.2%, comes back as it is. A list is translated item by
    item, all of them or none.

    >>> translated("天津、上海和苏州", "en", lexicon)  # doctest: +SKIP
    'Tianjin, Shanghai and Suzhou'
    """
    plain = one_line(unicodedata.normalize("NFKC", words)).strip(_MARKS)
    if not plain or len(plain) > LONGEST:
        return None
    if language == "en":
        return _in_english(plain, lexicon) if _HAN.search(plain) else plain
    if not _LATIN.search(plain) and not re.search("[$€£]", plain):
        return None if _HAN.search(plain) else plain
    return _in_chinese(plain, language, lexicon)


def _in_english(words: str, lexicon: Lexicon) -> str | None:
    if aside := _ASIDE.fullmatch(words):
        return _with_aside(aside, lexicon)
    said = _one_in_english(words, lexicon)
    if said is not None:
        return said
    items = [item.strip() for item in _CHINESE_JOINTS.split(words)]
    if len(items) < 2 or not all(items):
        return None
    found = [_one_in_english(item, lexicon) for item in items]
    if not all(found) or _are_mixed(items):
        return None
    *head, last = (str(each) for each in found)
    return f"{', '.join(head)}{' and ' if _CHINESE_LAST.search(words) else ', '}{last}"


def _are_mixed(items: list[str]) -> bool:
    """Whether some are bare numbers and some not, which complete them: 三、四月份."""
    bare = [bool(re.fullmatch(rf"[\d.,{CHINESE}]+", item)) for item in items]
    return any(bare) and not all(bare)


def _with_aside(aside: re.Match[str], lexicon: Lexicon) -> str | None:
    """米勒 (Miller) says itself what it is in English; other brackets are translated too."""
    words, inside = aside["words"], aside["aside"]
    if _LATIN_NAME.fullmatch(inside) and re.fullmatch(f"[{HAN}·•]+", words):
        return inside
    outer = _one_in_english(words, lexicon)
    inner = _one_in_english(inside, lexicon) if _HAN.search(inside) else inside
    return f"{outer} ({inner})" if outer and inner else None


def _one_in_english(words: str, lexicon: Lexicon) -> str | None:
    if not _HAN.search(words):
        return words
    if quoted := _QUOTED.fullmatch(words):
        return _quoted_in_english(quoted, lexicon)
    folded = fold(words)
    said = translated_dates.in_english(folded) or translated_quantities.in_english(folded)
    if said is not None:
        return said
    if at := _AT.match(folded):
        place = translated_names.in_english(folded[at.end() :], lexicon)
        return f"in {place}" if place and place[0].isupper() else None
    if said := translated_names.in_english(folded, lexicon):
        return said
    counted = _COUNTED.fullmatch(folded)
    number = counted and translated_quantities.in_english(counted["number"])
    if not counted or not number or number == "one":
        return None
    nouns = [
        translated_names.noun_in_english(noun, lexicon) for noun in counted["nouns"].split("和")
    ]
    number = number.removesuffix(" people")  # 20名专家
    return f"{number} {' and '.join(filter(None, nouns))}" if all(nouns) else None


def _quoted_in_english(quoted: re.Match[str], lexicon: Lexicon) -> str | None:
    """A title is translated where it is a name: 《圣经》; what a word in it means is not it."""
    inside = fold(quoted["inside"])
    entry = lexicon.meaning_in_english(inside)
    if entry is None or quoted.string[0] not in _TITLE_MARKS:
        return entry and translated_names.in_english(inside, lexicon)
    if not translated_names.is_sure(entry.english):
        return None
    back = lexicon.meaning_in_chinese(phrase_key(entry.english), True)
    return entry.english if back is not None and back.chinese == inside else None


def _in_chinese(words: str, language: str, lexicon: Lexicon) -> str | None:
    if aside := re.fullmatch(rf"[^()]+ ?\(([{HAN}·]+)\)", words):
        return aside[1]  # Babytree (宝宝树)
    if _HAN.search(words):
        return None
    said = _one_in_chinese(words, language, lexicon)
    if said is not None:
        return said
    items = [item.strip() for item in _ENGLISH_JOINTS.split(words)]
    if len(items) < 4 and not re.search(" and |; |、", words):
        return None  # Paris, Texas: no list
    found = [_one_in_chinese(item, language, lexicon) for item in items]
    if not all(found):
        return None
    *head, last = (str(each) for each in found)
    return f"{'、'.join(head)}{'和' if ' and ' in words else '、'}{last}"


def _one_in_chinese(words: str, language: str, lexicon: Lexicon) -> str | None:
    quoted = _QUOTED.fullmatch(words)
    folded = fold(words)
    is_month = words.isalpha() and words.islower()  # may, march
    said = None if is_month else translated_dates.in_chinese(folded)
    is_traditional = language == "zh-Hant"
    said = said or translated_quantities.in_chinese(folded, is_traditional)
    if said is not None:
        return to_traditional(said) if is_traditional else said
    return translated_names.in_chinese(quoted["inside"] if quoted else words, language, lexicon)
