"""A table as questions see it: names, units, figures, and which column names the rows."""

from __future__ import annotations

import pytest

from rag.reading.tables.sheet import Figure, dimension_of, figure_of, sheets_of

SPEAKERS = (
    "| 序号 | 型号 | 价格（元） | 續航（小时） | 上市 |\n|---|---|---|---|---|\n"
    "| 1 | **星尾** | 1,499 | 14 | 2021-03 |\n| 2 | 云雀 | 299 | 8 | 2020-11 |\n"
)


def test_names_units_and_cells_are_folded_and_a_column_that_counts_is_no_name():
    (sheet,) = sheets_of("a.md", SPEAKERS)

    assert sheet.names == ["序号", "型号", "价格", "续航", "上市"]
    assert sheet.units == ["", "", "元", "小时", ""]
    assert sheet.cells[0] == ["1", "星尾", "1,499", "14", "2021-03"]
    assert sheet.keys == [1]
    assert [sheet.dimension(column) for column in (2, 3, 4)] == ["money", "time", "date"]
    assert sheet.figures[2] == [Figure(1499.0, ""), Figure(299.0, "")]


def test_the_name_of_a_row_is_what_tells_rows_apart():
    (scores,) = sheets_of(
        "a", "班级\t姓名\t语文\n一班\t李强\t88\n一班\t王芳\t91\n二班\t赵敏\t79\n二班\t李强\t80"
    )
    (rooms,) = sheets_of("a", "Room\tBeds\tFloor\n301\t2\t3\n302\t2\t3")

    assert scores.keys == [1]
    assert rooms.keys == [0]


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("8元", Figure(8.0, "元")),
        ("¥1,200", Figure(1200.0, "")),
        ("-4.5℃", Figure(-4.5, "℃")),
        ("3万", Figure(30000.0, "")),
        ("12 m", Figure(12.0, "m")),
        ("2021年3月5日", Figure(20210305.0, "date")),
        ("P-63", None),
        ("B12", None),
        ("三楼", None),
        ("10-12", None),
    ],
)
def test_figures(words, figure):
    assert figure_of(words) == figure


def test_dimensions_of_units():
    assert [dimension_of(unit) for unit in ("美元", "kg", "米", "册", "")] == [
        "money", "mass", "length", "", "",
    ]  # fmt: skip


def test_years_are_dates_and_columns_of_mixed_units_are_not_numeric():
    (sheet,) = sheets_of("a", "Town\tFounded\tSize\nAlder\t1702\t4 km\nCorrin\t1810\t900 m")

    assert sheet.dimension(1) == "date"
    assert sheet.is_numeric == [False, True, False]
