"""Calibration error and risk at coverage against numbers worked by hand."""

import math

import pytest

from rag.evaluation.metrics import Mean, Share
from rag.evaluation.reliability import reliability, reliability_bins, risk_coverage

ANSWERS = [(0.62, True), (0.55, False), (1.0, True), (0.68, False), (0.95, True)]


def test_bins_hold_count_mean_confidence_and_share_right():
    bins = reliability_bins(ANSWERS)

    assert [(each.start, each.end) for each in bins] == [
        (0.0, 0.1), (0.1, 0.2), (0.2, 0.3), (0.3, 0.4), (0.4, 0.5),
        (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.0),
    ]  # fmt: skip
    filled = {number: each for number, each in enumerate(bins) if each.right.total}
    assert {number: each.right for number, each in filled.items()} == {
        5: Share(0, 1),
        6: Share(1, 2),
        9: Share(2, 2),
    }
    assert [each.confidence.value for each in filled.values()] == pytest.approx([0.55, 0.65, 0.975])
    assert [each.gap for each in filled.values()] == pytest.approx([0.55, 0.15, 0.025])
    assert (bins[0].confidence, bins[0].right, bins[0].gap) == (Mean(None, 0), Share(0, 0), None)


@pytest.mark.parametrize(
    ("confidence", "number"),
    [
        *((number / 10, number) for number in range(10)),
        (0.0999, 0),
        (0.5999, 5),
        (0.9999, 9),
        (1.0, 9),
    ],
)
def test_a_bin_holds_its_lower_border_and_the_last_one_holds_1_too(confidence, number):
    bins = reliability_bins([(confidence, True)])

    assert [each.right.total for each in bins].index(1) == number


@pytest.mark.parametrize("confidence", [-0.01, 1.01, math.nan, math.inf])
def test_a_confidence_outside_0_to_1_is_an_error(confidence):
    with pytest.raises(ValueError, match=r"a confidence lies in 0\.\.1, not "):
        reliability([(0.5, True), (confidence, True)])


def test_the_calibration_error_weighs_each_gap_by_its_answers():
    found = reliability(ANSWERS)

    assert found.error.value == pytest.approx((1 * 0.55 + 2 * 0.15 + 2 * 0.025) / 5)
    assert found.error.total == 5
    assert found.confidence.value == pytest.approx(0.76)
    assert found.right == Share(3, 5)


def test_opposite_errors_do_not_cancel_between_bins_but_within_one():
    assert reliability([(0.25, True), (0.75, False)]).error == Mean(0.75, 2)
    assert reliability([(0.5, True), (0.5, False)]).error == Mean(0.0, 2)


def test_nothing_answered_has_no_error_and_no_risk():
    found = reliability([])

    assert found.error == found.confidence == Mean(None, 0)
    assert found.right == Share(0, 0)
    assert len(found.bins) == 10
    assert found.risks == ()


def test_risk_runs_from_the_most_confident_answers_to_all():
    points = risk_coverage(ANSWERS)

    assert [(point.confidence, point.coverage, point.wrong) for point in points] == [
        (1.0, Share(1, 5), Share(0, 1)),
        (0.95, Share(2, 5), Share(0, 2)),
        (0.68, Share(3, 5), Share(1, 3)),
        (0.62, Share(4, 5), Share(1, 4)),
        (0.55, Share(5, 5), Share(2, 5)),
    ]


def test_answers_of_the_same_confidence_are_kept_or_left_together():
    points = risk_coverage([(0.9, False), (0.7, True), (0.9, True), (0.9, True)])

    assert [(point.coverage, point.wrong) for point in points] == [
        (Share(3, 4), Share(1, 3)),
        (Share(4, 4), Share(1, 4)),
    ]


def test_many_answers_give_a_point_at_each_tenth_of_them():
    points = risk_coverage([(number / 100, number > 20) for number in range(1, 101)])

    assert [point.coverage.count for point in points] == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert [point.confidence for point in points][:2] == [0.91, 0.81]
    assert [point.wrong.count for point in points] == [0] * 8 + [10, 20]
