"""Sentences that say less, or the same in another order."""

import random

import pytest

from rag.training.claims.parts import part, reordered


def found_by(maker, sentence, is_chinese):
    return {maker(sentence, is_chinese, random.Random(seed)) for seed in range(30)} - {None}


@pytest.mark.parametrize(
    ("sentence", "is_chinese", "expected"),
    [
        (
            "灯塔建于1893年，塔高42米，由李明设计。",
            True,
            {"灯塔建于1893年，由李明设计。", "灯塔建于1893年，塔高42米。"},
        ),
        ("灯塔（又名白塔）建于1893年。", True, {"灯塔建于1893年。"}),
        ("如果下雨，灯塔会亮，船会停。", True, set()),
        (
            "The tower was built by Lin Yue, who came from Berlin.",
            False,
            {"The tower was built by Lin Yue."},
        ),
        ("The tower (now closed) is white.", False, {"The tower is white."}),
        ("He said the tower, which is white, is old, which is false.", False, set()),
    ],
)
def test_a_part_says_less(sentence, is_chinese, expected):
    assert found_by(part, sentence, is_chinese) == expected


@pytest.mark.parametrize(
    ("sentence", "is_chinese", "expected"),
    [
        ("1893年，林月去了柏林。", True, {"林月在1893年去了柏林。"}),
        ("In 1893, the tower was built.", False, {"The tower was built in 1893."}),
        ("The old tower was built in 1893.", False, {"In 1893, the old tower was built."}),
        ("It was sold and rebuilt in 1893.", False, set()),
        ("他们先后去了天津、上海和广州。", True, set()),
    ],
)
def test_the_time_stands_at_the_other_end(sentence, is_chinese, expected):
    assert found_by(reordered, sentence, is_chinese) == expected


@pytest.mark.parametrize(
    ("sentence", "is_chinese", "items"),
    [
        ("船停在天津、上海和广州。", True, ("天津", "上海", "广州")),
        ("The pilots are in Tianjin, Lima and Berlin.", False, ("Tianjin", "Lima", "Berlin")),
    ],
)
def test_the_items_of_a_list_stand_in_another_order(sentence, is_chinese, items):
    found = found_by(reordered, sentence, is_chinese)

    assert len(found) == 5
    for each in found:
        assert sorted(each) == sorted(sentence)
        assert all(item in each for item in items)
