"""How likely the passages found hold the answer: a logistic model of seven features."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question and its best passages look like.

    `coverage`, `nowhere` and `unmatched` are shares of the question's term weight: met
    by the answer's words, found nowhere in the index, not found in the best passage.
    `passage_score` is the fused score of the best passage, `lead` its distance to the next,
    `crosses` is 1 where question and passage differ in language; `strange` is the share of the
    question's character pairs that occur nowhere in the index.
    """

    coverage: float
    passage_score: float
    lead: float
    nowhere: float
    unmatched: float
    crosses: float
    strange: float


INTERCEPT = -2.89
WEIGHTS = (2.80, 0.395, 0.342, 2.78, -3.41, 1.78, -0.76)  # fitted by `make calibrate`
THRESHOLD = 0.33  # a wrong answer is taken to cost half as much as a missing one


def probability(evidence: Evidence) -> float:
    """Probability in 0..1 that the passages answer the question."""
    total = INTERCEPT + sum(w * x for w, x in zip(WEIGHTS, astuple(evidence), strict=True))
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
