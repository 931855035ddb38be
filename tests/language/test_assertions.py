"""What is said outright, what leaves something open, and of what a denial is one."""

import pytest

from rag.language.assertions import is_denied_of, is_of_all, is_said, leaves_open, limits


@pytest.mark.parametrize(
    ("statement", "words", "is_so"),
    [
        ("门票可以退。", "門票可以退，手续费五元。", True),
        ("门票可以退。", "门票可以退吗？", False),
        ("门票可以退。", "旧门票可以退。", False),
        ("The firm have ships.", "The firm has ships and a yard.", True),
        ("The pier was closed.", "The pier was closed in 1990.", True),
        ("The pier is closed.", "The pier is closed in winter.", False),
        ("The pier is closed.", "The pier was closed.", False),
    ],
)
def test_what_is_said_begins_with_the_statement_and_takes_nothing_back(statement, words, is_so):
    assert is_said(statement, words) is is_so


def test_words_that_the_statement_has_too_leave_nothing_open():
    assert not leaves_open("The hall may be sold.", "The hall may be sold in May.")
    assert leaves_open("The gift is sold.", "It is sold if it rains.")
    assert limits("渡轮可以载汽车。", "其中两艘可以载汽车。")


def test_a_city_is_not_all():
    assert is_of_all("展厅都有空调。")
    assert not is_of_all("成都的展厅有空调。")


@pytest.mark.parametrize(
    ("sentence", "denial", "is_so"),
    [
        ("No dogs are allowed.", "no", True),
        ("Dogs that do not bark are allowed.", "not", False),
        ("Dogs without a lead are allowed.", "without", False),
    ],
)
def test_a_denial_may_be_of_something_else(sentence, denial, is_so):
    assert is_denied_of({"dog", "allow"}, sentence, denial) is is_so
