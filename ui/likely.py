"""The line of a passage that most likely comes near to a question: what a refusal can show."""

from __future__ import annotations

import re

from rag.language.sentences import sentences
from rag.language.text import fold

_WORD = re.compile(r"[a-z]{4,}|\d+")  # shorter words stand everywhere
_FEWEST = 2  # words or pairs of characters that make a line a likely one
_HAN = re.compile(r"[\u3400-\u9fff]+")


def likely_line(text: str, question: str) -> tuple[int, int] | None:
    """Half-open span of the sentence that shares most with the question, None where none does.

    >>> text = "灯塔高42米。出资的是船主方德海。"
    >>> text[slice(*likely_line(text, "出资的是谁？"))]
    '出资的是船主方德海。'
    """
    asked = _parts(question)
    best, most = None, 0.0
    for start, end in sentences(text):
        parts = _parts(text[start:end])
        shared = len(asked & parts)
        share = shared / (len(parts) + 8)  # long ones share much with anything
        if shared >= _FEWEST and share > most:
            best, most = (start, end), share
    return best


def _parts(text: str) -> set[str]:
    """Latin words, and pairs of Chinese characters."""
    folded = fold(text)
    pairs = {run[i : i + 2] for run in _HAN.findall(folded) for i in range(len(run) - 1)}
    return pairs | set(_WORD.findall(folded))
