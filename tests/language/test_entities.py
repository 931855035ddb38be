import pytest

from rag.language.entities import mentions, names, without


def found(text):
    return [(mention.kind, mention.text) for mention in mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014年3月17日", [("year", "2014年"), ("month", "3月"), ("day", "17日")]),
        ("on 17 March 2014", [("day", "17"), ("month", "March"), ("year", "2014")]),
        ("on March 17, 2014", [("month", "March"), ("day", "17"), ("year", "2014")]),
        ("去年和今年", [("year", "去年"), ("year", "今年")]),
        ("20,000只 12月 90%", [("month", "12月")]),
        ("2014.5 2014% 12014", []),
        ("進口五十噸", [("吨", "五十噸")]),
        ("50 tons", [("ton", "50 tons")]),
        ("第二屆大會", [("第届", "第二屆")]),
        ("第3条", [("第条", "第3条")]),
    ],
)
def test_dates_and_quantities(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("馬雲在德國", [("name", "馬雲"), ("place", "德國")]),
        ("京东在哪些城市？", [("name", "京东")]),
        ("Did Zara open in New York?", [("name", "Zara"), ("place", "New York")]),
        ("Who met the Bank of Canada?", [("name", "Bank of Canada")]),
        ("Which US firms does i-Shanghai serve?", [("place", "US"), ("name", "i-Shanghai")]),
        ("What is eWTP, and who is the CEO?", [("name", "eWTP")]),
        ("Zara 2015年", [("name", "Zara"), ("year", "2015年")]),
        ("H&M在Paris呢？", [("name", "H&M"), ("place", "Paris")]),
        ("How many lobsters?", []),
    ],
)
def test_names(text, expected):
    assert found(text) == expected


def test_each_mention_lies_where_it_says():
    text = "馬雲 met Zara 在2014年3月"

    assert [text[mention.start : mention.end] for mention in mentions(text)] == [
        mention.text for mention in mentions(text)
    ]
    assert names(text) == ["馬雲", "Zara"]


def test_what_is_left_without_mentions():
    assert without("the shops in Canada", mentions("the shops in Canada")) == "the shops"
    assert without("在德國的店", mentions("在德國的店")) == "店"
    assert without("in May 2014", mentions("in May 2014")) == ""
