"""Who somebody is and what something is, as a text says it beside the name."""

import pytest

from rag.language.descriptions import person_described, thing_described


def words(text, found):
    return found and text[slice(*found)]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("副市长周波、市科委副主任陈杰、市发改委副主任阮青出席。", "陈杰", "市科委副主任"),
        ("近日，灰岩集团国际站总裁林悦在演讲中表示。", "林悦", "灰岩集团国际站总裁"),
        ("副市長周波、市科委副主任陳傑出席。", "陳傑", "市科委副主任"),
        ("林悦，灰岩港务局局长，昨天到访。", "林悦", "灰岩港务局局长"),
        ("林悦（1970年生）是一位港口工程师。", "林悦", "一位港口工程师"),
        ("林悦现任灰岩市市长，此前在北港工作。", "林悦", "灰岩市市长"),
        (
            "Lin Yue, the chief engineer of the harbour, spoke.",
            "Lin Yue",
            "the chief engineer of the harbour",
        ),
        ("Harbour director Lin Yue opened it.", "Lin Yue", "Harbour director"),
        ("The Governor of Alba, Lin Yue, signed it.", "Lin Yue", "The Governor of Alba"),
        ("The historian Lin Yue contends that.", "Lin Yue", "The historian"),
        ("Lin Yue (born 1970) was a marine engineer.", "Lin Yue", "a marine engineer"),
    ],
)
def test_a_title_or_apposition_says_who_a_person_is(text, name, expected):
    assert words(text, person_described(text, name)) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("市科委副主任陈杰明出席。", "陈杰"),  # another name, which begins so
        ("林悦是在北港长大的。", "林悦"),
        ("记者采访了林悦。", "林悦"),
        ("大家认识林悦。", "林悦"),
        ("Harbour director Lin Yuen opened it.", "Lin Yue"),
        ("Lin Yue was born in Alba.", "Lin Yue"),
        ("Lin Yue, however, left.", "Lin Yue"),
    ],
)
def test_words_that_say_something_else_of_a_person_are_no_description(text, name):
    assert person_described(text, name) is None


@pytest.mark.parametrize(
    ("text", "thing", "expected"),
    [
        ("灰岩计划是一项海岸保护工程，始于1893年。", "灰岩计划", "一项海岸保护工程"),
        ("保税备货，是指商品先运进保税仓库。", "保税备货", "商品先运进保税仓库"),
        ("所谓“单一窗口”，就是一个对外的申报平台。", "单一窗口", "一个对外的申报平台"),
        (
            "A tide mill is a water mill driven by tides.",
            "tide mill",
            "a water mill driven by tides",
        ),
        ("Demurrage means a charge for late return.", "demurrage", "a charge for late return"),
        ("Salt is a basic, ionic compound, which melts.", "salt", "a basic, ionic compound"),
        ("X27（高压水泵）在泵房里。", "X27", "高压水泵"),
    ],
)
def test_a_predicate_says_what_a_thing_is(text, thing, expected):
    assert words(text, thing_described(text, thing)) == expected


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("灰岩计划是在1893年开始的。", "灰岩计划"),
        ("新灰岩计划是一项工程。", "灰岩计划"),  # part of another name
        ("B200就是要增进包容性。", "B200"),  # what it is for
        ("The tide mill is closed.", "tide mill"),
        ("The X270 is a pump.", "X27"),
    ],
)
def test_words_that_say_something_else_of_a_thing_are_no_definition(text, thing):
    assert thing_described(text, thing) is None


def test_what_a_word_means_is_not_what_the_thing_is():
    text = "喇嘛是一种尊称。喇嘛意为上师。"

    assert words(text, thing_described(text, "喇嘛")) == "一种尊称"
    assert words(text, thing_described(text, "喇嘛", meaning=True)) == "上师"


@pytest.mark.parametrize(
    "text",
    [
        "The wife of Lin Yue was a nurse.",
        "The wife of Lin Yue, a nurse, left.",
        "He asked whether Lin Yue was a nurse.",
    ],
)
def test_what_is_said_of_somebody_else_is_not_said_of_a_person(text):
    assert person_described(text, "Lin Yue") is None


@pytest.mark.parametrize(
    "text",
    [
        "The capital of Alba is a port.",
        "If Alba is a port, ships call there.",
        "North of Alba is a desert.",
        "He asked whether Alba is a port.",
    ],
)
def test_what_is_said_of_something_else_is_not_said_of_a_thing(text):
    assert thing_described(text, "Alba") is None


def test_an_english_clause_begins_with_an_article_or_a_title():
    text = "It rained. President Lin Yue was an engineer. Nearby, the tide mill is a dam."

    assert text[slice(*person_described(text, "Lin Yue"))] == "an engineer"
    assert text[slice(*thing_described(text, "tide mill"))] == "a dam"
