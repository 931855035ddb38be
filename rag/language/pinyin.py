"""Pinyin: the syllables of a name that is written in it, and how one is written.

The home of pypinyin, which knows how most characters are read, and many words.
"""

from __future__ import annotations

import functools
import re

from rag.language.tables import table


def split_pinyin(name: str) -> list[str]:
    """Syllables of a name written in pinyin, [] if it cannot be read so.

    >>> split_pinyin("Zhang Kuo"), split_pinyin("Meituan"), split_pinyin("Belgian")
    (['zhang', 'kuo'], ['mei', 'tuan'], [])
    >>> split_pinyin("Jianguo"), split_pinyin("Xi'an"), split_pinyin("Tiananmen")
    (['jian', 'guo'], ['xi', 'an'], ['tian', 'an', 'men'])
    """
    found: list[str] = []
    for word in re.split("[ '’-]", name.lower()):
        readings = (pattern.findall(word) for pattern in _patterns())
        split = next((reading for reading in readings if "".join(reading) == word), [])
        if not split:
            return []
        found += split
    return found


@functools.cache
def syllables() -> frozenset[str]:
    """All syllables of Standard Chinese, without tones."""
    return frozenset(
        initial.strip() + final
        for initials, finals in table("pinyin")
        for initial in (initials.split() or [""])
        for final in finals.split()
    )


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    spellings = sorted((each.replace("ü", "v") for each in syllables()), key=len, reverse=True)
    syllable = f"(?:{'|'.join(spellings)})"
    # The rule, jian-guo, since jiang'uo has its mark; then what leaves it out: tian-an-men.
    return re.compile(rf"{syllable}(?![aeiouv])"), re.compile(syllable)


def romanized(name: str) -> str:
    """A Chinese name, simplified and without a surname, as one word of pinyin without tones.

    >>> romanized("乌镇"), romanized("西安"), romanized("吕梁")
    ('Wuzhen', "Xi'an", 'Lüliang')
    """
    from pypinyin import lazy_pinyin

    first, *rest = lazy_pinyin(name, v_to_u=True)
    return first.capitalize() + "".join(f"'{each}" if each[0] in "aoe" else each for each in rest)


def is_pinyin(letters: str) -> bool:
    """Whether `letters`, without tones and apostrophes, are one syllable or two."""
    known = syllables()
    return letters in known or any(
        letters[:cut] in known and letters[cut:] in known for cut in range(1, len(letters))
    )
