"""Questions and passages in the words of the other language: every seed draws the same words."""

from collections import Counter

import pytest

from rag.training import switch
from rag.training.switch import Switcher

PASSAGE = "张阔在1995年卖出龙虾。天津有12座城市。"


@pytest.fixture(scope="module")
def switcher(lexicon):
    return Switcher(lexicon)


def in_english(switcher, seed, question):
    switcher.seed(seed)
    return switcher.to_english(question)


def test_a_statement_keeps_what_denies_and_restricts_it(switcher):
    denied = switcher.stated("天津没有12座灯塔。", True, "1")
    restricted = switcher.stated("Tianjin has only 12 lighthouses.", False, "1")

    assert " not " in denied
    assert denied.endswith(".")
    assert "12" in denied
    assert "只" in restricted
    assert "不" not in restricted
    assert restricted.endswith("。")
    assert switcher.stated("天津没有12座灯塔。", True, "1") == denied


def in_chinese(switcher, seed, question):
    switcher.seed(seed)
    return switcher.to_chinese(question)


@pytest.mark.parametrize(
    ("seed", "question", "switched"),
    [
        ("1", "张阔在哪一年来到天津？", "What year Zhangkuo on arrive Tianjin?"),
        ("2", "张阔在哪一年来到天津？", "When was Zhangkuo at come Tianjin?"),
        ("1", "誰認為希臘語與梵語同源？", "Whom believe Greek language with Sanskrit homology?"),
        ("1", "为什么龙虾好吃", "For what reason is lobster tasty?"),
        ("0", "12座城市在哪里？", "What place 12 seat city in?"),
        ("1", "龙虾多少钱？", "What price are lobster?"),
    ],
)
def test_a_chinese_question_in_english_words(switcher, seed, question, switched):
    assert in_english(switcher, seed, question) == switched


@pytest.mark.parametrize(
    ("seed", "question", "switched"),
    [
        ("0", "How many lobsters did Zhang Kuo sell in 2019?", "龙虾市丈 Kuo 售卖2019几个？"),
        ("1", "When was the Battle of Hastings fought", "战忙不迭 fought 何时？"),
        ("2", "Whose lobster, whose city?", "龙虾,市立哪位？"),
        ("0", "Who is it?", "哪位？"),
    ],
)
def test_an_english_question_in_chinese_words(switcher, seed, question, switched):
    assert in_chinese(switcher, seed, question) == switched


@pytest.mark.parametrize(
    ("question", "asking"),
    [
        ("龙虾是谁卖出的？", {"who", "whom", "which person"}),
        ("龙虾在哪一年出现？", {"which year", "what year", "when"}),
        ("龙虾有多少只？", {"how many"}),
        ("龙虾有多大？", {"how"}),
        ("龙虾是哪国的？", {"which country", "what country"}),
    ],
)
def test_what_asks_is_translated_at_either_end(switcher, question, asking):
    for seed in range(20):
        switched = in_english(switcher, str(seed), question).lower().rstrip("?")
        assert any(switched.startswith(a) or switched.endswith(a) for a in asking), switched


def test_names_are_spelt_in_pinyin_and_digits_kept(switcher):
    found = {in_english(switcher, str(seed), "张阔有2019的3.5%？") for seed in range(20)}

    assert {name for each in found for name in ("Zhangkuo", "张阔") if name in each} == {
        "Zhangkuo",
        "张阔",  # three of ten names that no dictionary holds stay
    }
    assert all("3.5" in each and "2019" in each for each in found)


def test_function_words_may_take_several_words(switcher):
    found = {in_english(switcher, str(seed), "有3岁") for seed in range(20)}

    assert found == {"Have 3 years old?", "Has 3 years old?", "There are 3 years old?"}


def test_the_same_seed_draws_the_same_whatever_came_before(switcher):
    first = in_english(switcher, "7", "张阔在哪一年来到天津？")
    switcher.mixed(PASSAGE, 0, 2, 1.0)

    assert in_english(switcher, "7", "张阔在哪一年来到天津？") == first


@pytest.mark.parametrize(
    ("odd", "english", "chinese"),
    [
        ("", "?", "？"),
        ("？", "?", "？？"),
        ("?", "?", "？"),
        ("。 ? ", "?", "。？"),
        ("😀 ∑", "😀 ∑?", "😀∑？"),
        ("\ud800", "\ufffd?", "\ud800？"),
        ("the of", "Of the?", "？"),
    ],
)
def test_odd_questions_stay_questions(switcher, odd, english, chinese):
    assert in_english(switcher, "0", odd) == english
    assert in_chinese(switcher, "0", odd) == chinese


def test_of_several_chinese_words_those_in_use_are_drawn_more_often(switcher, lexicon, monkeypatch):
    translations = [("城邑", 0.5), ("城市", 1.0), ("都市", 0.5)]
    uses = {"城市": 63, "城邑": 0, "都市": 15}  # with one more, of which the roots are 8, 1 and 4
    monkeypatch.setattr(switch, "frequency", uses.get)
    monkeypatch.setattr(lexicon, "to_chinese", lambda stems: translations)

    found = Counter(in_chinese(switcher, str(seed), "city")[:-1] for seed in range(2100))

    assert found == {
        "城市": pytest.approx(1600, abs=80),  # 1 times 8
        "都市": pytest.approx(400, abs=60),  # half of 4
        "城邑": pytest.approx(100, abs=30),  # half of 1
    }


# Passages


def test_a_mixed_passage_keeps_its_span_on_the_right_words(switcher):
    start = PASSAGE.index("龙虾")
    switcher.seed("1")

    text, first, last = switcher.mixed(PASSAGE, start, start + 2, 1.0)

    assert text == " 张阔  at 1995 year  sell lobster 。 Tianjin  have 12 seat  town 。"
    assert text[first:last] == "lobster"


def test_a_share_of_the_words_is_in_english(switcher):
    start = PASSAGE.index("1995")
    for seed in range(20):
        switcher.seed(str(seed))
        text, first, last = switcher.mixed(PASSAGE, start, start + 4, 0.5)
        assert text[first:last] == "1995"
    switcher.seed("0")
    assert switcher.mixed(PASSAGE, start, start + 4, 0.0) == (PASSAGE, start, start + 4)


def test_a_span_at_the_edges_and_one_that_vanishes(switcher):
    switcher.seed("0")
    assert switcher.mixed("龙虾", 0, 2, 1.0) == ("lobster ", 0, 7)
    assert switcher.mixed("", 0, 0, 1.0) == ("", 0, 0)
    text, first, last = switcher.mixed("卖了", 1, 2, 1.0)  # a word for which nothing stands
    assert first == last == len(text)
