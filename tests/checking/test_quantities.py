"""Amounts, shares, measures and counts."""

import pytest
from effort import grows_linearly

from rag.checking.quantities import agrees, quantities


def read(text):
    return [(each.value, each.dimension) for each in quantities(text)]


def agree(claimed, given):
    (ours,), (theirs,) = quantities(claimed), quantities(given)
    return agrees(ours, theirs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5亿的活跃买家", [(3.5e8, "")]),
        ("350 million buyers", [(3.5e8, "")]),
        ("14,199亿元", [(1.4199e12, "CNY")]),
        ("二十亿消费者", [(2e9, "")]),
        ("百分之三十", [(30.0, "%")]),
        ("七成", [(70.0, "%")]),
        ("七成半", [(75.0, "%")]),
        ("四分之三", [(75.0, "%")]),
        ("three quarters", [(75.0, "%")]),
        ("half of them", [(50.0, "%")]),
        ("二十世纪和二十一世纪", [(20.0, "th"), (21.0, "th")]),
        ("19世纪", [(19.0, "th")]),
        ("the 20th century", [(20.0, "th")]),
        ("一半的人", [(50.0, "%")]),
        ("２０％", [(20.0, "%")]),
        ("half a billion dollars", [(5e8, "USD")]),
        ("US$440 billion", [(4.4e11, "USD")]),
        ("£30m", [(3e7, "GBP")]),
        ("3000 万英镑", [(3e7, "GBP")]),
        ("46个百分点", [(46.0, "points")]),
        ("半个小时", [(1800.0, "s")]),
        ("half an hour", [(1800.0, "s")]),
        ("三个月", [(3 * 2629800.0, "s")]),
        ("第三", [(3.0, "th")]),
        ("the third", [(3.0, "th")]),
        ("19th-largest", [(19.0, "th")]),
        ("30Mbps", [(3e7, "bit/s")]),
        ("180吨和600吨", [(180000.0, "kg"), (600000.0, "kg")]),
    ],
)
def test_numbers_have_a_value_in_base_units(text, expected):
    found = read(text)

    assert [dimension for _, dimension in found] == [dimension for _, dimension in expected]
    assert [value for value, _ in found] == pytest.approx([value for value, _ in expected])


@pytest.mark.parametrize(
    "text",
    [
        "B2B与B2C",
        "P2P",
        "一带一路",
        "百度",
        "两国企业",
        "the two talked",
        "万一",
        "2015年5月19日",
        "May 19, 2015",
        "one of them",
        "上半年",
    ],
)
def test_names_pronouns_and_dates_hold_no_number(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("claimed", "given"),
    [
        ("350 million", "3.5亿"),
        ("1.42 trillion yuan", "14199亿元"),
        ("3000 万英镑", "£30m"),
        ("七成", "70%"),
        ("30 minutes", "半个小时"),
        ("180 tonnes", "180吨"),
        ("2,000 guests", "2000多名嘉宾"),
        ("more than 2,000 firms", "2000多家"),
        ("10.5亿元", "10.488亿元"),
        ("约15亿", "14.8亿"),
    ],
)
def test_the_same_number_in_other_words_agrees(claimed, given):
    assert agree(claimed, given)


@pytest.mark.parametrize(
    ("claimed", "given"),
    [
        ("530 million", "3.5亿"),
        ("3.5万", "3.5亿"),
        ("46%", "46个百分点"),
        ("5亿元人民币", "5亿美元"),
        ("180 kilograms", "180吨"),
        ("30Gbps", "30Mbps"),
        ("1.1 billion yuan", "10.488亿元"),
        ("10.7亿元", "10.488亿元"),
        ("the fourth", "第三"),
        ("12 cities", "13座城市"),
        ("半天", "半个小时"),
    ],
)
def test_another_number_or_unit_does_not(claimed, given):
    assert not agree(claimed, given)


def test_a_list_may_leave_the_unit_to_its_last_number():
    first, second = quantities("180和600吨")

    assert (first.joins, first.dimension, second.dimension) == (True, "", "kg")
    assert agrees(quantities("180 tonnes")[0], first)


def test_words_that_say_about_are_kept_and_no_others():
    found = quantities("约3亿、近5万、2000多家、nearly 7 million, exactly 12")

    assert [each.is_about for each in found] == [True, True, True, True, False]


def test_one_character_is_sure_to_count_only_before_a_counter():
    assert [each.is_sure for each in quantities("三个人")] == [True]
    assert not any(each.is_sure for each in quantities("三农问题"))


@pytest.mark.parametrize(
    "sign", ["一", "亿", "十", "第一", "一万", "hundred ", "1", "1分之", "third ", "(", " "]
)
def test_time_grows_no_faster_than_the_text(sign):
    assert grows_linearly(lambda size: quantities(sign * (size // len(sign))), 20_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one in five", [(20, "%")]),
        ("more than one internet user in five worldwide", [(20, "%")]),
        ("three out of every four", [(75, "%")]),
        ("全世界每五个网民里就有一个以上", [(20, "%")]),
        ("四成六", [(46, "%")]),
        ("四成半", [(45, "%")]),
        ("one person in two years", [(2 * 31557600, "s")]),
        ("invested 500 million dollars in One 97", [(5e8, "USD"), (97, "")]),
        ("翻番 means doubled", [(2, "times"), (2, "times")]),
        ("two decades", [(20 * 31557600, "s")]),
        ("在每一个城市都有三个", [(3, "")]),
        ("三成一线城市", [(30, "%")]),
        ("one shop in three countries", [(3, "")]),
        ("a 7-nanometre chip, 7nm", [(7e-9, "m"), (7e-9, "m")]),
    ],
)
def test_shares_spans_and_small_measures(text, expected):
    assert [(pytest.approx(each.value), each.dimension) for each in quantities(text)] == expected
