"""Who a person is and what a thing is, from the passages that were read."""

import pytest
from readings import read_of

from rag.reading.strategies import answered
from rag.reading.strategies.description import SURE, described

PERSONS = "副市长周波、市科委副主任陈杰、市发改委副主任阮青回答了提问。"
QUOTED = "陈杰：上海对用户体验要求非常高。"
ENGLISH = "Lin Yue, the chief engineer of the harbour, opened the gate at noon."


def short(found):
    (span,) = found.spans
    return span.passage, span.highlights


def test_a_title_answers_who_somebody_is_be_it_in_a_passage_that_ranks_lower():
    asked, read = read_of("陈杰是谁？", (QUOTED, "上海"), (PERSONS, "周波"))

    found = answered(asked, read)

    start = PERSONS.index("市科委")
    assert short(found) == (1, ((start, start + len("市科委副主任")),))
    assert found.least == SURE


def test_an_apposition_answers_in_english():
    found = described(*read_of("Who is Lin Yue?", (ENGLISH, "opened the gate")))

    start = ENGLISH.index("the chief")
    assert short(found) == (0, ((start, ENGLISH.index(", opened")),))


def test_a_predicate_answers_what_a_thing_is():
    text = "灰岩计划是一项海岸保护工程，始于1893年。"

    found = described(*read_of("什么是灰岩计划？", (text, "1893年")))

    assert short(found) == (0, ((5, text.index("，")),))


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("陈杰明是谁？", PERSONS, "周波"),  # another name
        ("董事长是谁？", PERSONS, "周波"),  # asks for a name
        ("陈杰说了什么？", PERSONS, "周波"),
        ("Who is Lin Yuen?", ENGLISH, "noon"),
        ("What is the gate?", ENGLISH, "noon"),
    ],
)
def test_nothing_else_is_described(question, text, words):
    assert described(*read_of(question, (text, words))) is None


LEVELS = "买家分为L0到L4，L0是注册的买家，L4以上的星标买家，一年采购可能超过百万。"


def test_a_code_of_a_scale_is_told_by_what_its_place_says():
    found = described(*read_of("什么是L4买家？", (LEVELS, "百万")))

    start = LEVELS.index("L4以上")
    assert short(found) == (0, ((start, len(LEVELS) - 1),))
    assert described(*read_of("什么是L4驾照？", (LEVELS, "百万"))) is None
