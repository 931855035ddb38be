import pytest
from effort import grows_linearly

from rag.language.pinyin import split_pinyin
from rag.language.term_groups import CHARACTER_WEIGHT, NUMBER_WEIGHT, PAIR_WEIGHT, query_groups


def groups_with(term, groups):
    return [group for group in groups if term in dict(group.alternatives)]


def terms(query, lexicon=None):
    return [[term for term, _ in group.alternatives] for group in query_groups(query, lexicon)]


# Its own language


def test_a_chinese_question_gives_words_and_pairs():
    assert terms("天津的龙虾") == [["天津"], ["龙虾"], ["^天津"], ["^龙虾"]]
    pair = query_groups("天津的龙虾", None)[-1]
    assert (pair.weight, pair.optional) == (PAIR_WEIGHT, True)


def test_an_english_question_gives_stems():
    assert terms("Which 12 cities sold lobsters?") == [["12"], ["citi"], ["sold"], ["lobster"]]


@pytest.mark.parametrize(
    "question",
    [
        "哪一年",
        "什么时候",
        "什麼時候",
        "為什麼",
        "哪個",
        "多少",
        "请问",
        "請問",
        "是谁？",
        "Who is it?",
    ],
)
def test_words_that_only_ask_leave_nothing(question):
    assert terms(question) == []


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("龙虾哪一年来天津？", "龙虾 来天津"),
        ("天貓賣出多少隻龍蝦？", "天猫卖出 只龙虾"),
        ("请问为什么有十二个城市", "有十二个城市"),
    ],
)
def test_interrogatives_are_stripped_in_both_scripts(question, same):
    assert query_groups(question, None) == query_groups(same, None)


def test_a_numeral_stands_for_its_figures():
    (group,) = [
        group
        for group in query_groups("十二座", None)
        if group.weight == NUMBER_WEIGHT and ("12", 1.0) in group.alternatives
    ]
    assert group.alternatives == (("12", 1.0), ("twelv", 1.0))
    assert group.optional


# The other language


def test_an_english_word_brings_its_translations_as_alternatives(lexicon):
    (group,) = query_groups("lobsters", lexicon)
    weights = dict(group.alternatives)
    assert (weights["lobster"], weights["龙虾"], weights["^龙虾"]) == (1, 1, 1)
    assert not group.optional


def test_a_chinese_word_brings_its_translations_as_alternatives(lexicon):
    (group,) = [g for g in query_groups("龙虾", lexicon) if not g.optional]
    assert dict(group.alternatives) == {"龙虾": 1, "lobster": 1}


def test_a_gloss_of_two_words_shares_its_weight(lexicon):
    (group,) = groups_with("电子商务", query_groups("电子商务", lexicon))
    assert dict(group.alternatives) == {"电子商务": 1, "e": 0.5, "commerc": 0.5}


def test_a_single_character_weighs_less_in_the_other_language(lexicon):
    (group,) = groups_with("阔", query_groups("阔", lexicon))
    assert dict(group.alternatives)["rich"] == CHARACTER_WEIGHT
    assert dict(group.alternatives)["阔"] == 1


def test_a_phrase_is_translated_as_a_whole_and_its_words_count_half(lexicon):
    groups = query_groups("stock exchange", lexicon)
    whole, *parts = groups
    assert dict(whole.alternatives)["证券交易所"] == 1
    assert [(part.alternatives[0], part.weight) for part in parts] == [
        (("stock", 1.0), 0.5),
        (("exchang", 1.0), 0.5),
    ]


def test_figures_bring_their_numeral(lexicon):
    weights = dict(query_groups("12 cities", lexicon)[0].alternatives)
    assert (weights["12"], weights["十二"]) == (1, 1)


# Names in pinyin


@pytest.mark.parametrize(
    ("question", "pair"),
    [
        ("Zhang Kuo", "^张阔"),
        ("Did Zhang Kuo speak?", "^张阔"),
        ("What did President Zhang Kuo say", "^张阔"),
        ("Zhang Kuo's speech", "^张阔"),
        ("Is Meituan in Tianjin?", "^美团"),
        ("the Jianguo hotel", "^建国"),
        ("In Xi'an", "^西安"),
        ("Xi'an hotels", "^西安"),
        ("Meituan's share", "^美团"),
    ],
)
def test_a_name_in_pinyin_brings_the_characters_read_so(lexicon, question, pair):
    groups = groups_with(pair, query_groups(question, lexicon))
    assert groups[-1].optional


@pytest.mark.parametrize(
    "question", ["Belgian Beer", "zhang kuo", "It Is He", "Can He", "Zhang", "CEO", "12"]
)
def test_what_is_no_name_brings_no_pairs(lexicon, question):
    pairs = [
        term
        for group in query_groups(question, lexicon)
        if group.optional
        for term, _ in group.alternatives
    ]
    assert pairs == []


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("Zhang Kuo", ["zhang", "kuo"]),
        ("Meituan", ["mei", "tuan"]),
        ("Jianguo", ["jian", "guo"]),
        ("Henan", ["he", "nan"]),
        ("Jinan", ["ji", "nan"]),
        ("Tiananmen", ["tian", "an", "men"]),
        ("Zhongguancun", ["zhong", "guan", "cun"]),
        ("Xian", ["xian"]),
        ("Xi'an", ["xi", "an"]),
        ("Xi’an", ["xi", "an"]),
        ("Yi-ming", ["yi", "ming"]),
        ("Lv Er", ["lv", "er"]),
        ("Belgian", []),
        ("Zhang Smith", []),
        ("张阔", []),
        ("-", []),
        ("", []),
    ],
)
def test_split_pinyin(name, syllables):
    assert split_pinyin(name) == syllables


# Absurd questions


@pytest.mark.parametrize("question", ["", " \n\t", "？！。，…", "---", "\x00", "🦞🦞", "的了吗呢"])
def test_nothing_to_look_for(lexicon, question):
    assert query_groups(question, lexicon) == []


@pytest.mark.parametrize(
    "piece",
    [
        "试验区",
        "lobster ",
        "？",
        "Zhang Kuo ",
        "一二三",
        "A",
        "Zh'an",
        "Ma-",
        "哪一",
        "12 ",
        "Li Yi, ",
    ],
)
def test_a_long_question_costs_by_its_length(lexicon, piece):
    assert grows_linearly(lambda size: query_groups((piece * size)[:size], lexicon), 10_000)
