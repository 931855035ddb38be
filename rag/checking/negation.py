"""Whether a sentence affirms or denies, in Chinese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language.tables import table
from rag.language.text import fold_in_place


def _pattern(language: str, border: str) -> re.Pattern[str]:
    kinds = ("nothing", "half", "whole")
    words = {
        kind: "|".join(row[2] for row in table("denials") if row[:2] == (language, kind))
        for kind in kinds
    }
    end = {"nothing": ""}
    return re.compile(
        "|".join(rf"{border}(?P<{kind}>{words[kind]}){end.get(kind, border)}" for kind in kinds)
    )


_DENIALS = (_pattern("zh", ""), _pattern("en", r"\b"))


@dataclass(frozen=True, slots=True)
class Denial:
    """A word that denies, at half-open offsets of a text.

    One that `is_half` may stand where others would affirm: 不够.
    """

    start: int
    end: int
    is_half: bool = False


def denials(text: str) -> list[Denial]:
    """The words of `text` that deny something, in order.

    >>> text = "不仅没有减少, it did not fall"
    >>> [text[found.start : found.end] for found in denials(text)]
    ['没有', 'not']
    """
    folded = fold_in_place(text).replace("’", "'")
    found = [
        Denial(*match.span(), is_half=bool(match["half"]))
        for pattern in _DENIALS
        for match in pattern.finditer(folded)
        if match["half"] or match["whole"]
    ]
    return sorted(found, key=lambda denial: denial.start)
