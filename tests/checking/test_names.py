"""Names of a claim looked for in a passage, through both languages."""

import pytest

from rag.checking.name_match import Presence, Words, presence
from rag.checking.names import names_of


def names(claim, lexicon):
    return [name.text for name in names_of(claim, lexicon)]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Jack Ma met Angela Merkel in Hanover.", ["Jack Ma", "Angela Merkel", "Hanover"]),
        ("Ant Financial invested in Paytm.", ["Ant Financial", "Paytm"]),
        ("According to Comeos, sales rose.", ["Comeos"]),
        ("马云在汉诺威会见默克尔。", ["马云", "汉诺威", "默克尔"]),
        ("Sales rose by half.", []),
        ("销售额增长了一半。", []),
        ("中印两国签了协议。", ["中印"]),
    ],
)
def test_the_names_of_a_claim(claim, expected, lexicon):
    assert names(claim, lexicon) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Merkel", "德国总理默克尔"),
        ("默克尔", "Chancellor Angela Merkel"),
        ("German", "他去了德国"),
        ("德国", "the German chancellor"),
        ("America", "美国创业者"),
        ("US", "美国创业者"),
        ("UK", "英国品牌"),
        ("Zhang Kuo", "国际站总裁张阔"),
        ("张阔", "Zhang Kuo said"),
        ("Ma", "馬雲再次回到了聯合國"),
        ("烏干達", "去非洲乌干达进行访问"),
        ("Uganda", "去非洲烏干達進行訪問"),
        ("Daniel Zhang", "首席执行官张勇说"),
        ("淘宝", "on Taobao"),
        ("Ant Financial", "蚂蚁金服向印度投资"),
        ("One97", "印度的One 97集团"),
        ("Chinese", "我国网民数量居全球之首"),
        ("Jack Ma", "Mr Ma said"),
        ("IMF", "国际货币基金组织"),
        ("Microsoft", "微软的软件"),
    ],
)
def test_a_name_is_found_in_the_other_language(name, text, lexicon):
    assert presence(name, Words.of(text), lexicon, {}) is Presence.FOUND


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Kenya", "去非洲乌干达进行访问"),
        ("肯尼亚", "He will travel to Uganda."),
        ("Chicago", "我在西雅图第一次发现了互联网"),
        ("Li Kuo", "国际站总裁张阔"),
        ("李阔", "Zhang Kuo said"),
        ("Ma", "国际站总裁张阔"),
        ("Merkel", "He met Hollande."),
        ("默克尔", "他会见了奥朗德"),
        ("American", "越南等新兴国家和中国"),
    ],
)
def test_another_name_is_absent(name, text, lexicon):
    assert presence(name, Words.of(text), lexicon, {}) is Presence.ABSENT


def test_figures_in_a_name_count(lexicon):
    assert presence("One98", Words.of("印度的One 97集团"), lexicon, {}) is not Presence.FOUND


def test_an_alias_of_the_collection_counts(lexicon):
    aliases = {"babytree": frozenset(["宝宝树"])}

    assert presence("Babytree", Words.of("宝宝树获投"), lexicon, aliases) is Presence.FOUND
    assert presence("Babytree", Words.of("宝宝树获投"), lexicon, {}) is not Presence.FOUND


def test_a_name_that_no_dictionary_has_is_unknown(lexicon):
    assert presence("Xqzv", Words.of("国际站总裁张阔"), lexicon, {}) is Presence.UNKNOWN
