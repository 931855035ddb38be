"""Measures against numbers worked by hand."""

import math

import pytest

from rag.evaluation import metrics
from rag.evaluation.metrics import Mean, Share


def test_share_counts_what_applies():
    assert metrics.share([True, None, False, True]) == Share(2, 3)
    assert metrics.share([True, None, False, True]).value == pytest.approx(2 / 3)
    assert metrics.share([None]).value is None


def test_mean_leaves_out_what_does_not_apply():
    assert metrics.mean([1.0, None, 0.5]) == Mean(0.75, 2)
    assert metrics.mean([None]) == Mean(None, 0)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([40, 10, 30, 20], 50, 25.0),
        ([40, 10, 30, 20], 95, 38.5),
        ([40, 10, 30, 20], 100, 40),
        ([7], 95, 7),
        ([], 50, None),
    ],
)
def test_percentile(values, percent, expected):
    assert metrics.percentile(values, percent) == expected


def test_first_rank_counts_from_one():
    assert metrics.first_rank([False, False, True, True]) == 3
    assert metrics.first_rank([False, False]) is None
    assert metrics.first_rank([]) is None


def test_hit_at_includes_its_last_rank():
    assert metrics.RetrievalMetrics(5, 6, True, 0.2, 0.0).hit_at(5)
    assert not metrics.RetrievalMetrics(6, 5, True, 0.2, 0.0).hit_at(5)
    assert not metrics.RetrievalMetrics(None, 5, True, 0.0, 0.0).hit_at(5)


def test_recall_at_includes_its_last_rank():
    assert metrics.RetrievalMetrics(6, 5, True, 0.2, 0.0).recall_at(5) is True
    assert metrics.RetrievalMetrics(5, 6, True, 0.2, 0.0).recall_at(5) is False
    assert metrics.RetrievalMetrics(5, None, True, 0.2, 0.0).recall_at(5) is False


def test_reciprocal_rank_ends_at_ten():
    assert metrics.reciprocal_rank(1) == 1.0
    assert metrics.reciprocal_rank(4) == 0.25
    assert metrics.reciprocal_rank(10) == 0.1
    assert metrics.reciprocal_rank(11) == 0.0
    assert metrics.reciprocal_rank(None) == 0.0


def test_ndcg_of_one_relevant_item():
    assert metrics.ndcg([True]) == 1.0
    assert metrics.ndcg([False, False, True]) == 0.5
    assert metrics.ndcg([False] * 10 + [True]) == 0.0


def test_ndcg_of_two_relevant_items_at_ranks_one_and_three():
    gained = 1 + 1 / 2
    best = 1 + 1 / math.log2(3)
    assert metrics.ndcg([True, False, True], relevant=2) == pytest.approx(gained / best)


def test_judge_hits_by_document_counts_a_document_once():
    found = metrics.judge_hits(
        [False, False, True, True, True], ["x", "x", "a", "a", "b"], {"a", "b"}, passages=False
    )
    assert found.rank == 3
    assert found.document_rank == 2
    assert (found.hit_at(1), found.hit_at(5)) == (False, True)
    assert (found.recall_at(1), found.recall_at(2)) == (False, True)
    assert found.reciprocal_rank == pytest.approx(1 / 3)
    gained = 1 / 2 + 1 / math.log2(6)
    assert found.ndcg == pytest.approx(gained / (1 + 1 / math.log2(3)))


def test_judge_hits_by_passage_asks_for_one_passage():
    found = metrics.judge_hits([False, False, True, True], ["a", "b", "c", "c"], (), passages=True)
    assert (found.rank, found.ndcg) == (3, 0.5)
    assert found.document_rank is None
    assert found.recall_at(1) is None


def test_refusals():
    answerable_answered = [
        (True, True), (True, True), (True, False), (True, False),
        (False, False), (False, False), (False, False), (False, True),
    ]  # fmt: skip
    found = metrics.refusals(answerable_answered)
    assert found.recall == Share(3, 4)
    assert found.precision == Share(3, 5)
    assert found.false == Share(2, 4)
