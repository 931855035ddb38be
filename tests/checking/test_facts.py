"""Numbers and dates of a claim against those of a passage."""

import pytest

from rag.checking.dates import dates
from rag.checking.facts import facts_of, goes_without_saying, is_telling, lacking, sure_facts


def missing(claim, passage, context=""):
    """The words of the claim whose number or date the passage lacks."""
    found = lacking(sure_facts(facts_of(claim), claim), facts_of(passage, context), 0, len(passage))
    return [claim[each.start : each.end] for each in found]


@pytest.mark.parametrize(
    ("claim", "passage", "wrong"),
    [
        ("It raised 350 million yuan.", "融资3.5亿元人民币。", []),
        ("It raised 350 million dollars.", "融资3.5亿元人民币。", ["350 million dollars"]),
        ("It opened on May 19, 2015.", "2015年5月19日开馆。", []),
        ("It opened on May 9, 2015.", "2015年5月19日开馆。", ["May 9, 2015"]),
        ("One of them left.", "两家公司都在。", []),
        ("Of 300 million dollars 250 million came from A.", "共3亿美元，其中A出了2.5亿。", []),
        ("2015年有三座。", "In 2015 there were three.", []),
    ],
)
def test_what_the_passage_lacks(claim, passage, wrong):
    assert missing(claim, passage) == wrong


def test_a_year_may_stand_in_the_title():
    claim, passage = "It opened on 19 May 2015.", "5月19日开馆。"

    assert missing(claim, passage, "2015年纪事") == []
    assert missing(claim, passage, "2014年纪事") == ["19 May 2015"]
    assert missing("It opened in 2015.", "2014年开馆。", "2015年纪事") == ["2015"]


@pytest.mark.parametrize(
    ("claim", "passage", "wrong"),
    [
        ("In the first four months of 2022 it grew.", "2022年1-4月增长。", []),
        ("In the first four months it grew.", "1至5月增长。", ["four months"]),
        ("In the first eleven months it grew.", "截至11月，增长。", []),
        ("2015年1至10月增长。", "In the first ten months of 2015 it grew.", []),
        ("2015年1至9月增长。", "In the first ten months of 2015 it grew.", ["1至9月", "1至9月"]),
        ("12个月卖出3万件。", "十一至十二月卖出3万件。", ["12个月"]),
        ("船期9个月都满。", "目前9月份的船期都满。", ["9个月"]),
        ("目标有两个：做大和做强。", "做大，并且做强。", []),
        ("目标有两个。", "做大，并且做强。", ["两"]),
    ],
)
def test_months_of_a_year_and_what_announces_a_list(claim, passage, wrong):
    assert missing(claim, passage) == wrong


def test_only_what_lies_between_the_offsets_counts():
    passage = "馆藏300件。门票12元。"
    claimed = facts_of("The fee is 12 yuan.")

    assert len(lacking(claimed, facts_of(passage), 0, 7)) == 1
    assert lacking(claimed, facts_of(passage), 7, len(passage)) == ()


def test_a_year_that_goes_without_saying_is_in_the_document():
    (year,) = dates("2015年5月")
    (given,) = dates("5月")
    (other,) = dates("6月")

    assert goes_without_saying(year, [given], "二零一五年，即2015年")
    assert not goes_without_saying(year, [other], "2015年")
    assert not goes_without_saying(year, [given], "2014年")
    assert not goes_without_saying(facts_of("15 yuan").quantities[0], [given], "15")


def test_what_is_hardly_there_by_chance():
    telling = facts_of("It cost 356 yuan on 19 May, not 3 yuan in May.")

    assert [is_telling(each) for each in telling.quantities] == [True, False]
    assert [is_telling(each) for each in telling.dates] == [True, False]
