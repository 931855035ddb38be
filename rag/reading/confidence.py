"""How likely an answer is right: logistic models of a few figures, without the reader and with."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class SpanEvidence:
    """What the trained reader adds.

    `span` is the logit of the span against none, `lead` its rank above that of the best span in
    another passage. `counted` is 1 where the question says how many things it asks for and the
    span names as many; `shown` is the share of the kinds of thing asked for that it shows; `unit`
    is the score of the words around it as read without the reader.
    """

    evidence: Evidence
    span: float
    lead: float
    counted: float
    shown: float
    unit: float


# Fitted by `make calibrate` on public sets and the sample collection.
INTERCEPT = -18.13
WEIGHTS = (2.08, 0.47, 0.53, 2.3, -4.95, 2.75, 19.34)
SPAN_INTERCEPT = -12.57
SPAN_WEIGHTS = (
    *(0.21, 0.153, 4.347, 0.677, 0.122, 0.0),
    *(1.943, 0.207, 0.167, 2.196, -1.833, 2.171, 10.126),
)
SPAN_THRESHOLD = 0.4  # a half refuses no more of what has no answer, but more of what has one
THRESHOLD = 0.55  # above a half: a wrong answer costs more than a refusal
TYPICAL_CLOSENESS = 0.88  # stands in where the model is not the bundled one
TYPICAL_SCORE, TYPICAL_LEAD = 3.0, 1.0  # stand in where there are few passages to compare
_MOST_RANK_LEAD = 6.0
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
    return _logistic(INTERCEPT, WEIGHTS, features(evidence))


def features_of_span(evidence: SpanEvidence) -> tuple[float, ...]:
    """The figures that the model with the reader weighs, in the order of `SPAN_WEIGHTS`.

    What occurs nowhere counts once more in a question that crosses no language: there no missing
    translation excuses it.
    """
    own = (
        evidence.span,
        min(evidence.lead, _MOST_RANK_LEAD),
        evidence.counted,
        evidence.shown,
        evidence.unit,
        -evidence.evidence.nowhere * (1 - evidence.evidence.crosses),
    )
    return own + features(evidence.evidence)


def probability_of_span(evidence: SpanEvidence) -> float:
    """Probability in 0..1 that the span answers the question."""
    return _logistic(SPAN_INTERCEPT, SPAN_WEIGHTS, features_of_span(evidence))


def _logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    total = intercept + sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
