"""A question and a passage as one sequence, with a tokenizer of characters and with the real one.

The tokenizer of characters makes lengths plain: a character is a token, its code point the id.
"""

import numpy as np
import pytest

from rag.language.term_groups import Group, query_groups
from rag.models import vocabulary
from rag.models.vocabulary import Tokens, open_vocabulary
from rag.reading.inputs import (
    FOUND,
    MAX_CONTEXT_TOKENS,
    MAX_QUESTION_TOKENS,
    MAX_TOKENS,
    MISSING,
    STRONG,
    TYPES,
    WEAK,
    Meeting,
    meet,
    pair,
    terms_of,
)


class Characters:
    """A token a character, in the order and at the places of the text."""

    def encode(self, text):
        return Tokens(
            [ord(character) for character in text], [(i, i + 1) for i in range(len(text))]
        )


@pytest.fixture(scope="module")
def real(models):
    return open_vocabulary(models / vocabulary.NAME)


@pytest.fixture(params=["characters", pytest.param("real", marks=pytest.mark.model)])
def tokenizer(request):
    return Characters() if request.param == "characters" else request.getfixturevalue("real")


def made(tokenizer, question, context, passage, levels=None, asked=None):
    """The pair where these characters of passage and question meet, none unless given."""
    meeting = Meeting(
        np.array(asked or [0] * len(question), dtype=np.uint8),
        np.array(levels or [0] * len(passage), dtype=np.uint8),
    )
    return pair(tokenizer, question, context, passage, meeting)


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


def test_the_types_of_the_question_tell_what_the_passage_holds():
    found = made(Characters(), "马云去?", "信", "马云", [2, 2], [FOUND, FOUND, MISSING, 0])

    assert (FOUND, MISSING, TYPES) == (4, 5, 6)
    assert found.ids == [0, *codes("马云去?"), 2, 2, *codes("信"), 2, *codes("马云"), 2]
    assert found.types == [0, 4, 4, 5, 0, 0, 0, 0, 0, 3, 3, 0]


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


def test_of_a_question_that_is_cut_the_types_are_those_of_its_end():
    question = "问" * 200 + "在哪"
    found = made(Characters(), question, "", "passage", None, [4] * 150 + [0] * 50 + [5, 4])

    assert found.types[:97] == [0, *[4] * 44, *[0] * 50, 5, 4]
    assert found.types[97:] == [0] * 3 + [1] * 7 + [0]


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
    left_out = [character for place, character in enumerate(passage) if place not in covered]
    assert not "".join(left_out).strip()


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("跨境電子商務", ["跨", "跨境", "電子商務"]),  # the first is "▁", which begins a text
        (
            "😀 ＡＢＣ公司花了９０，０００元…㎏",
            ["😀", "ＡＢＣ", "公司", "花了", "９０", "，", "０００", "元", "…", "㎏"],
        ),
        ("Who is he?", ["Who", "is", "he", "?"]),
        ("e\u0301t\u00e9", ["e\u0301t\u00e9"]),
    ],
)
def test_the_words_of_the_tokens(real, passage, expected):
    assert words(made(real, "问", "题", passage), passage) == expected


def test_a_token_has_the_strongest_level_of_its_characters(real):
    passage = "跨境電子商務 in Hangzhou"
    found = made(real, "问", "", passage, [0, 1, 0, 2, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])

    assert words(found, passage) == ["跨", "跨境", "電子商務", "in", "Hang", "zhou"]
    assert found.types[found.first :] == [1, 2, 3, 1, 3, 1, 0]


def test_a_token_of_the_question_is_missing_where_a_part_of_it_is(real):
    question = "跨境電子商務 in Hangzhou?"
    asked = [4, 4, 4, 5, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    found = made(real, question, "", "城", None, asked)

    assert found.types[1:8] == [4, 4, 5, 0, 0, 4, 0]  # ▁ 跨境 电子商务 in Hang zhou ?


def test_both_scripts_are_the_same_to_the_network(real):
    simplified = made(real, "哪里设立试验区？", "公告", "天津设立跨境电子商务综合试验区")
    traditional = made(real, "哪裡設立試驗區？", "公告", "天津設立跨境電子商務綜合試驗區")

    assert traditional == simplified


def test_levels_and_tokens_meet(real, lexicon):
    passage = "天津的龍蝦運到了上海。"
    question = "Where are the lobsters?"
    terms = terms_of(query_groups(question, lexicon))
    found = pair(real, question, "", passage, meet(terms, question, "", passage))

    types = dict(zip(words(found, passage), found.types[found.first :], strict=False))
    assert (types["天津"], types["龍"], types["蝦"], types["上海"]) == (1, 3, 3, 1)
    assert found.types[1:8] == [0, 0, 0, 4, 4, 4, 0]  # lo-b-sters


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
    assert found.first == 1 + 96 + 2 + len(real.encode("信").ids) + 1


# Which characters of a passage the terms meet, as levels written below the text


def levels(groups, passage):
    return "".join(map(str, meet(terms_of(groups), "", "", passage).passage.tolist()))


def asked(question, passage, lexicon):
    return levels(query_groups(question, lexicon), passage)


def group(*terms, weight=1.0, each=1.0):
    return Group(tuple((term, each) for term in terms), weight)


# Terms


def test_a_level_a_character():
    found = meet(terms_of([group("龙虾")]), "", "", "天津的龙虾").passage

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


# Which characters of a question stand for what the passage holds (4), lacks (5), or neither


def told(question, passage, lexicon=None, context=""):
    terms = terms_of(query_groups(question, lexicon))
    return "".join(map(str, meet(terms, question, context, passage).question.tolist()))


def told_of(question, passage, *groups):
    return "".join(map(str, meet(terms_of(groups), question, "", passage).question.tolist()))


def test_a_number_a_character_of_the_question():
    found = meet(terms_of([group("龙虾"), group("天津")]), "天津有龙虾吗", "", "龙虾来了").question

    assert found.shape == (6,)
    assert found.dtype == "uint8"
    assert found.tolist() == [MISSING, MISSING, 0, FOUND, FOUND, 0]


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("灯塔由林月设计。", "44004400"),
        ("燈塔由林月設計。", "44004400"),
        ("灯塔在山上。", "44005500"),
        ("雨天请带伞。", "55005500"),
    ],
)
def test_chinese_words_in_a_chinese_passage(passage, expected):
    assert told("灯塔是谁设计的？", passage) == expected
    assert told("燈塔是誰設計的？", passage) == expected


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Lin Yue designs lighthouses.", "0000444444440000044444444440"),
        ("The LIGHTHOUSE is old.", "0000555555550000044444444440"),
        ("Rain is expected.", "0000555555550000055555555550"),
    ],
)
def test_english_words_in_an_english_passage(passage, expected):
    assert told("Who designed the lighthouse?", passage) == expected


