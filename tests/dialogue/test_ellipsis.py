import pytest

from rag.dialogue.ellipsis import (
    asks_for_more,
    asks_to_go_on,
    fragment_of,
    is_bare,
    without_assent,
)

LOBSTERS = "How many lobsters did Canada sell in 2014?"


@pytest.mark.parametrize(
    ("question", "fragment"),
    [
        ("那2013年呢？", "2013年"),
        ("還有線下的呢", "線下"),
        ("那Zara怎么样？", "Zara"),
        ("那杭州的情况如何？", "杭州"),
        ("那去哪儿呢？", "去哪儿"),
        ("2013年？", "2013年"),
        ("Merkel?", "Merkel"),
        ("第二条？", "第二条"),
        ("and in 2013?", "in 2013"),
        ("What about H&M?", "H&M"),
        ("But so also Zara?", "Zara"),
        ("in Mexico?", "in Mexico"),
        ("And how many in Mexico?", "in Mexico"),
    ],
)
def test_what_is_put_into_the_frame(question, fragment):
    assert fragment_of(question, LOBSTERS) == fragment


@pytest.mark.parametrize(
    "question",
    [
        "那是谁建的？",
        "那里呢是什么？",
        "海信电视怎么样？",
        "跟马云一起宣布的官员是谁？",
        "And who sold them?",
        "And where in Mexico?",  # asks for something else
        "And did it grow?",
        "And how many crabs?",
        "How many lobsters are red?",
        "Shanghai",
        "那" + "上海" * 40 + "呢？",
        "",
    ],
)
def test_these_have_a_frame_of_their_own(question):
    assert fragment_of(question, LOBSTERS) is None


def test_what_is_asked_again_in_chinese_is_not_put_in():
    assert fragment_of("那2013年有多少？", "2014年卖了多少只？") == "2013年"
    assert fragment_of("那杭州有多少家？", "上海有多少家店？") == "杭州"
    assert fragment_of("那2013年有多少？", "2014年是谁卖的？") is None
    assert fragment_of("跟马云一起宣布的官员是谁？", "马云是谁？") is None


@pytest.mark.parametrize(
    "question",
    "送货要多久？|学多久？|谁主持的？|誰提出來的？|谁当CEO？|增长了多少？"
    "|每天平均多少？|各出多少钱？|网址？|網址是什麼？|国王叫什么？|老家在哪？"
    "|钱包有多少用户？|第二次是在哪里见面的？|需要哪些材料？|能续签吗？|收费吗？"
    "|Who is the CEO?|Who received the guests?|who else invested?|Who invested?"
    "|How many days?".split("|"),
)
def test_a_bare_question_names_nothing(question):
    assert is_bare(question)


@pytest.mark.parametrize(
    "question",
    "海淘是什么？|商标怎么注册？|产假有多少天？|怀孕多久会有反应|谁是马云？"
    "|谁负责财务？|你们要多久？|What is septicemia?|What is the refund policy?"
    "|Where is paytm?|Who founded Aromyx?|Why did sales fall?|How many do you sell?"
    "|How many households have children?|Is there a fee for the exhibitors?|为什么？".split("|"),
)
def test_a_question_with_a_subject_is_not_bare(question):
    assert not is_bare(question)


@pytest.mark.parametrize(
    "question",
    "还有呢？|还有吗|继续|再说一遍|能再详细一点吗？|真的吗？|其他的呢？|Tell me more"
    "|more details please|Go on.|What else?|Could you repeat that?"
    "|Say that again, please".split("|"),
)
def test_a_question_may_only_ask_for_more(question):
    assert asks_for_more(question)


@pytest.mark.parametrize(
    "question", ["还有谁？", "Tell me more about Aromyx", "that", "其他平台呢？", ""]
)
def test_a_question_for_something_is_not_for_more(question):
    assert not asks_for_more(question)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("OK, who proposed it?", "who proposed it?"),
        ("明白了，那B200是什么？", "B200是什么？"),
        ("好的，那里有什么？", "那里有什么？"),
        ("那么多人去了哪里？", "那么多人去了哪里？"),
        ("那么意大利呢？", "意大利呢？"),
        ("Great Britain?", "Great Britain?"),
        ("好的", "好的"),
    ],
)
def test_assent_is_no_part_of_a_question(question, rest):
    assert without_assent(question) == rest


@pytest.mark.parametrize(
    "question",
    "再详细一点|说得再详细一点|能不能说得详细些？|请详细介绍一下|展开说说|还有呢？|具体说说|再多讲讲|接着说"
    "|Tell me more|Can you tell me more about it?|In more detail, please.|Could you elaborate?"
    "|Please explain in more detail|go on|Anything else?".split("|"),
)
def test_these_ask_for_more_than_was_said(question):
    assert asks_to_go_on(question)
    assert asks_for_more(question)


@pytest.mark.parametrize(
    "question", "再说一遍|说得简单一点|真的吗？|Say that again|Really?".split("|")
)
def test_these_ask_for_the_same_again(question):
    assert not asks_to_go_on(question)
    assert asks_for_more(question)


@pytest.mark.parametrize(
    "question", "详细地址是什么？|还有谁？|More on lobsters?|怎么解释？".split("|")
)
def test_these_ask_for_something(question):
    assert not asks_for_more(question)
