"""Kinds of question, over questions written for this: half of them were not in view."""

from pathlib import Path

import pytest

from rag.language.question_kinds import (
    QuestionKind,
    asks_meaning,
    is_yes_no,
    kind_of,
    person_in,
    thing_in,
)

ROWS = [
    line.split("\t")
    for line in Path(__file__)
    .with_suffix("")
    .with_name("question_kinds.tsv")
    .read_text("utf-8")
    .splitlines()
    if not line.startswith("#")
]


def right(half):
    rows = [(kind, question) for own, kind, question in ROWS if own == half]
    return sum(kind_of(question).value == kind for kind, question in rows) / len(rows)


def test_there_are_questions_of_all_kinds_in_both_languages():
    assert len(ROWS) >= 200
    assert {kind for _, kind, _ in ROWS} == {kind.value for kind in QuestionKind}
    assert sum(question.isascii() for *_, question in ROWS) >= 80


def test_the_rules_know_the_questions_they_were_made_with():
    assert right("seen") >= 0.95


def test_they_know_questions_that_were_not_in_view():
    assert right("kept") >= 0.9


@pytest.mark.parametrize(
    ("question", "person"),
    [
        ("陈杰是谁？", "陈杰"),
        ("請問陳傑是誰？", "陳傑"),  # as written there
        ("谁是欧阳静？", "欧阳静"),
        ("马可·贝里是什么人？", "马可·贝里"),
        ("Who is Lin Yue?", "Lin Yue"),
        ("who's Ada Brenner", "Ada Brenner"),
        ("董事长是谁？", ""),  # asks for a name
        ("《灯塔》的作者是谁？", ""),
        ("Who is the chairman?", ""),
        ("他是谁？", ""),
        ("陈杰今年多大？", ""),
    ],
)
def test_a_person_is_found_who_is_asked_about(question, person):
    assert person_in(question) == person


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("什么是B200？", "B200"),
        ("“单一窗口”是什么意思？", "单一窗口"),
        ("灰岩计划是什么？", "灰岩计划"),
        ("What is an L4 buyer on that site?", "L4 buyer"),
        ("What does eWTP stand for?", "eWTP"),
        ("What is the Marco Polo plan?", "Marco Polo plan"),
        ("What is the price?", ""),  # a value
        ("演讲的主题是什么？", ""),
        ("四大原则是什么？", ""),  # a list
        ("What are they building?", ""),
    ],
)
def test_a_thing_is_found_that_is_asked_about(question, thing):
    assert thing_in(question) == thing


@pytest.mark.parametrize(
    ("question", "is_one"),
    [
        ("灯塔还在使用吗？", True),
        ("公司是否有倉庫？", True),
        ("能不能退票？", True),
        ("Does it rain there?", True),
        ("It is closed, right?", True),
        ("有什么影响吗？", False),
        ("是北港还是南港？", False),
        ("Is it the north port or the south one?", False),
        ("这是什么？", False),
        ("Could you tell me when it opens?", False),
    ],
)
def test_a_question_whether_something_is_so_asks_for_nothing_else(question, is_one):
    assert is_yes_no(question) is is_one


def test_what_words_mean_is_not_what_a_thing_is():
    assert asks_meaning("喇嘛的含义是什么？")
    assert asks_meaning("What does lead time mean?")
    assert not asks_meaning("什么是喇嘛？")


@pytest.mark.parametrize("question", ["这条路被命名为什么？", "当地人把它称为什么？"])
def test_what_something_is_named_is_not_why(question):
    assert kind_of(question) is not QuestionKind.REASON


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        ("Does anyone know why it closed?", False),
        ("Is there a fee, and how much is it?", False),
        ("Is the pool open when it rains?", True),
    ],
)
def test_whether_somebody_knows_why_asks_why(question, is_so):
    assert is_yes_no(question) is is_so
