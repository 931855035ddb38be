import pytest

from rag.language.comparisons import sides_of


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        (
            "对比一下上海和天津的门店数量",
            ("上海的门店数量是多少？", "天津的门店数量是多少？"),
        ),
        ("2013年与2014年的销量相差多少？", ("2013年的销量是多少？", "2014年的销量是多少？")),
        (
            "What is the difference between the 2013 and 2014 sales?",
            ("How much: 2013 sales?", "How much: 2014 sales?"),
        ),
    ],
)
def test_each_side_is_asked_by_itself(question, sides):
    assert sides_of(question) == sides


@pytest.mark.parametrize(
    "question",
    [
        "2013年和2014年卖了多少？",  # no comparison
        "比较一下这两个计划。",
        "What is the difference between the plans?",
        "上海是哪年获批的？",
    ],
)
def test_else_there_are_no_sides(question):
    assert sides_of(question) == ()
