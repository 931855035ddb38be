"""What a question measures, and which names measure the same."""

from __future__ import annotations

import pytest

from rag.reading.tables.dimensions import Likeness, dimensions_in


def test_what_questions_ask_for():
    assert dimensions_in("这款多少钱") == ["money"]
    assert dimensions_in("when did it open, and who opened it") == ["date", "who"]
    assert dimensions_in("它是什么颜色") == []


@pytest.mark.parametrize(
    ("name", "dimension"),
    [
        ("价格", "money"), ("学费", "money"), ("price per night", "money"), ("cost", "money"),
        ("作者", "who"), ("出厂日期", "date"), ("beds", ""), ("辣度", ""), ("库存", ""), ("", ""),
    ],
)  # fmt: skip
def test_names_of_columns(name, dimension, bundled_embedder):
    assert Likeness(bundled_embedder.embed_query).of(name) == dimension
