"""Foreign names as Chinese spells their sound."""

import pytest

from rag.checking.transliteration import LONGEST, is_spelled


@pytest.fixture(scope="module")
def reading(lexicon):
    return lambda character: next(iter(lexicon.readings(character)), "")


@pytest.mark.parametrize(
    ("latin", "chinese"),
    [
        ("Merkel", "默克尔"),
        ("Merkel", "德国总理默克尔和马凯"),
        ("Azevedo", "阿泽维多"),
        ("Medvedev", "梅德韦杰夫"),
        ("Putin", "普京"),
        ("Clinton", "克林顿"),
        ("Cameron", "卡梅伦"),
        ("Hanover", "汉诺威"),
        ("Oregon", "俄勒冈"),
    ],
)
def test_a_name_is_heard_in_its_characters(latin, chinese, reading):
    assert is_spelled(latin, chinese, reading)


@pytest.mark.parametrize(
    ("latin", "chinese"),
    [
        ("Kenya", "乌干达"),
        ("Frankfurt", "汉诺威"),
        ("Merkel", "奥朗德"),
        ("Cameron", "默克尔"),
        ("Chicago", "西雅图"),
        ("Merkel", "跨境电商平台"),
        ("Li", "李克强"),
        ("Merkel", ""),
    ],
)
def test_another_name_is_not(latin, chinese, reading):
    assert not is_spelled(latin, chinese, reading)


def test_a_run_longer_than_a_name_is_looked_through_in_parts(reading):
    assert is_spelled("Merkel", "阿" * LONGEST * 3 + "默克尔", reading)
