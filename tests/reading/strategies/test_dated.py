"""What changes with the years."""

import pytest
from readings import read_of

from rag.reading.strategies.dated import newest

OLD = "2029年1月1日起，夜班补贴每班60元，高温补贴每天20元。"
NEW = "2030年1月1日起，夜班补贴每班75元，高温补贴每天25元。"
ENGLISH_OLD = "From 2029 the night allowance is 60 crowns a shift."
ENGLISH_NEW = "From 2030 the night allowance is 75 crowns a shift."


def short_answers(asked, read):
    found = newest(asked, read)
    return found and [
        read.passages[span.passage].text[a:b] for span in found.spans for a, b in span.highlights
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("最新的夜班补贴是多少元？", ["75元"]),
        ("夜班补贴现在是多少元？", ["75元"]),
        ("夜班补贴是多少元？", ["75元", "60元"]),
        ("2029年的夜班补贴是多少元？", None),
        ("夜班补贴是什么时候定的？", None),
    ],
)
def test_the_newest_value_goes_first_where_the_question_does_not_say_of_when(question, expected):
    asked = read_of(question, (OLD, "60元"), (NEW, "75元"), documents=("旧.md", "新.md"))

    assert short_answers(*asked) == expected


def test_it_is_so_in_english():
    given = ((ENGLISH_OLD, "60 crowns"), (ENGLISH_NEW, "75 crowns"))
    now, whenever = (
        read_of(question, *given, documents=("old.md", "new.md"))
        for question in (
            "What is the current night allowance?",
            "How much is the night allowance?",
        )
    )

    assert short_answers(*now) == ["75 crowns"]
    assert short_answers(*whenever) == ["75 crowns", "60 crowns"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("2030年公司的食堂搬到了新楼，每餐75元。", "75元"),  # says something else
        ("2030年1月1日起，夜班补贴每班60元，高温补贴每天20元。", "60元"),  # the same value
        ("夜班补贴每班75元，高温补贴每天25元。", "75元"),  # of no year
    ],
)
def test_words_that_are_no_newer_value_stay_behind(other, words):
    asked = read_of("夜班补贴是多少元？", (OLD, "60元"), (other, words), documents=("a", "b"))

    assert short_answers(*asked) is None


def test_one_document_may_speak_of_two_years():
    asked = read_of("夜班补贴是多少元？", (OLD, "60元"), (NEW, "75元"))

    assert short_answers(*asked) is None
