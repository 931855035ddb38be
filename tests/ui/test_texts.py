import re

from ui.texts import choose_language, words


def test_both_languages_have_every_word_with_the_same_places_to_fill():
    chinese, english = words("zh"), words("en")

    assert chinese.keys() == english.keys()
    for name in chinese:
        assert chinese[name], name
        assert english[name], name
        assert re.findall(r"{\w+}", chinese[name]) == re.findall(r"{\w+}", english[name]), name


def test_words_are_given_by_language():
    assert words("zh")["ask"] == "提问"
    assert words("en")["ask"] == "Ask"


def test_a_browser_language_chooses():
    assert [choose_language(tag) for tag in ("zh", "zh-Hant-TW", "ZH-CN")] == ["zh"] * 3
    assert [choose_language(tag) for tag in ("en-US", "fr", "", "nonsense")] == ["en"] * 4
