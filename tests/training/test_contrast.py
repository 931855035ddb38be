"""Batches for the retriever, with words as tokens: questions, passages, and what answers."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from toy_reader import WordTokenizer, english_example, example, examples, token_id

from rag.models.vocabulary import BEGIN, END
from rag.reading.cross_encoder import ReaderInput
from rag.training import batches, contrast, parallel
from rag.training.contrast import Contraster

PAIRS = [
    ("张阔卖龙虾。", "Zhang Kuo sells lobsters."),
    ("十二座城市获批。", "Twelve cities were chosen."),
    ("冬天一直下雪。", "It snowed all winter."),
    ("猫睡在屋顶上。", "The cat sleeps on the roof."),
]
DRAWS = 300


@pytest.fixture(scope="module")
def contraster(lexicon):
    return Contraster(WordTokenizer(), lexicon)


@pytest.fixture(scope="module")
def crossing(lexicon):
    """One to which sentences are given that people translated."""
    return Contraster(WordTokenizer(), lexicon, PAIRS)


@pytest.fixture
def shares(monkeypatch):
    """Sets shares of draws, all others to none."""

    def set_(**given):
        for name in ("SWITCHED", "TRANSLATED", "CROPPED"):
            monkeypatch.setattr(contrast, name, given.get(name, 0.0))
        monkeypatch.setattr(batches, "NO_CONTEXT", given.get("NO_CONTEXT", 0.0))

    return set_


def ids_of(words):
    return [token_id(word) for word in words]


def unit_ids(embedded):
    return [embedded.ids[start:end] for start, end in embedded.units]


def asking(question):
    """Ids of a question's words with what goes before and after them."""
    return [BEGIN, *ids_of(["query", ":", *question]), END]


def telling(passage, context=()):
    return [BEGIN, *ids_of(["passage", ":", *context, *passage]), END]


# A question, a passage


def test_a_question_has_no_units(contraster):
    found = contraster.question("张三住在哪里？")

    assert found.ids == asking("张三住在哪里？")
    assert found.units == []


def test_a_passage_has_its_context_and_the_spans_of_its_units(contraster):
    found = contraster.passage(ReaderInput("人物", "张三喜欢龙虾。张三住在天津，有3只猫。"))

    assert found.ids == telling("张三喜欢龙虾。张三住在天津，有3只猫。", "人物")
    assert found.units == [(5, 12), (12, 24)]
    assert unit_ids(found) == [ids_of("张三喜欢龙虾。"), ids_of("张三住在天津，有3只猫。")]


def test_a_passage_without_context_begins_with_its_text(contraster):
    found = contraster.passage(ReaderInput("", "It rains. Cats stay in 12 rooms."))

    assert found.ids == telling(["It", "rains", ".", "Cats", "stay", "in", "12", "rooms", "."])
    assert found.units == [(3, 6), (6, 12)]


def test_both_scripts_are_embedded_in_simplified_characters(contraster):
    assert contraster.question("龍蝦在哪裡？") == contraster.question("龙虾在哪里？")
    assert contraster.passage(ReaderInput("龍", "龍蝦。")) == contraster.passage(
        ReaderInput("龙", "龙虾。")
    )


def test_what_is_embedded_says_what_it_is_and_has_its_context_on_a_line_of_its_own(lexicon):
    seen = []

    class Notes(WordTokenizer):
        def encode(self, text):
            seen.append(text)
            return super().encode(text)

    noting = Contraster(Notes(), lexicon)
    noting.question("谁？")
    noting.passage(ReaderInput("人物 > 张三", "张三。"))
    noting.passage(ReaderInput("", "It rains."))

    assert seen == ["query: 谁？", "passage: 人物 > 张三\n张三。", "passage: It rains."]


def test_a_token_on_the_border_of_two_units_belongs_to_both(lexicon):
    class Whole:
        """All of a text in one token but for what is before the text."""

        def encode(self, text):
            tokens = WordTokenizer().encode(text)
            return replace(
                tokens, ids=[*tokens.ids[:2], 7], offsets=[*tokens.offsets[:2], (9, len(text))]
            )

    found = Contraster(Whole(), lexicon).passage(ReaderInput("", "下雪。下雨。"))

    assert (found.ids[3:], found.units) == ([7, END], [(3, 4), (3, 4)])


