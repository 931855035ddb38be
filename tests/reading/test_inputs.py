"""A question and a passage as one sequence, with a tokenizer of characters and with the real one.

The tokenizer of characters makes lengths plain: a character is a token, its code point the id.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from rag.language.term_groups import query_groups
from rag.models import e5
from rag.models.onnx import open_tokenizer
from rag.reading import reader_build
from rag.reading.alignment import met, terms_of
from rag.reading.inputs import MAX_CONTEXT_TOKENS, MAX_QUESTION_TOKENS, MAX_TOKENS, pair


class Characters:
    """A token a character, in the order and at the places of the text."""

    def encode(self, sequence, *, add_special_tokens):
        assert not add_special_tokens
        ids = [ord(character) for character in sequence]
        return SimpleNamespace(ids=ids, offsets=[(i, i + 1) for i in range(len(ids))])


@pytest.fixture(scope="module")
def real(models):
    return open_tokenizer(models / reader_build.NAME / e5.TOKENIZER_FILE)


@pytest.fixture(params=["characters", "real"])
def tokenizer(request):
    return Characters() if request.param == "characters" else request.getfixturevalue("real")


def made(tokenizer, question, context, passage, levels=None):
    found = np.zeros(len(passage), dtype=np.uint8) if levels is None else np.array(levels)
    return pair(tokenizer, question, context, passage, found)


def codes(text):
    return [ord(character) for character in text]


def words(found, passage):
    return [passage[start:end] for start, end in found.offsets]


# The sequence


def test_the_sequence_and_its_types():
    found = made(Characters(), "谁?", "信", "马云去", [0, 2, 1])

    assert found.ids == [0, *codes("谁?"), 2, 2, *codes("信"), 2, *codes("马云去"), 2]
    assert found.types == [0, 0, 0, 0, 0, 0, 0, 1, 3, 2, 0]
    assert found.first == 7
    assert found.offsets == [(0, 1), (1, 2), (2, 3)]


def test_the_question_and_its_surroundings_are_cut_first():
    found = made(Characters(), "问" * 10_000, "题" * 1_000, "passage")

    head = [0, *codes("问" * MAX_QUESTION_TOKENS), 2, 2, *codes("题" * MAX_CONTEXT_TOKENS), 2]
    assert (MAX_QUESTION_TOKENS, MAX_CONTEXT_TOKENS, MAX_TOKENS) == (96, 32, 512)
    assert found.ids == [*head, *codes("passage"), 2]
    assert found.first == len(head) == 132


def test_a_passage_is_cut_at_its_end():
    passage = "".join(chr(0xAC00 + i) for i in range(600))
    found = made(Characters(), "问", "题", passage, [1] * 599 + [2])

    assert found.ids == [0, *codes("问"), 2, 2, *codes("题"), 2, *codes(passage[:505]), 2]
    assert found.types == [0] * 6 + [2] * 505 + [0]  # 512 in all
    assert found.offsets == [(i, i + 1) for i in range(505)]


# Places in the passage


@pytest.mark.parametrize(
    "passage",
    [
        "天津的龙虾",
        "天津的龍蝦，跨境電子商務",
        "The lobsters of Tianjin — 90,000 of them.",
        "😀 ＡＢＣ公司花了９０，０００元…㎏",
        "👩‍🔬和龙虾",
        "½ ﷺ e\u0301 İstanbul",
        "  你好　世界\r\n",
        "龙\0虾\ud800!",
    ],
)
def test_places_are_code_points_of_the_passage_as_given(tokenizer, passage):
    found = made(tokenizer, "问", "题", passage)

    assert len(found.ids) == len(found.types) == found.first + len(found.offsets) + 1
    assert all(0 <= start < end <= len(passage) for start, end in found.offsets)
    assert found.offsets == sorted(found.offsets)
    covered = {place for start, end in found.offsets for place in range(start, end)}
    left_out = {passage[place] for place in set(range(len(passage))) - covered}
    assert left_out <= set(" \n\u0301")  # the real one leaves out accents that stand for themselves


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("跨境電子商務", ["跨", "跨境", "電子商務"]),  # the first is "▁", which begins a text
        (
            "😀 ＡＢＣ公司花了９０，０００元…㎏",
            ["😀", " ＡＢＣ", "公司", "花了", "９０", "，", "０００", "元", "…", "㎏"],
        ),
        ("Who is he?", ["Who", " is", " he", "?"]),
        ("e\u0301t\u00e9", ["e\u0301t\u00e9"]),
    ],
)
def test_the_words_of_the_tokens(real, passage, expected):
    assert words(made(real, "问", "题", passage), passage) == expected


def test_a_token_has_the_strongest_level_of_its_characters(real):
    passage = "跨境電子商務 in Hangzhou"
    found = made(real, "问", "", passage, [0, 1, 0, 2, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])

    assert words(found, passage) == ["跨", "跨境", "電子商務", " in", " Hang", "zhou"]
    assert found.types[found.first :] == [1, 2, 3, 1, 3, 1, 0]


def test_both_scripts_are_the_same_to_the_network(real):
    simplified = made(real, "哪里设立试验区？", "公告", "天津设立跨境电子商务综合试验区")
    traditional = made(real, "哪裡設立試驗區？", "公告", "天津設立跨境電子商務綜合試驗區")

    assert traditional == simplified


def test_levels_and_tokens_meet(real, lexicon):
    passage = "天津的龍蝦運到了上海。"
    groups = query_groups("Where are the lobsters?", lexicon)
    found = pair(real, "Where are the lobsters?", "", passage, met(terms_of(groups), passage))

    types = dict(zip(words(found, passage), found.types[found.first :], strict=False))
    assert (types["天津"], types["龍"], types["蝦"], types["上海"]) == (1, 3, 3, 1)


# Little or nothing to read


def test_an_empty_passage(tokenizer):
    found = made(tokenizer, "谁", "", "")

    assert found.offsets == []
    assert found.ids[-4:] == [2, 2, 2, 2]
    assert found.types == [0] * len(found.ids)
    assert found.first == len(found.ids) - 1


def test_nothing_at_all(tokenizer):
    assert made(tokenizer, "", "", "").ids == [0, 2, 2, 2, 2]


@pytest.mark.parametrize(
    "text", ["综合试验区" * 400, "cross-border zones " * 400, "😀👩‍🔬" * 400, "㎏" * 1200]
)
def test_no_sequence_is_longer_than_the_network_takes(tokenizer, text):
    found = made(tokenizer, text, text, text)

    assert len(found.ids) == len(found.types) == 512
    assert found.first == 1 + 96 + 2 + 32 + 1
    assert found.ids[-1] == 2


def test_a_long_question_leaves_the_passage_its_room(real):
    question = ("龙虾从哪里运到天津？Who paid for it? " * 400)[:10_000]
    found = made(real, question, "信", "龙虾到了天津。")

    assert words(found, "龙虾到了天津。")[-2:] == ["天津", "。"]
    assert found.first == 1 + 96 + 2 + len(real.encode("信", add_special_tokens=False).ids) + 1
