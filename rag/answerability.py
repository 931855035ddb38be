"""How likely the passages found hold the answer: a logistic model of seven figures."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question and its best passages look like.

    `coverage`, `nowhere` and `unmatched` are shares of the question's term weight: met by the
    answer's words, found nowhere in the index, not found in the best passage. `passage_score` is
    the fused score of the best passage, `lead` its distance to the next. `crosses` is 1 where
    question and passage differ in language. `closeness` is the highest cosine of the question
    with a unit of the passages read.
    """

    coverage: float
    passage_score: float
    lead: float
    nowhere: float
    unmatched: float
    crosses: float
    closeness: float


# Fitted by `make calibrate` on public sets and the sample collection.
INTERCEPT = -18.13
WEIGHTS = (2.08, 0.47, 0.53, 2.3, -4.95, 2.75, 19.34)
THRESHOLD = 0.55  # above a half: a wrong answer costs more than a refusal
TYPICAL_CLOSENESS = 0.88  # stands in where the model is not the bundled one
TYPICAL_SCORE, TYPICAL_LEAD = 3.0, 1.0  # stand in where there are few passages to compare
_MOST_SCORE, _MOST_LEAD = 3.0, 2.0  # beyond these, more says no more


def features(evidence: Evidence) -> tuple[float, ...]:
    """The figures that the model weighs, in the order of `WEIGHTS`.

    `nowhere` weighs less than nothing together with `unmatched`, of which it is a part.
    """
    return (
        evidence.coverage,
        min(evidence.passage_score, _MOST_SCORE),
        min(evidence.lead, _MOST_LEAD),
        evidence.nowhere,
        evidence.unmatched,
        evidence.crosses,
        evidence.closeness,
    )


def probability(evidence: Evidence) -> float:
    """Probability in 0..1 that the passages answer the question."""
    weighed = zip(WEIGHTS, features(evidence), strict=True)
    total = INTERCEPT + sum(weight * value for weight, value in weighed)
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
