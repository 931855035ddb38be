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
    """What the trained reader adds: logits of the span against none and of the relevance of its
    passage, and `lead`, its rank above that of the best span in another passage.
    """

    evidence: Evidence
    span: float
    relevance: float
    lead: float


# Fitted by `make calibrate` on public sets and the sample collection.
INTERCEPT = -18.13
WEIGHTS = (2.08, 0.47, 0.53, 2.3, -4.95, 2.75, 19.34)
SPAN_INTERCEPT = -13.24
SPAN_WEIGHTS = (0.218, 0.0, 0.07, 1.905, 0.318, 0.375, 2.353, -2.642, 2.312, 12.398)
SPAN_THRESHOLD = 0.35
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
    """The figures that the model with the reader weighs, in the order of `SPAN_WEIGHTS`."""
    own = (evidence.span, evidence.relevance, min(evidence.lead, _MOST_RANK_LEAD))
    return own + features(evidence.evidence)


def probability_of_span(evidence: SpanEvidence) -> float:
    """Probability in 0..1 that the span answers the question."""
    return _logistic(SPAN_INTERCEPT, SPAN_WEIGHTS, features_of_span(evidence))


def _logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    total = intercept + sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
