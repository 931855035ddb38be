"""Terms found at their offsets."""

from rag.checking.term_finder import Located
from rag.language.term_groups import Group

TEXT = "Opened in 2015, the 大橋 bridges 3.5 km; Bridge 一 is old."


def words(spans, text=TEXT):
    return [text[start:end] for start, end in spans]


def test_a_group_is_found_in_either_language_by_its_stem():
    here = Located(TEXT)

    assert words(here.find(Group((("bridg", 1.0), ("大桥", 0.7))))) == ["bridges", "Bridge", "大橋"]
    assert words(here.find(Group((("^大桥", 1.0),)))) == ["大橋"]
    assert words(here.find(Group((("3.5", 1.0),)))) == ["3.5"]
    assert here.find(Group((("桥梁", 1.0),))) == []


def test_what_is_not_sure_to_be_meant_can_be_left_out():
    here = Located(TEXT)

    assert here.find(Group((("old", 0.2),)), sure=True) == []
    assert here.find(Group((("一", 1.0),)), sure=True) == []
    assert words(here.find(Group((("old", 0.3),)), sure=True)) == ["old"]


def test_words_are_found_as_they_are():
    assert words(Located("One97, one 97 and One971").find_words("one97"), "One97, one 97") == [
        "One97"
    ]
    assert words(Located(TEXT).find_words("大桥")) == ["大橋"]
    assert Located(TEXT).find_words("ridge") == []
