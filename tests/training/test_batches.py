"""Batches of a few examples, with words as tokens: what is drawn, and which tokens answer."""

from dataclasses import replace

import numpy as np
import pytest
from toy_reader import WordTokenizer, english_example, example, examples, token_id

from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import MAX_TOKENS
from rag.training import batches
from rag.training.batches import Batcher, padded


@pytest.fixture(scope="module")
def batcher(lexicon):
    return Batcher(WordTokenizer(), lexicon)


def passage_ids(item):
    return item.pair.ids[item.pair.first : item.pair.first + len(item.pair.offsets)]


def answer_ids(item):
    return passage_ids(item)[item.first : item.last + 1]


def ids_of(words):
    return [token_id(word) for word in words]


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

    assert shown.pair.types[-7:] == [3, 3, 1, 1, 1, 1, 0]
    assert hidden.pair.types[-7:] == [1, 1, 1, 1, 1, 1, 0]
    assert batcher.item("天津？", passage, None).pair == shown.pair


# What is drawn


def test_a_chinese_question_has_its_twin_behind_it(batcher):
    for seed in range(20):
        own, twin = batcher.draws(example("张三", "天津"), str(seed))[0]
        assert passage_ids(own) == passage_ids(twin)
        assert answer_ids(own) == answer_ids(twin) == ids_of("天津")
        assert own.pair.ids[1:8] == ids_of("张三住在哪里？")
        assert twin.pair.ids[1:8] != own.pair.ids[1:8]
        assert (own.twin_of is None, twin.twin_of is None) == (True, False)


def test_shares_of_the_draws_are_distracted_mixed_and_without_context(batcher):
    drawn = [batcher.draws(example("张三", "天津"), f"{number}") for number in range(400)]
    groups = [group for each in drawn for group in each]
    distracted = [g for g in groups if g[0].first is None]
    mixed = [g for g in groups if len(g) == 1 and g[0].first is not None]
    bare = [g for g in groups if len(g) == 2 and g[0].pair.first == 1 + 7 + 3]

    assert len(groups) - len(distracted) - len(mixed) == 400
    assert len(distracted) / 400 == pytest.approx(batches.CHINESE_DISTRACTORS, abs=0.08)
    assert len(mixed) / 400 == pytest.approx(batches.MIXED, abs=0.05)
    assert len(bare) / 400 == pytest.approx(batches.NO_CONTEXT, abs=0.07)
    answers = [answer_ids(group[0]) for group in mixed]
    assert all(each in (ids_of("天津"), [token_id("Tianjin")]) for each in answers)
    assert [token_id("Tianjin")] in answers


def test_an_english_question_has_a_twin_at_times_and_is_never_mixed(batcher):
    drawn = [batcher.draws(english_example(), f"{number}") for number in range(200)]

    twins = sum(len(groups[0]) == 2 for groups in drawn)
    assert twins / 200 == pytest.approx(batches.ENGLISH_SWITCHED, abs=0.1)
    assert max(len(groups) for groups in drawn) == 2
    assert {tuple(answer_ids(groups[0][0])) for groups in drawn} == {(token_id("Tianjin"),)}


def test_nothing_is_drawn_where_the_answer_is_cut_off(batcher):
    far = example("张三", "天津")
    text = "龙" * 600 + far.passage.text
    moved = replace(far, passage=ReaderInput("", text), start=far.start + 600, end=far.end + 600)

    assert batcher.draws(moved, "0") == []
    assert list(batcher.batches([moved], 0)) == []
    assert list(batcher.batches([], 0)) == []


# Batches


def test_batches_are_the_same_in_each_run_and_differ_by_epoch(batcher, lexicon):
    first = list(batcher.batches(examples(), 0))
    batcher.question(english_example(), "a check in between")

    assert list(batcher.batches(examples(), 0)) == first
    assert list(Batcher(WordTokenizer(), lexicon).batches(examples(), 0)) == first
    assert list(batcher.batches(examples(), 1)) != first


def test_examples_come_in_another_order_in_each_epoch(batcher, monkeypatch):
    monkeypatch.setattr(batches, "POOL", 1)
    one_size = [example(name, "天津", distractors=()) for name in "甲乙丙丁戊己庚辛"]

    def order(epoch):
        firsts = [items[0] for items in batcher.batches(one_size, epoch)]
        return [item.pair.ids[1] for item in firsts]  # the name that the question begins with

    assert sorted(order(0)) == sorted(ids_of("甲乙丙丁戊己庚辛"))
    assert order(0) != order(1)


def test_twins_point_to_the_same_passage_before_them(batcher):
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
    assert twins >= len(examples())


def test_no_batch_is_larger_than_its_budget(batcher, monkeypatch):
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
        for group in batcher.draws(each, f"4 {number}")
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
