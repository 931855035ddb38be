"""Answers from tables over a real index: their rows are cited under the names of the columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.index.maintenance import build_index

PARTS = (
    "# 零件目录\n\n含税，按月盘点。\n\n| 编号 | 单价（元） | 库存（件） |\n|---|---|---|\n"
    + "\n".join(
        f"| P-{number:02} | {number * 2 + 23} | {number * 2 + 100} |" for number in range(1, 71)
    )
)
TEAS = "<h1>茶叶行情</h1><table><tr><th>茶叶</th><th>产量（斤）</th></tr>" + "".join(
    f"<tr><td>{name}</td><td>{output}</td></tr>"
    for name, output in (("云雾", 860), ("毛峰", 1450), ("银针", 95))
)
BOATS = "船号,港口\n" + "".join(f"B-{n},{('南港', '北港')[n % 2]}\n" for n in range(1, 25))


@pytest.fixture(scope="module")
def assistant(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "in").mkdir()
    (folder / "in" / "parts.md").write_text(PARTS, "utf-8")
    (folder / "in" / "tea.html").write_text(f"{TEAS}</table>", "utf-8")
    (folder / "in" / "渔船.csv").write_text(BOATS, "utf-8")
    settings = replace(Settings.from_environment(), indexes=folder / "indexes")
    build_index(settings, [folder / "in"])
    opened = Assistant.open(settings)
    yield opened
    opened.close()


def test_a_cell_answers_and_its_row_is_cited_under_its_header(assistant):
    answer = assistant.ask("零件P-63的单价是多少元？")
    (citation,) = answer.citations
    text = assistant.store.document("parts.md").text

    assert answer.short_answer == "149"
    assert answer.answer == "| P-63 | 149 | 226 |[1]"
    assert (citation.quote, citation.header) == (
        "| P-63 | 149 | 226 |",
        "编号 | 单价（元） | 库存（件）",
    )
    assert text[citation.start : citation.end] == citation.quote
    assert [text[a:b] for a, b in citation.highlights] == ["149"]
    assert citation.quote in citation.passage
    assert answer.hits[0].chunk_id == citation.chunk_id
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))


def test_a_choice_is_said_to_be_computed_with_the_row_that_was_chosen(assistant):
    answer = assistant.ask("哪种茶产量最高？")

    assert answer.short_answer == "毛峰"
    assert answer.answer == "毛峰（由表格的 3 行得出）[1]"
    assert [(each.quote, each.header) for each in answer.citations] == [
        ("毛峰\t1450", "茶叶 | 产量（斤）")
    ]


def test_a_sum_cites_all_its_rows_as_far_as_they_follow_each_other_in_one_quote(assistant):
    answer = assistant.ask("茶叶的产量一共是多少斤？")

    assert answer.answer == "2405（由表格的 3 行得出）[1]"
    assert [each.quote for each in answer.citations] == ["云雾\t860\n毛峰\t1450\n银针\t95"]


def test_rows_that_are_not_cited_are_said_to_be_more(assistant):
    answer = assistant.ask("渔船表里南港有几条船？")

    assert answer.short_answer == "12"
    assert answer.answer.startswith("12（由表格的 12 行得出，此处引用其中 10 行）[1][2]")
    assert {each.quote[-2:] for each in answer.citations} == {"南港"}
    assert len(answer.citations) == 10


def test_what_the_table_lacks_is_refused(assistant):
    assert not assistant.ask("零件P-90的单价是多少元？").answered
