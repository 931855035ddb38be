import pytest

from rag.language.dictionary import ToChinese, ToEnglish, to_chinese, to_english
from rag.language.senses import phrase_key, senses


def entry(word, *definitions, pinyin="x1", traditional=""):
    return {
        "simplified": word, "traditional": traditional or word, "pinyin": pinyin,
        "definitions": list(definitions),
    }  # fmt: skip


def meanings(*definitions, pinyin="x1"):
    return [sense.meaning for sense in senses(entry("词语", *definitions, pinyin=pinyin))]


def english(*entries, frequency=lambda word: 0):
    found = {each.chinese: each for each in to_english(entries, frequency)}
    return {each["simplified"]: found.get(each["simplified"]) for each in entries}


def chinese(*entries, frequency=lambda word: 0, word_class=lambda word: "n"):
    found = to_chinese(entries, frequency, word_class)
    return {(each.phrase, each.is_name): each.chinese for each in found}


@pytest.mark.parametrize(
    ("definition", "meaning"),
    [
        ("Tianjin, a municipality in northeast China, abbr. 津", "Tianjin"),
        ("Hangzhou subprovincial city and capital of Zhejiang province", "Hangzhou"),
        ("Hubei Province (Hupeh) in central China, abbr. 鄂[E4]", "Hubei"),
        ("Nova Scotia province, Canada", "Nova Scotia"),
        ("Microsoft Corporation", "Microsoft"),
        ("United Kingdom 聯合王國|联合王国[Lian2 he2 wang2 guo2]", "United Kingdom"),
        ("Belt and Road Initiative, Chinese government plan", "Belt and Road Initiative"),
        ("Harper (name)", "Harper"),
        ("World Trade Organization (WTO)", "World Trade Organization"),
    ],
)
def test_a_name_without_what_is_said_about_it(definition, meaning):
    assert meanings(definition, pinyin="X1") == [meaning]


def test_a_person_is_shown_as_readers_of_english_know_him():
    definition = "Ma Yun (1964-), aka Jack Ma, billionaire"
    assert meanings(definition, pinyin="Ma3 Yun2") == ["Jack Ma", "Ma Yun"]


def test_a_sense_is_cut_to_its_first_words():
    assert meanings("to cut, as with a knife; a slice (of bread)") == ["to cut", "slice"]
    assert meanings("x" * 30, "y" * 31) == ["x" * 30]
    assert [sense.rank for sense in senses(entry("词语", "a; b", "c"))] == [1, 1, 2]


@pytest.mark.parametrize(
    "definition",
    [
        "surname Ma",
        "variant of 龍",
        "see 龙[long2]",
        "CL:個|个[ge4]",
        "abbr. for 天津",
        "(old) ship",
        "old variant of 虾",
        "also written 虾",
        "classifier for ships",
        "(bird species of China)",
    ],
)
def test_notes_are_no_meanings(definition):
    assert meanings(definition) == []


def test_names_are_told_by_their_capitals():
    assert senses(entry("词语", "China", pinyin="zhong1"))[0].is_name is False
    assert senses(entry("词语", "the east", pinyin="Dong1"))[0].is_name is False
    assert senses(entry("词语", "China", pinyin="Zhong1"))[0].is_name is True


def test_phrases_are_compared_by_their_words():
    assert phrase_key("The World-Trade Organization") == "world trade organization"
    assert phrase_key("to sell") == "sell"
    assert phrase_key("(…)") == ""


def test_the_first_noun_of_a_word_is_its_meaning():
    found = english(
        entry("比喻", "to compare", "to liken to", "metaphor"),
        entry("上门", "to drop in"),
        entry("光是", "solely", "just"),
        entry("插曲", "music played during a movie", "incident"),
        entry("家人", "family"),
        entry("虾", "shrimp"),
    )
    assert {word: each and each.english for word, each in found.items()} == {
        "比喻": "metaphor", "上门": None, "光是": "just", "插曲": "incident", "家人": "family",
        "虾": None,
    }  # fmt: skip


def test_words_of_two_entries():
    assert english(entry("大意", "gist"), entry("大意", "careless"))["大意"] is None
    peace = english(entry("和平", "Heping District", pinyin="He2"), entry("和平", "peace"))
    assert peace["和平"] == ToEnglish("和平", "peace", False, 2.0)
    town = english(entry("会同", "Huitong county", pinyin="Hui4"), entry("会同", "to join"))
    assert town["会同"] is None
    ali = english(
        entry("阿里巴巴", "Ali Baba", pinyin="A1"), entry("阿里巴巴", "Alibaba", pinyin="A1")
    )
    assert ali["阿里巴巴"] == ToEnglish("阿里巴巴", "Alibaba", True, 4.0)


