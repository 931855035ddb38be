"""Names that a collection writes in both languages side by side."""

import pytest
from effort import grows_linearly

from rag.language.aliases import aliases_of


@pytest.mark.parametrize(
    ("text", "latin", "chinese"),
    [
        ("Babytree (宝宝树) raised money.", "babytree", "宝宝树"),
        ("投资了兰亭集势（LightInTheBox）", "lightinthebox", "兰亭集势"),
        ("全球速卖通”（AliExpress）目前", "aliexpress", "全球速卖通"),
        ("The firm Jumei (聚美优品), founded", "jumei", "聚美优品"),
    ],
)
def test_names_beside_each_other_are_the_same_both_ways(text, latin, chinese):
    found = aliases_of([text])

    assert chinese in found[latin]
    assert latin in found[chinese]


def test_a_common_word_alone_is_no_name():
    found = aliases_of(["全球電商平臺（eWTP）"])

    assert "平台" not in found["ewtp"]
    assert "电商平台" in found["ewtp"]


def test_texts_add_to_each_other():
    found = aliases_of(["Tmall (天猫)", "Tmall（天貓商城）, Tmall (天猫商城)"])

    assert {"天猫", "天猫商城"} <= found["tmall"]


@pytest.mark.parametrize("text", ["", "（）", "no brackets 没有括号", "(宝宝树)", "增长（见下）"])
def test_other_brackets_give_no_names(text):
    assert aliases_of([text]) == {}


@pytest.mark.parametrize("sign", ["A", "a", "A-", "A.a", "Aa of ", "中(", "中", "Aa("])
def test_a_long_run_of_signs_costs_by_its_length(sign):
    assert grows_linearly(lambda size: aliases_of([sign * (size // len(sign))]), 20_000)
