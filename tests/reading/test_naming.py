"""Codes and numbers that name something in a question, in passages that hold them or others."""

import pytest

from rag.reading.naming import Lack, lack

NOTHING = Lack(is_lacking=False, is_neighbour=False)
NOWHERE = Lack(is_lacking=True, is_neighbour=False)
ANOTHER = Lack(is_lacking=True, is_neighbour=True)


# Codes


@pytest.mark.parametrize("asked", ["X300", "X-300", "x300", "Ｘ３００", "X–300"])
@pytest.mark.parametrize(
    "held", ["X300", "X-300", "X 300", "x300", "X‐300", "Ｘ－３００", "X200/X300", "X300/X200"]
)
def test_a_code_is_held_however_it_is_written(asked, held):
    assert lack(f"{asked}的扬程是多少？", f"{held}水泵的扬程是32米") == NOTHING
    assert lack(f"What is the lift of the {asked}?", f"The {held} lifts 32 m.") == NOTHING


@pytest.mark.parametrize("held", ["X200", "X3000", "X30", "X301", "X300B", "x-200"])
def test_a_code_of_the_same_kind_is_another_and_a_neighbour(held):
    assert lack("X300的扬程是多少？", f"{held}水泵的扬程是300米") == ANOTHER
    assert lack("How high does the X300 lift?", f"The {held} pump lifts 300 m.") == ANOTHER


@pytest.mark.parametrize("held", ["水泵的扬程是300米", "AX300水泵", "Y300水泵", "3X300"])
def test_a_code_that_is_nowhere_has_no_neighbour_in_other_kinds(held):
    assert lack("X300的扬程是多少？", held) == NOWHERE


@pytest.mark.parametrize(
    ("asked", "held", "is_held"),
    [
        ("QX-12A", "QX12A", True),
        ("QX-12A", "QX-12B", False),
        ("PM2.5", "PM 2.5", True),
        ("PM2.5", "PM10", False),
        ("COVID-19", "Covid-19", True),
        ("H1N1", "H5N1", False),
        ("X300-2", "X300/2", True),
        ("X300-2", "X3002", False),
        ("X300-2", "X300", False),
        ("X3.5", "X35", False),
        ("A4", "A4纸", True),
        ("G20", "G2", False),
    ],
)
def test_each_sign_of_a_code_counts(asked, held, is_held):
    assert lack(f"{asked}是什么？", f"这里说的是{held}。").is_lacking is not is_held
    assert lack(f"What is {asked}?", f"This is about {held}.").is_lacking is not is_held


def test_one_code_of_two_may_be_lacking():
    assert lack("X300和X200哪个重？", "X300重8公斤") == ANOTHER
    assert lack("X300和X200哪个重？", "X300重8公斤，X200重9公斤") == NOTHING


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Who ruled in the 19th century?", "十九世纪的国王"),
        ("What happened in the 1990s?", "It began in 1990."),
        ("What happened in the mid-1990s?", "The boom of the 1990s."),
        ("What changed in post-2008 policy?", "Since 2008 the policy differs."),
        ("What costs USD5?", "It is 5 dollars."),
        ("What weighs 5kg?", "The cat weighs 5 kg."),
        ("3D打印机多少钱？", "3d 打印机的价格"),
        ("5G基站有多少？", "5G 基站"),
        ("Which No.3 is it?", "the 3rd"),
        ("What did 2Pac sing?", "2 songs"),
    ],
)
def test_words_with_figures_are_no_codes(question, passage):
    assert lack(question, passage) == NOTHING
    assert lack(question, "nothing of it") == NOTHING


