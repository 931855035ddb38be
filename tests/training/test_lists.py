"""Answers that are lists: their items, questions for that many, and more items."""

import random

import pytest
from toy_reader import english_example, example

from rag.reading.cross_encoder import ReaderInput
from rag.training.exchanges import Asked
from rag.training.lists import Lengthener, counted, items_of

TWELVE = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州"


class Drawn:
    """Draws what is given: the number at random, how many items; of several things the first."""

    def __init__(self, number=0.0, wanted=2):
        self.number, self.wanted = number, wanted

    def random(self):
        return self.number

    def randint(self, least, most):
        assert (least, most) == (1, 9)
        return self.wanted

    def sample(self, choices, count):
        return choices[:count]


def answered(answer, make=example, **given):
    """An example whose whole passage is the answer."""
    values = {"passage": ReaderInput("", answer), "start": 0, "end": len(answer), **given}
    return make("", answer, **values) if make is example else make(**values)


# What is a list


@pytest.mark.parametrize(
    ("answer", "items"),
    [
        ("天津、上海和重庆", 3),
        ("天津、上海、重庆", 3),
        ("红色、白色以及蓝色", 3),
        (TWELVE, 12),
        ("Tianjin, Shanghai and Suzhou", 3),
        ("lobsters, crabs, shrimps, or oysters", 4),
    ],
)
def test_the_items_of_an_answer_are_counted(answer, items):
    assert items_of(answer) == items


@pytest.mark.parametrize(
    "answer",
    [
        "天津、上海",  # two are no list
        "Tianjin and Shanghai",
        "他在天津、上海和重庆三个城市住过很久很久",  # a sentence that holds one
        "In 2012 he sold lobsters from Tianjin, Shanghai and Suzhou",
        "12座城市",
        "Tianjin",
        "",
    ],
)
def test_other_answers_have_no_items(answer):
    assert items_of(answer) == 0


# How many are asked for


@pytest.mark.parametrize(
    ("question", "items", "asked"),
    [
        ("哪些城市获批？", 3, "哪三个城市获批？"),
        ("在哪几个城市设立？", 10, "在哪十个城市设立？"),
        ("哪个城市获批？", 4, "哪四个城市获批？"),
        ("有哪几些城市？", 5, "有哪五个城市？"),
        ("哪些城市有哪些龙虾？", 3, "哪三个城市有哪些龙虾？"),  # once
        ("哪些城市获批？", 12, "哪12个城市获批？"),  # for which there is no one numeral
        ("谁住在哪里？", 3, "谁住在哪里？"),
        ("", 3, ""),
    ],
)
def test_a_chinese_question_asks_for_that_many(question, items, asked):
    assert counted(question, items, True, Drawn(0.49)) == asked


@pytest.mark.parametrize(
    ("question", "items", "asked"),
    [
        ("Which cities were chosen?", 3, "Which three cities were chosen?"),
        ("In what cities does he live?", 19, "In what nineteen cities does he live?"),
        ("What are the names of the cities?", 12, "What are the twelve names of the cities?"),
        ("which were cities?", 4, "which were four cities?"),
        ("Which cities, which lobsters?", 3, "Which three cities, which lobsters?"),
        ("Which cities were chosen?", 20, "Which 20 cities were chosen?"),
        ("Which were chosen?", 3, "Which were chosen?"),
        ("Which city was chosen?", 3, "Which city was chosen?"),
        ("Somewhich cities?", 3, "Somewhich cities?"),
        ("Who are they?", 3, "Who are they?"),
    ],
)
def test_an_english_question_asks_for_that_many(question, items, asked):
    assert counted(question, items, False, Drawn(0.49)) == asked


def test_a_number_is_in_figures_half_the_time():
    assert counted("哪些城市？", 4, True, Drawn(0.5)) == "哪4个城市？"
    assert counted("Which cities?", 4, False, Drawn(0.5)) == "Which 4 cities?"


# More items


OTHERS = [
    answered("青岛、大连、天津和哈尔滨"),  # one is in the passage already
    answered("乌鲁木齐、甲、西双版纳州"),  # the second is too short for an item, the third too long
    answered("宁波"),  # no list
    answered("Paris, Oslo, Saint Petersburg, or Rome", english_example),
]
CHINESE = Asked("哪些城市获批？", ReaderInput("城市", "2012年，天津、上海和重庆获批。"), 6, 14)
ENGLISH = Asked(
    "Which cities?", ReaderInput("Cities", "In Lyon, Tianjin, Shanghai and Suzhou won."), 9, 37
)


def lengthened(asked, is_chinese, wanted=9, others=OTHERS):
    return Lengthener(others).lengthened(asked, is_chinese, Drawn(wanted=wanted))


def answer_of(asked):
    return asked.passage.text[asked.start : asked.end]


def test_a_chinese_list_gets_items_of_other_lists_after_its_first():
    longer = lengthened(CHINESE, True)

    assert answer_of(longer) == "天津、青岛、大连、哈尔滨、乌鲁木齐、上海和重庆"
    assert longer.passage.text == "2012年，天津、青岛、大连、哈尔滨、乌鲁木齐、上海和重庆获批。"
    assert longer.passage.context == "城市"
    assert longer.question == "哪些城市获批？"
    assert answer_of(lengthened(CHINESE, True, wanted=1)) == "天津、青岛、上海和重庆"


def test_an_english_list_gets_items_of_other_lists_after_its_first():
    longer = lengthened(ENGLISH, False)

    assert answer_of(longer) == "Tianjin, Paris, Oslo, Rome, Shanghai and Suzhou"
    assert longer.passage.text == ("In Lyon, Tianjin, Paris, Oslo, Rome, Shanghai and Suzhou won.")
    assert (longer.question, longer.passage.context) == ("Which cities?", "Cities")


@pytest.mark.parametrize(("asked", "is_chinese"), [(CHINESE, True), (ENGLISH, False)])
def test_whatever_is_drawn_the_question_and_the_rest_of_the_passage_stay(asked, is_chinese):
    lengthener = Lengthener(OTHERS * 3)  # each item more than once
    found = [lengthener.lengthened(asked, is_chinese, random.Random(seed)) for seed in range(50)]

    assert {longer.question for longer in found} == {asked.question}
    for longer in found:
        text, answer = longer.passage.text, answer_of(longer)
        assert text[: longer.start] == asked.passage.text[: asked.start]
        assert text[longer.end :] == asked.passage.text[asked.end :]
        first, *rest = answer.split("、" if is_chinese else ", ")
        assert len(set(rest)) == len(rest)  # none twice
        assert first in ("天津", "Tianjin")
        assert rest[-1] in ("上海和重庆", "Shanghai and Suzhou")
    assert len({longer.passage.text for longer in found}) > 5


def test_what_is_no_list_or_has_no_others_to_draw_from_is_not_lengthened():
    single = Asked("谁？", ReaderInput("", "张三住在天津。"), 4, 6)
    two = Asked("哪些城市？", ReaderInput("", "天津、上海获批。"), 0, 5)

    assert lengthened(single, True) is None
    assert lengthened(two, True) is None
    assert lengthened(CHINESE, True, others=[]) is None
    assert lengthened(CHINESE, True, others=OTHERS[-1:]) is None  # in the other language


def test_where_all_others_are_longer_nothing_is_added():
    short = Asked("哪些？", ReaderInput("", "甲、乙、丙。"), 0, 5)

    assert lengthened(short, True, others=[answered("乌鲁木齐、西双版纳州、克拉玛依")]) == short
