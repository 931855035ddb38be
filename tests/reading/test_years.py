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
