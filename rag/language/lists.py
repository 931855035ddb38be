"""Lists within a sentence: 天津、上海和重庆; Tianjin, Shanghai and Chongqing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.language.sentences import trimmed
from rag.language.terms import tagged
from rag.language.text import simplify_in_place

_LONGEST_ITEM = 24  # characters of Han text, 40 otherwise
_CHINESE = re.compile(
    rf"[^，。；：！？、\s]{{1,{_LONGEST_ITEM}}}(?:、[^，。；：！？、\n]{{1,{_LONGEST_ITEM}}})+"
)
_LATIN_ITEM = r"[^\s,.;:!?()][^,.;:!?()\n]{0,39}"
_LATIN = re.compile(rf"{_LATIN_ITEM}(?:, {_LATIN_ITEM})+,? (?:and|or) {_LATIN_ITEM}")
_LAST = re.compile(r"(?<=.)(?:以及|[和与及或])(?=.)")
_LATIN_LAST = re.compile(r",? (?:and|or) ")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
# jieba's tags that an item cannot reach over: verbs, prepositions, pronouns, numbers, particles.
_BEFORE = re.compile(r"v$|p|r|d$|u|c|x|y|f$")
_AFTER = re.compile(r"v$|p|r|d$|u|x|y|m$")
_LATIN_BEFORE = re.compile(
    r".*\b(?:are|is|was|were|be|in|of|by|with|from|to|for|including|include|includes|as|like"
    r"|between|at|on|has|have|had)\b(?: the)? ",
    re.IGNORECASE,
)
_LATIN_AFTER = re.compile(
    r" (?:are|is|was|were|have|has|had|will|can|to|for|in|on|at|by|from|which|that|who|as)\b.*"
)


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list at half-open offsets of a text, with the number of its items."""

    start: int
    end: int
    items: int


def enumerations(text: str) -> Iterator[Enumeration]:
    """The lists of `text` in order, without the words that lead to them or follow.

    >>> text = "决定在天津、上海、青岛和苏州这4个城市设立"
    >>> [(text[e.start : e.end], e.items) for e in enumerations(text)]
    [('天津、上海、青岛和苏州', 4)]
    >>> text = "The pilots are in Tianjin, Shanghai and Suzhou."
    >>> [(text[e.start : e.end], e.items) for e in enumerations(text)]
    [('Tianjin, Shanghai and Suzhou', 3)]
    """
    text = _THOUSANDS.sub("0", simplify_in_place(text))
    for match in _CHINESE.finditer(text):
        yield _chinese(text, match.start(), match.end())
    for match in _LATIN.finditer(text):
        yield _latin(text, match.start(), match.end())


def _chinese(text: str, start: int, end: int) -> Enumeration:
    first = text.index("、", start)
    last = text.rindex("、", start, end) + 1
    joint = _LAST.search(text, last, end)
    if joint is not None and _is_apart(text, last, joint.start(), joint.end(), end):
        last = joint.end()
    start = first - len(_tail(text[start:first]))
    end = last + len(_head(text[last:end]))
    items = text.count("、", start, end) + 1 + (last == (joint.end() if joint else -1))
    return Enumeration(start, end, items)


def _is_apart(text: str, start: int, joint: int, after: int, end: int) -> bool:
    """Whether what stands before a joint is an item by itself, not the half of one."""
    return joint - start >= 2 and bool(_head(text[after:end]))


def _tail(words: str) -> str:
    """The end of `words` that can be an item."""
    kept = ""
    for word, tag in reversed(tagged(words)):
        if kept and _BEFORE.match(tag):
            break
        kept = word + kept
    return words[len(words) - len(kept) :]


def _head(words: str) -> str:
    """The beginning of `words` that can be an item."""
    kept = 0
    for word, tag in tagged(words):
        if kept and _AFTER.match(tag):
            break
        kept += len(word)
    return words[:kept]


def _latin(text: str, start: int, end: int) -> Enumeration:
    first = text.index(",", start)
    if lead := _LATIN_BEFORE.match(text, start, first):
        start = lead.end()
    joint = list(_LATIN_LAST.finditer(text, start, end))[-1]
    if rest := _LATIN_AFTER.search(text, joint.end(), end):
        end = rest.start()
    start, end = trimmed(text, start, end)
    inner = text[start : joint.start()]
    return Enumeration(start, end, inner.count(", ") + 2)
