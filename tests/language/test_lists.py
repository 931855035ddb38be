import pytest

from rag.language.lists import enumerations


@pytest.mark.parametrize(
    ("text", "words", "items"),
    [
        ("会议决定，在天津、上海、重庆、苏州这4个城市新设试验区。", "天津、上海、重庆、苏州", 4),
        ("岛上共有三处码头：东码头、南码头和鱼码头。", "东码头、南码头和鱼码头", 3),
        ("會議在天津、上海與重慶舉行", "天津、上海與重慶", 3),
        ("包括企业、金融机构、监管部门等在内", "企业、金融机构、监管部门", 3),
        (
            "The island has three quays: the east quay, the south quay, and the fish quay.",
            "the east quay, the south quay, and the fish quay",
            3,
        ),
        (
            "The cargo was 20,000 lobsters, crabs, and fish.",
            "20,000 lobsters, crabs, and fish",
            3,
        ),
        (
            "It was sold in Germany, France, Italy and Spain for 20 euros.",
            "Germany, France, Italy and Spain",
            4,
        ),
    ],
)
def test_a_list_begins_and_ends_with_its_items(text, words, items):
    (found,) = enumerations(text)

    assert (text[found.start : found.end], found.items) == (words, items)


@pytest.mark.parametrize(
    "text", ["", "他来了，又走了。", "It rained, and he left.", "、、、", "A、"]
)
def test_what_is_no_list(text):
    assert list(enumerations(text)) == []


def test_two_lists_come_in_order():
    text = "东区有面包、茶叶，西区有毛线、铜钉、绳子。"

    found = [text[each.start : each.end] for each in enumerations(text)]

    assert found == ["面包、茶叶", "毛线、铜钉、绳子"]
