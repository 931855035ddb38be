"""`python -m rag.training.calibrate DATA [FOLDER]`: how passages are ranked and when to answer.

Prints the weights of `rag.reading.span_reader` and of `rag.reading.confidence`, with the reader
(`WENJU_READER` is on) or without; from where on to stop reading; and, for the half of the documents
that the fits did not see, how well the confidence is calibrated in each direction and what each
threshold would give.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.config import Settings
from rag.reading import confidence
from rag.reading.span_reader import TOGETHER
from rag.training.outcomes import Outcome, collect

_SHRINKING = 0.1  # keeps weights finite where few questions tell right from wrong
_BINS = 10
_LOST = 0.005  # share of questions whose best span may lie in what is not read


def main(data: Path, folder: Path) -> None:
    """Fit on one half of the documents, and print how the other half fares."""
    outcomes = collect(Settings.from_environment(), data, folder)
    seen = [each for each in outcomes if each.fold == 0]
    unseen = [each for each in outcomes if each.fold == 1]
    if has_reader(outcomes):
        ranking = rank_weights(seen)
        print("span_reader.WEIGHTS =", tuple(round(float(weight), 2) for weight in ranking))
        print("best span is right, unseen:", round(ranked_first(unseen, ranking), 3))
        stop, passages = stop_of(outcomes, ranking)
        print(f"span_reader.STOP = {stop:.1f}  # {passages:.2f} passages are read")
    intercept, weights = answer_weights(seen)
    prefix = "SPAN_" if has_reader(outcomes) else ""
    print(f"confidence.{prefix}INTERCEPT =", round(intercept, 2))
    print(f"confidence.{prefix}WEIGHTS =", tuple(round(float(weight), 3) for weight in weights))
    for line in report(unseen, chances(unseen, intercept, weights)):
        print(line)


def has_reader(outcomes: Sequence[Outcome]) -> bool:
    """Whether the trained reader was on: sentences alone are not ranked."""
    return any(len(each.ranks) for each in outcomes)


def rank_weights(outcomes: Sequence[Outcome]) -> np.ndarray:
    """Weights, none below 0, by which a span that answers is the likeliest of its question's spans.

    Its likelihood is the softmax of its weighed figures among those of all spans read.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    told_apart = [each for each in outcomes if each.is_gold.any() and not each.is_gold.all()]
    count = told_apart[0].ranks.shape[1]

    def unlikelihood(weights: np.ndarray) -> float:
        logs = [
            logsumexp(each.ranks[each.is_gold] @ weights) - logsumexp(each.ranks @ weights)
            for each in told_apart
        ]
        return _SHRINKING * float(weights @ weights) - float(np.sum(logs))

    found = minimize(unlikelihood, np.full(count, 0.5), bounds=[(0, None)] * count)
    return np.asarray(found.x)


def ranked_first(outcomes: Sequence[Outcome], weights: np.ndarray) -> float:
    """Share of the questions with a right span whose best span is right."""
    found = [each for each in outcomes if each.is_gold.any()]
    return _mean(np.array([each.is_gold[int(np.argmax(each.ranks @ weights))] for each in found]))


def stop_of(outcomes: Sequence[Outcome], weights: np.ndarray) -> tuple[float, float]:
    """The lowest advance that loses next to no right span, and how many passages are then read.

    The advance is that of the best span so far over what the next passage brings from retrieval.
    The mean is over the questions that have an answer.
    """
    ranked = [each for each in outcomes if len(each.ranks)]
    right = [each for each in ranked if each.is_gold[int(np.argmax(each.ranks @ weights))]]
    for stop in np.arange(-2.0, 20.0, 0.5):
        lost = [_read_until(each, weights, float(stop))[1] for each in right]
        if not lost or float(np.mean(lost)) <= _LOST:
            break
    else:
        stop = math.inf
    counts = [_read_until(each, weights, float(stop))[0] for each in ranked if each.is_answerable]
    return float(stop), _mean(np.array(counts))


def _read_until(outcome: Outcome, weights: np.ndarray, stop: float) -> tuple[int, bool]:
    """How many passages are read, and whether the best span of all lies in none of them."""
    found = outcome.ranks @ weights
    count = min(TOGETHER, len(outcome.scores))
    while count < len(outcome.scores):
        best = found[outcome.passages < count].max(initial=-math.inf)
        if best - weights[1] * outcome.scores[count] > stop:
            break
        count = min(count + TOGETHER, len(outcome.scores))
    return count, bool(outcome.passages[int(np.argmax(found))] >= count)


