"""Words that deny."""

import pytest

from rag.polarity import denials


def found(text):
    return [text[each.start : each.end] for each in denials(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("并未造成冲击", ["未"]),
        ("沒有保持關係", ["沒有"]),
        ("他从不说谎", ["从不"]),
        ("不能也不会", ["不能", "不会"]),
        ("It did not fall.", ["not"]),
        ("It didn’t fall.", ["didn’t"]),
        ("They failed to agree and refused.", ["failed to", "refused"]),
        ("unlikely, without a doubt", ["unlikely", "without", "doubt"]),
        ("不仅没有减少, it did not fall", ["没有", "not"]),
    ],
)
def test_what_denies_is_found_in_order(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "不仅如此，不断增长",
        "从不到20亿增长",
        "不少人非常满意",
        "非洲与无锡",
        "不锈钢和未来",
        "是否参加",
        "不得不停",
        "not only cheap",
        "no fewer than 20",
        "no doubt",
        "Note the notable knot",
        "",
    ],
)
def test_words_that_only_look_so_deny_nothing(text):
    assert found(text) == []
