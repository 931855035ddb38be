"""Words of degree: what they compare, and which way."""

from __future__ import annotations

import pytest

from rag.reading.tables.degrees import degree_in


@pytest.mark.parametrize(
    ("question", "dimension", "direction"),
    [
        ("哪款音箱最便宜", "money", -1),
        ("哪款最贵", "money", 1),
        ("哪条河最长", "length", 1),
        ("续航最长的是哪款", "time", 1),
        ("哪座塔建得最早", "date", -1),
        ("which town is the oldest", "date", -1),
        ("who is the oldest", "age", 1),
        ("which has the fewest seats", "", -1),
        ("the most expensive dish", "money", 1),
        ("哪款最便宜", "time", None),
    ],
)
def test_superlatives(question, dimension, direction):
    degree = degree_in(question)

    assert degree.is_superlative
    assert degree.direction(dimension) == direction


def test_a_bare_chinese_adjective_compares_only_where_rows_are_compared():
    assert degree_in("酸菜鱼和豆腐哪个便宜") is None
    degree = degree_in("酸菜鱼和豆腐哪个便宜", compares=True)
    assert (degree.is_superlative, degree.direction("money")) == (False, -1)
    assert degree_in("which is cheaper").direction("money") == -1


def test_other_words_are_none():
    assert degree_in("最受欢迎的是哪款") is None
    assert degree_in("how long does the battery last") is None


def test_of_words_of_degree_at_one_place_the_longest_count():
    assert degree_in("the most expensive dish").senses == ((1, "money"),)
    assert degree_in("the most dishes").senses == ((1, ""),)
