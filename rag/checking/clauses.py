"""The clauses of a sentence and of a passage, and which of them deny what the others affirm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.checking.negation import Denial
from rag.checking.windows import Claim, Window

_CLAUSE_OF_CLAIM = re.compile(
    r"[，；;：:]\s*|,\s+|\s(?:and|but|while|whereas|which|although|because|after|before|with)\s"
)


_CLAUSE_END = re.compile(r"[，,；;。！？!?：:]\s*|\.(?=\s)|\n")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the claim, how many terms it has, and the parts of the window that have them."""

    start: int
    end: int
    terms: int
    parts: Sequence[tuple[int, int]]


def differ(
    claim: Claim,
    window: Window,
    clauses: Sequence[Clause],
    ours: Sequence[Denial],
    theirs: Sequence[Denial],
) -> tuple[str, str] | None:
    """The denials of the first clause in which one side alone denies, if on the whole it does."""
    if len(ours) % 2 and not theirs:
        return claim.text[ours[0].start : ours[0].end], ""
    differs: tuple[str, str] | None = None
    met: set[tuple[int, int]] = set()
    for clause in clauses:
        said = [each for each in ours if clause.start <= each.start < clause.end]
        if clause.terms < 2 and not said:
            continue
        met.update(clause.parts)
        given = [each for each in theirs if any(a <= each.start < b for a, b in clause.parts)]
        if clause.parts and len(said) % 2 != len(given) % 2 and not differs:
            differs = (
                claim.text[said[0].start : said[0].end] if said else "",
                window.words[given[0].start : given[0].end] if given else "",
            )
    in_all = sum(any(a <= each.start < b for a, b in met) for each in theirs)
    is_odd = len(ours) % 2
    return differs if is_odd != in_all % 2 and not (is_odd and len(theirs) % 2) else None


def parts_of(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each clause of a passage."""
    ends = [0, *(match.end() for match in _CLAUSE_END.finditer(text)), len(text)]
    yield from pairwise(ends)


def clauses(claim: str) -> Iterator[tuple[int, int]]:
    """Start and end of each part of a sentence that may say something of its own."""
    at = 0
    for match in _CLAUSE_OF_CLAIM.finditer(claim):
        yield at, match.start()
        at = match.end()
    yield at, len(claim)
