"""Conditions on the rows of a table, and columns of yes and no."""

from __future__ import annotations

import pytest

from rag.language.text import fold
from rag.reading.tables.columns import Columns
from rag.reading.tables.conditions import conditions, is_truth, truth
from rag.reading.tables.dimensions import Likeness
from rag.reading.tables.sheet import sheets_of

TABLE = (
    "型号\t价格（元）\t续航（小时）\t防水\n星尾\t499\t14\t是\n云雀\t300\t8\t否\n石鼓\t699\t20\t是"
)


@pytest.fixture(scope="module")
def read(bundled_embedder, lexicon):
    (sheet,) = sheets_of("a", TABLE)
    return sheet, Columns(sheet, lexicon, Likeness(bundled_embedder.embed_query))


@pytest.mark.parametrize(
    ("question", "column", "rows"),
    [
        ("价格低于499元的有哪些？", 1, {1}),
        ("价格不超过499元的有哪些？", 1, {0, 1}),
        ("300元以上的有哪些？", 1, {0, 1, 2}),
        ("续航超过8小时的有哪些？", 2, {0, 2}),
        ("which have a price over 300 yuan", 1, {0, 2}),
    ],
)
def test_figures_are_compared(question, column, rows, read):
    (found,) = conditions(fold(question), *read)

    assert (found.column, found.rows) == (column, rows)


def test_a_comparison_that_fits_no_column_is_none_and_no_comparison_is_no_condition(read):
    assert conditions("重量低于3公斤的有哪些?", *read) is None
    assert conditions("哪些防水?", *read) == []


def test_yes_and_no(read):
    sheet, columns = read

    assert [is_truth(sheet, column) for column in range(4)] == [False, False, False, True]
    assert truth("哪些防水", sheet, columns, [3]).rows == {0, 2}
    assert truth("哪些不防水", sheet, columns, [3]).rows == {1}
    assert truth("哪些发光", sheet, columns, [3]) is None
