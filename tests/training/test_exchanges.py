"""Questions about another name, year, number or code; passages that speak of a neighbour too."""

import random
import re
from dataclasses import replace

import pytest
from toy_reader import english_example, example

from rag.reading.cross_encoder import ReaderInput
from rag.training.exchanges import Asked, Exchanger

SEEDS = range(60)
PORT = ReaderInput("港口", "天津港在2019年开通第三条航线。全长42公里，由X200吊车装卸。")
PUMP = ReaderInput("Pumps", "Tianjin bought 12 pumps in 1999. The X-200 pump weighs 45 kg.")
NAMES = ["德国", "上海", "马云", "李四"]
CITIES = ["广州", "西安", "杭州", "重庆"]


@pytest.fixture(scope="module")
def exchanger():
    english = ["Does Berlin sell pumps?", "Has Zhang Kuo a dog?", "Is Port Said near?"]
    return Exchanger(
        [
            *(example("张三", "天津", question=f"{name}在哪里？") for name in NAMES),
            *(example("张三", city, question="谁？") for city in CITIES * 4),
            *(english_example(question=question) for question in english),
        ]
    )


def exchanged(exchanger, question, passage, is_chinese=True):
    """What any of the seeds makes of the question."""
    return {exchanger.exchanged(question, passage, is_chinese, random.Random(s)) for s in SEEDS}


# Another than the passage speaks of


@pytest.mark.parametrize(
    ("question", "passage", "pattern"),
    [
        ("航线在2019年有多长？", PORT, r"航线在(20[12]\d)年有多长？"),
        ("第三条航线有多长？", PORT, r"第([一二四五六七八九])条航线有多长？"),
        ("42公里的是什么？", PORT, r"([1-35-9]2|4[13-9])公里的是什么？"),
        ("X200重多少？", PORT, r"(X[1-9][0-9]{2})重多少？"),
        ("天津港在哪里？", PORT, rf"({'|'.join(NAMES)})在哪里？"),
        ("How heavy is the X-200?", PUMP, r"How heavy is the (X-[0-9]{3})\?"),
        ("What was bought in 1999?", PUMP, r"What was bought in (19\d\d|200\d)\?"),
        ("Which are the 12 pumps?", PUMP, r"Which are the ([2-9]2|1[13-9]) pumps\?"),
        ("What did Tianjin buy?", PUMP, r"What did (Berlin|Zhang Kuo|Port Said) buy\?"),
    ],
)
def test_what_a_question_names_is_exchanged_and_its_rest_stays(
    exchanger, question, passage, pattern
):
    found = exchanged(exchanger, question, passage, not question.isascii())

    named = [re.fullmatch(pattern, each)[1] for each in found - {None}]
    assert len(named) > 2
    assert not any(each in passage.text for each in named)


def test_one_of_several_things_named_is_exchanged(exchanger):
    found = exchanged(exchanger, "天津港2019年用X200做什么？", PORT)

    is_kept = [["天津港" in each, "2019" in each, "X200" in each] for each in found]
    assert {tuple(each) for each in is_kept} == {
        (False, True, True), (True, False, True), (True, True, False)
    }  # fmt: skip


def test_a_question_in_traditional_script_is_exchanged_in_simplified(exchanger):
    passage = ReaderInput("人物", "张阔在乌干达住过。")

    found = exchanged(exchanger, "誰在烏干達住過？", passage)

    assert found == {f"谁在{name}住过？" for name in NAMES}


def test_what_stands_in_the_title_is_no_other(exchanger):
    passage = replace(PORT, context="德国、上海、马云")

    assert exchanged(exchanger, "天津港在哪里？", passage) == {"李四在哪里？", None}


@pytest.mark.parametrize(
    ("question", "is_chinese"),
    [
        ("航线有多长？", True),  # names nothing
        ("广州在1905年有什么？", True),  # and what the passage does not hold
        ("How long is it?", False),
        ("Tianjin?", False),  # a capital begins every question
    ],
)
def test_nothing_is_exchanged_where_nothing_of_the_passage_is_named(
    exchanger, question, is_chinese
):
    assert exchanged(exchanger, question, PORT if is_chinese else PUMP, is_chinese) == {None}


def test_a_name_has_no_other_where_no_example_lends_one():
    assert exchanged(Exchanger([]), "天津港在哪里？", PORT) == {None}


# Names as codes


def asked(question, passage, answer):
    start = passage.text.index(answer)
    return Asked(question, passage, start, start + len(answer))


def test_a_code_stands_for_the_name_everywhere_and_the_span_covers_the_answer(exchanger):
    passage = ReaderInput("德国 > 人口", "在德国，首都是柏林。德国人口为8300万，德国人爱喝啤酒。")
    codes = set()
    for seed in SEEDS:
        found = exchanger.coded(
            asked("德国有多少人？", passage, "8300万"), True, random.Random(seed)
        )
        code = found.question.removesuffix("有多少人？")
        codes.add(code)
        assert found.passage == ReaderInput(
            f"{code} > 人口", f"在{code}，首都是柏林。{code}人口为8300万，{code}人爱喝啤酒。"
        )
        assert found.passage.text[found.start : found.end] == "8300万"

    kinds = {re.sub(r"\d", "9", re.sub("[A-Z]", "A", code)) for code in codes}
    assert kinds <= {
        "A9", "A99", "A-99", "AA999", "AA-9999", "A999", "AA-99A", "999号", "A99型", "9号楼"
    }  # fmt: skip
    assert len(kinds) > 6


