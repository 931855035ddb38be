import datetime

import pytest

from rag.documents.office.cell_formats import shown


@pytest.mark.parametrize(
    ("value", "style", "expected"),
    [
        (None, "General", ""),
        (True, "General", "TRUE"),
        ("甲 a", "@", "甲 a"),
        (12, "General", "12"),
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (13800001111, "General", "13800001111"),
        (1e20, "General", "100000000000000000000"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0%", "50%"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (1200, '"¥"#,##0', "¥1,200"),
        (1200, "[$€-407] #,##0.0", "€ 1,200.0"),
        (15, '0.0"元"', "15.0元"),
        (12.5, "0.##", "12.5"),
        (12, "0.##", "12"),
        (7, "000", "007"),
        (-3, "#,##0;[Red](#,##0)", "(3)"),
        (-3, "#,##0.0_ ", "-3.0"),
        (2500000, '0.0,,"M"', "2.5M"),
        (12345.678, "0.00E+00", "12345.678"),
        (datetime.datetime(2025, 3, 9), "yyyy-mm-dd", "2025-03-09"),
        (datetime.datetime(2025, 3, 9), 'yyyy"年"m"月"', "2025年3月"),
        (datetime.datetime(2025, 3, 9), "m/d/yy", "3/9/25"),
        (datetime.datetime(2025, 3, 9), "[$-804]aaaa", "星期日"),
        (datetime.datetime(2025, 3, 9, 14, 5), "yyyy/m/d h:mm", "2025/3/9 14:05"),
        (datetime.datetime(2025, 3, 9, 14, 5), "h:mm AM/PM", "2:05 PM"),
        (datetime.time(8, 30), "hh:mm:ss", "08:30:00"),
        (datetime.date(2025, 3, 9), "General", "2025-03-09"),
    ],
)
def test_values_are_shown_as_in_the_sheet(value, style, expected):
    assert shown(value, style) == expected
