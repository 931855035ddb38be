"""Who wrote a document and when, as its own lines say."""

import pytest

from rag.language import bylines


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("车厘子\n\n作者：李华\n\n今年卖了600吨。", "李华"),
        ("车厘子\n文/王小明\n今年卖了600吨。", "王小明"),
        ("今年卖了600吨。\n\n（记者 张三）", "张三"),
        ("Cherries\n\nBy Ingrid Dahl\n\nSales rose.", "Ingrid Dahl"),
        ("The author of the plan is not known.\n\n文章说得很清楚。", None),
        ("The deal was signed by both.\n\n作者认为这很重要。", None),
    ],
)
def test_the_author_is_named_on_a_line_of_its_own(text, name):
    span = bylines.author(text)

    assert (text[slice(*span)] if span else None) == name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("要闻\n2015年11、12月合刊 总第146期\n\n目录", "2015年11、12月"),
        ("要闻\n发布时间：2023-08-16 18:22\n\n京东财报。", "2023-08-16"),
        ("Cherries\n\nJune 9, 2015\n\nSales rose.", "June 9, 2015"),
        ("销量从2013年的180吨增加。", None),
        ("Sales rose in June 2015.", None),
    ],
)
def test_the_date_opens_one_of_the_first_lines(text, day):
    span = bylines.date(text)

    assert (text[slice(*span)] if span else None) == day
