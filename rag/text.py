"""Pure functions over text: folding for matching, sentences, tokens, language."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from opencc import OpenCC

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")


@functools.cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def to_simplified(text: str) -> str:
    """`text` in simplified script; the length may differ from the input's."""
    return str(_converter("t2s").convert(text))


def fold(text: str) -> str:
    """`text` as matching sees it: NFKC, simplified script, lower case."""
    return to_simplified(unicodedata.normalize("NFKC", text)).lower()


def han_share(text: str) -> float:
    """Share of Han characters among the letters of `text`, 0..1."""
    letters = len(_LETTER.findall(text))
    return len(_HAN_CHARACTER.findall(text)) / letters if letters else 0.0


def detect_language(text: str) -> str:
    """`zh`, `zh-Hant` or `en`: Chinese where Han characters carry a fifth of the letters.

    A Han character weighs about two Latin letters of a word, hence the low bar.

    >>> detect_language("哪12个城市?"), detect_language("時隔半年"), detect_language("Which 12?")
    ('zh', 'zh-Hant', 'en')
    """
    if han_share(text) < 0.2:
        return "en"
    han = "".join(_HAN_CHARACTER.findall(text[:4000]))
    to_simple = sum(a != b for a, b in zip(han, to_simplified(han), strict=False))
    to_traditional = sum(a != b for a, b in zip(han, _converter("s2t").convert(han), strict=False))
    return "zh-Hant" if to_simple > to_traditional else "zh"


_CLOSERS = "”’」』》）)】\"'"
_SENTENCE_END = re.compile(
    rf"[。！？!?；;…]+[{_CLOSERS}]*"  # Chinese terminators, and ! ? ; in any script
    rf"|(?<!\d)\.(?=[{_CLOSERS}]*\s|[{_CLOSERS}]*$)[{_CLOSERS}]*"  # a full stop before a space
    rf"|(?<=\d)\.(?=[{_CLOSERS}]*\s+[A-Z])[{_CLOSERS}]*"  # ... or after a number, before a capital
    r"|\n+"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Inc|Ltd|Co|Corp|vs|St|No|Jr|Sr|e\.g|i\.e|etc|U\.S|U\.K)"
    r"|\b[A-Z])\.$"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, without the white space around them.

    >>> t = "他来了。Mr. Ma left. 3.5亿!"
    >>> [t[a:b] for a, b in sentences(t)]
    ['他来了。', 'Mr. Ma left.', '3.5亿!']
    """
    start = 0
    for match in _SENTENCE_END.finditer(text):
        head = text[start : match.end()]
        if match.group()[0] == "." and _ABBREVIATION.search(head):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
