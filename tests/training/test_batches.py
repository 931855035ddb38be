"""Batches of a few examples, with words as tokens: what is drawn, and which tokens answer."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from toy_reader import CITIES, WordTokenizer, english_example, example, examples, token_id

from rag.models.vocabulary import END
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import FOUND, MAX_TOKENS
from rag.training import batches
from rag.training.batches import Batcher, padded

SHARES = (
    "TWINS", "CHINESE_SWITCHED", "ENGLISH_SWITCHED", "TRANSLATED", "DISTRACTED", "EXCHANGED",
    "CODED", "NEIGHBOURED", "MIXED", "CROPPED", "UNALIGNED", "UNALIGNED_OWN", "NO_CONTEXT",
    "LENGTHENED", "COUNTED",
)  # fmt: skip
USUAL = {name: getattr(batches, name) for name in SHARES}
DRAWS = 400
AREA = example(
    "天津", "42亩", question="天津的面积是多大？",
    passage=ReaderInput("大小", "天津的面积是42亩。天津多雨。"), start=6, end=9,
)  # fmt: skip


@pytest.fixture(scope="module")
def batcher(lexicon):
    english = [english_example(question=f"Does {name} swim?") for name in ("Berlin", "Zhou Li")]
    cities = [example("张三", city, question="上海和杭州在哪里？") for city in CITIES.values()]
    return Batcher(WordTokenizer(), lexicon, [*examples(), *cities * 4, *english * 10])


@pytest.fixture
def shares(monkeypatch):
    """Sets shares of draws, all others to none; lists are drawn as often as others."""

    def set_(**given):
        monkeypatch.setattr(batches, "LISTED", given.get("LISTED", 1.0))
        for name in SHARES:
            monkeypatch.setattr(batches, name, given.get(name, 0.0))

    return set_


def passage_ids(item):
    return item.pair.ids[item.pair.first : item.pair.first + len(item.pair.offsets)]


def answer_ids(item):
    return passage_ids(item)[item.first : item.last + 1]


def question_ids(item):
    return item.pair.ids[1 : item.pair.ids.index(END)]


def ids_of(words):
    return [token_id(word) for word in words]


def drawn(batcher, given, count=DRAWS):
    """What many seeds draw of an example, each a list of groups."""
    return [batcher.draws(given, str(seed)) for seed in range(count)]


# One item


def test_the_tokens_of_the_answer_are_counted_in_the_passage(batcher):
    item = batcher.item("张三住在哪里？", ReaderInput("人物", "张三住在天津。"), (4, 6))

    assert (item.first, item.last) == (4, 5)
    assert answer_ids(item) == ids_of("天津")
    assert item.pair.first == 1 + 7 + 2 + 2 + 1  # <s> question </s></s> context </s>


def test_an_answer_within_a_token_is_that_token(batcher):
    item = batcher.item("How many?", ReaderInput("", "It sold 90 lobsters."), (9, 15))

    assert answer_ids(item) == ids_of(["90", "lobsters"])


def test_a_passage_without_an_answer_has_no_tokens_that_answer(batcher):
    item = batcher.item("谁？", ReaderInput("", "张三住在天津。"), None)

    assert (item.first, item.last, item.twin_of) == (None, None, None)


@pytest.mark.parametrize(
    ("start", "end", "is_kept"),
    [(500, 505, True), (505, 506, True), (505, 507, False), (506, 508, False), (600, 603, False)],
)
def test_an_answer_that_is_not_whole_before_the_cut_is_dropped(batcher, start, end, is_kept):
    # The head <s>谁</s></s></s> and the last </s> leave room for 506 tokens of the passage.
    item = batcher.item("谁", ReaderInput("", "龙" * 700), (start, end))

    assert (item is not None) == is_kept
    assert item is None or (item.first, item.last) == (start, end - 1)


def test_a_span_without_tokens_is_no_answer(batcher):
    assert batcher.item("谁", ReaderInput("", ""), (0, 0)) is None
    assert batcher.item("谁", ReaderInput("", "张三   李四"), (3, 4)) is None


def test_terms_that_are_not_aligned_leave_no_trace_in_the_types(batcher):
    class Always:
        def random(self):
            return 0.5

    passage = ReaderInput("", "天津有龙虾。")
    shown = batcher.item("天津？", passage, None, 0.5, Always())
    hidden = batcher.item("天津？", passage, None, 0.51, Always())

    assert shown.pair.types == [0, FOUND, FOUND, 0, 0, 0, 0, 3, 3, 1, 1, 1, 1, 0]
    assert hidden.pair.types == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0]
    assert batcher.item("天津？", passage, None).pair == shown.pair


# What is drawn


def test_without_any_share_the_question_is_asked_of_its_passage_as_written(batcher, shares):
    shares()

    for given, question in ((AREA, list("天津的面积是多大？")), (english_example(), None)):
        question = question or ["Where", "does", "Zhang", "Kuo", "live", "?"]
        for groups in drawn(batcher, given, 20):
            ((item,),) = groups
            assert question_ids(item) == ids_of(question)
            assert item == batcher.item(given.question, given.passage, (given.start, given.end))


@pytest.mark.parametrize(
    ("given", "share"), [(AREA, "CHINESE_SWITCHED"), (english_example(), "ENGLISH_SWITCHED")]
)
def test_a_share_of_the_questions_is_put_into_the_other_language(batcher, shares, given, share):
    shares(**{share: USUAL[share]})
    own = batcher.item(given.question, given.passage, None)

    items = [item for ((item,),) in drawn(batcher, given)]

    switched = [item for item in items if question_ids(item) != question_ids(own)]
    assert len(switched) / DRAWS == pytest.approx(USUAL[share], abs=0.07)
    assert len({tuple(question_ids(item)) for item in switched}) > 20
    assert {tuple(answer_ids(item)) for item in items} == {
        tuple(answer_ids(batcher.item(given.question, given.passage, (given.start, given.end))))
    }


def test_what_a_person_translated_is_the_question_in_the_other_language(batcher, shares):
    shares(TRANSLATED=USUAL["TRANSLATED"], CHINESE_SWITCHED=1.0)
    asked = replace(AREA, translated="Exactly how large is it")

    questions = Counter(tuple(question_ids(item)) for ((item,),) in drawn(batcher, asked))

    by_a_person = tuple(ids_of(["Exactly", "how", "large", "is", "it"]))
    assert set(questions) == {by_a_person, tuple(ids_of("天津的面积是多大？"))}
    assert questions[by_a_person] / DRAWS == pytest.approx(USUAL["TRANSLATED"], abs=0.07)


def test_a_translation_that_names_what_became_a_code_is_not_used(batcher, shares):
    shares(CODED=1.0, TRANSLATED=1.0, CHINESE_SWITCHED=1.0)
    asked = replace(AREA, translated="Exactly how large is it")

    for ((item,),) in drawn(batcher, asked, 30):
        assert token_id("Exactly") not in question_ids(item)
        assert answer_ids(item) == ids_of(["42", "亩"])


@pytest.mark.parametrize("given", [AREA, english_example()])
def test_a_share_is_read_in_both_languages_the_twin_behind_the_question_as_written(
    batcher, shares, given
):
    shares(TWINS=USUAL["TWINS"])

    groups = [group for (group,) in drawn(batcher, given)]

    twins = [group for group in groups if len(group) == 2]
    assert len(twins) / DRAWS == pytest.approx(USUAL["TWINS"], abs=0.06)
    for own, twin in twins:
        assert passage_ids(own) == passage_ids(twin)
        assert (own.first, own.last) == (twin.first, twin.last)
        assert question_ids(own) == question_ids(groups[0][0])
        assert question_ids(twin) != question_ids(own)
        assert (own.twin_of is None, twin.twin_of is None) == (True, False)


def test_a_share_is_also_asked_of_a_distractor_which_has_no_span(batcher, shares):
    shares(DISTRACTED=USUAL["DISTRACTED"])

    found = drawn(batcher, AREA)

    others = [groups[1] for groups in found if len(groups) == 2]
    assert len(others) / DRAWS == pytest.approx(USUAL["DISTRACTED"], abs=0.07)
    asked = Counter()
    for (item,) in others:
        assert (item.first, item.last, item.twin_of) == (None, None, None)
        assert passage_ids(item) == ids_of([*"天津喜欢龙虾，也有", "5", *"只猫。"])
        asked[question_ids(item) == ids_of(AREA.question)] += 1
    assert asked[True] / len(others) == pytest.approx(0.5, abs=0.1)
    assert all(len(each) == 1 for each in drawn(batcher, replace(AREA, distractors=()), 20))


def test_a_share_is_also_asked_about_another_name_which_has_no_span(batcher, shares):
    shares(EXCHANGED=USUAL["EXCHANGED"])

    found = drawn(batcher, AREA)

    others = [groups[1] for groups in found if len(groups) == 2]
    assert USUAL["EXCHANGED"] - 0.08 < len(others) / DRAWS < USUAL["EXCHANGED"] + 0.05
    for (item,) in others:
        assert (item.first, item.last) == (None, None)
        assert passage_ids(item) == passage_ids(found[0][0][0])
        assert ids_of("天津") != question_ids(item)[:2]
    asked = {tuple(question_ids(item)) for (item,) in others}
    assert tuple(ids_of("上海的面积是多大？")) in asked
    assert tuple(ids_of("杭州的面积是多大？")) in asked
    nameless = replace(AREA, question="面积是多大？")
    assert all(len(groups) == 1 for groups in drawn(batcher, nameless))


def test_a_share_has_a_code_for_its_name_in_question_and_passage(batcher, shares):
    shares(CODED=USUAL["CODED"])

    items = [item for ((item,),) in drawn(batcher, AREA)]

    coded = [item for item in items if question_ids(item)[:2] != ids_of("天津")]
    assert len(coded) / DRAWS == pytest.approx(USUAL["CODED"], abs=0.04)
    for item in coded:
        named = question_ids(item)[: -len("是多大？")]
        assert passage_ids(item)[: item.first - 1][-len(named) :] == named
        assert answer_ids(item) == ids_of(["42", "亩"])


def test_a_share_has_a_neighbour_with_another_name_and_figure(batcher, shares):
    shares(NEIGHBOURED=USUAL["NEIGHBOURED"])

    items = [item for ((item,),) in drawn(batcher, AREA)]

    whole = passage_ids(batcher.item(AREA.question, AREA.passage, None))
    neighboured = [item for item in items if len(passage_ids(item)) > len(whole)]
    assert 0.05 < len(neighboured) / DRAWS < USUAL["NEIGHBOURED"] + 0.05
    for item in neighboured:
        assert answer_ids(item) == ids_of(["42", "亩"])
        assert passage_ids(item)[item.first - 6 : item.first] == ids_of("天津的面积是")
        assert passage_ids(item).count(token_id("积")) == 2


def test_what_became_a_code_has_a_neighbour_more_often(batcher, shares):
    shares(CODED=1.0)

    items = [item for ((item,),) in drawn(batcher, AREA)]

    neighboured = [item for item in items if passage_ids(item).count(token_id("积")) == 2]
    assert len(neighboured) / DRAWS == pytest.approx(0.5, abs=0.07)
    for item in neighboured:
        assert answer_ids(item) == ids_of(["42", "亩"])


def test_a_share_of_the_chinese_questions_meets_a_passage_half_in_english(batcher, shares):
    shares(MIXED=USUAL["MIXED"])
    lives = example("李四", "天津")

    mixed = [groups[1][0] for groups in drawn(batcher, lives) if len(groups) == 2]

    assert len(mixed) / DRAWS == pytest.approx(USUAL["MIXED"], abs=0.04)
    answers = [answer_ids(item) for item in mixed]
    assert all(each in (ids_of("天津"), [token_id("Tianjin")]) for each in answers)
    assert [token_id("Tianjin")] in answers
    assert {tuple(question_ids(item)) for item in mixed} == {tuple(ids_of("李四住在哪里？"))}
    assert all(len(groups) == 1 for groups in drawn(batcher, english_example()))


def test_a_share_is_read_without_title_and_section(batcher, shares):
    shares(NO_CONTEXT=USUAL["NO_CONTEXT"], DISTRACTED=1.0)

    found = drawn(batcher, AREA)

    for place in (0, 1):  # of distractors as well
        items = [groups[place][0] for groups in found]
        bare = [item for item in items if item.pair.first == 1 + len(question_ids(item)) + 3]
        assert len(bare) / DRAWS == pytest.approx(USUAL["NO_CONTEXT"], abs=0.07)


# Lists


LIST = example(
    "", "天津、上海和广州", question="哪些城市有龙虾？",
    passage=ReaderInput("城市", "天津、上海和广州有龙虾。"), start=0, end=8,
)  # fmt: skip
ENGLISH_LIST = english_example(
    question="Which cities have lobsters?",
    passage=ReaderInput("", "In all, Tianjin, Oslo and Paris have lobsters."),
    start=8,
    end=31,
)
OTHERS = example(
    "", "青岛、大连、宁波", passage=ReaderInput("", "青岛、大连、宁波。"), start=0, end=8
)  # fmt: skip
ENGLISH_OTHERS = english_example(passage=ReaderInput("", "Berlin, Rome and Lyon."), start=0, end=21)


@pytest.fixture(scope="module")
def lister(lexicon):
    return Batcher(WordTokenizer(), lexicon, [LIST, ENGLISH_LIST, OTHERS, ENGLISH_OTHERS])


def test_a_share_of_the_lists_gets_items_of_others(lister, shares):
    shares(LENGTHENED=USUAL["LENGTHENED"])

    items = [item for ((item,),) in drawn(lister, LIST)]

    longer = [item for item in items if answer_ids(item) != ids_of("天津、上海和广州")]
    assert len(longer) / DRAWS == pytest.approx(0.5, abs=0.07)
    for item in longer:
        assert answer_ids(item)[:2] == ids_of("天津")
        assert answer_ids(item)[-6:] == ids_of("、上海和广州")
        assert passage_ids(item) == [*answer_ids(item), *ids_of("有龙虾。")]
        assert question_ids(item) == ids_of("哪些城市有龙虾？")
    added = {tuple(answer_ids(item)[2:-6]) for item in longer}
    assert len(added) > 5
    assert tuple(ids_of("、青岛")) in added


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (LIST, ["哪三个城市有龙虾？", ["哪", "3", *"个城市有龙虾？"]]),
        (
            ENGLISH_LIST,
            [f"Which {n} cities have lobsters ?".split() for n in ("three", "3")],
        ),
    ],
)
def test_a_share_of_the_questions_for_lists_says_how_many(lister, shares, given, asked):
    shares(COUNTED=USUAL["COUNTED"])
    own = lister.item(given.question, given.passage, (given.start, given.end))

    items = [item for ((item,),) in drawn(lister, given)]

    questions = Counter(tuple(question_ids(item)) for item in items)
    assert set(questions) == {tuple(question_ids(own)), *(tuple(ids_of(each)) for each in asked)}
    assert questions[tuple(question_ids(own))] / DRAWS == pytest.approx(0.5, abs=0.07)
    assert {tuple(answer_ids(item)) for item in items} == {tuple(answer_ids(own))}


def test_the_number_is_that_of_the_list_with_its_new_items(lister, shares):
    shares(LENGTHENED=1.0, COUNTED=1.0)
    items = [item for ((item,),) in drawn(lister, ENGLISH_LIST, 60)]
    numbers = {
        token_id(each): n
        for n, word in enumerate("three four five six".split(), start=3)
        for each in (word, str(n))
    }

    counts = Counter()
    for item in items:
        number = numbers[question_ids(item)[1]]
        assert answer_ids(item).count(token_id(",")) == number - 2
        counts[number] += 1
    assert set(counts) == {4, 5, 6}


def test_other_answers_are_neither_lengthened_nor_counted(lister, shares):
    shares(LENGTHENED=1.0, COUNTED=1.0)
    given = replace(AREA, question="哪些面积？")

    ((item,),) = lister.draws(given, "0")

    assert item == lister.item(given.question, given.passage, (given.start, given.end))


def test_a_persons_translation_is_not_used_where_the_number_was_added(lister, shares):
    shares(COUNTED=USUAL["COUNTED"], TRANSLATED=1.0, CHINESE_SWITCHED=1.0)
    given = replace(LIST, translated="Exactly where")

    items = [item for ((item,),) in drawn(lister, given)]

    by_a_person = [item for item in items if question_ids(item) == ids_of(["Exactly", "where"])]
    assert len(by_a_person) / DRAWS == pytest.approx(0.5, abs=0.07)


# Cropping


SENTENCES = [f"第{number}年这里下了很多的雨也刮了很大的风并且一直没有停。" for number in range(16)]
LONG = example(
    "塔", "42亩", question="塔高多少亩？",
    passage=ReaderInput("塔", "".join([*SENTENCES[:8], "塔高42亩。", *SENTENCES[8:]])),
    distractors=(ReaderInput("", "".join(SENTENCES)),),
)  # fmt: skip
LONG = replace(LONG, start=LONG.passage.text.index("42亩"), end=LONG.passage.text.index("42亩") + 3)


def test_a_share_is_read_in_part_and_the_answer_stays_at_its_span(batcher, shares):
    shares(CROPPED=USUAL["CROPPED"])

    items = [item for ((item,),) in drawn(batcher, LONG)]

    whole = passage_ids(batcher.item("谁？", LONG.passage, None))
    cropped = [item for item in items if len(passage_ids(item)) < len(whole)]
    assert len(cropped) / DRAWS == pytest.approx(USUAL["CROPPED"], abs=0.07)
    places = set()
    for item in cropped:
        read = passage_ids(item)
        assert answer_ids(item) == ids_of(["42", "亩"])
        start = item.pair.offsets[0][0]
        assert start == 0  # counted anew
        first = next(n for n in range(len(whole)) if whole[n : n + len(read)] == read)
        assert first == 0 or whole[first - 1] == token_id("。")  # whole sentences
        assert read[-1] == token_id("。")
        assert item.pair.offsets[-1][1] >= 0.7 * batches.LEAST_CROPPED
        places.add((first == 0, first + len(read) == len(whole), item.first > len(read) / 2))
    assert {late for *_, late in places} == {True, False}
    assert np.median([len(passage_ids(item)) for item in cropped]) < len(whole) / 2


def test_an_english_passage_is_read_in_longer_parts(batcher, shares):
    shares(CROPPED=1.0)
    text = "It rained and it was windy in this year. " * 40
    given = english_example(passage=ReaderInput("", f"{text}Tianjin is here. {text}".strip()))
    given = replace(given, start=len(text), end=len(text) + len("Tianjin"))

    for ((item,),) in drawn(batcher, given):
        assert answer_ids(item) == [token_id("Tianjin")]
        assert item.pair.offsets[-1][1] >= 0.7 * 2.5 * batches.LEAST_CROPPED


def test_distractors_are_cropped_wherever_it_may_be(batcher, shares):
    shares(CROPPED=1.0, DISTRACTED=1.0)

    found = [groups[1][0] for groups in drawn(batcher, LONG)]

    whole = passage_ids(batcher.item("谁？", LONG.distractors[0], None))
    assert all(0 < len(passage_ids(item)) < len(whole) for item in found)
    assert len({tuple(passage_ids(item)[:3]) for item in found}) > 10
    empty = replace(LONG, distractors=(ReaderInput("", ""),))
    assert passage_ids(batcher.draws(empty, "0")[1][0]) == []


def test_nothing_is_drawn_where_the_answer_is_cut_off(batcher):
    far = example("张三", "天津")
    text = "龙" * 600 + far.passage.text
    moved = replace(far, passage=ReaderInput("", text), start=far.start + 600, end=far.end + 600)

    assert batcher.draws(moved, "0") == []
    assert list(batcher.batches([moved], 0)) == []
    assert list(batcher.batches([], 0)) == []


# Batches


def test_batches_are_the_same_in_each_run_and_differ_by_epoch(batcher):
    first = list(batcher.batches(examples(), 0))
    batcher.question(english_example(), "a check in between")

    assert list(batcher.batches(examples(), 0)) == first
    assert list(batcher.batches(examples(), 1)) != first


def test_another_batcher_of_the_same_examples_draws_the_same(lexicon):
    made = [
        list(Batcher(WordTokenizer(), lexicon, examples()).batches(examples(), 0)) for _ in range(2)
    ]

    assert made[0] == made[1]


def test_examples_come_in_another_order_in_each_epoch(batcher, shares, monkeypatch):
    shares()
    monkeypatch.setattr(batches, "POOL", 1)
    one_size = [example(name, "天津", distractors=()) for name in "甲乙丙丁戊己庚辛"]

    def order(epoch):
        firsts = [items[0] for items in batcher.batches(one_size, epoch)]
        return [item.pair.ids[1] for item in firsts]  # the name that the question begins with

    assert sorted(order(0)) == sorted(ids_of("甲乙丙丁戊己庚辛"))
    assert order(0) != order(1)


@pytest.mark.parametrize(
    ("source", "times"), [("cmrc2018-train", 1.0), ("mlqa-zh-dev", 2.0), ("qed", 0.5)]
)
def test_some_sets_are_drawn_more_often_than_others(batcher, shares, source, times):
    shares()
    same = [example("李四", "天津", source=source) for _ in range(200)]

    items = [item for made in batcher.batches(same, 0) for item in made]

    assert len(items) / 200 == pytest.approx(times, abs=0.1)
    assert times == 0.5 or len(items) / 200 == times


@pytest.mark.parametrize("given", [LIST, ENGLISH_LIST])
def test_lists_are_drawn_more_often_than_other_answers(batcher, shares, given):
    shares(LISTED=batches.LISTED)
    often = sum(map(len, batcher.batches([given] * 200, 0)))
    of_a_rare_set = sum(map(len, batcher.batches([replace(given, source="qed")] * 200, 0)))

    assert often / 200 == pytest.approx(2.5, abs=0.1)
    assert of_a_rare_set / 200 == pytest.approx(2.5 * 0.5, abs=0.1)


def test_what_is_drawn_twice_is_drawn_anew(batcher, shares):
    shares(CHINESE_SWITCHED=1.0)

    items = [
        item
        for epoch in range(8)
        for made in batcher.batches([replace(AREA, source="mlqa-zh-dev")], epoch)
        for item in made
    ]

    assert len(items) == 16
    assert len({tuple(question_ids(item)) for item in items}) > 10


def test_twins_point_to_the_same_passage_before_them(batcher, shares):
    shares(TWINS=1.0, DISTRACTED=1.0)
    twins = 0
    for items in batcher.batches([*examples(), english_example()], 3):
        for place, item in enumerate(items):
            if item.twin_of is not None:
                twins += 1
                assert item.twin_of == place - 1
                own = items[item.twin_of]
                assert own.twin_of is None
                assert passage_ids(own) == passage_ids(item)
                assert (own.first, own.last) == (item.first, item.last)
    assert twins == len(examples()) + 1


def test_no_batch_is_larger_than_its_budget(batcher, shares, monkeypatch):
    shares(TWINS=1.0, DISTRACTED=1.0)
    monkeypatch.setattr(batches, "TOKENS", 150)
    long = example("张三", "天津")
    long = replace(long, passage=ReaderInput("人物", long.passage.text + "龙" * 300))

    made = list(batcher.batches([*examples(), long, english_example()], 0))

    sizes = [padded(items)[0].size for items in made]
    assert len(made) > 3
    assert [size for size in sizes if size > 150] == [
        padded(items)[0].size for items in made if len(items) <= 2 and padded(items)[0].size > 150
    ]  # a pair of twins stays together
    assert sum(size > 150 for size in sizes) <= 3
    assert MAX_TOKENS * 2 <= 4096


def test_all_that_is_drawn_is_in_one_batch_of_a_pool_or_another(batcher, monkeypatch):
    monkeypatch.setattr(batches, "POOL", 2)
    monkeypatch.setattr(batches, "TOKENS", 120)
    drawn = [
        item
        for number, each in enumerate(examples())
        for group in batcher.draws(each, f"4 0 {number}")
        for item in group
    ]

    made = [item for items in batcher.batches(examples(), 4) for item in items]

    def key(item):
        return item.pair.ids, item.pair.types, item.twin_of is None

    assert sorted(map(key, made)) == sorted(map(key, drawn))


def test_padding_is_zero_and_masked(batcher):
    short = batcher.item("谁", ReaderInput("", "张三。"), None)
    long = batcher.item("谁", ReaderInput("", "张三住在天津。"), (4, 6))

    ids, types, mask = padded([short, long])

    assert ids.shape == types.shape == mask.shape == (2, 13)
    assert ids.dtype == np.int64
    assert ids[0].tolist() == [*short.pair.ids, 0, 0, 0, 0]
    assert types[1].tolist() == long.pair.types
    assert mask.sum(axis=1).tolist() == [9, 13]


def test_the_question_in_the_other_language(batcher):
    assert batcher.question(example("李四", "上海"), "2").endswith("?")
    assert not batcher.question(english_example(), "2").isascii()
    assert batcher.question(english_example(translated="张阔住在哪里？"), "2") == "张阔住在哪里？"
