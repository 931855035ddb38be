"""Fits and figures over a few outcomes made here."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rag.reading import confidence
from rag.training import calibrate
from rag.training.calibrate import (
    answer_weights,
    calibration_error,
    chances,
    rank_weights,
    ranked_first,
    report,
    stop_of,
)
from rag.training.outcomes import Outcome

KINDS = {"ranks": float, "is_gold": bool, "passages": int, "scores": float}


def outcome(**given):
    values = {
        "source": "toy", "direction": "zh→zh", "fold": 0, "figures": (0.0,), "is_right": True,
        "is_answerable": True, "is_gold": (), "passages": (), "scores": (),
    }  # fmt: skip
    values.update({"ranks": np.empty((0, 0)), **given})
    for name, kind in KINDS.items():
        values[name] = np.array(values[name], kind)
    return Outcome(**values)


# How spans are ranked

TOLD_APART = [
    outcome(ranks=[(1, 4), (3, 1)], is_gold=[True, False]),
    outcome(ranks=[(2, 1), (2, 5), (1, 2)], is_gold=[0, 1, 0]),
    outcome(ranks=[(9, 9)], is_gold=[False], is_right=False),
]


def test_what_tells_spans_that_answer_from_others_weighs():
    span, score = rank_weights(TOLD_APART)

    assert score > 0.5
    assert span == 0.0  # would weigh against those that answer


def test_the_best_span_is_right_in_a_share_of_those_that_have_a_right_one():
    assert ranked_first(TOLD_APART, np.array([0, 1])) == 1.0
    assert ranked_first(TOLD_APART, np.array([1, 0.5])) == 0.5  # 3 against 3.5; 4.5
    assert ranked_first(TOLD_APART, np.array([1, 0])) == 0.0
    assert math.isnan(ranked_first(TOLD_APART[2:], np.ones(2)))


# Where reading stops

WEIGHTS = np.array([1.0, 2.0])
# Ranks 8 and 6 in the first passages, then 6 more than the next one brings; 11 in the third one,
# which is right, and missed where reading stops there.
LATE = outcome(
    ranks=[(-2, 5), (-2, 4), (7, 2)], passages=[0, 1, 2], scores=[5, 4, 1, 0.5], is_gold=[0, 0, 1]
)
EARLY = outcome(ranks=[(9, 5), (-2, 4)], passages=[0, 2], scores=[5, 4, 3, 1], is_gold=[1, 0])


def test_reading_stops_where_no_right_span_is_lost():
    # LATE: 8 - 2 * 1 = 6 at its third passage. EARLY: 19 - 2 * 3 = 13.
    assert stop_of([LATE], WEIGHTS) == (6.0, 4.0)
    assert stop_of([EARLY], WEIGHTS) == (-2.0, 2.0)
    assert stop_of([LATE, EARLY], WEIGHTS) == (6.0, 3.0)


def test_a_share_may_be_lost_that_is_next_to_none():
    assert stop_of([LATE, *[EARLY] * 199], WEIGHTS) == (-2.0, 2.0)
    assert stop_of([LATE, *[EARLY] * 198], WEIGHTS)[0] == 6.0


def test_a_wrong_span_may_be_lost():
    wrong = replace(LATE, is_gold=np.array([True, False, False]))

    assert stop_of([wrong], WEIGHTS) == (-2.0, 2.0)


def test_where_nothing_was_read_nothing_is_lost():
    assert stop_of([outcome(), EARLY], WEIGHTS) == (-2.0, 2.0)


def test_all_is_read_where_a_right_span_would_be_lost_at_any_advance():
    far = replace(LATE, ranks=np.array([(90.0, 5.0), (-2.0, 4.0), (99.0, 3.0)]))

    assert stop_of([far], WEIGHTS) == (math.inf, 4.0)


# When to answer


def asked(size=7, count=200, **given):
    """Outcomes that are right where the first figure, and not the second, is high."""
    rng = np.random.default_rng(1)
    found = []
    for figures in rng.normal(size=(count, size)):
        is_right = figures[0] - figures[1] + rng.normal(scale=0.5) > 0
        found.append(outcome(figures=tuple(map(float, figures)), is_right=bool(is_right), **given))
    return found


@pytest.mark.parametrize("ranks", [[], [(0, 0)]], ids=["no reader", "reader"])
def test_what_speaks_for_an_answer_weighs_more_than_nothing_and_nothing_weighs_less(ranks):
    intercept, weights = answer_weights(asked(size=3, ranks=ranks))

    assert abs(intercept) < 1
    assert len(weights) == 3
    assert weights[0] > 1
    assert weights[1] == 0.0  # would weigh against an answer
    assert 0 <= weights[2] < 1


def test_each_direction_counts_alike():
    many = asked(size=2)
    few = [
        outcome(figures=each.figures, is_right=True, direction="en→zh")
        for each in asked(size=2, count=10)
    ]
    counted = answer_weights([*many, *few])[0]
    as_many = answer_weights([*many, *few * 20])[0]

    assert counted == pytest.approx(as_many, abs=0.3)
    assert counted > answer_weights(many)[0] + 0.5


def test_the_chance_is_the_logistic_of_the_weighed_figures():
    outcomes = [outcome(figures=(1.0, 2.0)), outcome(figures=(0.0, 0.0))]

    found = chances(outcomes, -1.0, np.array([2.0, 0.5]))

    assert found == pytest.approx([1 / (1 + math.exp(-2)), 1 / (1 + math.exp(1))])


# How it fares


@pytest.mark.parametrize(
    ("probabilities", "right", "error"),
    [
        ([0.05, 0.05, 0.95, 0.95], [0, 0, 1, 0], 0.5 * 0.05 + 0.5 * 0.45),
        ([0.52, 0.58], [1, 0], 0.05),  # one bin: 0.55 against 0.5
        ([1.0, 1.0], [1, 1], 0.0),
        ([0.0, 1.0], [1, 0], 1.0),
    ],
)
def test_the_calibration_error_is_the_mean_gap_of_ten_bins(probabilities, right, error):
    found = calibration_error(np.array(probabilities), np.array(right, bool))

    assert found == pytest.approx(error)


FARED = [  # with its probability
    (0.9, outcome()),
    (0.3, outcome()),
    (0.7, outcome(is_right=False)),
    (0.2, outcome(is_right=False, is_answerable=False)),
    (0.6, outcome(is_right=False, is_answerable=False, direction="en→zh")),
    (0.1, outcome(is_right=False, is_answerable=False, source="toy, exchanged")),
]


def reported(*, has_reader):
    ranks = [(0, 0)] if has_reader else np.empty((0, 0))
    outcomes = [
        outcome(
            source=each.source, direction=each.direction, is_right=each.is_right,
            is_answerable=each.is_answerable, ranks=ranks,
        )
        for _, each in FARED
    ]  # fmt: skip
    return list(report(outcomes, np.array([probability for probability, _ in FARED])))


def test_the_report_tells_calibration_thresholds_and_sources():
    lines = reported(has_reader=False)

    assert lines[0].startswith("direction")
    # 0.9, 0.3, 0.7, 0.2 and 0.1, of which the first two are right: 0.1 + 0.7 + 0.7 + 0.2 + 0.1.
    assert [line.split() for line in lines[1:3]] == [
        ["en→zh", "1", "0.600"],
        ["zh→zh", "5", "0.360"],
    ]
    assert lines[3].startswith("threshold")
    by_threshold = {line.split()[0]: line.split()[1:] for line in lines[4:19]}
    assert list(by_threshold) == [f"{0.1 + 0.05 * n:.2f}" for n in range(15)]
    # Answered of three: 0.9, 0.7; wrong of 0.9, 0.7, 0.6: two; of 0.9 and 0.3 one is refused.
    assert by_threshold["0.50"] == ["0.667", "0.667", "0.500", "0.500", "1.000"]
    assert by_threshold["0.15"] == ["1.000", "0.600", "0.000", "0.000", "1.000"]
    assert lines[19] == f"source, at {confidence.THRESHOLD}: right of all, refused of all, " + (
        "no answer: refused"
    )
    assert [line.rsplit(maxsplit=3) for line in lines[20:]] == [
        ["toy", "0.333", "0.333", "0.500"],
        ["toy, exchanged", "nan", "nan", "1.000"],
    ]


def test_the_report_takes_the_threshold_of_the_reader_where_there_is_one():
    lines = reported(has_reader=True)

    assert lines[19].startswith(f"source, at {confidence.SPAN_THRESHOLD}:")


def test_what_is_printed_with_the_reader(monkeypatch, capsys, tmp_path):
    ranks, gold = [(2, 3), (1, 1)], [True, False]
    outcomes = [
        outcome(
            figures=each.figures, is_right=each.is_right, fold=number % 2,
            ranks=ranks, is_gold=gold, passages=[0, 1], scores=[3, 1],
        )
        for number, each in enumerate(asked())
    ]  # fmt: skip
    monkeypatch.setattr(calibrate, "collect", lambda settings, data, folder: outcomes)

    calibrate.main(tmp_path, tmp_path / "calibration")
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("span_reader.WEIGHTS = (")
    assert lines[1] == "best span is right, unseen: 1.0"
    assert lines[2] == "span_reader.STOP = -2.0  # 2.00 passages are read"
    assert lines[3].startswith("confidence.SPAN_INTERCEPT = ")
    assert lines[4].startswith("confidence.SPAN_WEIGHTS = (")
    assert lines[5].startswith("direction")
    assert lines[6].split()[:2] == ["zh→zh", "100"]  # the half that the fits did not see


def test_what_is_printed_without_the_reader(monkeypatch, capsys, tmp_path):
    outcomes = [
        outcome(figures=each.figures, is_right=each.is_right, fold=number % 2)
        for number, each in enumerate(asked(size=len(confidence.WEIGHTS)))
    ]
    monkeypatch.setattr(calibrate, "collect", lambda settings, data, folder: outcomes)

    calibrate.main(tmp_path, tmp_path / "calibration")
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("confidence.INTERCEPT = ")
    weights = lines[1].removeprefix("confidence.WEIGHTS = (").removesuffix(")").split(", ")
    assert len(weights) == len(confidence.WEIGHTS)
    assert float(weights[1]) == 0.0
