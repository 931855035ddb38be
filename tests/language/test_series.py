import pytest

from rag.language.series import head, series


def items(text):
    return [[text[item.start : item.end] for item in found.items] for found in series(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "提出两个条件：一是议题要聚焦；二是要有驱动力。散会。",
            ["议题要聚焦", "要有驱动力"],
        ),
        ("原因有三。第一，水浅。第二，浪高。第三，无港。", ["水浅", "浪高", "无港"]),
        ("首先关闭阀门，其次旋下滤瓶，最后冲洗。", ["关闭阀门", "旋下滤瓶", "冲洗"]),
        ("分为（1）单日票（2）双日票。", ["单日票", "双日票"]),
        ("①铁锅②木勺", ["铁锅", "木勺"]),
        ("## 更换\n\n1. 关闭阀门。\n2. 旋下滤瓶。\n\n完。", ["关闭阀门", "旋下滤瓶"]),
        ("一、总则\n二、罚则", ["总则", "罚则"]),
        ("第一步：称重。\n第二步：归零。", ["称重", "归零"]),
        ("Bring:\n\n- boots\n- a whistle\n\nThank you.", ["boots", "a whistle"]),
        ("Step 1. Empty it.\nStep 2. Hold the key.", ["Empty it", "Hold the key"]),
        (
            "First, empty the pan. Second, hold the key. Finally, wait.",
            ["empty the pan", "hold the key", "wait"],
        ),
        ("Never burn:\n(a) painted wood;\n(b) felt.", ["painted wood", "felt"]),
        ("工具包括锤子；凿子；锉刀。", ["锤子", "凿子", "锉刀"]),
        ("主张：尊重主权；维护和平；促进合作。", ["尊重主权", "维护和平", "促进合作"]),
    ],
)
def test_the_items_of_a_series_stand_behind_its_marks(text, expected):
    assert items(text) == [expected]


def test_items_over_paragraphs_hold_all_their_sentences_and_a_head():
    text = "举措：\n\n一是突出重点。开展整治。\n\n二是落实责任。督促企业。\n\n（摘自网站）"

    (found,) = series(text)

    assert items(text) == [["突出重点。开展整治", "落实责任。督促企业"]]
    assert [text[slice(*head(text, item)[1:])] for item in found.items] == ["突出重点", "落实责任"]
    assert text[slice(*found.lead)] == "举措："


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("他来了。提出两点：一是快；二是好。", "提出两点："),
        ("门票分为：\n\n- 单日票\n- 年票", "门票分为："),
        ("## 更换滤芯\n\n1. 关闭。\n2. 旋下。", "## 更换滤芯"),
        ("- 单日票\n- 年票", ""),
    ],
)
def test_the_lead_is_what_stands_before_the_first_mark(text, lead):
    (found,) = series(text)

    assert text[slice(*found.lead)] == lead


def test_two_lists_of_bullets_are_two_series():
    assert items("带：\n- 靴子\n- 水\n\n不带：\n- 刀\n- 火") == [["靴子", "水"], ["刀", "火"]]


def test_marks_of_two_ways_are_two_series():
    text = "1. 关阀。\n（1）左旋。（2）取下。\n2. 冲洗。"

    assert [found for found in items(text) if len(found) == 2][1:] == [["左旋", "取下"]]


def test_a_series_goes_on_in_the_next_passage_with_the_next_number():
    (found,) = series("三是加强协作。\n\n四是健全机制。")

    assert (found.first, len(found.items), found.is_numbered) == (3, 2, True)


def test_a_count_that_does_not_go_on_is_no_series():
    assert [len(found) for found in items("1. 关阀。\n\n5. 冲洗。")] == [1, 1]


@pytest.mark.parametrize(
    "text",
    ["", "他来了，又走了。", "增长1.5亿元；下降2%。", "He came; she left.", "一是一，二是二"],
)
def test_what_is_no_series(text):
    assert [found for found in items(text) if len(found) > 2] == []