def answer_weights(outcomes: Sequence[Outcome]) -> tuple[float, np.ndarray]:
    """Intercept and weights of the logistic model of being right, each direction counting alike.

    No figure weighs less than nothing.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    figures = np.array([outcome.figures for outcome in outcomes])
    middle, size = figures.mean(axis=0), figures.std(axis=0) + 1e-9
    inputs = np.column_stack([np.ones(len(figures)), (figures - middle) / size])
    right = np.array([outcome.is_right for outcome in outcomes], float)
    counts = _weights_by_direction(outcomes)

    def unlikelihood(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = inputs @ weights
        losses = counts * (np.logaddexp(0, logits) - right * logits)
        gradient = inputs.T @ (counts * (expit(logits) - right))
        shrinking = _SHRINKING * weights
        return float(losses.sum() + shrinking @ weights / 2), gradient + shrinking

    bounds = [(None, None), *[(0.0, None)] * figures.shape[1]]
    found = minimize(unlikelihood, np.zeros(inputs.shape[1]), jac=True, bounds=bounds).x
    weights = found[1:] / size
    return float(found[0] - weights @ middle), weights


def chances(outcomes: Sequence[Outcome], intercept: float, weights: np.ndarray) -> np.ndarray:
    """(outcomes,) the probability of being right."""
    inputs = np.array([outcome.figures for outcome in outcomes])
    return np.asarray(1 / (1 + np.exp(-(intercept + inputs @ weights))))


def calibration_error(probabilities: np.ndarray, right: np.ndarray) -> float:
    """The expected calibration error over ten bins of equal width."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(probabilities[bins == each].mean() - right[bins == each].mean()) * (bins == each).mean()
        for each in np.unique(bins)
    ]
    return float(sum(gaps))


def report(outcomes: Sequence[Outcome], probabilities: np.ndarray) -> Iterator[str]:
    """Calibration and thresholds in each direction, and how each kind of question is refused."""
    right = np.array([outcome.is_right for outcome in outcomes], bool)
    answerable = np.array([outcome.is_answerable for outcome in outcomes], bool)
    yield "direction  questions  calibration error"
    for direction, chosen in _groups(outcomes, lambda each: each.direction):
        error = calibration_error(probabilities[chosen], right[chosen])
        yield f"{direction:9}  {chosen.sum():9}  {error:.3f}"
    yield "threshold  answered  wrong of answered  right refused  no answer: refused  exchanged"
    exchanged = np.array(["exchanged" in outcome.source for outcome in outcomes], bool)
    for threshold in np.arange(0.1, 0.85, 0.05):
        refused = probabilities < threshold
        shares = (
            _mean(~refused[answerable]),
            _mean(~right[~refused]),
            _mean(refused[right]),
            _mean(refused[~answerable & ~exchanged]),
            _mean(refused[exchanged]),
        )
        yield f"{threshold:9.2f}" + "".join(f"  {share:9.3f}" for share in shares)
    threshold = confidence.SPAN_THRESHOLD if has_reader(outcomes) else confidence.THRESHOLD
    yield f"source, at {threshold}: right of all, refused of all, no answer: refused"
    for source, chosen in _groups(outcomes, lambda each: each.source):
        refused = probabilities < threshold
        there = chosen & answerable
        fared = (right & ~refused)[there], refused[there], refused[chosen & ~answerable]
        yield f"{source:36}" + "".join(f"  {_mean(shares):6.3f}" for shares in fared)


def _groups(
    outcomes: Sequence[Outcome], key: Callable[[Outcome], str]
) -> Iterator[tuple[str, np.ndarray]]:
    keys = np.array([key(each) for each in outcomes])
    for value in sorted(set(keys)):
        yield str(value), keys == value


def _weights_by_direction(outcomes: Sequence[Outcome]) -> np.ndarray:
    counts: dict[str, int] = defaultdict(int)
    for each in outcomes:
        counts[each.direction] += 1
    return np.array([len(outcomes) / len(counts) / counts[each.direction] for each in outcomes])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else math.nan


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m rag.training.calibrate DATA [FOLDER]")
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "training/calibration"))
