"""A claim that its evidence supports, and changes of it that can be made on either side.

What is changed in the claim alone makes it false; changed in both it stays true, and changed in
the evidence alone it makes the claim as it was false. So no words are a sign of one label.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from rag.language.sentences import CLAUSE_END
from rag.reading.cross_encoder import ReaderInput
from rag.training.claims.example import NOT_SUPPORTED, SUPPORTED

_CLAIM_CHANGED, _EVIDENCE_CHANGED, _BOTH_CHANGED = 0.4, 0.15, 0.25  # the rest: neither
_CLAUSE_END = re.compile(CLAUSE_END)
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Basis:
    """A claim that the evidence supports."""

    claim: str
    evidence: ReaderInput
    is_chinese: bool

    @property
    def everything(self) -> str:
        """All that is read beside the claim."""
        return f"{self.evidence.context}\n{self.evidence.text}"


@dataclass(frozen=True, slots=True)
class Change:
    """Words that make a claim false in the place of its words `start`..`end`.

    One that is `one_way` says more than those: who affirms the new words affirms the old ones.
    Words that mean the same `everywhere`, as names and figures do, can be changed in the evidence
    wherever they stand.
    """

    start: int
    end: int
    new: str
    label: str
    one_way: bool = False
    everywhere: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """A claim, its evidence, and the label of the two."""

    claim: str
    evidence: ReaderInput
    label: str


Maker = Callable[[Basis, random.Random], Change | None]


def changed(basis: Basis, change: Change) -> str:
    """The claim with the change."""
    return basis.claim[: change.start] + change.new + basis.claim[change.end :]


def mirrored(basis: Basis, change: Change) -> ReaderInput | None:
    """The evidence with the same change, None where its words do not stand there.

    Changed is the longest of these that stands there once: the claim, its clause, the words.
    """
    text, claim = basis.evidence.text, basis.claim
    before = [match.end() for match in _CLAUSE_END.finditer(claim, 0, change.start)]
    behind = _CLAUSE_END.search(claim, change.end)
    start, end = (before or [0])[-1], behind.start() if behind else len(claim)
    whole = len(claim.rstrip("。.!?！？ "))
    for first, last in ((0, whole), (start, end)):
        old = claim[first:last]
        if first <= change.start and change.end <= last and text.count(old) == 1:
            new = f"{claim[first : change.start]}{change.new}{claim[change.end : last]}"
            return replace(basis.evidence, text=text.replace(old, new))
    old = claim[change.start : change.end]
    if not change.everywhere or len(old) < 2 or old not in text:
        return None
    apart = rf"(?<![A-Za-z0-9]){re.escape(old)}(?![A-Za-z0-9])" if old.isascii() else re.escape(old)
    found = re.sub(apart, lambda _: change.new, text)
    return None if found == text else replace(basis.evidence, text=found)


def sided(basis: Basis, change: Change, drawn: random.Random) -> Made:
    """The change in the claim, the evidence, both or neither, as drawn."""
    side = drawn.random()
    own = Made(basis.claim, basis.evidence, SUPPORTED)
    evidence = mirrored(basis, change)
    false = Made(changed(basis, change), basis.evidence, change.label)
    if evidence is None:
        return false if side < 0.6 else own
    if side < _CLAIM_CHANGED:
        return false
    if side < _CLAIM_CHANGED + _EVIDENCE_CHANGED:
        return Made(basis.claim, evidence, SUPPORTED if change.one_way else change.label)
    if side < _CLAIM_CHANGED + _EVIDENCE_CHANGED + _BOTH_CHANGED:
        return Made(false.claim, evidence, SUPPORTED)
    return own


def holds(text: str, words: str) -> bool:
    """Whether the words stand in the text as whole ones."""
    if not words.isascii():
        return words in text
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])", text))


def otherwise(start: int, end: int, new: str, label: str = NOT_SUPPORTED) -> Change:
    """A change that is false in either direction."""
    return Change(start, end, new, label)
