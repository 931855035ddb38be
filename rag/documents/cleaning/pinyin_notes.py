"""Cleaning rule for pinyin notes that a converter left stuck between characters."""

from __future__ import annotations

import re
import unicodedata

from rag.language.pinyin import is_pinyin, syllables
from rag.language.text import HAN

_TONES = "\u0300\u0301\u0304\u030c"  # grave, acute, macron, caron
_TONE = re.compile(f"[{_TONES}]")
_APOSTROPHE = "'’‘"
_WORD = rf"[ ]?[{_APOSTROPHE}]?[a-zü\u00e0-\u01dc{_TONES}\u0308{_APOSTROPHE}]{{1,10}}[ ]?"
_NOTE = re.compile(rf"[(（](?P<word>{_WORD})[)）]")
_HEADLESS_NOTE = re.compile(rf"(?<=[?？\ufffd])(?P<word>{_WORD})[)）]")
_BEFORE_TONED = re.compile(rf"[{HAN}?？\ufffd)）]$|(?:^|[^A-Za-z])[A-Za-z]$")
_HAN_CHARACTER = re.compile(f"[{HAN}]")


def _toned(word: str) -> bool:
    """Whether `word` is a pinyin syllable, or two, with a tone mark."""
    decomposed = unicodedata.normalize("NFD", word)
    plain = unicodedata.normalize("NFC", _TONE.sub("", decomposed)).strip(f" {_APOSTROPHE}")
    has_tone = bool(_TONE.search(decomposed))
    return has_tone and is_pinyin(re.sub(f"[{_APOSTROPHE}]", "", plain))


def remove_pinyin_notes(text: str) -> str:
    """Text without pinyin in brackets behind a character, also where that is damaged.

    A converter puts `(shí)` into words, which then are not found. A note needs a tone mark;
    one without, such as `(de)`, goes only between two Han characters of a text that has toned
    notes. `(IT)`, `(a)`, `(the)` and words of other languages stay. A damaged character stays
    as well; only its note goes, even one that lost its opening bracket.

    >>> remove_pinyin_notes("時(shí)隔兩年，我們(men)的業(yè)務?zāi)好(OK)")
    '時隔兩年，我們的業務?好(OK)'
    """
    cleaned = _NOTE.sub(_toned_remains, text)
    cleaned = _HEADLESS_NOTE.sub(_headless_remains, cleaned)
    if cleaned == text:
        return text
    return _NOTE.sub(_toneless_remains, cleaned)


def _toned_remains(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 2) : match.start()]
    if _BEFORE_TONED.search(before) and _toned(match.group("word")):
        return ""
    return match.group()


def _headless_remains(match: re.Match[str]) -> str:
    return "" if _toned(match.group("word")) else match.group()


def _toneless_remains(match: re.Match[str]) -> str:
    word = match.group("word")
    between = (
        match.string[match.start() - 1 : match.start()]
        + match.string[match.end() : match.end() + 1]
    )
    if len(word) > 1 and word in syllables() and len(_HAN_CHARACTER.findall(between)) == 2:
        return ""
    return match.group()
