"""Who acts on whom, by the word that joins them."""

import pytest

from rag.checking.relations import direction, relations


def acts(text, first, word, second):
    """Direction from `first` to `second`, each found in the text."""
    places = [(text.index(each), text.index(each) + len(each)) for each in (first, second, word)]
    return direction(text, *places)


@pytest.mark.parametrize(
    ("text", "first", "word", "second", "expected"),
    [
        ("Jumei bought Babytree", "Jumei", "bought", "Babytree", 1),
        ("Babytree was bought by Jumei", "Babytree", "bought", "Jumei", -1),
        (
            "Babytree was bought in 2015 by the firm Jumei",
            "Babytree",
            "bought",
            "Jumei",
            -1,
        ),
        ("Puffin received what it bought from Nordvik", "Puffin", "bought", "Nordvik", 0),
        ("聚美收购了宝宝树", "聚美", "收购", "宝宝树", 1),
        ("宝宝树被聚美收购", "宝宝树", "收购", "聚美", -1),
        ("蚂蚁向One97投了5亿", "蚂蚁", "投", "One97", 1),
        ("四方是启汉的全资子公司", "四方", "子公司", "启汉", -1),
        ("Sifang is a subsidiary of Qihan", "Sifang", "subsidiary of", "Qihan", -1),
        ("Paytm, the best asset of One97", "Paytm", "asset", "One97", -1),
        ("Ma met Merkel", "Ma", "met", "Merkel", 0),
        ("Ma worked with Merkel", "Ma", "worked", "Merkel", 0),
        ("Ma spoke. Merkel bought it", "Ma", "bought", "Merkel", 0),
        ("马云来了，默克尔采访", "马云", "采访", "默克尔", 0),
    ],
)
def test_the_direction_of_a_word(text, first, word, second, expected):
    assert acts(text, first, word, second) == expected
    assert acts(text, second, word, first) == -expected


def test_a_relation_is_known_in_both_languages():
    claim, text = "One 97 invested in Ant", "蚂蚁金服向One 97投了5亿美元"
    ((own, theirs),) = relations(claim, text)

    assert claim[slice(*own)] == "invested"
    assert [text[slice(*each)] for each in theirs] == ["投"]
    assert list(relations("One 97 sold Ant", text)) == []
