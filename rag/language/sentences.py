"""Where sentences end, in Chinese and English text."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
CLAUSE_END = r"[，；：。！？\n]|[,;:!?](?![\d/])|\.(?=\s|$)"
"""Pattern of a mark that ends a clause; those within 3,000 and https:// do not."""
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
