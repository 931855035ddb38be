"""What comes of reading passages: units, spans, a ranking, and how sure the answer is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.index.passage import Passage
from rag.reading.confidence import Evidence, SpanEvidence


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a passage: `number` counts in the passage, `start` and `end` in its text."""

    passage: int
    number: int
    start: int
    end: int
    text: str
    score: float
    matched: np.ndarray


@dataclass(frozen=True, slots=True)
class Span:
    """Words that answer: of which passage, and where in its text.

    `highlights` are the words among them that are the short answer, where that is known.
    """

    passage: int
    start: int
    end: int
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """Words of a passage that were ranked: the score, higher for better, and what it weighs."""

    passage: int
    start: int
    end: int
    score: float
    figures: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The spans that answer, the best first, and the probability that they do.

    `evidence` is what that probability rests on, None where there was nothing to read. `ranking`
    holds all words that were ranked, best first, and with them their passages; none where the
    order in which these were found stands. `tokens` counts what the reader read. A span's passage
    counts in those given to be read and, behind them, in `further`.
    """

    spans: tuple[Span, ...]
    confidence: float
    evidence: Evidence | SpanEvidence | None = None
    ranking: tuple[Ranked, ...] = ()
    tokens: int = 0
    further: tuple[Passage, ...] = ()
