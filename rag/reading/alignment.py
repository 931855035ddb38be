"""Which characters of a passage a question's terms meet, in either language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.language.term_groups import Group
from rag.language.terms import stem
from rag.language.text import fold_in_place

WEAK, STRONG = 1, 2
_STRONG_WEIGHT = 0.5
_LATIN = re.compile(r"[a-zà-öø-ÿ0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True, slots=True)
class Terms:
    """A question's terms, each with its level: Han words by their lengths, stems of Latin words."""

    han: Mapping[int, Mapping[str, int]]
    latin: Mapping[str, int]


def terms_of(groups: Sequence[Group]) -> Terms:
    """The terms of `groups`; unsure translations and single characters are weak."""
    han: dict[int, dict[str, int]] = defaultdict(dict)
    latin: dict[str, int] = {}
    for group in groups:
        for term, weight in group.alternatives:
            words = term.removeprefix("^")
            is_sure = group.weight * weight >= _STRONG_WEIGHT and len(words) > 1
            level = STRONG if is_sure or words.isdigit() else WEAK
            alike = han[len(words)] if words[0] >= "\u3400" else latin
            alike[words] = max(alike.get(words, 0), level)
    return Terms(han, latin)


def met(terms: Terms, passage: str) -> np.ndarray:
    """(characters of `passage`,) uint8: 0 where no term is met, else `WEAK` or `STRONG`.

    A term is met in either script, in full-width and capital letters, and where it is a
    translation of the question's word.
    """
    levels = np.zeros(len(passage), dtype=np.uint8)
    folded = fold_in_place(passage)
    for length, level_of in terms.han.items():
        for start in range(len(folded) - length + 1):
            if level := level_of.get(folded[start : start + length]):
                _raise(levels, start, start + length, level)
    for match in _LATIN.finditer(folded):
        level = terms.latin.get(stem(match.group().replace(",", "")), 0)
        _raise(levels, match.start(), match.end(), level)
    return levels


def _raise(levels: np.ndarray, start: int, end: int, level: int) -> None:
    np.maximum(levels[start:end], level, out=levels[start:end])
