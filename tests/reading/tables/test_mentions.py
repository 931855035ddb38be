"""Which cells a question names, and which it only seems to."""

from __future__ import annotations

import pytest

from rag.language.text import fold
from rag.reading.tables.mentions import mentions
from rag.reading.tables.sheet import sheets_of

PARTS = "编号\t供货厂\t库存\nP-63\t临河\t226\nP-36\t东岭\t63\nX300\t临河\t12\nX-200\t北山\t36"
SPEAKERS = "型号\t价格\n星尾音箱\t499\n云雀音箱\t299\n云雀音箱王\t899"
TOWNS = "Town\tMayor\nBeijing\tRuth Vane\nShanghai\tTom Ives"


def named(question: str, text: str, lexicon) -> list[tuple[str, int, list[int]]]:
    asked = fold(question)
    (sheet,) = sheets_of("a", text)
    return [
        (asked[each.start : each.end], each.column, sorted(each.rows))
        for each in mentions(asked, sheet, lexicon)
    ]


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("零件P-63的库存？", PARTS, [("p-63", 0, [0])]),
        ("零件P-6的库存？", PARTS, []),
        ("AP-63？", PARTS, []),
        ("P-63-2的库存？", PARTS, []),
        ("X-300和X200？", PARTS, [("x-300", 0, [2]), ("x200", 0, [3])]),
        ("X300B的库存？", PARTS, []),
        ("临河厂供的有哪些？", PARTS, [("临河", 1, [0, 2])]),
        ("库存63件的是什么？", PARTS, []),  # a bare figure names no row
        ("云雀音箱王多少钱？", SPEAKERS, [("云雀音箱王", 0, [2])]),
        ("雲雀音箱多少钱？", SPEAKERS, [("云雀音箱", 0, [1])]),
        ("北京的市长是谁？", TOWNS, [("北京", 0, [0])]),
        ("Who is Ruth Vane?", TOWNS, [("ruth vane", 1, [0])]),
    ],
)
def test_named_cells(question, text, found, lexicon):
    assert named(question, text, lexicon) == found


def test_a_row_is_named_without_what_all_rows_share(lexicon):
    text = "站点\t雨量\n青浦站\t88\n白岭站\t143"

    assert named("白岭下了多少雨？", text, lexicon) == [("白岭", 0, [1])]


def test_a_row_is_named_in_the_other_language(lexicon):
    text = "城市\t人口\n北京\t2100\n上海\t2400"

    assert named("What is the population of Shanghai?", text, lexicon) == [("shanghai", 0, [1])]
