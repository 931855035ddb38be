"""Sentences, language and letters in Chinese and English."""

from __future__ import annotations

import doctest

import pytest
from effort import grows_linearly

import rag.language.text
from rag.language.sentences import sentences
from rag.language.text import count_letters, detect_language, fold, fold_in_place, han_share


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(rag.language.text).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "他来了。她走了！真的？是；对……好",
            ["他来了。", "她走了！", "真的？", "是；", "对……", "好"],
        ),
        ("他说：“走吧！”她说好。", ["他说：“走吧！”", "她说好。"]),
        ("有3.5亿用户。见 hemu365.com 网站。", ["有3.5亿用户。", "见 hemu365.com 网站。"]),
        ("真的?他说。", ["真的?", "他说。"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("It grew. It fell! Why? So; end", ["It grew.", "It fell!", "Why?", "So;", "end"]),
        ("The U.S. market. A. B. Smith left.", ["The U.S. market.", "A. B. Smith left."]),
        ("Mr. Ma met Dr. Li at 5 p.m. He left.", ["Mr. Ma met Dr. Li at 5 p.m.", "He left."]),
        ("Shoes, bags, etc. and so on. End.", ["Shoes, bags, etc. and so on.", "End."]),
        ("No. He took No. 5 home.", ["No.", "He took No. 5 home."]),
        ("It was 2015. The firm grew 3.5 percent.", ["It was 2015.", "The firm grew 3.5 percent."]),
        ("He said “go.” Then he left.", ["He said “go.”", "Then he left."]),
        ("Wait... and see. Done.", ["Wait... and see.", "Done."]),
        ("See http://a.b/?c=d&amp;e now.", ["See http://a.b/?c=d&amp;e now."]),
        ("1. Apples are red.\n2. Pears", ["1. Apples are red.", "2. Pears"]),
        ("a sentence that runs\nover a line. Next", ["a sentence that runs\nover a line.", "Next"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]):
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("哪12个城市获批？", "zh"),
        ("時隔半年多,馬雲再次回到了聯合國總部", "zh-Hant"),
        ("Which 12 cities were approved?", "en"),
        ("Who is 马云?", "en"),
        ("What did 张阔 say?", "en"),
        ("Smile to Pay是什么", "zh"),
        ("The North Face在哪些城市开店？", "zh"),
        ("<p class='x'>" * 400 + "時隔半年多馬雲再次回到聯合國總部" * 200, "zh-Hant"),
        ("2015", "en"),
        ("", "en"),
    ],
)
def test_detect_language(text: str, language: str):
    assert detect_language(text) == language


def test_letters_are_neither_digits_nor_marks():
    assert count_letters("马云 eWTP 2015，100%") == (6, 2)
    assert han_share("马云 eWTP 2015") == pytest.approx(1 / 3)
    assert han_share("2015") == 0.0


@pytest.mark.parametrize("unit", ["A. ", "一", "?", "!\"'", ".", "5. ", "\n", "a\n", "etc. "])
def test_time_is_linear(unit: str):
    def work(size: int) -> None:
        text = unit * (size // len(unit)) + "a"
        assert sum(end - start for start, end in sentences(text)) <= len(text)

    assert grows_linearly(work, 400_000)


def test_radicals_match_the_characters_they_look_like():
    assert fold("⻓⻛⻋站的⾨票") == fold("长风车站的門票") == "长风车站的门票"
    assert fold_in_place("⻓⻛⻋站2楼") == "长风车站2楼"
