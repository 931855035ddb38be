"""Names that a collection writes in both languages, side by side: Babytree (宝宝树)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rag.language.terms import frequency, tagged
from rag.language.text import fold, simplify_in_place

MOST_WORDS = 3  # of jieba, in a name before a bracket
LONGEST = 12  # characters
TOO_COMMON = 3000  # in jieba's corpus: 公司, 平台
Aliases = Mapping[str, frozenset[str]]
_HAN = r"[\u3400-\u9fff·]"
_WORD = r"[A-Za-z0-9'’&-]{0,30}(?:\.[A-Za-z0-9]{1,20}){0,3}"
_LATIN = rf"(?<![A-Za-z0-9'’&.-])[A-Za-z]{_WORD}(?: (?:of |and |the )?[A-Z0-9]{_WORD}){{0,5}}"
_CHINESE_BEHIND = re.compile(
    rf"({_LATIN})\s?[(（]\s?[“《「]?({_HAN}{{2,{LONGEST}}})[”》」]?\s?[)）,，]"
)
_LATIN_BEHIND = re.compile(
    rf"({_HAN}{{2,{LONGEST}}})[”》」]?\s?[(（]\s?(?:英文名?[:：]?|即)?\s?({_LATIN})\s?[)）,，]"
)


def aliases_of(texts: Iterable[str]) -> Aliases:
    """From each folded name to the folded names beside it, over all texts.

    >>> found = aliases_of(["Babytree (宝宝树) raised money.", "投资了兰亭集势（LightInTheBox）"])
    >>> sorted(found["babytree"]), "兰亭集势" in found["lightinthebox"], sorted(found["宝宝树"])
    (['宝宝树'], True, ['babytree'])
    """
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for latin, chinese in _pairs(text):
            found[fold(latin)].add(fold(chinese))
            found[fold(chinese)].add(fold(latin))
    return {name: frozenset(others) for name, others in found.items()}


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    for match in _CHINESE_BEHIND.finditer(text):
        for latin in _last_names(match[1]):
            yield latin, match[2]
    for match in _LATIN_BEHIND.finditer(text):
        for chinese in _last_words(simplify_in_place(match[1])):
            yield match[2], chinese


def _last_names(words: str) -> list[str]:
    """`words` without the lower-case ones before the name."""
    parts = words.split(" ")
    while parts and not any(letter.isupper() for letter in parts[0]):
        parts.pop(0)
    return [" ".join(parts)] if parts else []


def _last_words(chinese: str) -> list[str]:
    """The last word of a Chinese text, its last two and its last three, as far as they name."""
    words = [word for word, _ in tagged(chinese)]
    found = []
    for count in range(1, min(MOST_WORDS, len(words)) + 1):
        name = "".join(words[-count:])
        if len(name) > 1 and frequency(name) < TOO_COMMON:
            found.append(name)
    return found