@pytest.mark.parametrize(
    ("length", "kept"),
    [(244, 3), (245, 2), (247, 2), (248, 1), (400, 1)],
)
def test_units_that_are_not_whole_before_the_cut_are_left_out(contraster, length, kept):
    # <s> passage : and </s> leave room for 252 tokens of the text, of which the first unit takes 4.
    texts = ["下雪了。", "龙" * length + "。", "下雨。"]

    found = contraster.passage(ReaderInput("", "".join(texts)))

    assert len(found.ids) == 256
    assert found.ids[-1] == END
    assert unit_ids(found) == [ids_of(text) for text in texts[:kept]]


def test_an_empty_passage_has_no_units(contraster):
    assert contraster.passage(ReaderInput("", "")).ids == telling("")
    assert contraster.passage(ReaderInput("", " \n")).units == []


# The other language


def test_a_question_in_the_other_language_is_a_persons_where_there_is_one(contraster):
    asked = example("李四", "上海", translated="Where does Li Si live?")

    assert contraster.switched(asked, "1") == "Where does Li Si live?"
    assert not contraster.switched(english_example(), "1").isascii()
    assert contraster.switched(replace(asked, translated=""), "1").endswith("?")


def test_the_same_seed_puts_it_into_the_same_words(contraster):
    first = contraster.switched(english_example(), "1")
    contraster.switched(example("李四", "上海"), "2")

    assert contraster.switched(english_example(), "1") == first
    assert len({contraster.switched(english_example(), str(seed)) for seed in range(20)}) > 1


# A batch


def test_the_first_passages_answer_the_questions_in_their_order(contraster, shares):
    shares()
    found = contraster.contrast([*examples()[:2], english_example()], "0")

    assert [each.ids for each in found.questions] == [
        asking("张三住在哪里？"),
        asking("李四住在哪里？"),
        asking(["Where", "does", "Zhang", "Kuo", "live", "?"]),
    ]
    assert [each.ids for each in found.passages] == [
        telling("张三喜欢龙虾。张三住在天津，有3只猫。", "人物"),
        telling("李四喜欢龙虾。李四住在上海，有3只猫。", "人物"),
        telling(
            "Zhang Kuo sold 90 lobsters . Zhang Kuo lives in Tianjin with 3 cats .".split(),
            ["People"],
        ),
        telling("张三喜欢龙虾，也有5只猫。", "人物"),  # and then what answers none
        telling("李四喜欢龙虾，也有5只猫。", "人物"),
        telling(["Zhang", "Kuo", "likes", "cats", "."]),
    ]
    assert found.answering == [1, 1, 1]


def test_no_more_distractors_than_a_batch_has_room_for(contraster, shares, monkeypatch):
    shares()
    monkeypatch.setattr(contrast, "DISTRACTORS", 2)
    without = example("李四", "上海", distractors=())

    found = contraster.contrast([examples()[0], without, *examples()[2:]], "0")

    assert len(found.questions) == 5
    assert [each.ids for each in found.passages[5:]] == [
        telling(f"{name}喜欢龙虾，也有5只猫。", "人物") for name in ("张三", "王五")
    ]


def test_the_distractor_is_one_of_several(contraster, shares):
    shares()
    several = example("张三", "天津", distractors=tuple(ReaderInput("", each) for each in "猫狗鱼"))

    drawn = Counter(
        tuple(contraster.contrast([several], str(seed)).passages[1].ids) for seed in range(DRAWS)
    )

    assert set(drawn) == {tuple(telling(each)) for each in "猫狗鱼"}
    assert min(drawn.values()) > DRAWS / 5


def test_the_unit_that_answers_is_the_one_in_which_the_answer_begins(contraster, shares):
    shares()
    text = "下雪。住在天津。住在上海。"
    begins = [0, 2, 3, 5, 7, 8, 12]

    found = contraster.contrast(
        [example("张三", "天", passage=ReaderInput("", text), start=n, end=n + 1) for n in begins],
        "0",
    )

    assert found.answering == [0, 0, 1, 1, 1, 2, 2]


