import pytest

from rag.documents.delimited import read_rows, table_of
from rag.errors import Unreadable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("茶叶,价格\n银针,680\n", "茶叶\t价格\n银针\t680"),
        ("name;note\nBeiwan;\"12; 13\"\n", "name\tnote\nBeiwan\t12; 13"),
        ("a\tb, c\n1\t2\n", "a\tb, c\n1\t2"),
        ("港|吨\n北湾|1,200\n南湾|900\n", "港\t吨\n北湾\t1,200\n南湾\t900"),
        ('品名,说明\n甲,"第一行\n第二行"\n', "品名\t说明\n甲\t第一行 第二行"),
        (",2024,2025\n北湾,1,2\n", "\t2024\t2025\n北湾\t1\t2"),
        ("只有一列\n甲\n", "只有一列\n甲"),
        ("a,b\n\n,,\n1,2", "a\tb\n1\t2"),
    ],
)  # fmt: skip
def test_rows_have_a_line_and_cells_tabs(text, expected):
    assert table_of(read_rows(text.encode())).text == expected


def test_tables_in_other_encodings():
    assert read_rows("茶叶,价格\n银针,680元\n".encode("gbk"))[1] == ["银针", "680元"]
    assert read_rows("\ufeff茶叶,价格\n".encode()) == [["茶叶", "价格"]]


def test_a_cell_without_end_is_no_table():
    with pytest.raises(Unreadable, match=r"^not a readable table: field larger than"):
        read_rows(b'a,b\n"' + b"x" * 2**21)
