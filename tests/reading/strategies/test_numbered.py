"""Parts of a document that a question asks for by their number: a step, an article."""

import pytest
from readings import read_of

from rag.reading.strategies.numbered import NUMBERED, by_number

STEPS = (
    "## 更换滤芯\n\n1. 关闭阀门。\n2. 旋下滤瓶。\n   注意方向。\n3. 检查密封圈。\n\n冲洗十分钟。"
)
LEASE = "第二条 租期三年。\n第三条 租金每月500元。\n按季支付。\n第十三条 争议协商解决。"
ENGLISH = "Article 3 The rent is 500.\nIt is paid monthly.\nArticle 13 Disputes are settled."
CLAUSES = "2. Use\n2.1 No pets.\n2.2 No subtenants.\n2.2.1 Guests may stay.\n2.20 Keys.\n3. End"


def asked(question, text, section=""):
    found = by_number(*read_of(question, (text, text[-4:]), section=section))
    if found is None:
        return None
    (span,) = found.spans
    assert (span.highlights, found.least) == (((span.start, span.end),), NUMBERED)
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("更换滤芯的第三步是什么？", "3. 检查密封圈"),
        ("更换滤芯的第2步是什么？", "2. 旋下滤瓶。\n   注意方向"),
        ("更换滤芯的最后一步是什么？", "3. 检查密封圈"),
        ("更换滤芯的第四步是什么？", None),
        ("安装支架的第三步是什么？", None),
        ("更换电池的第三步是什么？", None),
    ],
)
def test_one_step_by_its_number(question, item):
    assert asked(question, STEPS, "净水器 > 更换滤芯") == item


def test_a_heading_may_say_that_steps_stand_below():
    assert asked("开机的第二步是什么？", "1. 检查电源。\n2. 启动。", "冷库 > 开机步骤") == "2. 启动"


def test_a_step_of_the_list_below_a_line_that_is_named():
    text = "Care\n\nReplacing the blade\n\n1) Unplug it.\n2) Test it.\n\nOiling\n\n1) Wipe it."

    assert asked("What is the last step of replacing the blade?", text, "Saws") == "2) Test it"
    assert asked("What is the last step of sharpening the blade?", text, "Saws") is None


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("第三条规定了什么？", "第三条 租金每月500元。\n按季支付。"),
        ("合同第13条的内容是什么？", "第十三条 争议协商解决。"),
        ("第三条叫什么？", "第三条 租金每月500元。\n按季支付。"),
        ("第三条的标题是什么？", "第三条 租金每月500元。"),
        ("第四条规定了什么？", None),
        ("第三条规定的租金是多少？", None),  # asks for words within it
    ],
)
def test_an_article_by_its_number(question, article):
    assert asked(question, LEASE) == article


@pytest.mark.parametrize(
    ("question", "text", "article"),
    [
        ("What does Article 3 say?", ENGLISH, "Article 3 The rent is 500.\nIt is paid monthly."),
        (
            "What does clause 2.2 of the lease say?",
            CLAUSES,
            "2.2 No subtenants.\n2.2.1 Guests may stay.",
        ),
        ("What is chapter 3 called?", "Chapter 3 Keys\nA key costs 14.", "Chapter 3 Keys"),
        ("What does clause 2.4 say?", CLAUSES, None),
    ],
)
def test_an_english_article_by_its_number(question, text, article):
    assert asked(question, text) == article


@pytest.mark.parametrize(
    ("question", "text", "words", "number"),
    [
        ("租金是合同第几条规定的？", LEASE, "每月500元", "第三条"),
        ("哪一条规定了争议怎么办？", LEASE, "协商解决", "第十三条"),
        ("租金在第几章？", LEASE, "每月500元", None),
        ("Which clause speaks of subtenants?", CLAUSES, "No subtenants", "2.2"),
        ("Which article sets the rent?", ENGLISH, "500", "Article 3"),
    ],
)
def test_the_number_of_the_article_that_says_something(question, text, words, number):
    found = by_number(*read_of(question, (text, words)))

    marked = [text[slice(*lit)] for span in found.spans for lit in span.highlights] if found else []
    assert marked == ([number] if number else [])
    assert all(words in text[span.start : span.end] for span in (found.spans if found else ()))
