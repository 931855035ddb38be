"""The short answer and what it is in the language of the question."""

import pytest
from passages import passage_of

from rag.answering.citations import Quote
from rag.answering.short_answers import SURE, is_shown, short_answers
from rag.types import Chunk


def quote(text, *words):
    """The whole text quoted, with the words that answer."""
    passage = passage_of(Chunk("d#0", "d", "", text, 0, len(text), 0))
    spans = tuple((text.index(each), text.index(each) + len(each)) for each in words)
    return Quote(passage, 0, len(text), spans)


CITIES = quote("在天津、上海设立试验区，共3.5亿元。", "天津", "上海")
HELD = quote("第二届世界互联网大会在浙江乌镇开幕。", "浙江乌镇")
SOLD = quote("They sold 20 million lobsters to Canada on March 9, 2015.", "20 million")


def test_each_of_the_words_is_translated(lexicon):
    assert short_answers([CITIES, HELD], "en", lexicon) == (
        "天津、上海、浙江乌镇",
        "Tianjin, Shanghai, Wuzhen, Zhejiang",
    )


def test_the_other_way_round_in_the_script_of_the_question(lexicon):
    when = quote(SOLD.text, "March 9, 2015", "Canada")

    assert short_answers([SOLD], "zh", lexicon) == ("20 million", "2000万")
    assert short_answers([SOLD], "zh-Hant", lexicon) == ("20 million", "2000萬")
    assert short_answers([when], "zh", lexicon) == (
        "March 9, 2015, Canada",
        "2015年3月9日、加拿大",
    )


@pytest.mark.parametrize(
    ("found", "language"),
    [(CITIES, "zh"), (CITIES, "zh-Hant"), (SOLD, "en"), (quote(CITIES.text), "en")],
    ids="chinese traditional english nothing".split(),
)
def test_no_translation_in_the_language_of_the_documents(lexicon, found, language):
    assert short_answers([found], language, lexicon)[1] is None


def test_all_of_the_words_or_none(lexicon):
    clause = quote("促销导致邮政瘫痪。", "促销导致邮政瘫痪")

    assert short_answers([CITIES, clause], "en", lexicon) == (
        "天津、上海、促销导致邮政瘫痪",
        None,
    )


def test_a_figure_is_the_same_in_both_languages(lexicon):
    share = quote("58同城持有赶集网43.2%的股份。", "43.2%")

    assert short_answers([share], "en", lexicon) == ("43.2%", "43.2%")


@pytest.mark.parametrize(
    ("question", "quotes", "confidence", "is_one"),
    [
        ("为什么设立试验区？", [HELD], SURE, True),
        ("为什么设立试验区？", [HELD], SURE - 0.01, False),
        ("How were they sold?", [SOLD], 0.5, False),
        ("怎样更换滤芯？", [CITIES], 0.5, True),  # steps: several
        ("大会在哪里开幕？", [HELD], 0.5, True),
    ],
)
def test_why_and_how_have_a_short_answer_only_where_it_is_sure(
    question, quotes, confidence, is_one
):
    assert is_shown(question, quotes, confidence) is is_one
