"""A question and a passage as one sequence, with a tokenizer of characters and with the real one.

The tokenizer of characters makes lengths plain: a character is a token, its code point the id.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from rag.language.term_groups import Group, query_groups
from rag.models import e5
from rag.models.onnx import open_tokenizer
from rag.reading import reader_build
from rag.reading.inputs import (
    MAX_CONTEXT_TOKENS,
    MAX_QUESTION_TOKENS,
    MAX_TOKENS,
    STRONG,
    WEAK,
    met,
    pair,
    terms_of,
)


class Characters:
    """A token a character, in the order and at the places of the text."""

    def encode(self, sequence, *, add_special_tokens):
        assert not add_special_tokens
        ids = [ord(character) for character in sequence]
        return SimpleNamespace(ids=ids, offsets=[(i, i + 1) for i in range(len(ids))])


@pytest.fixture(scope="module")
def real(models):
    return open_tokenizer(models / reader_build.NAME / e5.TOKENIZER_FILE)


@pytest.fixture(params=["characters", pytest.param("real", marks=pytest.mark.model)])
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


# Which characters of a passage the terms meet, as levels written below the text


def levels(groups, passage):
    return "".join(map(str, met(terms_of(groups), passage).tolist()))


def asked(question, passage, lexicon):
    return levels(query_groups(question, lexicon), passage)


def group(*terms, weight=1.0, each=1.0):
    return Group(tuple((term, each) for term in terms), weight)


# Terms


def test_a_level_a_character():
    found = met(terms_of([group("龙虾")]), "天津的龙虾")

    assert (WEAK, STRONG) == (1, 2)
    assert found.shape == (5,)
    assert found.dtype == "uint8"
    assert found.tolist() == [0, 0, 0, 2, 2]


def test_no_terms_or_no_passage_meet_nothing():
    assert levels([], "天津的龙虾") == "00000"
    assert levels([group("龙虾")], "") == ""
    assert levels([Group(())], "lobster") == "0000000"


def test_a_term_is_met_wherever_it_stands():
    assert levels([group("城市")], "城市，城市和城") == "2202200"
    assert levels([group("lobster")], "Lobsters and a lobster") == "2222222200000002222222"


def test_a_term_is_met_where_it_overlaps_itself():
    assert levels([group("人人")], "人人人") == "222"


def test_a_pair_of_characters_is_met_without_its_mark():
    assert levels([group("^龙虾")], "小龙虾") == "022"


@pytest.mark.parametrize(
    ("weight", "each", "level"), [(1.0, 0.5, "2"), (0.5, 1.0, "2"), (1.0, 0.49, "1"), (0, 1, "1")]
)
def test_half_a_weight_is_strong_and_less_is_weak(weight, each, level):
    assert levels([group("龙虾", weight=weight, each=each)], "龙虾") == 2 * level
    assert levels([group("lobster", weight=weight, each=each)], "lobster") == 7 * level


def test_a_single_character_is_weak_unless_it_is_a_figure():
    assert levels([group("港")], "港口") == "10"
    assert levels([group("b")], "plan b") == "000001"
    assert levels([group("3", weight=0.1)], "3 B") == "200"


def test_the_stronger_of_two_terms_counts():
    assert levels([group("试验"), group("试验区", each=0.2)], "试验区") == "221"
    assert levels([group("试验区", each=0.2), group("试验")], "试验区") == "221"
    assert levels([group("龙虾", each=0.2), group("龙虾")], "龙虾") == "22"
    assert levels([group("龙虾"), group("龙虾", each=0.2)], "龙虾") == "22"


# Words of the passage


def test_a_latin_word_is_met_whole_by_its_stem():
    groups = query_groups("Which city sold lobsters?", None)

    passage = "The cities of Sold were sold a LOBSTER, not lobsterman."
    expected = "0000222222000022220000002222000222222200000000000000000"
    assert levels(groups, passage) == expected


def test_a_figure_is_met_whole_whatever_its_separators():
    assert levels([group("12")], "12座、112座、12.5亿") == "22000000000000"
    assert levels([group("90000")], "90,000 or 90000") == "222222000022222"
    assert levels([group("12.5")], "12.5亿") == "22220"


def test_full_width_letters_and_figures_are_met_at_their_place():
    assert levels([group("12"), group("abc")], "１２座ＡＢＣ公司") == "22022200"
    assert levels([group("90000")], "９０，０００元") == "2222220"


def test_both_scripts_are_one():
    assert levels([group("电子商务")], "跨境電子商務") == "002222"
    assert asked("獲批的試驗區", "获批的试验区。", None) == "2202220"


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("😀龙虾😀", "0220"),
        ("👩‍🔬和龙虾", "000022"),  # three code points make up the first sign
        ("㎏ﬁ…龙虾", "00022"),  # each would be longer, folded
        ("İ龙虾\0龙虾", "022022"),
        ("\ud800龙虾", "022"),  # half a character, as some files hold
        ("龙\n虾", "000"),
    ],
)
def test_odd_characters_keep_their_place(passage, expected):
    assert levels([group("龙虾")], passage) == expected


# With the real lexicon


def test_a_chinese_question_meets_english_words(lexicon):
    found = asked("灯塔是谁设计的？", "Who designed the old lighthouse?", lexicon)

    assert found == "00002222222200000000022222222220"


def test_an_english_question_meets_chinese_words(lexicon):
    passage = "灰岩岛灯塔的设计者是林月。"

    assert asked("Who designed the lighthouse?", passage, lexicon) == "0002202220000"
    assert asked("Who designed the lighthouse?", "燈塔的設計師", lexicon) == "220222"


def test_a_figure_meets_its_numeral(lexicon):
    assert asked("Which twelve cities?", "十二座城市", lexicon) == "22022"
    assert asked("哪十二座城市？", "12 cities, twelve", lexicon) == "22022222200222222"


def test_a_name_in_pinyin_meets_its_characters(lexicon):
    assert asked("What did Zhang Kuo say?", "总裁张阔表示", lexicon) == "002200"


def test_a_long_question_is_one_of_many_terms(lexicon):
    question = ("龙虾从哪里运到天津？Who paid for it? " * 400)[:10_000]

    assert asked(question, "龙虾到了天津，paid。", lexicon) == asked(
        "龙虾从哪里运到天津？Who paid for it?", "龙虾到了天津，paid。", lexicon
    )
