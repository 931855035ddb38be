"""Words that answer, grown to quotes that read well."""

from __future__ import annotations

from collections.abc import Sequence

from rag.language.text import han_share
from rag.reading.results import Unit

LENGTH = 110  # characters of Han text; Latin text may be twice as long


SENTENCE_LENGTH = 140  # the same, to finish a sentence


def grown(heart: Sequence[Unit], units: Sequence[Unit]) -> list[Unit]:
    """`heart` as whole sentences, and with its neighbours while all is short."""
    same = [unit for unit in units if unit.passage == heart[0].passage]
    first, last = heart[0].number, heart[-1].number
    headings = [unit.number for unit in same if unit.text.startswith("#")]
    top = max((number + 1 for number in headings if number < first), default=0)
    bottom = min((number - 1 for number in headings if number > last), default=len(same) - 1)
    while last < bottom and not _ends_sentence(same[last].text):
        if length_of(same[first : last + 2]) > SENTENCE_LENGTH:
            break
        last += 1
    while first > top and not _ends_sentence(same[first - 1].text):
        if length_of(same[first - 1 : last + 1]) > SENTENCE_LENGTH:
            break
        first -= 1
    while last < bottom and length_of(same[first : last + 2]) <= LENGTH:
        last += 1
    while first > top and length_of(same[first - 1 : last + 1]) <= LENGTH:
        first -= 1
    return same[first : last + 1]


def length_of(units: Sequence[Unit]) -> float:
    """Characters from the first to the last unit; two of Latin text count as one."""
    length = units[-1].end - units[0].start
    return length if han_share(units[0].text) >= 0.5 else length / 2


def _ends_sentence(text: str) -> bool:
    return text.rstrip("”\"’'」』）)").endswith(("。", "！", "？", "!", "?", ".", "…"))
