"""Pure functions over text: folding for matching, sentences, tokens, language."""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import islice

from opencc import OpenCC

from rag.language.tables import table

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SURROGATE = re.compile("[\ud800-\udfff]")  # halves that no encoding can write
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_LETTER = re.compile(r"[^\W\d_]")
_ENGLISH_WORD = re.compile(
    r"\b(?:who|what|when|where|which|why|how|is|are|was|were|did|does|do|the)\b", re.IGNORECASE
)
_CHINESE_WORD = re.compile("[的是了在有和与與吗嗎呢什么麼谁誰哪几幾多少怎为為]")


@functools.cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def to_simplified(text: str) -> str:
    """`text` in simplified script; the length may differ from the input's."""
    return str(_converter("t2s").convert(_SURROGATE.sub("\ufffd", text)))


def to_traditional(text: str) -> str:
    """`text` in traditional script."""
    return str(_converter("s2t").convert(_SURROGATE.sub("\ufffd", text)))


def simplify_in_place(text: str) -> str:
    """`text` in simplified script with every character at its former offset.

    >>> simplify_in_place("時隔半年")
    '时隔半年'
    """
    simplified = to_simplified(text)
    if len(simplified) == len(text):
        return simplified
    return "".join(to_simplified(character)[:1] or character for character in text)


@functools.cache
def _radicals() -> dict[int, str]:
    """The character that each radical is written for; those of Kangxi are mapped by NFKC."""
    kangxi = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    return {**kangxi, **{ord(radical): character for radical, character in table("radicals")}}


def fold_radicals(text: str) -> str:
    """`text` with radicals as the characters they look like; every character at its offset.

    PDF files print many of the one for the other.

    >>> fold_radicals("\u2ed3\u2ecb\u2ed4")
    '长车门'
    """
    return text.translate(_radicals()) if _RADICAL.search(text) else text


def is_wide(character: str) -> bool:
    """Whether Chinese sets `character` as wide as it is high, and puts no space beside it."""
    return unicodedata.east_asian_width(character or " ") in "WF" or character in "“”‘’…—"


def fold(text: str) -> str:
    """`text` as matching sees it: NFKC, radicals as characters, simplified script, lower case."""
    return to_simplified(unicodedata.normalize("NFKC", fold_radicals(text))).lower()


def fold_in_place(text: str) -> str:
    """`fold` with every character at its former offset.

    >>> fold_in_place("２０１５年，時隔半年")
    '2015年,时隔半年'
    """
    return "".join(
        folded
        if len(folded := unicodedata.normalize("NFKC", character).lower()) == 1
        else character
        for character in simplify_in_place(fold_radicals(text))
    )


def unaccented(text: str) -> str:
    """`text` without accents.

    >>> unaccented("Ōsaka, São Paulo")
    'Osaka, Sao Paulo'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def one_line(text: str) -> str:
    """`text` with one space where it has white space, and none at its ends."""
    return " ".join(text.split())


def count_letters(text: str) -> tuple[int, int]:
    """How many letters `text` has (digits and marks are none), and how many of them are Han."""
    return len(_LETTER.findall(text)), len(_HAN_CHARACTER.findall(text))


def has_words(text: str) -> bool:
    """Whether `text` holds a letter or a digit."""
    return any(character.isalnum() for character in text)


def han_share(text: str) -> float:
    """Share of Han characters among the letters of `text`, 0..1."""
    letters, han = count_letters(text)
    return han / letters if letters else 0.0


def detect_language(text: str) -> str:
    """`zh`, `zh-Hant` or `en`: Chinese where Han characters carry a fifth of the letters.

    A Han character weighs about two Latin letters of a word, hence the low bar. A short English
    question may hold little but a Chinese name: there the function words decide.

    >>> detect_language("哪12个城市?"), detect_language("時隔半年"), detect_language("Who is 马云?")
    ('zh', 'zh-Hant', 'en')
    """
    if han_share(text) < 0.2 or (_ENGLISH_WORD.search(text) and not _CHINESE_WORD.search(text)):
        return "en"
    han = "".join(islice(_HAN_CHARACTER.findall(text), 4000))
    to_simple = sum(a != b for a, b in zip(han, to_simplified(han), strict=False))
    to_traditional = sum(a != b for a, b in zip(han, _converter("s2t").convert(han), strict=False))
    return "zh-Hant" if to_simple > to_traditional else "zh"
