"""How likely an answer is right; of weights that are fitted, only their signs count here."""

import math
import random
from dataclasses import fields, replace

import pytest

from rag.reading import confidence
from rag.reading.confidence import (
    INTERCEPT,
    OF_ANOTHER,
    SPAN_INTERCEPT,
    SPAN_THRESHOLD,
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
    unmatched=0.1,
    crosses=0.0,
    closeness=5.0,
)


def test_the_features_stand_in_the_order_of_the_weights_and_are_capped():
    assert features(SURE) == (0.9, 3.0, 2.0, -0.1, 0.0, 5.0)
    assert len(features(SURE)) == len(WEIGHTS)


def test_the_probability_is_the_logistic_of_the_weighed_sum():
    total = INTERCEPT + sum(w * x for w, x in zip(WEIGHTS, features(SURE), strict=True))
    assert probability(SURE) == pytest.approx(1 / (1 + math.exp(-total)))


@pytest.mark.parametrize(
    "worse",
    [
        {"coverage": 0.1},
        {"passage_score": 0.5},
        {"lead": 0.0},
        {"unmatched": 0.8},
        {"closeness": 2.0},
    ],
)
def test_less_evidence_is_less_likely_an_answer(worse):
    assert probability(replace(SURE, **worse)) < probability(SURE)


def test_absurd_figures_stay_probabilities():
    assert probability(replace(SURE, unmatched=1e9)) == pytest.approx(0, abs=1e-9)
    assert probability(replace(SURE, coverage=1e9)) == pytest.approx(1)


# With the reader

READ = SpanEvidence(span=6.0, score=2.5, lacking=0.2, is_of_another=False)


def weighed(evidence):
    values = zip(SPAN_WEIGHTS, features_of_span(evidence), strict=True)
    total = SPAN_INTERCEPT + sum(weight * value for weight, value in values)
    return 1 / (1 + math.exp(-total))


@pytest.mark.parametrize(
    ("given", "figures"),
    [
        ({}, (6.0, 2.5, -0.2)),
        ({"score": 9.0}, (6.0, 4.0, -0.2)),  # capped
        ({"is_of_another": True}, (6.0, 2.5, -0.2)),
    ],
)
def test_the_figures_of_a_reading_stand_in_the_order_of_their_weights(given, figures):
    assert features_of_span(replace(READ, **given)) == figures
    assert len(figures) == len(SPAN_WEIGHTS)


def test_no_figure_of_a_reading_weighs_less_than_nothing():
    assert min(SPAN_WEIGHTS) >= 0


def test_the_probability_of_a_span_is_a_logistic_too():
    assert probability_of_span(READ) == pytest.approx(weighed(READ))


def test_an_answer_about_another_is_worth_little_at_the_most():
    sure = replace(READ, span=1e9, is_of_another=True)
    unsure = replace(READ, span=-1e9, is_of_another=True)

    assert probability_of_span(sure) == OF_ANOTHER < SPAN_THRESHOLD
    assert probability_of_span(unsure) == pytest.approx(0, abs=1e-9)


def drawn_evidence(drawn):
    return SpanEvidence(
        span=drawn.uniform(-15, 20),
        score=drawn.uniform(-2, 6),
        lacking=drawn.random(),
        is_of_another=drawn.random() < 0.3,
    )


@pytest.mark.parametrize("weights", ["usual", "drawn"])
def test_what_the_passage_lacks_never_raises_the_probability(weights, monkeypatch):
    drawn = random.Random(12)
    for _ in range(2000):
        if weights == "drawn":  # as another fit may find them
            fitted = tuple(drawn.uniform(0, 3) for _ in SPAN_WEIGHTS)
            monkeypatch.setattr(confidence, "SPAN_WEIGHTS", fitted)
        evidence = drawn_evidence(drawn)
        worse = {"lacking": drawn.uniform(evidence.lacking, 1), "is_of_another": True}
        probability = probability_of_span(evidence)
        for name, value in worse.items():
            assert probability_of_span(replace(evidence, **{name: value})) <= probability, name
        assert probability_of_span(replace(evidence, **worse)) <= probability


def test_what_speaks_for_the_words_never_lowers_the_probability():
    drawn = random.Random(7)
    for _ in range(2000):
        evidence = drawn_evidence(drawn)
        probability = probability_of_span(evidence)
        for name in ("span", "score"):
            better = replace(evidence, **{name: getattr(evidence, name) + drawn.uniform(0, 9)})
            assert probability_of_span(better) >= probability, name


def test_no_figure_counts_how_many_things_are_named():
    # A list of three is no better an answer to "which three" than another.
    assert [field.name for field in fields(SpanEvidence)] == [
        "span", "score", "lacking", "is_of_another"
    ]  # fmt: skip


@pytest.mark.parametrize("sign", [-1, 1])
def test_absurd_readings_stay_probabilities(sign):
    absurd = replace(READ, span=sign * 1e9)

    assert probability_of_span(absurd) == pytest.approx((1 + sign) / 2, abs=1e-9)