def test_no_unit_answers_where_the_answer_lies_behind_the_cut_or_in_no_unit(contraster, shares):
    shares()
    far = "龙" * 300 + "。张三住在天津。"
    bare = "，，张三住在天津。"  # marks before a sentence are no part of its unit

    found = contraster.contrast(
        [
            example("张三", "天津", passage=ReaderInput("", far), start=306, end=308),
            example("张三", "，", passage=ReaderInput("", bare), start=0, end=1),
        ],
        "0",
    )

    assert found.answering == [None, None]


# What is drawn


@pytest.mark.parametrize("given", [example("李四", "上海"), english_example()])
def test_a_share_of_the_questions_is_in_the_other_language(contraster, shares, given):
    shares(SWITCHED=contrast.SWITCHED)
    own = contraster.question(given.question)

    asked = [contraster.contrast([given], str(seed)).questions[0] for seed in range(DRAWS)]

    switched = [each for each in asked if each != own]
    assert len(switched) / DRAWS == pytest.approx(0.5, abs=0.07)
    assert len({tuple(each.ids) for each in switched}) > 5


def test_what_a_person_translated_is_asked_in_it_more_often(contraster, shares):
    shares(TRANSLATED=contrast.TRANSLATED, SWITCHED=0.0)
    given = example("李四", "上海", translated="Where is Li Si")

    asked = Counter(
        tuple(contraster.contrast([given], str(seed)).questions[0].ids) for seed in range(DRAWS)
    )

    assert set(asked) == {
        tuple(asking("李四住在哪里？")),
        tuple(asking(["Where", "is", "Li", "Si"])),
    }
    assert asked[tuple(asking(["Where", "is", "Li", "Si"]))] / DRAWS == pytest.approx(0.7, abs=0.07)


SENTENCES = [f"第{number}年这里下了很多的雨也刮了很大的风并且一直没有停。" for number in range(16)]
TEXT = "".join([*SENTENCES[:8], "塔高42亩。", *SENTENCES[8:]])
LONG = example(
    "塔", "42亩", question="塔高多少亩？", passage=ReaderInput("", TEXT),
    start=TEXT.index("42亩"), end=TEXT.index("42亩") + 3,
    distractors=(ReaderInput("", "".join(SENTENCES)),),
)  # fmt: skip


def test_a_share_of_the_passages_is_embedded_in_part_with_the_unit_that_answers(contraster, shares):
    shares(CROPPED=contrast.CROPPED)
    made = [contraster.contrast([LONG], str(seed)) for seed in range(DRAWS)]
    whole = contraster.passage(LONG.passage)

    cropped = [each for each in made if each.passages[0] != whole]

    assert len(cropped) / DRAWS == pytest.approx(0.6, abs=0.07)
    for each in cropped:
        passage, unit = each.passages[0], each.answering[0]
        assert len(passage.ids) < 256
        assert unit_ids(passage)[unit] == ids_of(["塔", "高", "42", "亩", "。"])
    assert len({each.answering[0] for each in cropped}) > 3
    others = [each.passages[1] for each in made]
    uncut = contraster.passage(LONG.distractors[0])
    assert sum(each != uncut for each in others) / DRAWS == pytest.approx(0.6, abs=0.07)


def test_a_share_of_the_passages_is_embedded_without_title_and_section(contraster, shares):
    shares(NO_CONTEXT=batches.NO_CONTEXT)
    made = [contraster.contrast(examples()[:1], str(seed)).passages for seed in range(DRAWS)]

    for place in (0, 1):  # of distractors as well
        bare = [each for each in made if each[place].ids[3] != token_id("人")]
        assert len(bare) / DRAWS == pytest.approx(0.3, abs=0.07)


# What is not held against a question


def test_a_passage_that_holds_the_answer_of_another_question_is_excluded(contraster, shares):
    shares()
    asked = [
        example("张三", "天津"),  # the distractor of the next one and the passage of the last
        example("李四", "上海", distractors=(ReaderInput("", "别人也住在天津。"),)),
        example("王五", "天津", distractors=()),
    ]

    found = contraster.contrast(asked, "0")

    assert len(found.passages) == 5
    assert sorted(found.excluded) == [(0, 2), (0, 4), (2, 0), (2, 4)]


