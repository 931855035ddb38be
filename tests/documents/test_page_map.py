import pytest

from rag.documents.cleaning.rules import clean
from rag.documents.page_map import PageMap, moved


def test_a_place_is_on_the_page_that_began_last():
    pages = PageMap((0, 10, 10, 25), (3,))

    assert [pages.at(offset) for offset in (0, 9, 10, 24, 25, 99)] == [1, 1, 3, 3, 4, 4]
    assert [pages.is_read(offset) for offset in (9, 10, 25)] == [False, True, False]


def test_a_text_without_pages():
    assert PageMap().at(7) is None
    assert not PageMap().is_read(7)
    assert PageMap().meta == {}


def test_the_map_travels_in_the_meta_of_a_document():
    pages = PageMap((0, 10, 25), (2, 3))

    assert PageMap.of({**pages.meta, "language": "zh"}) == pages
    assert PageMap.of({"pages": "0 ten"}) == PageMap((0,))


def test_pages_begin_at_the_same_words_after_cleaning():
    pages = [
        "目录\n第一章 码头…… 1\n第二章 吊车…… 2\n第三章 渡轮…… 3\n",
        "第一章 码头\n\n码头长 300 米，<b>新</b>码头在北岸。\n\n",
        "第二章 吊车\n\n吊车共 12 台，The cranes are green.\n\n",
    ]
    text, starts = "", []
    for page in pages:
        starts.append(len(text))
        text += page
    cleaned = clean(text)

    found = moved(starts, text, cleaned)

    assert cleaned.startswith("第一章 码头\n\n码头长300米")
    assert [cleaned[start:][:4] for start in found] == ["第一章 ", "第一章 ", "第二章 "]


@pytest.mark.parametrize("start", [0, 5])
def test_an_empty_page_begins_where_the_next_one_does(start):
    assert moved([start, start], "甲乙丙\n\n丁戊", "甲乙丙\n\n丁戊") == (start, start)