def test_words_in_the_other_language_by_their_translations(lexicon):
    question = "Who designed the lighthouse?"

    assert told(question, "灯塔的设计者是林月。", lexicon) == "0000444444440000044444444440"
    assert told(question, "燈塔在山上。", lexicon) == "0000555555550000044444444440"
    assert told("灯塔是谁设计的？", "Who designed the old lighthouse?", lexicon) == "44004400"
    assert told("灯塔是谁设计的？", "The lighthouse is old.", lexicon) == "44005500"
    assert told("灯塔是谁设计的？", "Rain is expected.", lexicon) == "55005500"


def test_of_a_word_without_translation_the_other_language_tells_nothing(lexicon):
    assert told("灯塔是谁设计的？", "Rain is expected.") == "00000000"
    assert told("Who designed the lighthouse?", "雨天请带伞。") == "0" * 28
    assert told("小红书在哪里？", "Rain is expected.", lexicon) == "0000000"
    assert told("小红书在哪里？", "雨天请带伞。", lexicon) == "5550000"
    assert told("小红书在哪里？", "The app 小红书 is Chinese, I am told.", lexicon) == "4440000"


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("X300卖90元。", "44440000"),
        ("The X300 costs 90 yuan.", "44440000"),
        ("ｘ３００", "44440000"),
        ("X200卖90元。", "55550000"),
        ("The X3000 costs 90 yuan.", "55550000"),
    ],
)
def test_codes_are_looked_for_in_either_script(passage, expected):
    assert told("X300是什么？？", passage)[:8] == expected


def test_figures_are_looked_for_in_either_script(lexicon):
    assert told("2015年的事", "In 2015 he spoke.") == "4444000"
    assert told("Which 12 cities?", "12座城市", lexicon) == "0000004404444440"
    assert told("Which 12 cities?", "十二座城市", lexicon) == "0000004404444440"
    assert told("Which 12 cities?", "13座城市", lexicon) == "0000005504444440"
    assert told("Which twelve cities?", "十二座城市", lexicon) == "00000044444404444440"
    assert told("花了1,200.5元", "1200.5 yuan") == "0044444440"


def test_title_and_section_count():
    assert told("馆长是谁？", "他是王五。") == "55000"
    assert told("馆长是谁？", "他是王五。", context="市圖書館 > 館長") == "44000"
    assert (
        told("Who is the curator?", "He is Wang Wu.", context="CURATORS") == "0" * 11 + "44444440"
    )


def test_of_a_longer_word_the_part_that_the_passage_holds():
    assert told("副馆长是谁？", "副馆长是王五。") == "444000"
    assert told("副馆长是谁？", "馆长是王五。") == "544000"
    assert told("副馆长是谁？", "他是王五。") == "555000"


def test_a_word_counts_wherever_the_question_has_it_in_whatever_form():
    assert told("ＡＢＣ和Abc、abc", "abc公司") == "44404440444"
    assert told("Which cities, which city?", "a CITY") == "0000004444440000000044440"
    assert told("城市？哪些城市？", "雨天请带伞。") == "55000550"


def test_a_single_character_does_not_stand_for_a_word():
    assert told_of("the harbour", "香港很大", group("harbour", "港口", "港")) == "00005555555"
    assert told_of("the harbour", "港口很大", group("harbour", "港口", "港")) == "00004444444"
    assert told_of("the harbour", "港口很大", group("harbour", "港")) == "0" * 11
    assert told_of("香港", "香港很大", group("港")) == "04"  # but for itself


def test_groups_that_may_be_missing_tell_nothing():
    optional = Group((("龙虾", 1.0),), optional=True)

    assert told_of("龙虾", "雨天", optional) == "00"
    assert told_of("龙虾", "龙虾", optional) == "00"
    assert told_of("龙虾", "龙虾", Group(())) == "00"


def test_where_there_is_nothing_to_ask_or_to_read():
    assert told("", "龙虾") == ""
    assert told("是谁？", "龙虾") == "000"
    assert told("What is it?", "lobster") == "0" * 11
    assert told("谁喜欢龙虾？", "") == "000000"  # a passage of no script
    assert told("Who likes X300?", "").endswith("55550")


def test_odd_characters_of_the_question_keep_their_place():
    assert told_of("😀龙虾\0㎏龙虾", "龙虾", group("龙虾")) == "0440044"
    assert told_of("\ud800İ龍蝦", "龙虾", group("龙虾")) == "0044"
    assert told_of("c++是龙(虾", "龙(虾", group("龙(虾")) == "0000444"
