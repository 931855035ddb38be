"""Calibration over an assistant that quotes the sentence which shares most characters."""

import math
from collections import Counter

import numpy as np
import pytest
from passages import passage_of

from rag.evaluation.gold import GoldRow
from rag.reading.confidence import Evidence, SpanEvidence, features, features_of_span
from rag.reading.results import Ranked, Reading, Span
from rag.training import calibrate
from rag.training.calibrate import Outcome, Shares, outcomes_of, rank_weights, shares
from rag.types import Chunk, DocumentInfo

TEXTS = {
    "seattle": "马云在西雅图第一次上网。",
    "orders": "The courier delivered 30 million orders in 2019.",
    "uganda": "馬雲訪問烏干達。",
}
WHERE = GoldRow("where", "马云在哪里第一次上网？", (("西雅图", "Seattle"),), gold_ids=("seattle",))
ORDERS = GoldRow(
    "orders", "How many orders were delivered?", (("30 million",),), evidence=("30 million",)
)
FOUNDER = GoldRow("founder", "谁是拼多多的创始人？", ())


class SharingAssistant:
    """Ranks its documents by the characters they share with the question; reads them whole."""

    def __init__(self, with_reader=True):
        self.with_reader = with_reader

    def documents(self):
        return [DocumentInfo(*(id_, f"title {id_}"), *[""] * 2, 0, 0, "") for id_ in TEXTS]

    @property
    def store(self):
        return self

    def read(self, question, hidden=()):
        found = sorted(
            (
                (-(Counter(text) & Counter(question)).total(), id_)
                for id_, text in TEXTS.items()
                if id_ not in hidden
            ),
        )
        found = [(id_, -negative) for negative, id_ in found if negative < -1]
        if not found:
            return (), Reading((), 0.0)
        hits = tuple(
            passage_of(
                Chunk(id_, id_, "", TEXTS[id_], 0, len(TEXTS[id_]), 0),
                score=float(score),
                rank=rank,
            )
            for rank, (id_, score) in enumerate(found, 1)
        )
        best = len(TEXTS[found[0][0]])
        span = Span(0, 0, best, ((0, best),))
        evidence = Evidence(1, found[0][1], 0, 0, 0, 0, 0.9)
        if not self.with_reader:
            return hits, Reading((span,), 0.5, evidence)
        ranking = tuple(
            Ranked(n, a, b, 0.0, (score / 2, float(score), 1.0, 0.0))
            for n, (id_, score) in enumerate(found)
            for a, b in ((0, 2), (3, 6))
        )
        return hits, Reading((span,), 0.5, SpanEvidence(evidence, 3.0, 9.0, 0, 1.0, 4.0), ranking)


def test_a_right_answer_with_its_figures_and_ranks():
    (found,) = outcomes_of(SharingAssistant(), WHERE, 3.0)

    assert (found.is_right, found.is_answerable, found.weight) == (True, True, 3.0)
    # Eight characters are shared, 马云在第一次上网; 马云 does not answer, 西雅图 does.
    assert found.ranks.tolist() == [[4.0, 8.0, 1.0, 0.0]] * 2
    assert found.is_gold.tolist() == [False, True]
    assert found.figures == features_of_span(
        SpanEvidence(Evidence(1, 8.0, 0, 0, 0, 0, 0.9), 3.0, 9.0, 0, 1.0, 4.0)
    )


def test_with_its_documents_hidden_nothing_is_right_nor_gold():
    found = list(outcomes_of(SharingAssistant(), ORDERS, 1.0, ("seattle",)))

    assert [(each.is_right, each.is_answerable) for each in found] == [(False, False)]
    assert not found[0].is_gold.any()  # though the passage with the answer is there
    assert len(found[0].ranks) == 2


def test_an_unanswerable_question_is_never_right():
    (found,) = outcomes_of(SharingAssistant(), GoldRow("x", "马云是谁？在哪？", ()), 1.0)

    assert (found.is_right, found.is_answerable, found.is_gold.any()) == (False, False, False)


def test_where_nothing_was_read_there_is_no_outcome():
    assert list(outcomes_of(SharingAssistant(), FOUNDER, 1.0)) == []


def test_without_the_reader_there_are_no_ranks():
    (found,) = outcomes_of(SharingAssistant(with_reader=False), ORDERS, 1.0)

    assert found.ranks.shape == (0, 4)
    assert found.is_gold.shape == (0,)
    assert found.is_right
    assert len(found.figures) == len(features(Evidence(0, 0, 0, 0, 0, 0, 0)))


def test_only_questions_over_held_out_articles_are_kept(monkeypatch):
    monkeypatch.setattr(calibrate, "held_out_titles", lambda titles: {sorted(titles)[1]})
    rows = [WHERE, GoldRow("o", "?", (("30",),), gold_ids=("orders",))]

    assert calibrate.over_held_out(SharingAssistant(), rows) == [WHERE]  # title seattle


# Fits


def outcome(is_right, is_answerable=True, ranks=(), is_gold=()):
    return Outcome(
        (0.0,), is_right, is_answerable, 1.0,
        np.array(ranks, float).reshape(len(ranks), 4), np.array(is_gold, bool),
    )  # fmt: skip


def test_what_tells_gold_passages_from_others_weighs():
    outcomes = [
        outcome(True, ranks=[(1, 4, 2, 0), (3, 1, 2, 0)], is_gold=[True, False]),
        outcome(True, ranks=[(2, 1, 5, 0), (2, 5, 5, 0), (1, 2, 5, 0)], is_gold=[0, 1, 0]),
        outcome(False, ranks=[(9, 9, 9, 9)], is_gold=[False]),
    ]

    span, found, unit, year = rank_weights(outcomes)

    assert found > 0.5
    assert span == 0.0  # would weigh against the gold passages
    assert (unit, year) == (pytest.approx(0, abs=1e-4),) * 2  # spans do not differ in them


def test_shares_at_a_threshold():
    chances = np.array([0.9, 0.4, 0.6, 0.5, 0.2])
    outcomes = [
        outcome(True),
        outcome(True),
        outcome(False),
        outcome(False, is_answerable=False),
        outcome(False, is_answerable=False),
    ]

    assert shares(chances, outcomes, 0.5) == Shares(
        unanswerable_refused=0.5,
        right_refused=0.5,
        answerable_refused=pytest.approx(1 / 3),
        wrong_of_answered=pytest.approx(2 / 3),
    )


def test_the_share_of_nothing_is_none_and_no_warning():
    found = shares(np.array([0.3]), [outcome(True)], 0.7)

    assert math.isnan(found.unanswerable_refused)
    assert math.isnan(found.wrong_of_answered)
    assert (found.right_refused, found.answerable_refused) == (1.0, 1.0)


def test_what_is_printed(capsys):
    rng = np.random.default_rng(1)
    outcomes = [
        Outcome((float(x),), bool(x > 0), True, 1.0, np.empty((0, 3)), np.empty(0, bool))
        for x in rng.normal(size=60)
    ]

    calibrate.print_answerability(outcomes)
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("INTERCEPT = ")
    weight = float(lines[1].removeprefix("WEIGHTS = (").removesuffix(",)"))
    assert weight > 1
    assert len(lines) == 3 + 13
    assert lines[3].split() == ["0.10", "nan", "0.000", *lines[3].split()[3:]]
