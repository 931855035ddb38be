"""Words that deny."""

import pytest

from rag.checking.negation import denials


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


def test_some_words_deny_by_half():
    text = "光靠政府不够，没有电 and nonviolent, it has none"

    assert [(text[d.start : d.end], d.is_half) for d in denials(text)] == [
        ("不够", True),
        ("没有", False),
        ("nonviolent", True),
        ("none", False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会员不等于买过一次的人", ["不"]),
        ("大小不等", []),
        ("against 2.5 billion elsewhere", []),
        ("He spoke against the plan", ["against"]),
        ("voted against a merger", ["against"]),
        ("北非和西非", []),
        ("其中非金融类投资", ["非"]),
        ("其普及不如他国", []),
    ],
)
def test_what_a_word_means_depends_on_its_neighbours(text, expected):
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
