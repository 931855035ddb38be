"""Which characters of a passage a question's terms meet, as levels written below the text."""

import pytest

from rag.language.term_groups import Group, query_groups
from rag.reading.alignment import STRONG, WEAK, met, terms_of


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
