import math
from dataclasses import replace

import pytest

from rag.reading.confidence import (
    INTERCEPT,
    SPAN_INTERCEPT,
    SPAN_WEIGHTS,
    WEIGHTS,
    Evidence,
    SpanEvidence,
    features,
    features_of_span,
    probability,
    probability_of_span,
)

SURE = Evidence(
    coverage=0.9,
    passage_score=8.0,
    lead=5.0,
    nowhere=0.0,
    unmatched=0.1,
    crosses=0.0,
    closeness=0.93,
)


def test_the_features_stand_in_the_order_of_the_weights_and_are_capped():
    assert features(SURE) == (0.9, 3.0, 2.0, 0.0, 0.1, 0.0, 0.93)
    assert len(features(SURE)) == len(WEIGHTS)


def test_the_probability_is_the_logistic_of_the_weighed_sum():
    total = INTERCEPT + sum(w * x for w, x in zip(WEIGHTS, features(SURE), strict=True))
    assert probability(SURE) == pytest.approx(1 / (1 + math.exp(-total)))
    assert probability(SURE) > 0.95


@pytest.mark.parametrize(
    "worse",
    [
        {"coverage": 0.1},
        {"passage_score": 0.5},
        {"lead": 0.0},
        {"unmatched": 0.8},
        {"nowhere": 0.3, "unmatched": 0.4},
        {"closeness": 0.80},
    ],
)
def test_less_evidence_is_less_likely_an_answer(worse):
    assert probability(replace(SURE, **worse)) < probability(SURE)


def test_absurd_figures_stay_probabilities():
    assert probability(replace(SURE, unmatched=1e9)) == pytest.approx(0, abs=1e-9)
    assert probability(replace(SURE, coverage=1e9)) == pytest.approx(1)


READ = SpanEvidence(SURE, span=6.0, lead=9.0, counted=1.0, shown=1.0, unit=8.0)


def test_the_figures_of_the_reader_come_first_and_its_lead_is_capped():
    assert features_of_span(READ) == (6.0, 6.0, 1.0, 1.0, 8.0, 0.0, *features(SURE))
    assert len(features_of_span(READ)) == len(SPAN_WEIGHTS)


def test_a_term_that_is_nowhere_weighs_more_where_no_language_is_crossed():
    unknown, crossing = replace(SURE, nowhere=0.4), replace(SURE, nowhere=0.4, crosses=1.0)

    assert features_of_span(replace(READ, evidence=unknown))[5] == -0.4
    assert features_of_span(replace(READ, evidence=crossing))[5] == 0.0


def test_the_probability_of_a_span_is_a_logistic_too():
    values = zip(SPAN_WEIGHTS, features_of_span(READ), strict=True)
    total = SPAN_INTERCEPT + sum(weight * value for weight, value in values)
    assert probability_of_span(READ) == pytest.approx(1 / (1 + math.exp(-total)))


@pytest.mark.parametrize("worse", [{"span": -4.0}, {"lead": 0.0}, {"counted": 0.0}])
def test_a_worse_reading_is_less_likely_right(worse):
    assert probability_of_span(replace(READ, **worse)) < probability_of_span(READ)
