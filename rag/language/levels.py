"""Where a text says in turn what the codes of a scale are: L0 is …, L1 and L2 are …, L4 ….

Such codes are written alike in Chinese and English text.
"""

from __future__ import annotations

import re

from rag.language.sentences import sentences
from rag.language.text import han_share

_CODE = re.compile(r"(?<![A-Za-z\d])([A-Z]{1,3})-?(\d{1,2})(?![A-Za-z\d])")
_SHORTEST = 4  # characters of Han text, twice as many of Latin text
_LONGEST = 160
_TAIL = re.compile(r"(?:[，,；;。.\s]|从|(?<=[\s,])(?:and|while|from))+$")


def code_in(words: str) -> str:
    """The code that some words hold, "" where they hold none or several.

    >>> code_in("L4 buyer"), code_in("L4买家"), code_in("买家")
    ('L4', 'L4', '')
    """
    found = {match[0] for match in _CODE.finditer(words)}
    return found.pop() if len(found) == 1 else ""


def code_described(text: str, code: str) -> tuple[int, int] | None:
    """Where `text` says what `code` is, in a sentence that does so of others of its scale.

    >>> t = "买家分层为L0到L2，L0是注册的买家，L1是有潜力的买家，L2以上一年采购过百万。"
    >>> t[slice(*code_described(t, "L1"))], t[slice(*code_described(t, "L2"))]
    ('L1是有潜力的买家', 'L2以上一年采购过百万')
    """
    wanted = _CODE.fullmatch(code)
    if wanted is None:
        return None
    for start, end in sentences(text):
        places = [each for each in _CODE.finditer(text, start, end) if each[1] == wanted[1]]
        if len({each[2] for each in places}) < 2:
            continue
        for number, place in enumerate(places):
            if place[2] != wanted[2]:
                continue
            # L1、L2是…: what is said of the last is said of all that it is joined to.
            last = number
            while last + 1 < len(places) and _are_joined(text, places[last], places[last + 1]):
                last += 1
            behind = places[last + 1].start() if last + 1 < len(places) else end
            said = _TAIL.sub("", text[place.start() : behind])
            told = said[places[last].end() - place.start() :]
            least = _SHORTEST if han_share(told) >= 0.5 else 2 * _SHORTEST
            if least <= len(told.strip()) and len(said) <= _LONGEST:
                return place.start(), place.start() + len(said)
    return None


def _are_joined(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    return (
        re.fullmatch(r"\s*(?:、|和|及|与|and|,)\s*", text[first.end() : second.start()]) is not None
    )
