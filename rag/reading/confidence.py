"""How likely an answer is right: logistic models of a few figures, without the reader and with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question and its best passages look like.

    `coverage` and `unmatched` are shares of the question's term weight: met by the answer's words,
    not found in the best passage. `passage_score` is the fused score of the best passage, `lead`
    its distance to the next. `crosses` is 1 where question and passage differ in language.
    `closeness` is the highest cosine of the question with a unit of the passages read, in standard
    deviations.
    """

    coverage: float
    passage_score: float
    lead: float
    unmatched: float
    crosses: float
    closeness: float


@dataclass(frozen=True, slots=True)
class SpanEvidence:
    """What speaks for the words that the trained reader chose.

    `span` is the logit of the spans of their passage, taken together, against none – a list is many
    spans – and `score` the fused score with which the passage was found. Against them speak
    `lacking`, the share of the question's term weight that the passage lacks, where question and
    passage share a language (across languages it is 0: a term may be lacking for want of a
    translation), and `is_of_another`: the question names a code or a number in order, as X300 or
    第三条, that the passage does not hold.
    """

    span: float
    score: float
    lacking: float
    is_of_another: bool


# Fitted by `make calibrate` on public sets.
INTERCEPT = -7.69
WEIGHTS = (2.6, 0.77, 0.74, 0.68, 2.09, 0.49)
SPAN_INTERCEPT = -2.04
SPAN_WEIGHTS = (0.27, 0.57, 1.54)
SPAN_THRESHOLD = 0.28
OF_ANOTHER = 0.1  # the most that an answer about another is worth: X200, asked for X300
THRESHOLD = 0.45
# Of answers that are right; these stand in where there are few passages to compare.
TYPICAL_SCORE, TYPICAL_LEAD, TYPICAL_CLOSENESS = 3.0, 1.7, 5.5
_MOST_SCORE, _MOST_LEAD = 3.0, 2.0  # beyond these, more says no more
_MOST_SPAN_SCORE = 4.0  # the same with the reader


def features(evidence: Evidence) -> tuple[float, ...]:
    """The figures that the model weighs, in the order of `WEIGHTS`.

    None weighs less than nothing, so that what is not there never speaks for an answer.
    """
    return (
        evidence.coverage,
        min(evidence.passage_score, _MOST_SCORE),
        min(evidence.lead, _MOST_LEAD),
        -evidence.unmatched,
        evidence.crosses,
        evidence.closeness,
    )


def probability(evidence: Evidence) -> float:
    """Probability in 0..1 that the passages answer the question."""
    return _logistic(INTERCEPT, WEIGHTS, features(evidence))


def features_of_span(evidence: SpanEvidence) -> tuple[float, ...]:
    """The figures that the model with the reader weighs, in the order of `SPAN_WEIGHTS`.

    None of them, either, weighs less than nothing.
    """
    return evidence.span, min(evidence.score, _MOST_SPAN_SCORE), -evidence.lacking


def probability_of_span(evidence: SpanEvidence) -> float:
    """Probability in 0..1 that the words answer the question."""
    found = _logistic(SPAN_INTERCEPT, SPAN_WEIGHTS, features_of_span(evidence))
    return min(found, OF_ANOTHER) if evidence.is_of_another else found


def _logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    total = intercept + sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
