import pytest

from rag.reading.years import is_of_another_year


@pytest.mark.parametrize(
    ("question", "text", "words", "is_other"),
    [
        ("How many were sold in 2014?", "In 2013, 20 were sold. In 2014, 90.", "20 were", True),
        ("How many were sold in 2014?", "In 2013, 20 were sold. In 2014, 90.", "90", False),
        ("2014年卖了多少？", "从2010年的20亿增长到2014年的200亿。", "200亿", False),  # names both
        ("2014年卖了多少？", "共卖出200亿。", "200亿", False),  # names none
        ("卖了多少？", "2013年卖出200亿。", "200亿", False),
        ("2014年以后它哪年又开放？", "2016年它又开放。", "2016年", False),  # asks when
        ("12014年", "2013年", "2013年", False),  # no year
    ],
)
def test_a_sentence_on_another_year_than_the_question_is_told(question, text, words, is_other):
    assert is_of_another_year(question, text, text.index(words)) is is_other


def test_in_a_sentence_of_several_years_the_clause_decides():
    chinese = "消费者在2014年花费了4400亿元，到2019年将上升到1万亿元，其中一半在城里。"
    english = "They sold 180 tons in 2013, and 600 tons in 2014."

    def other(question, text, words):
        return is_of_another_year(question, text, text.index(words))

    asked = "2019年将花费多少？"
    assert [other(asked, chinese, n) for n in ("4400亿", "1万亿", "一半")] == [True, False, False]
    asked = "How much did they sell in 2013?"
    assert [other(asked, english, n) for n in ("180", "600")] == [False, True]
    assert not other("2013年和2014年卖了多少？", english, "600")
