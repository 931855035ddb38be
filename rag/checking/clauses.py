"""The clauses of a sentence and of a passage, and which of them deny what the others affirm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.checking.facts import Fact
from rag.checking.negation import Denial, denials
from rag.checking.term_finder import Located
from rag.checking.windows import Claim, Window, own
from rag.index.lexical import LexicalIndex
from rag.language.entities import Mention
from rag.language.sentences import CLAUSE_END
from rag.language.term_groups import Group

COVERED_CLAUSE = 0.1  # of the terms of a clause that the passage must meet
CLAUSE = 4  # terms, from which a clause says something of its own
_ADDS = 0.25  # of the terms of a clause, that a further clause of the passage meets
_CLAUSE_OF_CLAIM = re.compile(
    rf"(?:{CLAUSE_END})\s*|\s(?:and|but|while|whereas|which|although|because|after|before|with)\s"
)
_CLAUSE_END = re.compile(CLAUSE_END)


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause of the claim, how many terms it has, and the parts of the window that have them."""

    start: int
    end: int
    terms: int
    parts: Sequence[tuple[int, int]]


def added(claim: Claim, window: Window, lexical: LexicalIndex) -> str:
    """A clause of words alone, no number and no name, that the passage says nothing of."""
    importance = lexical.importances(claim.groups)
    terms = window.text.context_terms.union(*window.text.terms)
    met = np.minimum(lexical.matched(claim.groups, terms), importance)
    here = Located(claim.text)
    places = [here.find(own(group)) for group in claim.groups]
    told: tuple[Fact | Mention, ...] = (*claim.facts.quantities, *claim.facts.dates, *claim.names)
    for start, end in _clauses(claim.text):
        if any(start <= each.start < end for each in told):
            continue
        inside = [n for n, spans in enumerate(places) if any(start <= at < end for at, _ in spans)]
        lacks = met[inside].sum() < COVERED_CLAUSE * importance[inside].sum()
        if len(inside) >= CLAUSE and lacks:
            return claim.text[start:end]
    return ""


def denied(claim: Claim, window: Window, lexical: LexicalIndex) -> tuple[str, str] | None:
    """Words that deny, of the claim and of the window, where one of the two does not."""
    theirs = denials(window.words)
    if not claim.denials and not theirs:
        return None
    aligned = list(_aligned(claim, window, lexical))
    differs = _differ(claim, window, aligned, claim.denials, theirs)
    if differs and any(each.is_half for each in (*claim.denials, *theirs)):
        whole = [each for each in claim.denials if not each.is_half]
        firm = [each for each in theirs if not each.is_half]
        differs = _differ(claim, window, aligned, whole, firm)
    return differs


def _aligned(claim: Claim, window: Window, lexical: LexicalIndex) -> Iterator[_Clause]:
    here, there = Located(claim.text), Located(window.words)
    places = [(group, here.find(own(group))) for group in claim.groups]
    for start, end in _clauses(claim.text):
        groups = [group for group, spans in places if any(start <= at < end for at, _ in spans)]
        yield _Clause(start, end, len(groups), _covering(groups, there, lexical))


def _covering(
    groups: Sequence[Group], there: Located, lexical: LexicalIndex
) -> list[tuple[int, int]]:
    """The clauses of a text that have the terms, each of them adding some to those before."""
    places = [there.find(group) for group in groups]
    weights = [
        group.weight * lexical.importance(group) if spans else 0.0
        for group, spans in zip(groups, places, strict=True)
    ]
    left = dict(enumerate(weights))
    parts, found = list(_parts(there.text)), []
    while parts:
        inside = {
            part: [n for n in left if any(part[0] <= at < part[1] for at, _ in places[n])]
            for part in parts
        }
        best = max(parts, key=lambda part: sum(left[n] for n in inside[part]))
        if sum(left[n] for n in inside[best]) < _ADDS * max(sum(weights), 1e-9):
            break
        found.append(best)
        parts.remove(best)
        for n in inside[best]:
            del left[n]
    return found


def _differ(
    claim: Claim,
    window: Window,
    clauses: Sequence[_Clause],
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


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each clause of a passage."""
    ends = [0, *(match.end() for match in _CLAUSE_END.finditer(text)), len(text)]
    yield from pairwise(ends)


def _clauses(claim: str) -> Iterator[tuple[int, int]]:
    """Start and end of each part of a sentence that may say something of its own."""
    at = 0
    for match in _CLAUSE_OF_CLAIM.finditer(claim):
        yield at, match.start()
        at = match.end()
    yield at, len(claim)
