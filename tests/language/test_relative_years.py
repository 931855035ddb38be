import pytest

from rag.language.relative_years import with_plain_years


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("How many were sold in the year before 2014?", "How many were sold in 2013?"),
        ("And the year after 2014?", "And 2015?"),
        ("What was built two years before 1932?", "What was built 1930?"),
        ("2030年前一年的夜班补贴是多少？", "2029年的夜班补贴是多少？"),
        ("2013年的次年卖了多少？", "2014年卖了多少？"),
        ("2013年的后兩年卖了多少？", "2013年的后兩年卖了多少？"),
        ("2013年后两年卖了多少？", "2015年卖了多少？"),
        ("2013年两年后卖了多少？", "2015年卖了多少？"),
    ],
)
def test_a_year_told_by_another_is_named(question, plain):
    assert with_plain_years(question) == plain


@pytest.mark.parametrize(
    "question", ["2030年之前补贴多少？", "Before 2030?", "2014年上半年卖了多少？", "3年前呢？"]
)
def test_no_other_words_are_touched(question):
    assert with_plain_years(question) == question
