"""Numbers in words and figures."""

import re

import pytest

from rag.language.numerals import NUMERAL, chinese_value, last_place, read, value_of


def number(words):
    match = re.match(NUMERAL, words)
    return read(match)


@pytest.mark.parametrize(
    ("words", "value", "step"),
    [
        ("3.5亿", 3.5e8, 1e7),
        ("350 million", 3.5e8, 1e7),
        ("14,199亿", 1.4199e12, 1e8),
        ("1.4199 trillion", 1.4199e12, 1e8),
        ("二十亿", 2e9, 1e9),
        ("2bn", 2e9, 1e9),
        ("三点五万", 35000.0, 1000.0),
        ("一万二千三百", 12300.0, 100.0),
        ("twenty-five million", 2.5e7, 1e6),
        ("three point two billion", 3.2e9, 1e8),
        ("one hundred and five", 105.0, 1.0),
        ("a dozen", 12.0, 12.0),
        ("half a billion", 5e8, 1e8),
        ("2000多", 2000.0, 1000.0),
        ("3 万", 30000.0, 10000.0),
    ],
)
def test_a_number_has_its_value_and_the_worth_of_its_last_place(words, value, step):
    found = number(words)

    assert found.value == pytest.approx(value)
    assert found.step == pytest.approx(step)


@pytest.mark.parametrize("words", ["亿", "万亿", "十百"])
def test_units_without_a_count_are_no_number(words):
    assert number(words) is None


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("二〇一五", 2015.0), ("两千零八", 2008.0), ("十二", 12.0), ("3.5", 3.5), ("abc", None)],
)
def test_the_value_of_figures_or_a_chinese_numeral(numeral, value):
    assert value_of(numeral) == value


def test_a_decimal_without_digits_has_no_value():
    assert chinese_value("点五") is None
    assert chinese_value("三点五亿") == 3.5e8


@pytest.mark.parametrize(("value", "step"), [(350000.0, 10000.0), (7.0, 1.0), (0.0, 1.0)])
def test_the_last_place(value, step):
    assert last_place(value) == step


@pytest.mark.parametrize("sign", ["一", "亿", "十", "一万", "1", "hundred ", "twenty-", "一点"])
def test_twenty_thousand_signs_are_read_in_pieces(sign):
    for match in re.finditer(NUMERAL, sign * (20_000 // len(sign))):
        read(match)
        assert len(match.group()) < 150
