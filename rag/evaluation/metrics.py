"""Measures of retrieval, answers and refusals: pure functions over plain values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`; `value` is their ratio, or None where there was nothing to count."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The ratio, 0..1."""
        return self.count / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Mean:
    """An average over `total` values; `value` is None where there were none."""

    value: float | None
    total: int


def share(outcomes: Iterable[bool | None]) -> Share:
    """How many of `outcomes` are true; None means "does not apply" and is not counted.

    >>> share([True, False, None, True])
    Share(count=2, total=3)
    """
    known = [outcome for outcome in outcomes if outcome is not None]
    return Share(sum(known), len(known))


def mean(values: Iterable[float | None]) -> Mean:
    """The average of `values`; None means "does not apply" and is not counted."""
    known = [value for value in values if value is not None]
    return Mean(math.fsum(known) / len(known) if known else None, len(known))


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The `percent`-th percentile, between neighbours by straight line; None without values.

    >>> percentile([10, 20, 30, 40], 50), percentile([10, 20, 30, 40], 95)
    (25.0, 38.5)
    """
    known = list(values)
    return float(np.percentile(known, percent)) if known else None


def first_rank(relevant: Iterable[bool]) -> int | None:
    """Rank, from 1, of the first relevant item of a list that runs best first; None without one."""
    return next((rank for rank, good in enumerate(relevant, 1) if good), None)


def reciprocal_rank(rank: int | None, k: int = 10) -> float:
    """1/`rank` of the first relevant item, 0 where it stands below `k` or is missing."""
    return 1 / rank if rank is not None and rank <= k else 0.0


def ndcg(gains: Iterable[bool], relevant: int = 1, k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `k`, 0..1, with gains of 0 or 1.

    `gains` says, best first, which items count; `relevant` is how many could count at best.
    Source: Järvelin and Kekäläinen, 2002, with the discount 1/log2(rank + 1).
    """
    found = math.fsum(
        1 / math.log2(rank + 1) for rank, good in enumerate(itertools.islice(gains, k), 1) if good
    )
    best = math.fsum(1 / math.log2(rank + 1) for rank in range(1, min(relevant, k) + 1))
    return found / best if best else 0.0


@dataclass(frozen=True, slots=True)
class RetrievalMetrics:
    """Where the evidence stood among the hits of one question.

    `rank` is that of the first relevant hit; `document_rank` that of the first gold document
    among the distinct documents of the hits, None also where no document is named
    (`has_documents`). `reciprocal_rank` and `ndcg` look at the first 10 hits.
    """

    rank: int | None
    document_rank: int | None
    has_documents: bool
    reciprocal_rank: float
    ndcg: float

    def hit_at(self, k: int) -> bool:
        """Whether one of the first `k` hits is relevant."""
        return (self.rank or math.inf) <= k

    def recall_at(self, k: int) -> bool | None:
        """Whether a gold document is among the first `k` documents; None where none is named."""
        return (self.document_rank or math.inf) <= k if self.has_documents else None


def judge_hits(
    relevant: Sequence[bool], documents: Sequence[str], gold: Collection[str], *, passages: bool
) -> RetrievalMetrics:
    """How well a ranking did, from each hit's relevance and document, best first.

    nDCG: where `passages` are sought, one is enough and the first relevant hit counts; else
    each of the documents `gold` counts once, at its first hit.
    """
    rank = first_rank(relevant)
    distinct = list(dict.fromkeys(documents))
    if passages:
        gains = [place == rank for place in range(1, len(relevant) + 1)]
    else:
        gains = [
            good and document not in documents[:place]
            for place, (good, document) in enumerate(zip(relevant, documents, strict=True))
        ]
    return RetrievalMetrics(
        rank=rank,
        document_rank=first_rank(document in gold for document in distinct),
        has_documents=bool(gold),
        reciprocal_rank=reciprocal_rank(rank),
        ndcg=ndcg(gains, 1 if passages else len(set(gold))),
    )


@dataclass(frozen=True, slots=True)
class Refusals:
    """How well refusing is aimed.

    `recall`: refused among the unanswerable; `precision`: unanswerable among the refused;
    `false`: refused among the answerable.
    """

    recall: Share
    precision: Share
    false: Share


def refusals(outcomes: Iterable[tuple[bool, bool]]) -> Refusals:
    """Refusal figures from pairs (answerable, answered), one a question."""
    pairs = list(outcomes)
    return Refusals(
        recall=share(not answered for answerable, answered in pairs if not answerable),
        precision=share(not answerable for answerable, answered in pairs if not answered),
        false=share(not answered for answerable, answered in pairs if answerable),
    )
