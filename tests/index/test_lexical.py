import math

import numpy as np
import pytest

from rag.index.lexical import LexicalIndex, inverse_document_frequency
from rag.index.postings import Postings
from rag.language.term_groups import Group

TERMS = [
    ["龙虾", "lobster", "lobster"],
    ["龙虾", "天津"],
    [],
    ["tianjin", "citi", "12", "pilot"],
]


@pytest.fixture
def index():
    return LexicalIndex.build(np.array([7, 9, 11, 40], dtype=np.int64), TERMS)


def group(*alternatives, weight=1.0, optional=False):
    return Group(tuple(alternatives), weight, optional)


def test_scores_are_lucenes_bm25_worked_by_hand(index):
    # 4 passages of 3, 2, 0 and 4 terms: on average 2.25. "lobster" is in one of them, twice.
    # idf = ln(1 + (4 - 1 + 0.5) / (1 + 0.5)) = 1.20397
    # tf = 2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2.25)) = 2 / 3.5 = 0.57143
    scores = index.scores([group(("lobster", 1.0))])
    assert scores.tolist() == pytest.approx([0.68798, 0, 0, 0], abs=1e-5)
    assert index.idf("lobster") == pytest.approx(1.20397, abs=1e-5)
    assert index.keys.tolist() == [7, 9, 11, 40]


def test_an_idf_is_positive_even_for_a_term_of_every_passage():
    assert inverse_document_frequency(4, 4) == pytest.approx(math.log(1 + 0.5 / 4.5))
    assert inverse_document_frequency(4, 0) == pytest.approx(math.log(10))


def test_within_a_group_the_best_alternative_counts_and_groups_add_up(index):
    chinese = index.scores([group(("龙虾", 1.0))])
    english = index.scores([group(("lobster", 1.0))])
    city = index.scores([group(("天津", 1.0))])
    together = index.scores([group(("龙虾", 0.5), ("lobster", 1.0)), group(("天津", 1.0))])
    assert 0.5 * chinese[0] < english[0]
    assert together[0] == pytest.approx(english[0])
    assert together[1] == pytest.approx(0.5 * chinese[1] + city[1])
    assert together[2:].tolist() == [0, 0]


def test_ten_translations_weigh_no_more_than_one(index):
    many = [(f"译{number}", 1.0) for number in range(9)]
    assert index.scores([group(("天津", 1.0), *many)]).tolist() == (
        index.scores([group(("天津", 1.0))]).tolist()
    )


def test_the_weight_of_a_group_scales_it(index):
    whole, half = (index.scores([group(("天津", 1.0), weight=w)]) for w in (1.0, 0.5))
    assert half.tolist() == (whole / 2).tolist()


def test_the_ideal_is_the_limit_of_ever_more_matches(index):
    # idf("龙虾") = ln(1 + 2.5 / 2.5) = 0.69315; of two alternatives the better weighted idf counts
    groups = [group(("龙虾", 1.0), ("lobster", 0.5)), group(("12", 1.0), weight=0.5)]
    assert index.ideal(groups) == pytest.approx(0.69315 + 0.5 * 1.20397, abs=1e-4)
    assert index.scores(groups).max() < index.ideal(groups)


def test_a_group_that_occurs_nowhere_counts_as_the_rarest_would_unless_optional(index):
    assert index.ideal([group(("无", 1.0))]) == pytest.approx(math.log(1 + 4.5 / 0.5))
    assert index.ideal([group(("无", 1.0), optional=True)]) == 0
    assert index.ideal([group(("天津", 1.0), optional=True)]) == pytest.approx(index.idf("天津"))
    assert index.importance(group()) == pytest.approx(math.log(10))


def test_unknown_terms_score_nothing(index):
    assert index.scores([group(("无", 1.0), ("", 1.0), ("zzz", 1.0)), group()]).tolist() == [0] * 4
    assert index.scores([]).tolist() == [0] * 4
    assert index.ideal([]) == 0
    assert [index.knows(term) for term in ("天津", "无", "")] == [True, False, False]


@pytest.mark.parametrize("terms", [[], [[], []]])
def test_a_corpus_without_terms(terms):
    index = LexicalIndex.build(np.arange(len(terms)), terms)
    assert index.scores([group(("天津", 1.0))]).tolist() == [0.0] * len(terms)
    assert len(index) == len(terms)
    assert not index.knows("天津")


def test_segments_score_as_one_index_does(index):
    parts = [
        (np.array([7, 8]), Postings.build([TERMS[0], ["龙虾", "gone"]])),
        (np.array([9, 11, 40]), Postings.build(TERMS[1:])),
    ]
    left = [np.array([True, False]), np.array([True, True, True])]
    held = LexicalIndex(parts, left)
    groups = [group(("龙虾", 1.0), ("lobster", 0.7)), group(("tianjin", 1.0), ("天津", 1.0))]
    assert held.keys.tolist() == [7, 9, 11, 40]
    assert held.scores(groups).tolist() == index.scores(groups).tolist()
    assert held.ideal(groups) == index.ideal(groups)
    assert (held.knows("龙虾"), held.knows("gone")) == (True, False)
