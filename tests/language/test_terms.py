import pytest
from effort import grows_linearly

from rag.language.numerals import number_groups, numeral_of, numeral_value
from rag.language.terms import index_terms, is_content_pair, is_mostly_han, pairs, runs, stem, words


def test_terms_of_a_mixed_sentence():
    assert index_terms("Tmall 賣出 90,000 隻加拿大龍蝦") == [
        "tmall", "卖出", "^卖出", "90000",
        "只", "加拿", "加拿大", "龙虾", "^只加", "^加拿", "^拿大", "^大龙", "^龙虾",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("綜合試驗區", "综合试验区"),
        ("ＴＭＡＬＬ", "tmall"),
        ("１２座", "12座"),
        ("1,400万", "1400万"),
        ("Lobsters", "lobster"),
        ("CITIES", "city"),
    ],
)
def test_two_spellings_have_the_same_terms(one, other):
    assert index_terms(one) == index_terms(other)


def test_a_pair_never_meets_a_word():
    terms = index_terms("试验区")
    assert terms == ["试验", "试验区", "^试验", "^验区"]
    assert not {term for term in terms if term[0] == "^"} & set(words("试验区"))


def test_a_long_word_is_found_by_its_parts():
    assert set(words("电子商务")) == {"电子", "商务", "电子商务"}


def test_english_stop_words_are_no_terms():
    assert index_terms("Which of the 12 cities is it?") == ["12", "citi"]
    assert stem("commerce") == "commerc"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5亿", [("3.5", False), ("亿", True)]),
        ("1,234,567 and 2,5", [("1234567", False), ("and", False), ("25", False)]),
        ("e-commerce", [("e", False), ("commerce", False)]),
        ("Café", [("café", False)]),
        ("end. Next", [("end", False), ("next", False)]),
        ("，。！? --", []),
        ("", []),
    ],
)
def test_runs(text, expected):
    assert list(runs(text)) == expected


def test_pairs_of_short_runs():
    assert (pairs(""), pairs("虾"), pairs("龙虾")) == ([], [], ["^龙虾"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天津是试验区", True),
        ("Tianjin is a pilot zone", False),
        ("Tmall卖出龙虾 lobsters", True),
        ("阿里 Alibaba sold many lobsters in Canada last year", False),
        ("", False),
    ],
)
def test_is_mostly_han(text, expected):
    assert is_mostly_han(index_terms(text)) is expected


def test_pairs_of_grammar_carry_no_content():
    assert [pair for pair in pairs("谁是天津的市长") if is_content_pair(pair)] == [
        "^天津",
        "^市长",
    ]


# Numerals


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一", 1), ("两", 2), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99),
        ("百", 100), ("一百零五", 105), ("一百一十", 110), ("三百五", 350), ("两千", 2000),
        ("三千五", 3500), ("三千零五", 3005), ("三千零五十", 3050), ("九千九百九十九", 9999),
        ("零", None), ("零零", None), ("一二", None), ("十百", None), ("百千", None), ("", None),
    ],
)  # fmt: skip
def test_the_value_of_a_numeral(numeral, value):
    assert numeral_value(numeral) == value


@pytest.mark.parametrize("value", range(1, 100))
def test_numerals_of_both_directions_agree(value):
    assert numeral_value(numeral_of(value)) == value


def test_there_is_no_numeral_for_other_values():
    assert [numeral_of(value) for value in (0, 100, -1)] == [None, None, None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("十二个城市", [["12", "twelv"]]),
        ("兩百家", [["200"]]),
        ("2015年3月", [["march"]]),
        ("12月和02月", [["decemb"], ["februari"]]),
        ("13月", []),
        ("which 12 cities", []),
        ("", []),
    ],
)
def test_other_spellings_of_numbers(question, expected):
    assert number_groups(question) == expected


@pytest.mark.parametrize(
    "piece", ["试验区", "lobster ", "？！", "一", "1,", "A", "𠮷", "\x00\ufeff"]
)
def test_long_and_odd_input_costs_by_its_length(piece):
    assert grows_linearly(lambda size: index_terms((piece * size)[:size]), 10_000)
    assert grows_linearly(lambda size: number_groups((piece * size)[:size]), 10_000)
