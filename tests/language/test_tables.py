"""The word lists: where they are from, and what they hold."""

import re

import pytest
from place_names import rows
from repository import REPOSITORY

from rag.language.tables import column, table

FILES = sorted((REPOSITORY / "rag" / "data").glob("*.tsv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_what_it_is_and_where_it_is_from(path):
    head = re.match("(?:# .*\n)+", path.read_text("utf-8"))
    found = table(path.stem)

    assert re.search("From|Written by hand", head[0])
    assert len(set(found)) == len(found) >= 10
    assert len({len(row) for row in found}) == 1


def test_places_are_those_of_the_whole_world():
    places = column("places", "place")

    assert {"Xiamen", "Changsha", "Tianjin", "Osaka", "Los Angeles", "Kenya", "US"} <= places
    assert not {"Alibaba", "Jack", "Wei", "Ma"} & places
    assert {"京东", "宜家"} <= column("places", "firm")


def test_what_a_dictionary_calls_a_place_or_a_firm():
    def found(word, pinyin, *definitions):
        entry = {"simplified": word, "pinyin": pinyin, "definitions": definitions}
        return list(rows([entry], {"Washington"}))

    assert found("厦门", "Xia4 men2", "Xiamen or Amoy, subprovincial city in Fujian") == [
        ("place", "Xiamen"),
        ("place", "Amoy"),
    ]
    assert found("西雅图", "Xi1 ya3 tu2", "Seattle, Washington State") == [("place", "Seattle")]
    assert found("京东", "Jing1 dong1", "Jingdong, Chinese e-commerce company") == [
        ("firm", "京东")
    ]
    assert found("马云", "Ma3 Yun2", "Jack Ma, founder of Alibaba") == []
    assert found("龙虾", "long2 xia1", "lobster") == []
