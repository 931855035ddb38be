import datetime
import io

import pytest
from office_files import zipped
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from rag.documents.office.sheets import parse_xlsx
from rag.errors import Unreadable


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def filled(rows, sheet=None, book=None):
    book = book or Workbook()
    sheet = sheet or book.active
    for row in rows:
        sheet.append(row)
    return book, sheet


def test_sheets_with_names_and_values_as_shown():
    book, sheet = filled([["产品", "单价（元）", "占比", "日期"]])
    sheet.title = "价目"
    sheet.append(["P-63", 1200.5, 0.125, datetime.date(2025, 3, 9)])
    sheet["B2"].number_format = "#,##0.00"
    sheet["C2"].number_format = "0.0%"
    filled([["Port", "Tonnes"], ["Beiwan", 7]], book.create_sheet("Harbours"), book)
    book.create_sheet("空")
    filled([["密"]], book.create_sheet("藏"), book)[1].sheet_state = "hidden"

    parsed = parse_xlsx(saved(book))

    assert parsed.missing == (("hidden sheets", "1 left out"),)
    assert parsed.text == (
        "# 价目\n\n产品\t单价（元）\t占比\t日期\nP-63\t1,200.50\t12.5%\t2025-03-09\n\n"
        "# Harbours\n\nPort\tTonnes\nBeiwan\t7"
    )


def test_merged_cells_titles_and_several_tables_on_a_sheet():
    rows = [
        ["2025年产量"],
        ["地区", "港", "万吨"],
        ["华东", "北湾", 1],
        [None, "南湾", 2],
        [0, 0, 0],
    ]
    book, sheet = filled([*rows, [], [None, "注：", "两行\n文字"]])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")

    assert parse_xlsx(saved(book)).text == (
        "2025年产量\n地区\t港\t万吨\n华东\t北湾\t1\n华东\t南湾\t2\n0\t0\t0\n\n注：\t两行 文字"
    )


def test_an_empty_corner_stays():
    book, _ = filled([[None, "2024", "2025"], ["北湾", 1, 2]])

    assert parse_xlsx(saved(book)).text == "\t2024\t2025\n北湾\t1\t2"


def test_charts_comments_formulas_and_properties():
    book, sheet = filled([["港", "吨"], ["北湾", 7], ["合计", "=B2"]])
    sheet["A2"].comment = Comment("批", "甲")
    chart = BarChart()
    chart.title = "吞吐"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    sheet.add_chart(chart, "D1")
    book.properties.creator, book.properties.title = "顾南枝", "港口表"

    parsed = parse_xlsx(saved(book))

    assert parsed.text == "港\t吨\n北湾\t7\n合计\n\n吞吐"
    assert parsed.missing == (
        ("comments", "1 left out"),
        ("formulas without a value", "1 left out"),
    )
    assert (parsed.title, parsed.meta["author"]) == ("港口表", "顾南枝")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no zip", "not a readable .xlsx"),
        (zipped({"a": "b"}), 'not a readable .xlsx: "There is no item named'),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100), r"an old Excel file \(.xls\)"),
        (zipped({"a": bytes(20 * 2**20)}), "not a readable .xlsx: it would unpack to 20 MB"),
    ],
)
def test_files_that_cannot_be_read(content, reason):
    with pytest.raises(Unreadable, match=reason):
        parse_xlsx(content)
