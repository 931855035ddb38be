import pytest
from readings import read_of

from rag.reading.strategies import answered
from rag.reading.strategies.series import HEADED, in_series

STEPS = """## 更换滤芯

1. 关闭进水阀门，放掉余水。
2. 旋下滤瓶。
3. 换上新的滤芯。"""
TICKETS = """门票分为：

- 单日票，三十元
- 双日票，五十元
- 年票，二百元"""


def quoted(asked, read):
    """The quotes with their short answers, "" where no series answers."""
    found = in_series(asked, read)
    if found is None:
        return []
    passages = [*read.passages, *found.further]
    return [
        (
            passages[span.passage].text[span.start : span.end],
            [passages[span.passage].text[a:b] for a, b in span.highlights],
        )
        for span in found.spans
    ]


def test_all_steps_under_a_heading_answer_how_it_is_done():
    ((quote, steps),) = quoted(*read_of("怎样更换滤芯？", (STEPS, "关闭进水阀门，放掉余水")))

    assert steps == ["关闭进水阀门，放掉余水", "旋下滤瓶", "换上新的滤芯"]
    assert quote == STEPS[STEPS.index("1.") : -1]


@pytest.mark.parametrize("question", ["有哪三种门票？", "门票有哪些？"])
def test_all_bullets_answer_which_there_are(question):
    ((_, tickets),) = quoted(*read_of(question, (TICKETS, "双日票，五十元")))

    assert tickets == ["单日票，三十元", "双日票，五十元", "年票，二百元"]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("双日票多少钱？", TICKETS, "五十元"),  # one thing
        ("双日票有哪些规定？", TICKETS, "双日票，五十元"),  # an item says more than the lead
        ("有哪两种门票？", TICKETS, "双日票，五十元"),  # as many as there are not
        ("馆长是谁？", TICKETS, "单日票，三十元"),
        ("怎样去那里？", "先坐船，再坐车。", "先坐船，再坐车"),  # no series
    ],
)
def test_no_series_answers(question, text, words):
    assert quoted(*read_of(question, (text, words))) == []


def test_a_series_is_followed_into_the_next_passages():
    question = "意见提出了哪三方面举措？"
    first = ("意见提出三方面举措：\n\n一是突出重点。开展集中整治。", "突出重点")
    behind = ("二是落实责任。督促企业自查。\n\n三是加强协作。", "完。")

    found = quoted(*read_of(question, first, behind=behind))

    assert found == [
        ("一是突出重点", ["突出重点"]),
        (
            "二是落实责任。督促企业自查。\n\n三是加强协作",
            ["落实责任。督促企业自查", "加强协作"],
        ),
    ]


def test_of_long_items_the_first_sentences_are_quoted():
    text = "提出两点：一是加强协作。" + "各部门" * 60 + "。二是健全机制。" + "各企业" * 60 + "。"

    found = quoted(*read_of("提出哪两点？", (text, "加强协作")))

    assert found == [("一是加强协作", ["加强协作"]), ("二是健全机制", ["健全机制"])]


def test_a_lead_that_names_what_is_counted_goes_before_words_of_that_number():
    list_ = ("坚持监管、协作的原则，提出两点举措：一是加强协作；二是健全机制。", "监管、协作")

    asked, read = read_of("提出哪两点举措？", list_)

    assert quoted(asked, read)[0][1] == ["加强协作", "健全机制"]
    assert answered(asked, read) == in_series(asked, read)


@pytest.mark.parametrize(
    ("section", "least"), [("净水器 > 更换滤芯", HEADED), ("净水器 > 保养", 0.0)]
)
def test_under_the_words_of_the_question_a_series_is_sure(section, least):
    found = in_series(*read_of("怎样更换滤芯？", (STEPS, "旋下滤瓶"), section=section))

    assert found.least == least
