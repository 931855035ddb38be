"""The web address that is asked for; training knew none."""

from __future__ import annotations

import re

from rag.reading.strategies.base import Answered, Asked, Read, further, in_sentences

_ADDRESS = re.compile(
    r"(?<![@\w])(?:https?://|www\.)[\w./%~?=&#:+-]+[\w/]"
    r"|(?<![@\w.])[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:com|cn|org|net|io|gov|edu)\b(?:[./:][\w./:-]*\w)?",
    re.ASCII | re.IGNORECASE,
)


def at_address(asked: Asked, read: Read) -> Answered | None:
    """The address nearest to what was read, where one is asked for."""
    if "address" not in asked.kinds:
        return None
    for candidate in read.near():
        middle = (candidate.span.start + candidate.span.end) / 2
        places = [match.span() for match in _ADDRESS.finditer(candidate.text)]
        if places:
            nearest = min(places, key=lambda place: abs(sum(place) / 2 - middle))
            best = candidate.moved(*nearest)
            return in_sentences(read, [best, *further(asked, read, best)])
    return None
