import pytest

from rag.language.glosses import Gloss, gloss


def pairs(text, language, lexicon):
    return [(each.term, each.meaning) for each in gloss(text, language, lexicon)]


def test_a_chinese_sentence_for_a_reader_of_english(lexicon):
    text = "国务院批准天津等城市设立跨境电子商务综合试验区。"
    assert gloss(text, "en", lexicon) == [
        Gloss("国务院", "State Council", 0, 3),
        Gloss("天津", "Tianjin", 5, 7),
        Gloss("城市", "city", 8, 10),
        Gloss("跨境", "cross-border", 12, 14),
        Gloss("电子商务", "e-commerce", 14, 18),
        Gloss("综合", "comprehensive", 18, 20),
    ]


def test_traditional_script_is_read_and_shown_verbatim(lexicon):
    assert pairs("馬雲到日內瓦的WTO總部，談電子商務和龍蝦。", "en", lexicon) == [
        ("馬雲", "Jack Ma"),
        ("日內瓦", "Geneva"),
        ("總部", "general headquarters"),
        ("電子商務", "e-commerce"),
        ("龍蝦", "lobster"),
    ]


def test_an_english_sentence_for_a_reader_of_chinese(lexicon):
    text = "Jack Ma sold Canadian lobsters from Nova Scotia online, in Tianjin."
    assert gloss(text, "zh", lexicon) == [
        Gloss("Jack Ma", "马云", 0, 7),
        Gloss("Canadian", "加拿大", 13, 21),
        Gloss("lobsters", "龙虾", 22, 30),
        Gloss("Nova Scotia", "新斯科舍", 36, 47),
        Gloss("Tianjin", "天津", 59, 66),
    ]


def test_the_reader_of_traditional_script_gets_it(lexicon):
    text = "Jack Ma sold lobsters online in New York."
    assert pairs(text, "zh-Hant", lexicon) == [
        ("Jack Ma", "馬雲"), ("lobsters", "龍蝦"), ("New York", "紐約")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("天津的龙虾", "zh"),
        ("天津的龙虾", "zh-Hant"),
        ("馬雲賣龍蝦", "zh"),
        ("Lobsters of Tianjin", "en"),
        ("He said 天津 was the first of twelve cities.", "en"),
        ("", "en"),
        ("2015 12", "zh"),
        ("我们已经在这里了", "en"),
        ("公司发展", "en"),  # too common
        ("他上思了", "en"),  # no county
        ("the company and the world", "zh"),
        ("We like Lobsters here", "zh"),
        ("they have been there for so long", "zh"),
    ],
)
def test_nothing_where_nothing_helps(lexicon, text, language):
    assert gloss(text, language, lexicon) == []


def test_each_once_where_it_is_first(lexicon):
    assert gloss("天津说，天津的龙虾", "en", lexicon) == [
        Gloss("天津", "Tianjin", 0, 2),
        Gloss("龙虾", "lobster", 7, 9),
    ]
    found = gloss("One lobster, two lobsters, Lobster", "zh", lexicon)
    assert found == [Gloss("lobster", "龙虾", 4, 11)]


def test_the_longest_match_wins(lexicon):
    assert pairs("世界贸易组织的国际贸易", "en", lexicon) == [
        ("世界贸易组织", "World Trade Organization"),
        ("国际贸易", "international trade"),
    ]
    assert pairs("the Bank of China and the World Trade Organization", "zh", lexicon) == [
        ("Bank of China", "中国银行"),
        ("World Trade Organization", "世界贸易组织"),
    ]


def test_known_words_of_an_unknown_one(lexicon):
    """jieba takes 天津港 and 英国皇家 for one word each."""
    assert pairs("天津港的邮政", "en", lexicon) == [("天津", "Tianjin"), ("邮政", "postal service")]
    assert pairs("英国皇家邮政", "en", lexicon)[0] == ("英国", "United Kingdom")
    assert pairs("他开了水果店", "en", lexicon) == []  # 水果 and a remainder: another word


