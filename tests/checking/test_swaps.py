"""Two things that a sentence gives each other's places."""

import re

import pytest

from rag.checking.swaps import Place, swapped


def judged(claim, text, things, context):
    """`things` and `context` are pairs of words of the claim and words of the text."""

    def place(kind, words, others):
        start = claim.index(words)
        given = tuple(match.span() for match in re.finditer(re.escape(others), text))
        return Place(kind, (start, start + len(words)), given)

    found = swapped(
        claim,
        text,
        [place("number", *pair) for pair in things],
        [place("word", *pair) for pair in context],
    )
    return found and tuple(claim[slice(*each.claimed)] for each in found)


TEXT_ZH = "改善市民生活的有5个；提升城市管理的有3个。"
THINGS = [("five", "5"), ("three", "3")]
RESIDENTS, CITY, LIVES, MANAGE = (
    ("residents", "市民"),
    ("city", "城市"),
    ("lives", "生活"),
    ("management", "管理"),
)


def test_things_in_each_others_place_are_found():
    claim = "改善市民生活的有3个；提升城市管理的有5个。"
    context = [(word, word) for word in ("市民", "生活", "城市", "管理")]

    assert judged(claim, TEXT_ZH, [("3", "3"), ("5", "5")], context) == ("3", "5")


@pytest.mark.parametrize(
    "claim",
    [
        "There are five for residents' lives and three for city management.",
        "For city management there are three, and for residents' lives five.",
    ],
)
def test_things_in_their_own_place_are_not_in_whatever_order(claim):
    assert judged(claim, TEXT_ZH, THINGS, [LIVES, RESIDENTS, CITY, MANAGE]) is None


@pytest.mark.parametrize(
    ("claim", "is_swapped"),
    [
        ("B2B一项为3711亿元，网络购物一项为10488亿元。", True),
        ("B2B一项为10488亿元，网络购物一项为3711亿元。", False),
        ("网络购物一项为3711亿元，B2B一项为10488亿元。", False),
    ],
)
def test_amounts_and_what_they_measure(claim, is_swapped):
    text = "B2B一项达10488亿元，多了13.7%；网络购物一项是3711亿元，多了46.0%。"
    things = [("10488亿元", "10488亿元"), ("3711亿元", "3711亿元")]
    context = [("B2B", "B2B"), ("网络", "网络"), ("购物", "购物")]

    assert (judged(claim, text, things, context) is not None) is is_swapped


def test_labels_that_change_places_before_amounts_in_order():
    text = "去年零售出口约400亿美元，进口约800亿美元。"
    claim = "去年零售进口约400亿美元，出口约800亿美元。"
    things = [("400亿美元", "400亿美元"), ("800亿美元", "800亿美元")]
    context = [(word, word) for word in ("零售", "进口", "出口")]

    assert judged(claim, text, things, context) == ("400亿美元", "800亿美元")
    assert judged(text, text, things, context) is None


def test_what_is_said_of_both_tells_nothing():
    claim = "In Russia and India, 5 and 3."
    text = "俄罗斯和印度：5、3。"
    context = [("Russia", "俄罗斯"), ("India", "印度")]

    assert judged(claim, text, [("5", "5"), ("3", "3")], context) is None


def test_things_of_two_kinds_or_of_one_place_are_not_compared():
    first, second = Place("place", (0, 1), ((3, 4),)), Place("name", (3, 4), ((0, 1),))
    same = Place("place", (3, 4), ((3, 4),))

    assert swapped("A, B", "B, A", [first, second], []) is None
    assert swapped("A, A", "B, A", [first, same], []) is None
    assert swapped("", "", [], []) is None
