import re

import pytest

from api.metrics import _DROPPED, _FALLBACKS
from ui.texts import _TEXTS, choose_language, explained, words


def test_both_languages_have_every_word_with_the_same_places_to_fill():
    for name, (chinese, english) in _TEXTS.items():
        assert chinese, name
        assert english, name
        assert re.findall(r"{\w+}", chinese) == re.findall(r"{\w+}", english), name


def test_words_are_given_by_language():
    assert words("zh")["ask"] == "提问"
    assert words("en")["ask"] == "Ask"


def test_a_browser_language_chooses():
    assert [choose_language(tag) for tag in ("zh", "zh-Hant-TW", "ZH-CN")] == ["zh"] * 3
    assert [choose_language(tag) for tag in ("en-US", "fr", "", "nonsense")] == ["en"] * 4


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_has_words_of_its_own(language):
    known = [("fallback", code) for code in sorted(_FALLBACKS)]
    known += [("dropped", code) for code in sorted(_DROPPED)]
    said = [explained(kind, code, language) for kind, code in known]

    assert len(set(said)) == len(known)
    for kind in ("fallback", "dropped"):
        assert explained(kind, "of tomorrow", language) not in said