def test_a_phrase_does_not_run_over_a_stop(lexicon):
    assert pairs("the supply chain", "zh", lexicon) == [("supply chain", "供应链")]
    assert pairs("the supply-chain", "zh", lexicon) == [("supply-chain", "供应链")]
    assert pairs("a supply. chain", "zh", lexicon) == []
    assert pairs("a supply, chain", "zh", lexicon) == []


def test_capital_letters_tell_names_from_words(lexicon):
    assert pairs("Turkey eats turkey.", "zh", lexicon) == [("Turkey", "土耳其"), ("turkey", "火鸡")]
    assert pairs("It is china.", "zh", lexicon) == []
    assert pairs("Lobsters came.", "zh", lexicon) == [("Lobsters", "龙虾")]
    assert pairs("We like Lobsters Galore.", "zh", lexicon) == []  # somebody's name
    assert pairs("Lobsters Galore came.", "zh", lexicon) == []
    assert pairs("the US and the WTO told us", "zh", lexicon) == [
        ("US", "美国"),
        ("WTO", "世贸组织"),
    ]


def test_plurals_are_looked_up_as_one(lexicon):
    assert pairs("lobsters, cherries, peaches", "zh", lexicon) == [
        ("lobsters", "龙虾"),
        ("cherries", "樱桃"),
        ("peaches", "桃子"),
    ]


def test_people_are_not_taken_apart(lexicon):
    assert pairs("丁青皮来了", "en", lexicon) == []  # 丁青 is a county


def test_abbreviations_lead_to_what_they_stand_for(lexicon):
    assert pairs("双十一和自贸区", "en", lexicon) == [
        ("双十一", "Singles' Day"),
        ("自贸区", "free trade zone"),
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("那位大夫的大意", "en"),  # two readings, two meanings each
        ("海关的人阔", "en"),  # single characters mean many things
        ("the figure of a small case", "zh"),
        ("the listing shares the demand", "zh"),
        ("he saw and found", "zh"),
    ],
)
def test_what_is_in_doubt_has_no_gloss(lexicon, text, language):
    doubtful = set("大夫 大意 阔 figure small case listing shares demand saw found".split())
    assert not doubtful & {each.term for each in gloss(text, language, lexicon)}


def test_names_first_where_there_are_more_than_twelve(lexicon):
    terms = "龙虾、律师、枫糖、樱桃、葡萄酒、消费者、企业家、代表团、基础设施、公开信、网站、邮政"
    found = pairs(f"{terms}。天津、上海、北京", "en", lexicon)
    assert len(found) == 12
    assert found[-3:] == [("天津", "Tianjin"), ("上海", "Shanghai"), ("北京", "Beijing")]
    assert ("基础设施", "infrastructure") in found
    assert ("网站", "website") not in found  # the most common ones give way


def test_names_and_phrases_first_in_english(lexicon):
    terms = "lobster cherry lawyer peach volt turkey swindler robot infrastructure laboratory"
    found = pairs(f"{terms} software website supply chain Tianjin China", "zh", lexicon)
    assert len(found) == 12
    chain = ("supply chain", "供应链")
    assert found[-3:] == [chain, ("Tianjin", "天津"), ("China", "中国")]


def test_offsets_hold_in_odd_text(lexicon):
    for text in ("\udcb0天津\0的龙虾", "𠀀天津的龙虾", "  \n天津\n\n龙虾\u3000"):
        found = gloss(text, "en", lexicon)
        assert [each.meaning for each in found] == ["Tianjin", "lobster"]
        assert all(text[each.start : each.end] == each.term for each in found)
    text = "İİ Café naïve Tianjin's LOBSTER lobsters"
    found = gloss(text, "zh", lexicon)
    assert all(text[each.start : each.end] == each.term for each in found)
    assert ("Tianjin", "天津") in [(each.term, each.meaning) for each in found]


def test_a_city_that_jieba_takes_for_an_adverb(lexicon):
    terms = [each.term for each in gloss("成都、大连、宁波", "en", lexicon)]
    assert terms == ["成都", "大连", "宁波"]
