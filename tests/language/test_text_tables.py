"""Tables in texts: what is a header, a row and a cell, at exact offsets."""

from __future__ import annotations

import pytest

from rag.language.text_tables import Cell, column_names, header_above, tables_of

TABS = "茶叶行情\n\n茶\t价格（元）\n银针\t680\n大叶\t75\n\n以上。"
PIPES = "# Rooms\n\n| Room | Beds |\n|---|:-:|\n| Otter | 3 |\n| a \\| b |  |\n\nEnd."


def grid(text: str) -> list[tuple[list[str], list[list[str]]]]:
    return [
        (
            column_names(text, table),
            [[text[cell.start : cell.end] for cell in row.cells] for row in table.rows],
        )
        for table in tables_of(text)
    ]


def test_rows_with_tabs_are_a_table_with_its_caption():
    (table,) = tables_of(TABS)

    assert grid(TABS) == [(["茶", "价格（元）"], [["银针", "680"], ["大叶", "75"]])]
    assert table.caption == Cell(0, 4)
    assert TABS[table.start : table.end] == "茶\t价格（元）\n银针\t680\n大叶\t75"
    assert [TABS[row.start : row.end] for row in table.rows] == ["银针\t680", "大叶\t75"]


def test_pipes_of_markdown_are_a_table_and_its_heading_no_caption():
    (table,) = tables_of(PIPES)

    assert grid(PIPES) == [(["Room", "Beds"], [["Otter", "3"], ["a \\| b", ""]])]
    assert table.caption is None
    assert PIPES[table.rows[0].start : table.rows[0].end] == "| Otter | 3 |"


@pytest.mark.parametrize(
    "text",
    [
        "one\ttab",  # a single line is no table
        "a | b\nc | d",  # pipes without a rule
        "```\na\tb\nc\td\n```",
        "a\n\n---\n\nb",
    ],
)
def test_what_is_no_table(text):
    assert tables_of(text) == ()


def test_without_names_there_is_no_header():
    assert grid("电话\t123\n传真\t456") == [([], [["电话", "123"], ["传真", "456"]])]


def test_years_name_columns_where_no_years_are_below():
    assert grid("地区\t2019\t2020\n北区\t5\t6") == [
        (["地区", "2019", "2020"], [["北区", "5", "6"]])
    ]
    assert grid("建于\t2019\n改建\t2020") == [([], [["建于", "2019"], ["改建", "2020"]])]


def test_a_table_that_goes_on_is_one_be_its_header_repeated_or_not():
    text = "No\tSeats\nA1\t4\n\nNo\tSeats\nB2\t5\n\nC3\t6"

    assert grid(text) == [(["No", "Seats"], [["A1", "4"], ["B2", "5"], ["C3", "6"]])]


def test_another_table_below_is_another():
    text = "No\tSeats\nA1\t4\n\nName\tAge\nBo\t5"

    assert [names for names, _ in grid(text)] == [["No", "Seats"], ["Name", "Age"]]


def test_names_in_groups_and_a_banner_over_all():
    text = "成绩\t成绩\t成绩\n姓名\t期末\t期末\n姓名\t语文\t数学\n李强\t88\t92"

    assert grid(text) == [(["姓名", "期末 语文", "期末 数学"], [["李强", "88", "92"]])]
    assert tables_of(text)[0].caption == Cell(0, 2)


def test_the_header_of_a_row_is_that_of_its_table():
    assert header_above(TABS, TABS.index("大叶")) == "茶 | 价格（元）"
    assert header_above(TABS, TABS.index("茶\t")) == ""
    assert header_above(TABS, TABS.index("以上")) == ""
    assert header_above(PIPES, PIPES.index("| Otter")) == "Room | Beds"
