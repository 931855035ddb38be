"""Whether confidences keep what they promise: pure functions over (confidence, right) pairs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from rag.evaluation.metrics import Mean, Share, mean, share

BINS = 10
STEPS = 10

Judged = tuple[float, bool]  # an answer's confidence, 0..1, and whether the answer is right


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies from `start` to below `end`; the last bin holds 1 too.

    `confidence` is their mean, `right` how many of them are right.
    """

    start: float
    end: float
    confidence: Mean
    right: Share

    @property
    def gap(self) -> float | None:
        """How far mean confidence and share right lie apart, 0..1; None for an empty bin."""
        if self.confidence.value is None or self.right.value is None:
            return None
        return abs(self.confidence.value - self.right.value)


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What answering only from `confidence` upwards would keep, and how much of that is wrong.

    `coverage` is the share of the answers that is kept, `wrong` the share wrong among the kept.
    """

    confidence: float
    coverage: Share
    wrong: Share


@dataclass(frozen=True, slots=True)
class Reliability:
    """How confidences and right answers go together.

    `error` is the expected calibration error, its `total` the number of answers; `confidence`
    the mean, `right` the share of right answers: confidence above it promises too much. `bins`
    run from 0 to 1, `risks` from the most confident answers to all of them.
    """

    error: Mean
    confidence: Mean
    right: Share
    bins: tuple[Bin, ...]
    risks: tuple[RiskPoint, ...]


def reliability(answers: Iterable[Judged]) -> Reliability:
    """All figures over `answers`; raises ValueError for a confidence outside 0..1."""
    judged = list(answers)
    bins = reliability_bins(judged)
    return Reliability(
        error=calibration_error(bins),
        confidence=mean(confidence for confidence, _ in judged),
        right=share(right for _, right in judged),
        bins=bins,
        risks=risk_coverage(judged),
    )


def reliability_bins(answers: Iterable[Judged]) -> tuple[Bin, ...]:
    """`answers` in `BINS` bins of equal width; raises ValueError for a confidence outside 0..1.

    >>> found = reliability_bins([(0.62, True), (0.68, False), (1.0, True)])
    >>> found[6].right, found[9].right
    (Share(count=1, total=2), Share(count=1, total=1))
    """
    held: list[list[Judged]] = [[] for _ in range(BINS)]
    for confidence, right in answers:
        if not 0 <= confidence <= 1:
            raise ValueError(f"a confidence lies in 0..1, not {confidence}")
        held[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    return tuple(
        Bin(
            start=number / BINS,
            end=(number + 1) / BINS,
            confidence=mean(confidence for confidence, _ in inside),
            right=share(right for _, right in inside),
        )
        for number, inside in enumerate(held)
    )


def calibration_error(bins: Iterable[Bin]) -> Mean:
    """The expected calibration error: the bins' gaps, each weighed by the answers in the bin.

    Source: Naeini, Cooper and Hauskrecht, 2015.
    """
    gaps = [(each.right.total, each.gap) for each in bins if each.gap is not None]
    total = sum(count for count, _ in gaps)
    weighed = math.fsum(count * gap for count, gap in gaps)
    return Mean(weighed / total if total else None, total)


def risk_coverage(answers: Iterable[Judged], steps: int = STEPS) -> tuple[RiskPoint, ...]:
    """At most `steps` points, from the most confident answers to all of them.

    Each is the first to keep 1/`steps`, 2/`steps`, … of the answers; answers of the same
    confidence are kept or left together. Source: El-Yaniv and Wiener, 2010.

    >>> [(point.coverage.count, point.wrong.count) for point in risk_coverage(
    ...     [(0.6, False), (0.9, True), (0.9, False), (0.7, True)], steps=2)]
    [(2, 1), (4, 2)]
    """
    ordered = sorted(answers, key=itemgetter(0), reverse=True)
    wrong = list(itertools.accumulate(int(not right) for _, right in ordered))
    total = len(ordered)
    points = [  # one for each confidence
        RiskPoint(confidence, Share(kept, total), Share(wrong[kept - 1], kept))
        for kept, (confidence, _) in enumerate(ordered, 1)
        if kept == total or ordered[kept][0] < confidence
    ]
    chosen = [
        next(point for point in points if point.coverage.count * steps >= total * step)
        for step in range(1, steps + 1)
        if points
    ]
    return tuple(dict.fromkeys(chosen))
