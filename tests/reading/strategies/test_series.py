import numpy as np
import pytest
from passages import passage_of

from rag.language.terms import index_terms
from rag.reading.candidates import Candidate
from rag.reading.cross_encoder import ScoredSpan
from rag.reading.results import Unit
from rag.reading.strategies import Asked, Read, answered
from rag.reading.strategies.series import in_series
from rag.types import Chunk

STEPS = """## 更换滤芯

1. 关闭进水阀门，放掉余水。
2. 旋下滤瓶。
3. 换上新的滤芯。"""
TICKETS = """门票分为：

- 单日票，三十元
- 双日票，五十元
- 年票，二百元"""


def read_of(question, *read, behind=()):
    """Passages as they were read: each text with the words that are its candidate, best first."""
    everywhere = [
        passage_of(Chunk(f"a#{n}", "a", "", text, 0, len(text), n))
        for n, text in enumerate([*(text for text, _ in read), *behind])
    ]
    passages = everywhere[: len(read)]
    asked = set(index_terms(question))

    def met(text):
        return len(asked & set(index_terms(text))) / len(asked)

    def neighbours(passage):
        here = passage.chunk.ordinal
        return [each for each in everywhere if abs(each.chunk.ordinal - here) == 1]

    units = [
        Unit(number, 0, 0, len(text), text, 0.0, np.zeros(0))
        for number, (text, _) in enumerate(read)
    ]
    candidates = [
        Candidate(
            number,
            text,
            ScoredSpan(text.index(words), text.index(words) + len(words), 1.0),
            units[number],
            (1.0, 1.0),
            5.0 - number,
        )
        for number, (text, words) in enumerate(read)
    ]
    return Asked.of(question), Read(tuple(passages), units, candidates, met, neighbours)


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
