"""Answers that are lists: asked for by their number, and made longer.

Few answers of public sets are lists, and nearly none has more than four items; to a question for
twelve cities all twelve are one answer.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from rag.language.lists import enumerations
from rag.language.numerals import ONES
from rag.training.examples import Example
from rag.training.exchanges import Asked

LEAST = 3  # items of what counts as a list
_WHOLE = 0.7  # share of an answer that its list makes up
_MOST_ADDED = 9
_ALIKE = {
    True: 2,
    False: 6,
}  # characters by which an added item may be longer or shorter
_CHINESE_WHICH = re.compile(r"哪(?:几|一)?[些个](?:个)?")
_NO_PLURAL = r"(?:is|was|does|has|this|his|its|causes|makes)\b"
_ENGLISH_WHICH = re.compile(
    rf"(?i)\b(?:which|what)(?: (?:are|were)(?: the)?)?(?= (?!{_NO_PLURAL})[a-z]+s\b)"
)
_ITEM_JOINT = {True: re.compile(r"、|以及|[和与及或]"), False: re.compile(r",? and |,? or |, ")}
_NUMERALS = "零一二三四五六七八九十"


def items_of(answer: str) -> int:
    """How many items the answer lists, 0 where it is no list of at least `LEAST`."""
    found = max(enumerations(answer), key=lambda each: each.end - each.start, default=None)
    if found is None or found.items < LEAST:
        return 0
    return found.items if found.end - found.start >= _WHOLE * len(answer) else 0


def counted(question: str, items: int, is_chinese: bool, drawn: random.Random) -> str:
    """The question with the number of things that it asks for, where it asks which."""
    if is_chinese:
        number = _NUMERALS[items] if items <= 10 and drawn.random() < 0.5 else str(items)
        return _CHINESE_WHICH.sub(f"哪{number}个", question, count=1)
    number = ONES[items] if items < len(ONES) and drawn.random() < 0.5 else str(items)
    return _ENGLISH_WHICH.sub(lambda match: f"{match[0]} {number}", question, count=1)


class Lengthener:
    """Draws further items from the lists among the answers of `examples`."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._items: dict[bool, list[str]] = defaultdict(list)
        for example in examples:
            answer = example.passage.text[example.start : example.end]
            if items_of(answer):
                pieces = _ITEM_JOINT[example.is_chinese].split(answer)
                self._items[example.is_chinese] += [each for each in pieces if 1 < len(each) <= 20]

    def lengthened(self, asked: Asked, is_chinese: bool, drawn: random.Random) -> Asked | None:
        """The same with more items in the list that answers; None where it is none."""
        text = asked.passage.text
        answer = text[asked.start : asked.end]
        joint = "、" if is_chinese else ", "
        place = answer.find(joint)
        if not items_of(answer) or place < 0 or not self._items[is_chinese]:
            return None
        alike = [
            each
            for each in self._items[is_chinese]
            if abs(len(each) - place) <= _ALIKE[is_chinese] and each not in text
        ]
        wanted = drawn.randint(1, _MOST_ADDED)
        others = dict.fromkeys(drawn.sample(alike, min(wanted, len(alike))))
        added = "".join(f"{joint}{each}" for each in others)
        longer = f"{text[: asked.start + place]}{added}{text[asked.start + place :]}"
        passage = replace(asked.passage, text=longer)
        return Asked(asked.question, passage, asked.start, asked.end + len(added))
