"""Who does what to whom: the direction in which a word joins two names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.language.tables import table
from rag.language.text import fold_in_place

Span = tuple[int, int]
_BREAK = re.compile(r"[，。！？；!?;\n]|\.(?=\s)")
# Of two who are joined so, neither acts on the other.
_WITH = re.compile(r"\s*(?:[a-z-]+\s){0,2}(?:with|and|or)\b|[和与與跟同及、]", re.IGNORECASE)
_MUTUAL = re.compile(
    r"m[ae]{1,2}t(?:s|ing)?|marr(?:y|ied|ies)|resembles?|equals?|会[见晤]|見面|见面|合作|合并|合資|合资"
    r"|竞争|競爭|结婚|結婚|相当|相同",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby(?: [\w-]+){0,3}\s*$", re.IGNORECASE)
_UNCLEAR = re.compile(r"\b(?:from|that|which|who)\b|['’]s\b|[从從自]", re.IGNORECASE)
_OF = re.compile(r"\s*(?:[a-z-]+\s)?\bof\b", re.IGNORECASE)
_NOUN_OF = re.compile(r"(?:subsidiary|arm|unit|shareholder|stake|shares|investor) (?:of|in)")
_SUFFERS = re.compile(r"[被由受遭为為]")
_TOWARDS = re.compile(r"[向给給对對替]")
_OWNS = re.compile(r"的|['’]s?\b|旗下|下属|下屬")
_RELATIONS = [re.compile(row[0]) for row in table("relations")]
FARTHEST = 40  # characters between a name and the word


def direction(text: str, first: Span, second: Span, word: Span) -> int:
    """1 where `first` acts on `second` or owns it, by that word; -1 the other way round, or 0.

    >>> text = "Alibaba was founded by Jack Ma"
    >>> direction(text, (0, 7), (23, 30), (12, 19))
    -1
    >>> direction("马云创办了阿里巴巴", (0, 2), (5, 9), (2, 4))
    1
    """
    if second < first:
        return -direction(text, second, first, word)
    start, end = first[1], max(second[0], word[0])
    if _MUTUAL.fullmatch(text, *word):
        return 0
    if end - start > 2 * FARTHEST or _BREAK.search(text, start, end):
        return 0
    if start <= word[0] and word[1] <= second[0]:
        if _NOUN_OF.fullmatch(text, *word):
            return -1
        return _between(text[start : word[0]], text[word[1] : second[0]])
    if second[1] <= word[0]:
        return _behind(text[start : second[0]], text[second[1] : word[0]])
    return 0


def relations(claim: str, text: str) -> Iterator[tuple[Span, list[Span]]]:
    """Words of the claim for a relation that the text speaks of too, and where it does so."""
    for words in _RELATIONS:
        theirs = [match.span() for match in words.finditer(fold_in_place(text))]
        if theirs:
            yield from ((match.span(), theirs) for match in words.finditer(fold_in_place(claim)))


def _between(before: str, behind: str) -> int:
    """Of a word between the two, with what stands before and behind it."""
    if max(len(before), len(behind)) > FARTHEST or _WITH.match(behind):
        return 0
    if _BY.search(behind) or _OF.match(behind):
        return -1
    if _UNCLEAR.search(before) or _UNCLEAR.search(behind):
        return 0
    return 1


def _behind(between: str, before: str) -> int:
    """Of a word behind both: B owns or acts in 'A是B的子公司' and 'A被B收购', A in 'A向B投资'."""
    if len(between) > 20 or len(before) > 16:
        return 0
    if _SUFFERS.search(between) or (_OWNS.search(before) and "是" in between):
        return -1
    return 1 if _TOWARDS.search(between) else 0