# Numbers


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("第三条规定了什么？", "Article 3: the rent"),
        ("What does Article 3 say?", "第三条 租金"),
        ("What does article 12 say?", "第十二条 租金"),
        ("第12届是哪一年？", "第十二届在1905年"),
        ("二〇一九年第3季度呢？", "第三季度"),
        ("Which papers are in Section 2.1?", "See section 2.1 below."),
        ("305会议室在几楼？", "305会议室在3楼"),
        ("305会议室在几楼？", "302会议室在2楼，305会议室在3楼"),
        ("How many seats has room 305?", "Room 303 has 20, room 305 has 12 seats."),
    ],
)
def test_equal_values_are_held_in_any_notation(question, passage):
    assert lack(question, passage) == NOTHING


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("第三条规定了什么？", "第五条规定了租金"),
        ("第三条规定了什么？", "第五条规定，租期三年"),
        ("第三条规定了哪三种情况？", "第五条规定了三种情况"),
        ("第3届是哪一年？", "第十三届在1905年"),
        ("What does Article 3 say?", "Article 5: within 3 days"),
        ("What was found in Section 2.1?", "Section 2.3 has the findings."),
        ("How many seats has room 305?", "Room 303 has 305 seats."),
        ("305会议室能坐多少人？", "302会议室能坐18人"),
    ],
)
def test_a_number_is_sought_among_those_that_number_the_same(question, passage):
    assert lack(question, passage) == ANOTHER


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        ("第三条规定了什么？", "3. 租金为每月900元", NOTHING),
        ("What does Article 3 say?", "The rent is due on the 3rd of May.", NOTHING),
        ("What does Article 3 say?", "第五条规定了租金", NOWHERE),
        ("第三条规定了什么？", "Article 5 is about the rent.", NOWHERE),
        ("第三条规定了什么？", "租金为每月900元", NOWHERE),
        ("305会议室能坐多少人？", "会议室能坐20人", NOTHING),  # may be that of the file's name
    ],
)
def test_where_nothing_is_numbered_the_same_an_ordinal_is_any_number(question, passage, expected):
    assert lack(question, passage) == expected


def test_one_of_several_that_are_named_may_be_another():
    assert lack("X300的第三条？", "X300的第五条") == ANOTHER
    assert lack("X300的第三条？", "X200的第三条") == ANOTHER
    assert lack("第三条和第五条有何不同？", "第五条 租金，第七条 押金") == ANOTHER


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("谁投了3.5亿？", "他投了3.4亿"),
        ("Who paid 350 million?", "他付了3500万"),
        ("How many came in 2019?", "In 2018, 41 came."),
        ("9月发生了什么？", "It opened in October."),
        ("2019年来了多少人？", "来了41人"),
        ("What is 43.2%?", "占43.1％"),
    ],
)
def test_amounts_and_dates_are_no_names(question, passage):
    assert lack(question, passage) == NOTHING


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("哪三种蘑菇有毒？", "毒蝇伞"),
        ("哪三种蘑菇有毒？", "二十种蘑菇中有毒的是毒蝇伞"),
        ("哪3种蘑菇有毒？", "毒蝇伞"),
        ("Which three mushrooms are poisonous?", "毒蝇伞"),
        ("Which 12 cities are there?", "杭州"),
        ("which 2 of them", "杭州"),
        ("一带一路是什么？", "一项倡议"),  # words with a numeral
        ("What is a Seven Sisters rock?", "海边的岩石"),
    ],
)
def test_how_many_are_asked_for_is_no_number_that_must_be_held(question, passage):
    assert lack(question, passage) == NOTHING


@pytest.mark.parametrize("text", ["", "？", "第", "第条", "-", "X", "article ", "\ud800"])
def test_odd_texts_name_nothing(text):
    assert lack(text, text) == NOTHING
    assert lack(text, "X300") == NOTHING
    assert lack("X300", text) == NOWHERE


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("2023年营收是多少？", "2023年，公司营收5亿元；2022年营收4亿元"),
        ("302会议室在几楼？", "302、303会议室在三楼"),
        ("哪3种蘑菇有毒？", "岛上有20种蘑菇"),
        ("X300的扬程是多少？", "X300水泵重8公斤。X200的扬程是32米"),
    ],
)
def test_a_number_that_the_passage_holds_elsewhere_or_counts_what_is_asked_is_not_lacking(
    question, passage
):
    assert lack(question, passage) == NOTHING


# Names


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        ("纪若梅的工号是多少？", "纪若兰的工号是5517。", ANOTHER),
        ("纪若梅的工号是多少？", "纪小梅的工号是5517。", ANOTHER),
        ("纪若梅的工号是多少？", "纪若兰和纪若梅的工号。", NOTHING),
        ("纪若梅的工号是多少？", "她的工号是5517。", NOTHING),  # 她 may be her
        ("What is the range of the Kestrel 7?", "The Kestrel 5 flies 14 km.", ANOTHER),
        ("What is the range of the Kestrel 7?", "The Kestrel 5 and the Kestrel 7.", NOTHING),
        ("What is the range of the Kestrel 7?", "It flies 14 km.", NOTHING),
        ("What happened on May 7?", "On May 5 it rained.", NOTHING),  # a day
    ],
)
def test_a_name_that_is_easily_taken_for_another_is_told(question, passage, expected):
    assert lack(question, passage) == expected