def test_an_abbreviation_means_what_it_stands_for():
    found = english(
        entry("自贸区", "abbr. for 自由貿易區|自由贸易区[zi4 you2]"),
        entry("自由贸易区", "free trade zone"),
        entry("双十一", "see 光棍節|光棍节[Guang1]"),
        entry("别的", "see 没有[mei2 you3]"),
    )
    assert found["自贸区"].english == "free trade zone"
    assert (found["双十一"], found["别的"]) == (None, None)


def test_common_words_weigh_less():
    found = english(entry("龙虾", "lobster"), frequency=lambda word: 99)
    assert found["龙虾"] == ToEnglish("龙虾", "lobster", False, 0.0)


def test_the_more_frequent_word_of_the_same_meaning():
    consumer = (entry("龙虾", "lobster"), entry("大龙虾", "lobster"))
    often = {"龙虾": 99}.get
    assert chinese(*consumer, frequency=lambda w: often(w, 0))["lobster", False] == "龙虾"
    joined = (entry("律师", "lawyer", "attorney"), entry("辩手", "lawyer", "attorney"))
    assert chinese(*joined, frequency=lambda w: w == "律师")["lawyer", False] == "律师"


def test_another_meaning_leaves_doubt():
    figure = (entry("数目", "figure"), entry("身材", "figure"))
    assert ("figure", False) not in chinese(*figure)
    far = chinese(*figure, frequency=lambda w: 99 if w == "数目" else 0)  # ten to one
    assert far["figure", False] == "数目"
    assert ("figure", False) not in chinese(entry("数目", "figure"), entry("图", "figure"))
    assert chinese(entry("图画", "figure"), entry("图", "figure"))["figure", False] == "图画"


def test_a_late_sense_leaves_no_doubt():
    figure = chinese(entry("数目", "figure"), entry("身材", "body", "build", "figure"))
    assert figure["figure", False] == "数目"


def test_a_rare_word_does_not_stand_for_its_character():
    small = (entry("小可", "small"), entry("小", "small"))
    assert chinese(*small)["small", False] == "小可"
    assert ("small", False) not in chinese(*small, frequency=lambda w: 99 if w == "小" else 0)


def test_only_first_senses_and_nouns_of_words():
    assert ("deed", False) not in chinese(entry("好事", "charity", "deed"))
    assert ("confident", False) not in chinese(
        entry("大方", "confident"), word_class=lambda word: "z"
    )
    syrup = chinese(entry("枫糖", "maple syrup"), word_class=lambda word: "")
    assert syrup["maple syrup", False] == "枫糖"
    assert ("running", False) not in chinese(entry("营运", "running"))
    many = [entry(f"打{n}", "thing") for n in "一二三四五六"]
    assert ("thing", False) in chinese(*many[:5])
    assert ("thing", False) not in chinese(*many)


def test_names_of_two_places():
    places = (entry("苏州", "Suzhou", pinyin="Su1"), entry("宿州", "Suzhou", pinyin="Su4"))
    assert ("suzhou", True) not in chinese(*places)
    often = chinese(*places, frequency=lambda w: 99 if w == "苏州" else 0)
    assert often["suzhou", True] == "苏州"
    names = (entry("斯蒂芬", "Stephen", pinyin="Si1"), entry("史蒂芬", "Stephen", pinyin="Shi3"))
    assert chinese(*names)["stephen", True] == "斯蒂芬"
    short = (entry("世界贸易组织", "WTO", pinyin="Shi4"), entry("世贸", "WTO", pinyin="Shi4"))
    assert chinese(*short)["wto", True] == "世贸"


def test_names_and_words_are_apart_and_keep_their_script():
    (found,) = [
        each
        for each in to_chinese(
            [entry("龙虾", "lobster", traditional="龍蝦")], lambda word: 99, lambda word: "n"
        )
        if each.weight
    ]
    assert found == ToChinese("lobster", False, "龙虾", "龍蝦", -1.0)
    assert ("china", False) not in chinese(entry("我国", "China"))
    assert ("north", True) not in chinese(entry("北国", "North"))
