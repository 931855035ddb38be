import pytest

from rag.errors import InvalidInput
from rag.index.milvus.tables import DRAWS, draw, index_names, mark, packed, table_name, unpacked


@pytest.mark.parametrize("index", ["default", "v1.0_α-β", "论文", "a_5f"])
def test_an_index_has_a_name_that_milvus_takes_and_that_leads_back(index):
    name = table_name(index)

    assert name.isascii()
    assert name.replace("_", "").isalnum()
    assert index_names([f"{name}__records", f"{name}__passages", "somebody_else"]) == [index]


def test_a_name_that_is_too_long_is_said():
    with pytest.raises(InvalidInput, match="is too long for Milvus; choose a shorter one"):
        table_name("论" * 40)


def test_values_come_back_with_their_bytes():
    values = ['天津 "x"', b"\x00\xff", 3, None, [[1, 2]], ""]

    assert unpacked(packed(values)) == values


def test_any_string_has_a_mark_that_an_expression_takes():
    marks = {mark(each) for each in ("新闻/龙虾.txt", 'a"b\\', "\udcb0", "\n")}

    assert len(marks) == 4
    assert all(len(each) == 64 and each.isalnum() for each in marks)


def test_draws_are_spread_evenly():
    below = sum(draw(key) < DRAWS // 4 for key in range(1, 4001))

    assert 900 < below < 1100
