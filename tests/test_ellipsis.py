import pytest

from rag.ellipsis import fragment_of

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
