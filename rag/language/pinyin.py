"""Pinyin syllables."""

from __future__ import annotations

import functools
import re

_SYLLABLE = (
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|van|ai|ei|ao|ou|an|en|in|un|vn|"
    r"(?<![bpmtn])ia|ie|iu|ua|uo|ui|ue|ve|er|a|o|e|i|u|v)"
)


_SYLLABLES = (
    re.compile(rf"{_SYLLABLE}(?![aeiouv])"),  # the rule: jian-guo, since jiang'uo has its mark
    re.compile(_SYLLABLE),  # spellings that leave the mark out: tian-an-men
)


def split_pinyin(name: str) -> list[str]:
    """Syllables of a name written in pinyin, [] if it cannot be read so.

    >>> split_pinyin("Zhang Kuo"), split_pinyin("Meituan"), split_pinyin("Belgian")
    (['zhang', 'kuo'], ['mei', 'tuan'], [])
    >>> split_pinyin("Jianguo"), split_pinyin("Xi'an"), split_pinyin("Tiananmen")
    (['jian', 'guo'], ['xi', 'an'], ['tian', 'an', 'men'])
    """
    syllables: list[str] = []
    for word in re.split("[ '’-]", name.lower()):
        readings = (pattern.findall(word) for pattern in _SYLLABLES)
        found = next((reading for reading in readings if "".join(reading) == word), [])
        if not found:
            return []
        syllables += found
    return syllables


# The syllables of Standard Chinese: the finals that go with each initial.
_FINALS = {
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan ü üe",
    "l": "a o e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un ü üe",
    "g k h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j q x": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "zh ch": "a e ai ei ao ou an en ang eng ong i u ua uo uai ui uan un uang",
    "sh": "a e ai ei ao ou an en ang eng i u ua uo uai ui uan un uang",
    "r": "e ao ou an en ang eng ong i u ua uo ui uan un",
    "z c": "a e ai ei ao ou an en ang eng ong i u uo ui uan un",
    "s": "a e ai ao ou an en ang eng ong i u uo ui uan un",
    "y": "a o e ao ou an ang i in ing ong u ue uan un",
    "w": "a o ai ei an en ang eng u",
    " ": "a o e ai ei ao ou an en ang eng er",
}


@functools.cache
def syllables() -> frozenset[str]:
    """All syllables of Standard Chinese, without tones."""
    return frozenset(
        initial.strip() + final
        for initials, finals in _FINALS.items()
        for initial in (initials.split() or [""])
        for final in finals.split()
    )


def is_pinyin(letters: str) -> bool:
    """Whether `letters`, without tones and apostrophes, are one syllable or two."""
    known = syllables()
    return letters in known or any(
        letters[:cut] in known and letters[cut:] in known for cut in range(1, len(letters))
    )