def test_an_english_name_becomes_a_code_without_chinese(exchanger):
    for seed in SEEDS:
        given = asked("What did Tianjin buy in 1999?", PUMP, "12 pumps")
        found = exchanger.coded(given, False, random.Random(seed))
        code = found.question.removeprefix("What did ").removesuffix(" buy in 1999?")
        assert re.fullmatch(r"[A-Z]{1,2}-?\d{1,4}[A-Z]?", code)
        assert found.passage.text == PUMP.text.replace("Tianjin", code)
        assert found.passage.text[found.start : found.end] == "12 pumps"


def test_a_question_in_traditional_script_gets_the_code_too(exchanger):
    passage = ReaderInput("", "张阔在乌干达住过3年。")
    found = exchanger.coded(asked("誰在烏干達住過？", passage, "张阔"), True, random.Random(0))

    code = found.passage.text.removeprefix("张阔在").removesuffix("住过3年。")
    assert found.question == f"谁在{code}住过？"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("航线有多长？", "42公里"),  # names nothing
        ("广州有什么？", "航线"),  # or not what the passage holds
        ("天津港在哪里？", "天津港"),  # or the answer itself
        ("天津港在哪里？", "天津"),  # or a part of it
        ("天津港在哪里？", "港在"),
    ],
)
def test_no_name_becomes_a_code_that_the_passage_lacks_or_the_answer_shares(
    exchanger, question, answer
):
    assert exchanger.coded(asked(question, PORT, answer), True, random.Random(0)) is None


# A neighbour


def neighboured(exchanger, given, is_chinese=True):
    """What the seeds make of it; those that draw a name that is there already make nothing."""
    found = [exchanger.neighboured(given, is_chinese, random.Random(seed)) for seed in SEEDS]
    return [each for each in found if each]


def test_a_neighbour_has_another_name_and_another_answer(exchanger):
    passage = ReaderInput("", "这里有两国。德国人口为8300万。山很高。")

    found = neighboured(exchanger, asked("德国有多少人？", passage, "8300万"))

    places = set()
    names = set()
    for each in found:
        assert each.question == "德国有多少人？"
        assert each.passage.text[each.start - 5 : each.end] == "德国人口为8300万"
        added = re.fullmatch(
            r"这里有两国。(.*万。)?德国人口为8300万。(.*万。)?山很高。", each.passage.text
        )
        (neighbour,) = filter(None, added.groups())
        name, figure = re.fullmatch(r"(..)人口为(\d{4})万。", neighbour).groups()
        assert sum(a != b for a, b in zip(figure, "8300", strict=True)) == 1
        places.add(added.lastindex)
        names.add(name)
    assert places == {1, 2}  # before and behind
    assert names == {"上海", "马云", "李四"}


def test_an_answer_without_figures_becomes_another_of_its_length(exchanger):
    passage = ReaderInput("", "马云住在天津。")

    found = neighboured(exchanger, asked("马云住在哪里？", passage, "天津"))

    cities = {city for each in found for city in re.findall("住在(..)。", each.passage.text)}
    assert cities == {"天津", *CITIES}
    assert {each.passage.text[each.start - 4 : each.end] for each in found} == {"马云住在天津"}


def test_english_neighbours_stand_between_spaces(exchanger):
    given = asked("How many pumps did Tianjin buy?", PUMP, "12")
    for found in neighboured(exchanger, given, is_chinese=False):
        sentences = found.passage.text.split(". ")
        assert len(sentences) == 3
        assert "Tianjin bought 12 pumps in 1999" in sentences[:2]
        neighbour = next(each for each in sentences[:2] if not each.startswith("Tianjin"))
        name, figure = re.fullmatch(r"(.+) bought (\d\d) pumps in 1999", neighbour).groups()
        assert name in {"Berlin", "Zhang Kuo", "Port Said"}
        assert figure != "12"


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("有多少人？", "德国人口为8300万。", "8300万"),  # names nothing
        ("德国有多少人？", "德国很大。人口为8300万。", "8300万"),  # not in the answer's sentence
        ("德国有什么？", "德国有8300万人，也有8300万树。", "8300万"),  # which of them?
        ("德国在哪里？", "他去了德国。", "德国"),  # the answer is what is named
        ("德国有什么？", "德国有山。它有水。", "山。它有水"),  # answers in no one sentence
    ],
)
def test_no_neighbour_where_the_sentence_does_not_tell(exchanger, question, text, answer):
    given = asked(question, ReaderInput("", text), answer)

    assert neighboured(exchanger, given) == []


def test_the_same_seed_draws_the_same(exchanger):
    given = asked("德国有多少人？", ReaderInput("", "德国人口为8300万。"), "8300万")
    for draw in (exchanger.coded, exchanger.neighboured):
        assert draw(given, True, random.Random("7")) == draw(given, True, random.Random("7"))
