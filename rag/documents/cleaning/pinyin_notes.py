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
    cleaned = _NOTE.sub(lambda note: "" if _is_toned_note(note) else note[0], text)
    cleaned = _HEADLESS_NOTE.sub(lambda note: "" if _toned(note["word"]) else note[0], cleaned)
    if cleaned == text:
        return text
    return _NOTE.sub(lambda note: "" if _is_toneless_note(note) else note[0], cleaned)


def _is_toned_note(note: re.Match[str]) -> bool:
    before = note.string[max(0, note.start() - 2) : note.start()]
    return bool(_BEFORE_TONED.search(before)) and _toned(note["word"])


def _is_toneless_note(note: re.Match[str]) -> bool:
    start, end = note.span()
    around = note.string[start - 1 : start] + note.string[end : end + 1]
    is_syllable = len(note["word"]) > 1 and note["word"] in syllables()
    return is_syllable and len(_HAN_CHARACTER.findall(around)) == 2
