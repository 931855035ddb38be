import pytest

from rag.language.question import count_of, focus, items, kinds_of, parts_of, shown


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("灯塔有多少级台阶？", {"number"}),
        ("How many steps does the lighthouse have?", {"number"}),
        ("燈塔是哪一年建成的？", {"when"}),
        ("When was the lighthouse built?", {"when"}),
        ("谁看守灯塔？", {"who"}),
        ("Who keeps the lighthouse?", {"who"}),
        ("灯塔在哪里？", {"where"}),
        ("灯塔的网址是什么？", {"address"}),
        ("演讲的主题是什么？", {"name"}),
        ("占总数的百分比是多少？", {"share", "number"}),
        ("哪三座灯塔？", {"list"}),
        ("Which two lighthouses?", {"list"}),
        ("什么是灯塔？", {"definition"}),
        ("灯塔怎么样？", set()),
    ],
)
def test_what_a_question_asks_for(question, kinds):
    assert kinds_of(question) == kinds


@pytest.mark.parametrize(
    ("kind", "shows", "does_not"),
    [
        ("number", "共有 301 级台阶", "台阶很陡"),
        ("number", "a dozen, or 12", "steep steps"),
        ("when", "建于1893年", "很早就建成了"),
        ("address", "见 www.example.com", "见公告"),
        ("name", "题为《海上的光》", "题目很长"),
        ("list", "东塔、西塔和北塔", "只有东塔"),
        ("share", "about 40 percent", "about forty"),
    ],
)
def test_words_that_show_it_and_words_that_do_not(kind, shows, does_not):
    assert shown({kind}, shows) == 1.0
    assert shown({kind}, does_not) == 0.0


def test_half_of_two_kinds_is_half_and_no_kind_is_neither():
    assert shown({"number", "when"}, "共有 301 级台阶") == 0.5
    assert shown(set(), "anything") == 0.5


def test_how_many_things_are_asked_for():
    assert [count_of(q) for q in ("哪12座？", "哪三座？", "Which two?", "哪座？")] == [
        12,
        3,
        2,
        None,
    ]


@pytest.mark.parametrize(
    "question",
    [
        "哪2015年的展会？",
        "Which 2016 trend?",
        "Which 7 nm chip?",
        "What five-year plan?",
        "哪十二年？",
    ],
)
def test_years_and_measures_are_no_counts(question):
    assert count_of(question) is None


def test_an_english_dozen_is_counted_too():
    assert [count_of(f"Which {word} cities?") for word in ("eleven", "twelve")] == [11, 12]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("灯塔有多高？", 1),
        ("灯塔建于哪年，高多少米？", 2),
        ("出口增长多少，进口增长多少？", 2),
        ("面包和茶叶分别来自哪里？", 2),
        ("Who built it and how tall is it?", 2),
        ("What do the baker and the miller sell?", 1),
        ("How much did bread and tea cost respectively?", 2),
    ],
)
def test_how_many_answers_are_asked_for(question, parts):
    assert parts_of(question) == parts


def test_commas_in_figures_and_before_what_explains_join_nothing():
    assert items("20,000 on December 16, 2015") == 1
    assert items("Jumei, the cosmetics retailer") == 1
    assert items("尊重主权；维护和平；促进合作") == 3


def test_how_many_things_words_may_join():
    assert items("东塔、西塔和北塔") == 3
    assert items("the east and the west tower") == 2
    assert items("温和的风") == 1


def test_the_words_beside_the_question_word():
    assert focus("要建设哪两个平台？") == "平台"
    assert focus("灯塔的高度是多少？") == "塔的高度"
    assert focus("which 12 cities got it") == "cities got it"
    assert focus("你好") == ""
