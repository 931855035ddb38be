"""How likely the passages found hold the answer: a logistic model of seven features."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, replace


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
INTERCEPT = -16.75
WEIGHTS = (1.94, 0.45, 0.54, 2.11, -4.86, 2.55, 17.92)
THRESHOLD = 0.45  # where both errors are about equally frequent on the calibration data
TYPICAL_CLOSENESS = 0.88  # stands in where the model is not the bundled one
_MOST_SCORE, _MOST_LEAD = 3.0, 2.0  # beyond these, more says no more


def features(evidence: Evidence) -> tuple[float, ...]:
    """The figures that the model weighs, in the order of `WEIGHTS`."""
    return astuple(
        replace(
            evidence,
            passage_score=min(evidence.passage_score, _MOST_SCORE),
            lead=min(evidence.lead, _MOST_LEAD),
        )
    )


def probability(evidence: Evidence) -> float:
    """Probability in 0..1 that the passages answer the question."""
    weighed = zip(WEIGHTS, features(evidence), strict=True)
    total = INTERCEPT + sum(weight * value for weight, value in weighed)
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
