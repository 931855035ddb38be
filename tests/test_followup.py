import pytest

from rag.followup import resolve
from rag.gold import read_gold

CITIES = "跨境电商综合试验区新增了哪些城市？"
LOBSTERS = "How many lobsters did Canada sell on Singles' Day?"


def user(*questions):
    return [{"role": "user", "content": question} for question in questions]


def test_a_question_that_leans_back_is_led_by_the_last_question_of_the_user():
    history = [
        {"role": "user", "content": "谁是马云？"},
        {"role": "user", "content": CITIES},
        {"role": "assistant", "content": "天津、上海、重庆……[1]"},
    ]

    assert resolve("它们要建设哪两个平台？", history) == f"{CITIES} 它们要建设哪两个平台？"
    assert resolve("And in 2015?", user(LOBSTERS)) == f"{LOBSTERS} And in 2015?"


@pytest.mark.parametrize(
    "question",
    [
        "那杭州呢？",
        "在那裡會見到幾個國家的主席？",  # traditional script leans back too
        "他們要學習多久？",
        "其创始人是谁？",
        "它是哪年注册的？",
        "线下的呢？",
        "What about Seattle?",
        "And what did he buy there with his face?",
        "How large was ITS turnover in 2014?",
        "Who went there?",
    ],
)
def test_these_questions_lean_back(question):
    assert resolve(question, user(CITIES)) == f"{CITIES} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "其他平台的退货率是多少？",
        "与其他平台相比，天猫国际有什么优势？",
        "其它城市有哪些？",
        "吉他是谁送的？",
        "维他奶卖了多少？",
        "How many pilot cities are there in total?",
        "Is there a fee for the exhibitors?",
        "Which company bought Hermes?",  # no "her", no "he"
        "阿里巴巴的总部在哪里？",
    ],
)
def test_these_questions_stand_by_themselves(question):
    assert resolve(question, user(CITIES)) == question


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stands_by_itself():
    history = user("谁是马云？", CITIES, "它们要建设哪两个平台？")

    assert resolve("那线下的呢？", history) == f"{CITIES} 它们要建设哪两个平台？ 那线下的呢？"


def test_without_an_earlier_question_nothing_is_added():
    assert resolve("它是哪年成立的？", []) == "它是哪年成立的？"
    assert resolve(" When was it founded? ", user("", "  ")) == " When was it founded? "
    assert resolve("它呢？", [{"role": "user", "content": None}, {"role": "user"}]) == "它呢？"
    assert resolve("它呢？", [{"role": "assistant", "content": "1999年[1]"}]) == "它呢？"


def test_every_follow_up_of_the_sample_questions_is_seen_as_one():
    followed = [row for row in read_gold("seeds/questions.jsonl") if row.history]

    assert len(followed) >= 8
    for row in followed:
        assert resolve(row.question, user(*row.history)) == f"{row.history[-1]} {row.question}"
