"""Pure functions over text: folding for matching, sentences, tokens, language."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from opencc import OpenCC

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SURROGATE = re.compile("[\ud800-\udfff]")  # halves that no encoding can write
_HAN_CHARACTER = re.compile(f"[{HAN}]")
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


def simplify_in_place(text: str) -> str:
    """`text` in simplified script with every character at its former offset.

    >>> simplify_in_place("時隔半年")
    '时隔半年'
    """
    simplified = to_simplified(text)
    if len(simplified) == len(text):
        return simplified
    return "".join(to_simplified(character)[:1] or character for character in text)


def fold(text: str) -> str:
    """`text` as matching sees it: NFKC, simplified script, lower case."""
    return to_simplified(unicodedata.normalize("NFKC", text)).lower()


def fold_in_place(text: str) -> str:
    """`fold` with every character at its former offset.

    >>> fold_in_place("２０１５年，時隔半年")
    '2015年,时隔半年'
    """
    return "".join(
        folded
        if len(folded := unicodedata.normalize("NFKC", character).lower()) == 1
        else character
        for character in simplify_in_place(text)
    )


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


_CLOSERS = "”’」』》）)】\"'"
_ALWAYS_SHORT = (
    "Mr Mrs Ms Dr Prof St Sr Jr Gen Sen Rep Gov vs cf Fig Eq Vol pp al e.g i.e U.S U.K"
    " Inc Ltd Co Corp Ph.D approx"
)
_SOMETIMES_SHORT = "etc a.m p.m"  # these may close a sentence: a capital tells


def _not_after(words: str) -> str:
    return "".join(rf"(?<!\b{re.escape(word)})" for word in words.split())


def _full_stop() -> str:
    """Pattern of a full stop that ends a sentence, in look-behinds.

    A second search over the sentence so far would be quadratic in "A. A. A. …".
    """
    then_space = rf"(?=[{_CLOSERS}]*(?:\s|$))"
    then_capital = rf"(?=[{_CLOSERS}]*(?:\s+[“\"‘(]?[A-Z]|\s*$))"
    item = "".join(
        rf"(?<!^{' ' * spaces}{digits})" for spaces in range(4) for digits in (r"\d", r"\d\d")
    )
    word = _not_after(f"{_ALWAYS_SHORT} {_SOMETIMES_SHORT} No")
    sometimes = "|".join(rf"(?<=\b{re.escape(word)})" for word in _SOMETIMES_SHORT.split())
    return "|".join(
        [
            rf"(?<!\d)(?<!\b[A-Z]){word}(?!(?<=\.\.)\.\s+[a-z])\.{then_space}",
            rf"(?:{sometimes})\.{then_capital}",
            rf"(?<=\bNo)\.(?!\s*\d){then_space}",  # an answer, not a number
            rf"(?m:(?<=\d){item})\.{then_capital}",  # not the 1. of a list
        ]
    )


SENTENCE_END = (
    r"(?=[。！？｡；…!?;.\n])"  # only for speed
    rf"(?:(?:[。！？｡；…][。！？｡；…!?]*"
    rf"|(?<![!?;])[!?;]++(?=[{_CLOSERS}]*(?:\s|$|[^\x00-\x7f]))"  # neither http://a.b/?c nor &amp;x
    rf"|{_full_stop()})[{_CLOSERS}]*"
    r"|\n{2,}|(?<![a-z,])\n|\n(?![a-z]))"  # a line break, unless a sentence runs over it
)
"""Pattern (no groups) of what ends a sentence in Chinese or English."""

_SENTENCE_END = re.compile(SENTENCE_END)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, without the white space around them.

    >>> t = "他来了。Mr. Ma left. 3.5亿!"
    >>> [t[a:b] for a, b in sentences(t)]
    ['他来了。', 'Mr. Ma left.', '3.5亿!']
    """
    start = 0
    for match in _SENTENCE_END.finditer(text):
        span = trimmed(text, start, match.end())
        if span[0] < span[1]:
            yield span
        start = match.end()
    span = trimmed(text, start, len(text))
    if span[0] < span[1]:
        yield span


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span `start`..`end` of `text` without the white space at its ends; it may be empty."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


_BRACKETS = ("“”", "‘’", "「」", "『』", "《》", "〈〉", "【】", "（）", "()", "[]")


def balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the bracket or quotation mark missing at its end, or without its partner.

    >>> t = "提出“云闪付”、“全民付”。"
    >>> [t[slice(*balanced(t, *span))] for span in ((3, 6), (3, 7), (2, 12))]
    ['云闪付', '“云闪付”', '“云闪付”、“全民付”']
    """
    for pair in _BRACKETS:
        opening, closing = pair[0], pair[1]
        unclosed = text.count(opening, start, end) - text.count(closing, start, end)
        if unclosed < 0 and text[start - 1 : start] == opening:
            start -= 1
        elif unclosed < 0 and text[end - 1] == closing:
            end -= 1
        elif unclosed > 0 and text[end : end + 1] == closing:
            end += 1
        elif unclosed > 0 and text[start] == opening:
            start += 1
    return start, end
