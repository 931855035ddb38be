"""Denied claims, and claims that say more than the evidence."""

import random

import pytest

from rag.reading.cross_encoder import ReaderInput
from rag.training.claims import logic
from rag.training.claims.basis import Basis, changed


def found_by(maker, claim, is_chinese=True):
    basis = Basis(claim, ReaderInput("", claim), is_chinese)
    made = [maker(basis, random.Random(seed)) for seed in range(30)]
    return {changed(basis, change) for change in made if change}


@pytest.mark.parametrize(
    ("claim", "is_chinese", "expected"),
    [
        ("灯塔是林月设计的。", True, {"灯塔不是林月设计的。"}),
        ("灯塔位于北岸。", True, {"灯塔并不位于北岸。"}),
        ("灯塔不属于北港。", True, {"灯塔属于北港。"}),
        ("如果下雨，灯塔会亮。", True, set()),
        ("灯塔是谁设计的？", True, set()),
        ("The tower was built in 1893.", False, {"The tower was not built in 1893."}),
        ("The tower is not open.", False, {"The tower is open."}),
        ("Unless it rains, it is open.", False, set()),
    ],
)
def test_what_is_affirmed_is_denied_and_the_reverse(claim, is_chinese, expected):
    assert found_by(logic.negation, claim, is_chinese) == expected


@pytest.mark.parametrize(
    ("claim", "is_chinese", "expected"),
    [
        ("许多船停在北岸。", True, {"所有船停在北岸。"}),
        ("票由船主保管。", True, {"票只由船主保管。"}),
        ("只有船主保管票。", True, set()),
        ("这是塔的一部分。", True, set()),
        ("Many towers are white.", False, set()),
        ("There are many towers here.", False, {"There are all towers here."}),
        ("The towers are often white.", False, {"The towers are always white."}),
        ("The rails were used in Berlin.", False, {"The rails were only used in Berlin."}),
        ("It opened in May 2015.", False, set()),
        ("How many towers are there? Two.", False, set()),
    ],
)
def test_what_holds_of_some_is_said_of_all_or_of_nothing_else(claim, is_chinese, expected):
    assert found_by(logic.strengthened, claim, is_chinese) == expected
