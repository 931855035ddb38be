"""The sentences that say what a document is about: central, diverse, in its order.

Chosen at question time from the stored vectors, by maximal marginal relevance (Carbonell and
Goldstein, 1998): each next sentence is near the middle of all, or the question, and far from
those already chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.index.passage import Passage
from rag.language.sentences import sentences
from rag.language.text import fold, han_share, one_line

MOST = 8  # sentences
_RELEVANCE = 0.7  # weight of nearness to the middle; the rest is distance from those chosen
# How much nearness to a question weighs against that to the middle. Of 24 requests for a summary of
# an aspect (dragonball-en), 2 took 0.29 of its sentences from the reference, 5 took 0.37.
_FOCUS = 5.0
_LEAD = 0.5  # standard deviations that the first sentence of a document is favoured by
_LEAD_LENGTH = 0.1  # share of the document over which that fades
_SHORTEST, _LONGEST = 12, 90  # characters of a sentence in Han script; twice as many in others
_TABLE = re.compile(r"\t|\|")
_ENDS = re.compile(r"[。！!.…][”’」』》）)\"']*$")
_LEANS = re.compile(  # on a sentence that is not shown with it
    r"(?:那么?|此外|另外|同时|因此|所以|但是?|然而|而且?|并且?|其中|其次|再者|这|该|此|其|他们?|她们?|它们?|也|还|就|即便|不过|于是|例如|比如"
    r"|(?:this|that|these|those|it|they|he|she|his|her|its|their|there|however|but|and|so|moreover|furthermore|also|thus|therefore"
    r"|in addition|for example|additionally|such|then|instead)\b)"
)
_LEANING = 0.5  # standard deviations that such a sentence loses
_OF_ITSELF = re.compile(  # not of what it is about
    r"(?:[(（]?(?:来源|出处|原文|本文|作者|编辑|责任编辑|图|表|注)|source|author|editor|photo|note)\s*[:：]"
)
_BULLET = re.compile(r"(?:[-*+•·]|\d{1,2}[.)、])\s*(?=\D)")
_GOES_ON = re.compile(r"[?!”’」』]$")  # before a sentence without white space: it is a part of one
_SAME = 0.6  # share of its character pairs that a sentence has in common with one like it


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of `passages[passage]` at half-open offsets of its text.

    `centrality` is higher for nearer to the middle, in standard deviations.
    """

    passage: int
    start: int
    end: int
    centrality: float


def summary(
    passages: Sequence[Passage], room: int, query: np.ndarray | None = None
) -> list[Sentence]:
    """The sentences that sum up the passages of a document, in their order, in `room` characters.

    With `query`, a unit vector (d,), those that do so for what it asks. At least one, however
    long, where the passages hold any sentence; none twice.
    """
    found = [
        (number, start, end, vector)
        for number, passage in enumerate(passages)
        for start, end, vector in _vectors(passage)
    ]
    if not found:
        return []
    vectors = np.array([vector for *_, vector in found])
    lengths = np.array([end - start for _, start, end, _ in found], dtype=float)
    texts = [one_line(passages[number].text[start:end]) for number, start, end, _ in found]
    folded = [fold(text) for text in texts]
    scale = 1 if han_share("".join(texts)) >= 0.5 else 2
    longest = min(_LONGEST * scale, max(room / 3, _SHORTEST * scale))
    middle = np.minimum(lengths, _LONGEST * scale) @ vectors
    relevance = _standardised(vectors @ middle)
    if query is not None:
        relevance = _standardised(relevance + _FOCUS * _standardised(vectors @ query))
    else:
        places = np.cumsum(lengths) - lengths
        relevance += _LEAD * np.exp(-places / (_LEAD_LENGTH * lengths.sum()))
    relevance = relevance - _LEANING * np.array([bool(_LEANS.match(text)) for text in folded])
    usable = [
        i
        for i, text in enumerate(texts)
        if _SHORTEST * scale <= len(text) <= longest
        and _ENDS.search(text)
        and not _TABLE.search(text)
        and not _OF_ITSELF.match(folded[i])
        and not _GOES_ON.search(passages[found[i][0]].text[: found[i][1]])
    ]
    chosen = _diverse(vectors, relevance, texts, usable or range(len(found)), room)
    return [Sentence(*found[i][:3], float(relevance[i])) for i in sorted(chosen)]


def _diverse(
    vectors: np.ndarray,
    relevance: np.ndarray,
    texts: Sequence[str],
    usable: Iterable[int],
    room: int,
) -> list[int]:
    """Up to MOST of the usable sentences that fit into the room, the best one first.

    Behind the first, those nearer to the middle than most.
    """
    mean, deviation = _cosines(vectors)
    chosen: list[int] = []
    nearest = np.full(len(vectors), -1.0)
    first = dict[str, int]()
    for i in usable:
        first.setdefault(texts[i], i)
    rest = list(first.values())
    while rest and len(chosen) < MOST:
        gains = _RELEVANCE * relevance - (1 - _RELEVANCE) * (nearest - mean) / deviation
        best = max(rest, key=lambda i: gains[i])
        rest.remove(best)
        if chosen and not _is_new(texts[best], [texts[i] for i in chosen]):
            continue
        room -= len(texts[best])
        chosen.append(best)
        nearest = np.maximum(nearest, vectors @ vectors[best])
        rest = [i for i in rest if relevance[i] > 0 and len(texts[i]) <= room]
    return chosen


def _cosines(vectors: np.ndarray) -> tuple[float, float]:
    """Mean and deviation of the cosines of all pairs of unit vectors (n, d), without the pairs."""
    mean = float(np.square(vectors.mean(axis=0)).sum())
    squares = float(np.square(vectors.T @ vectors / len(vectors)).sum())
    return mean, max(float(np.sqrt(max(squares - mean**2, 0.0))), 1e-6)


def _is_new(text: str, others: Iterable[str]) -> bool:
    """Whether a sentence is none of the others in slightly other words."""
    own = set(pairwise(text))
    return all(
        len(own & (pairs := set(pairwise(other)))) < _SAME * min(len(own), len(pairs))
        for other in others
    )


def _vectors(passage: Passage) -> list[tuple[int, int, np.ndarray]]:
    """The sentences of a passage, each with the unit vector (d,) of its quotable parts."""
    found = []
    for start, end in sentences(passage.text):
        bullet = _BULLET.match(passage.text, start, end)
        start = bullet.end() if bullet else start
        shares = np.array([max(0, min(end, b) - max(start, a)) for a, b in passage.spans])
        vector = shares @ passage.unit_vectors if shares.any() else np.zeros(0)
        length = float(np.linalg.norm(vector))
        if length:
            found.append((start, end, vector / length))
    return found


def _standardised(values: np.ndarray) -> np.ndarray:
    """In standard deviations from their mean; zero where all are alike."""
    deviation = float(values.std())
    centred: np.ndarray = values - values.mean()
    return centred / deviation if deviation > 1e-9 else centred * 0