def test_answers_are_looked_for_in_either_script_and_without_their_marks(contraster, shares):
    shares()
    text = "他有《龍蝦，12》。"
    asked = [
        example("张三", "龙虾 12", passage=ReaderInput("", "叫龙虾 12。"), start=1, end=6),
        example("李四", "上海", distractors=(ReaderInput("", text),)),
    ]

    found = contraster.contrast([replace(asked[0], distractors=()), asked[1]], "0")

    assert found.excluded == [(0, 2)]


def test_what_was_cut_off_counts_as_held(contraster, shares):
    shares(CROPPED=1.0)
    held = replace(LONG.passage, text=f"{LONG.passage.text}李四住在上海。")
    asked = [replace(LONG, passage=held, distractors=()), example("李四", "上海", distractors=())]

    assert all(contraster.contrast(asked, str(seed)).excluded == [(1, 0)] for seed in range(20))


# An epoch


NUMBERS = {token_id(str(number)): number for number in range(1000)}  # with an id of their own


def numbered(count, source="toy"):
    """Examples whose questions tell them apart."""
    return [
        example("李四", "天津", question=f"第{number}？", distractors=(), source=source)
        for number in list(NUMBERS.values())[:count]
    ]


def asked_in(made):
    """The numbers that questions ask for, batch by batch."""
    return [[NUMBERS[each.ids[4]] for each in batch.questions] for batch in made]


def test_each_example_is_asked_once_in_full_batches_and_another_order_in_each_epoch(
    contraster, shares
):
    shares()
    orders = [asked_in(contraster.batches(numbered(100), epoch)) for epoch in (0, 1)]

    for order in orders:
        assert [len(batch) for batch in order] == [24, 24, 24, 24]  # four questions are left over
        assert len({number for batch in order for number in batch}) == 96
    assert orders[0] != orders[1]
    assert list(contraster.batches(numbered(23), 0)) == []


def test_batches_are_the_same_in_each_run(contraster):
    first = list(contraster.batches([*examples(), english_example()] * 8, 3))
    contraster.switched(english_example(), "a check in between")

    assert list(contraster.batches([*examples(), english_example()] * 8, 3)) == first
    assert len(first) == 2


@pytest.mark.parametrize(("source", "times"), [("mlqa-zh-dev", 4.0), ("policyqa", 0.3)])
def test_some_sets_are_drawn_more_often_than_others(contraster, shares, source, times):
    shares()
    drawn = sum(map(len, asked_in(contraster.batches(numbered(400, source), 0))))

    assert drawn / 400 == pytest.approx(times, abs=0.1)


def test_what_is_drawn_twice_is_drawn_anew(contraster, shares):
    shares(SWITCHED=1.0)
    made = contraster.batches([english_example(source="mlqa-zh-dev")] * 6, 0)  # 24 draws

    (found,) = made

    assert len({tuple(each.ids) for each in found.questions}) > 3


def test_sentences_that_cross_are_neither_cropped_nor_put_into_other_words(contraster, shares):
    shares(SWITCHED=1.0, CROPPED=1.0)
    long = [(f"{n}{'雪下得很大' * 10}。", f"{n}{' It snows' * 25}.") for n in range(4)]
    given = [parallel.crossing(long, random.Random(seed)) for seed in range(12)]

    found = contraster.contrast(given, "0")

    assert found.questions == [contraster.question(each.question) for each in given]
    assert found.passages == [contraster.passage(each.passage) for each in given]


def test_sentences_that_cross_are_added_to_each_batch(crossing, shares):
    shares()

    made = list(crossing.batches(numbered(48), 0))

    pairs = [(WordTokenizer().encode(a).ids, WordTokenizer().encode(b).ids) for a, b in PAIRS]
    assert len(made) == 2
    for batch in made:
        assert len(batch.questions) == len(batch.passages) == len(batch.answering) == 24 + 12
        for question, passage, unit in zip(
            batch.questions[24:], batch.passages[24:], batch.answering[24:], strict=True
        ):
            asked, answer = question.ids[3:-1], unit_ids(passage)[unit]
            (own,) = [pair for pair in pairs if answer in pair]
            asks = own[1 - own.index(answer)]
            cut = len(asks) - len(asked)
            assert any(asks[:n] + asks[n + cut :] == asked for n in range(len(asked) + 1))
