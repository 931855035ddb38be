import pytest

from rag.checking.name_match import Presence, Words, presence
from rag.errors import InvalidInput
from rag.language.dictionary import ToChinese, ToEnglish
from rag.language.glossary import Glossary
from rag.language.glosses import gloss
from rag.language.term_groups import query_groups

TEXT = """\
# firms
速賣通\tAliExpress
Falcon Freight\t猎鹰货运

综合试验区\tpilot zone
"""


@pytest.fixture(scope="module")
def own(lexicon):
    return lexicon.with_glossary(Glossary.parse(TEXT))


def test_a_row_is_a_name_in_each_language_in_either_order():
    assert Glossary.parse("\ufeff" + TEXT).pairs == (
        ("速賣通", "AliExpress"),
        ("猎鹰货运", "Falcon Freight"),
        ("综合试验区", "pilot zone"),
    )
    assert Glossary.parse("").pairs == ()


@pytest.mark.parametrize(
    "row", ["天猫", "天猫\t淘宝", "Tmall\tTaobao", "天猫\tTmall\t淘宝", "天猫\t!"]
)
def test_what_is_not_a_name_in_two_languages_is_told_with_its_line(row):
    with pytest.raises(InvalidInput, match=r"^名单\.tsv, line 2, .* a tab between them$"):
        Glossary.parse(f"# firms\n{row}\n", "名单.tsv")


def test_it_goes_before_the_dictionary_in_both_directions(lexicon, own):
    assert own.to_english("速卖通") == [("aliexpress", 1.0)]
    assert own.to_chinese("aliexpress") == [("速卖通", 1.0)]
    assert own.to_chinese("pilot zone")[0] == ("综合试验区", 1.0)
    assert own.meaning_in_english("速卖通") == ToEnglish("速卖通", "AliExpress", True, 0.0)
    assert own.meaning_in_chinese("aliexpress", True) == ToChinese(
        "aliexpress", True, "速卖通", "速賣通", 0.0
    )
    assert own.to_chinese("lobster") == lexicon.to_chinese("lobster")
    assert lexicon.to_chinese("aliexpress") == []


def test_a_question_finds_a_name_whose_characters_are_other_words(own):
    def alternatives(question):
        return [group.alternatives for group in query_groups(question, own)]

    name = (("速卖通", 1.0), ("^速卖", 1.0), ("^卖通", 1.0))
    assert (*name, ("aliexpress", 1.0)) in alternatives("速卖通是什么？")
    assert (("aliexpress", 1.0), *name) in alternatives("What is AliExpress?")


def test_glosses_have_it_first_and_whole(own):
    def glosses(text, language):
        return [(each.term, each.meaning) for each in gloss(text, language, own)]

    assert glosses("速卖通在综合试验区", "en") == [
        ("速卖通", "AliExpress"),
        ("综合试验区", "pilot zone"),
    ]
    assert glosses("falcon freight left AliExpress", "zh") == [
        ("falcon freight", "猎鹰货运"),
        ("AliExpress", "速卖通"),
    ]
    assert glosses("AliExpress", "zh-Hant") == [("AliExpress", "速賣通")]


@pytest.mark.parametrize(
    ("name", "text"),
    [("AliExpress", "速卖通的卖家"), ("速卖通", "sellers on AliExpress")],
)
def test_the_checker_finds_the_name_in_the_other_language(name, text, lexicon, own):
    assert presence(name, Words.of(text), own, {}) is Presence.FOUND
    assert presence(name, Words.of(text), lexicon, {}) is not Presence.FOUND
