"""The meanings that a dictionary entry gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rag.language.text import HAN

LONGEST_MEANING = 30
Entry = Mapping[str, Any]
_LATIN_WORD = re.compile(r"[a-z0-9\u00df-\u024f]+")
_ASIDES = re.compile(rf"\([^)]*\)|\[[^\]]*\]|[{HAN}·]+(?:\|[{HAN}·]+)?")
_NO_MEANING = re.compile(
    r"CL:|variant of|old variant|archaic variant|Japanese variant|see |used (?:in|for|to|as|after)"
    r"|also |erhua|surname |abbr\.|same as|classifier|place name|lit\.|fig\.|old |name of|one of"
    r"|\((?:old|archaic|literary|dialect|slang|coll\.|Tw|bound form|fig\.|Internet slang)\b"
    r"|.*(?:surname|onom\.|\(bird species|interjection|particle|suffix|prefix|given name)"
)
_ALIAS = re.compile(r"\baka ((?:[A-Z][\w'-]+ ?){2,3})")
_CAPITAL = r"[A-Z0-9][\w'’.&-]*"
_NAME = re.compile(rf"(?:{_CAPITAL})(?: (?:(?:of|and|the|for|on) )*{_CAPITAL})*")
_KINDS = frozenset(
    """municipality province prefecture prefecture-level county county-level subprovincial
    sub-prefecture city autonomous district town township capital river state island language
    company corporation inc university special archipelago in""".split()
)
_KIND_OF_PLACE = re.compile(
    r"(?<=\w) (?:[Pp]rovince|municipality|Corporation|Inc\.?|prefecture|autonomous|City)$"
)


class Sense(NamedTuple):
    """One sense of an entry: its short meaning, in which place among the senses (from 1)."""

    meaning: str
    is_name: bool
    rank: int


def phrase_key(english: str) -> str:
    """The words of `english` in lower case, as phrases are looked up; stems would join too much.

    >>> phrase_key("to cooperate (with the U.S.)")
    'cooperate with the u s'
    """
    return " ".join(_LATIN_WORD.findall(re.sub(r"^(?:to|a|an|the) ", "", english.lower())))


def senses(entry: Entry) -> list[Sense]:
    """The senses of a dictionary entry that can be shown.

    >>> senses({"pinyin": "Tian1 jin1", "definitions": ["Tianjin, a municipality, abbr. 津"]})
    [Sense(meaning='Tianjin', is_name=True, rank=1)]
    """
    found = []
    rank = 0
    proper = str(entry["pinyin"])[:1].isupper()
    for definition in entry["definitions"] or []:
        if _NO_MEANING.match(definition):
            continue
        rank += 1
        for meaning in _meanings(definition, proper):
            found.append(Sense(meaning, proper and meaning[:1].isupper(), rank))
    return found


def _meanings(definition: str, proper: bool) -> Iterator[str]:
    """One short meaning for each part of a definition between semicolons."""
    if proper and (alias := _ALIAS.search(definition)):
        yield alias.group(1).strip()
    for part in _ASIDES.sub("", definition).split(";"):
        meaning = " ".join(re.split(r"[,:=|]|\s-\s| - ", part)[0].split())
        if proper and (name := _NAME.match(meaning)):
            rest = meaning[name.end() :].lower().split()
            if rest and rest[0] in _KINDS:  # what follows only says what it is
                meaning = name.group()
            meaning = _KIND_OF_PLACE.sub("", meaning)
        meaning = re.sub(r"^(?:a|an|the) (?=\w)", "", meaning)
        if 0 < len(meaning) <= LONGEST_MEANING:
            yield meaning
