"""Dates in Chinese and English text."""

import pytest

from rag.checking.dates import Date, dates, fits


def said(text):
    return [(date.year, date.month, date.day) for date in dates(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015年5月19日", [(2015, 5, 19)]),
        ("２０１５年５月１９日", [(2015, 5, 19)]),
        ("二〇一五年五月十九日", [(2015, 5, 19)]),
        ("May 19, 2015", [(2015, 5, 19)]),
        ("19th of May 2015", [(2015, 5, 19)]),
        ("2015-05-19", [(2015, 5, 19)]),
        ("2015/5/19", [(2015, 5, 19)]),
        ("10 月 22 号", [(None, 10, 22)]),
        ("Sept. 2014", [(2014, 9, None)]),
        ("12月1日至14日", [(None, 12, 1), (None, 12, 14)]),
        ("December 1-14, 2015", [(2015, 12, 1), (2015, 12, 14)]),
        ("今年1-4月", [(None, 1, None), (None, 4, None)]),
        ("from January to April", [(None, 1, None), (None, 4, None)]),
        ("2001-02年", [(2001, None, None), (2002, None, None)]),
        ("2015至2018年", [(2015, None, None), (2018, None, None)]),
        ("20世纪60年代", [(1960, None, None)]),
        ("07年8月份, 07年8月3日", [(2007, 8, None), (2007, 8, 3)]),
        ("It opened in 2014.", [(2014, None, None)]),
    ],
)
def test_dates_are_read(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "They may march on.",
        "It took 3个月.",
        "2000多家企业",
        "2,000 guests",
        "2000 companies",
        "1800个物流中心",
        "13月",
        "月球与月饼",
        "19.75 percent",
    ],
)
def test_what_only_looks_like_a_date_is_none(text):
    assert said(text) == []


def test_months_with_a_capital_are_months():
    assert said("In May they may march.") == [(None, 5, None)]


def test_the_offsets_are_those_of_the_text():
    text = "论坛於２０１５年舉行，on May 19."

    assert [text[date.start : date.end] for date in dates(text)] == ["２０１５年", "May 19"]


@pytest.mark.parametrize(
    ("claimed", "given", "is_said"),
    [
        ((2015, None, None), (2015, 5, 19), True),
        ((2015, 5, 19), (2015, 5, 19), True),
        ((None, 5, 19), (2015, 5, 19), True),
        ((2015, 5, 18), (2015, 5, 19), False),
        ((2015, 6, None), (2015, 5, 19), False),
        ((2015, 5, 19), (2015, 5, None), False),
    ],
)
def test_a_date_fits_one_that_says_as_much_or_more(claimed, given, is_said):
    assert fits(Date(0, 0, *claimed), Date(0, 0, *given)) is is_said
