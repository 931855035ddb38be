"""What a question names exactly – codes, numbers in order, names – and what of it a passage lacks.

Words have synonyms and translations; X300, room 305 and 第三条 do not. Codes are compared sign by
sign, numbers by their value: 第三条 is Article 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rag.language import numerals
from rag.language.entities import names
from rag.language.question import count_of
from rag.language.terms import tagged
from rag.language.text import fold

_SIGN = r"[-\u2010\u2013/. ]"  # hyphens, a dash and what else may stand within a code
_CODE = re.compile(
    r"(?<![a-z\d])"
    r"(?!(?:mid|pre|post|top|under|over|non|usd|rmb|eur|hkd)[-\d])"  # as before 1990s: no code
    rf"[a-z]+(?:(?![. ]){_SIGN})?\d[a-z\d]*(?:(?! ){_SIGN}[a-z\d]+)*(?![a-z\d])"
)
_PLACE = re.compile(r"\b(?:article|section|clause|chapter|part|room|floor|phase) $")
_NUMERAL = re.compile(numerals.NUMERAL)
_NUMBERED_NAME = re.compile(r"([a-z][a-z .'-]*) \d{1,4}")
_WORD = re.compile(r"[\u4e00-\u9fff]{2}")


@dataclass(frozen=True, slots=True)
class Lack:
    """Whether a passage lacks a code or a number in order that a question names.

    `is_neighbour` tells that it holds another of the same kind: X200, asked for X300.
    """

    is_lacking: bool
    is_neighbour: bool


class _Number(NamedTuple):
    """A number in a text; `place` is what it numbers: 第条 for 第三条, 会议 for 305会议室.

    It is "" where there is no such word, and `is_ordinal` tells that it can be nothing but a name.
    """

    value: float
    place: str
    is_ordinal: bool


def lack(question: str, passage: str) -> Lack:
    """What of `question` the passage lacks, its title, section and file name included.

    >>> lack("X300的扬程？", "X200水泵的扬程是32米"), lack("第三条？", "第三条 租期三年")
    (Lack(is_lacking=True, is_neighbour=True), Lack(is_lacking=False, is_neighbour=False))
    """
    asked, held = fold(question), fold(passage)
    codes = [code for code in _CODE.findall(asked) if not _is_in(held, code)]
    kinds = {_letters(code) for code in _CODE.findall(held)}
    numbers = list(_missing_numbers(_CODE.sub(" ", asked), _CODE.sub(" ", held)))
    is_namesake = _has_like_person(asked, held) or any(
        _has_namesake(fold(name), held) for name in names(question)
    )
    return Lack(
        bool(codes or numbers) or is_namesake,
        any(_letters(code) in kinds for code in codes) or any(numbers) or is_namesake,
    )


def _has_namesake(name: str, held: str) -> bool:
    """Whether a passage holds not a name, but one with the same words before its number.

    Kestrel 5, asked for Kestrel 7.
    """
    match = _NUMBERED_NAME.fullmatch(name)
    if name in held or match is None:
        return False
    return re.search(rf"\b{re.escape(match[1])} \d", held) is not None


def _has_like_person(question: str, held: str) -> bool:
    """Whether a passage holds not a person, but one whose name has two of its three characters.

    纪若兰, asked for 纪若梅: the surname and one more.
    """
    missing = [name for name in _persons(question) if name not in held]
    return bool(missing) and any(
        other[0] == name[0] and (other[1] == name[1]) != (other[2] == name[2])
        for other in _persons(held)
        for name in missing
    )


def _persons(text: str) -> list[str]:
    return [word for word, tag in tagged(text) if tag == "nr" and len(word) == 3]


def _is_in(folded: str, code: str) -> bool:
    """Whether a code stands on its own, with or without signs between letters and digits.

    X300 is in X-300, X 300 and X200/X300, and neither in X3000 nor in X300B.
    """
    parts = re.findall(rf"[a-z]+|\d+(?:{_SIGN}\d+)*", code)
    spelt = f"{_SIGN}?".join(re.sub(_SIGN, lambda _: _SIGN, part) for part in parts)
    return re.search(rf"(?<![a-z\d]){spelt}(?![a-z\d])", folded) is not None


def _letters(code: str) -> str:
    return re.split(r"[^a-z]", code)[0]


def _missing_numbers(asked: str, held: str) -> Iterator[bool]:
    """For each number that names and is not held, whether the passage numbers the same: 条, rooms.

    An ordinal that the passage does not number may stand there in other words: 第三条 is Article 3.
    A number before a word names where the passage numbers the same otherwise, as 305会议室 beside
    302会议室; how many things are asked for is none.
    """
    found = set(_numbers(held))
    values = {number.value for number in found}
    places = {number.place for number in found} - {""}
    counted = count_of(asked)
    for number in set(_numbers(asked)):
        is_numbered = number.place in places
        if number.is_ordinal and is_numbered:
            if number not in found:
                yield True
        elif number.value not in values and (
            number.is_ordinal or (is_numbered and number.value != counted)
        ):
            yield is_numbered


def _numbers(folded: str) -> Iterator[_Number]:
    for match in _NUMERAL.finditer(folded):
        numeral = numerals.read(match)
        if numeral is None:
            continue
        before = folded[max(0, match.start() - 12) : match.start()]
        named = _PLACE.search(before)
        place = named.group() if named else ""
        if before.endswith("第"):
            place = f"第{folded[match.end() : match.end() + 1]}"
        is_ordinal = bool(place)
        if not place and match["figures"] and (word := _WORD.match(folded, match.end())):
            place = word.group()
        # 1.1亿 and 110 million differ in the last binary place.
        yield _Number(float(f"{numeral.value:.12g}"), place, is_ordinal)
