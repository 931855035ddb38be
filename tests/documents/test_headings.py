"""Heading paths: marks, numbers, rubrics, bare titles, and what only looks like one."""

from __future__ import annotations

import doctest

import pytest

import rag.documents.headings
from rag.documents.headings import PATH_LENGTH, sections

ZH = "阿里巴巴在2015年把跨境电商的业务扩展到全球二十多个国家和地区，交易额比上一年增长了一倍多。"
EN = "Alibaba extended its cross-border business to more than twenty countries in the year 2015."


def paths(text: str) -> list[str]:
    found = sections(text)
    assert "".join(text[section.start : section.end] for section in found) == text
    assert all(section.start <= section.body <= section.end for section in found)
    return [section.path for section in found]


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(rag.documents.headings).failed == 0


def test_markdown_levels():
    text = f"# A b\n\n{EN}\n\n## 城市 ##\n\n{ZH}\n\n### C\n\n{EN}\n\n## D\n\n{ZH}\n"
    assert paths(text) == ["A b", "A b > 城市", "A b > 城市 > C", "A b > D"]


def test_underlined_headings():
    assert paths(f"Cities\n======\n\n{EN}\n\n试点\n----\n\n{ZH}\n") == ["Cities", "Cities > 试点"]


def test_a_comment_in_a_code_block_is_no_heading():
    assert paths(f"# **A**\n\n```\n# no\nx = 1\n```\n\n{EN}") == ["A"]


def test_a_newsletter_with_rubrics_titles_and_numbers():
    text = f"""【行业动态】

盘点：2015年 O2O 大事件

{ZH}

三、为烧钱买单，联手向前成趋势

{ZH}

58 同城&赶集网

{ZH}

滴滴&快的

{ZH}

四，传统产业加速进军 O2O

{ZH}

（一）百货

{ZH}

（摘自：海港商务周刊）

上海等12城市获批跨境电商试点

{ZH}

【交流园地】

{ZH}
"""
    title = "【行业动态】 > 盘点：2015年 O2O 大事件"
    three, four = "三、为烧钱买单，联手向前成趋势", "四，传统产业加速进军 O2O"
    assert paths(text) == [
        title,
        f"{title} > {three}",
        f"{title} > {three} > 58 同城&赶集网",
        f"{title} > {three} > 滴滴&快的",
        f"{title} > {four}",
        f"{title} > {four} > （一）百货",
        "【行业动态】 > 上海等12城市获批跨境电商试点",
        "【交流园地】",
    ]


def test_titles_below_a_rubric_without_source_notes_are_of_one_rank():
    text = f"【协会动态】\n\n走访理事单位\n\n{ZH}\n\n赴安徽调研\n\n{ZH}\n"
    assert paths(text) == ["【协会动态】 > 走访理事单位", "【协会动态】 > 赴安徽调研"]


def test_a_list_that_starts_again_belongs_to_its_subtitle():
    text = f"{ZH}\n\n物流成本\n\n{ZH}\n\n一、海运\n\n{ZH}\n\n二、空运\n\n{ZH}\n\n税收\n\n{ZH}\n"
    assert paths(text) == ["", "物流成本", "物流成本 > 一、海运", "物流成本 > 二、空运", "税收"]


def test_a_list_that_starts_again_stays_below_the_subtitle_inside_a_list():
    text = f"一、成本\n\n{ZH}\n\n物流\n\n{ZH}\n\n一、海运\n\n{ZH}\n\n"
    assert paths(text) == ["一、成本", "一、成本 > 物流", "一、成本 > 物流 > 一、海运"]


def test_a_title_after_an_editors_note_is_an_article():
    text = f"总论\n\n{ZH}\n\n责任编辑：林婷\n\n分论\n\n{ZH}\n"
    assert paths(text) == ["总论", "分论"]


def test_chapters_and_labels():
    text = f"第一章 总则\n\n{ZH}\n\n第二节 范围\n\n{ZH}\n\n第二章 分则\n\n趋势一\n\n{ZH}\n"
    assert paths(text) == ["第一章 总则", "第一章 总则 > 第二节 范围", "第二章 分则 > 趋势一"]


def test_english_titles_and_numbers():
    text = f"Global Reach of the Firm\n\n{EN}\n\n1. Logistics\n\n{EN}\n\nCUSTOMS\n\n{EN}\n"
    top = "Global Reach of the Firm"
    assert paths(text) == [top, f"{top} > 1. Logistics", f"{top} > 1. Logistics > CUSTOMS"]


def test_a_rule_ends_a_subtitle():
    assert paths(f"{ZH}\n\n更新\n\n{ZH}\n\n——————————\n\n{ZH}") == ["", "更新", ""]


@pytest.mark.parametrize(
    "line",
    [
        "（摘自：上海科技网）",
        "责任编辑：张承鹤",
        "2015年11月3日",
        "- 一项",
        "他走了。",
        "“没有人会知道”",
        "主要业务经营范围：",
        "市长还介绍，除东部新区、西部老区和北面的旧港口以外，城里正在申请创新",
        "单位网址：www.hemu365.com",
        "一.是加强市级层面组织领导。",
        "【VRLAB】",
        "#话题# 没有空格",
        "it begins in lower case",
        "He left the room.",
        "1. apples and pears.",
        "8. Shope RE. The incidence of flu",
    ],
)
def test_what_is_no_heading(line: str):
    after = "后一段。" if line == "【VRLAB】" else ZH
    assert paths(f"{ZH}\n\n{line}\n\n{after}\n") == [""]


def test_a_row_of_captions_is_no_heading():
    assert paths(f"{ZH}\n\n办公空间\n\nO2O 体验馆\n\n保税仓\n\n{ZH}\n") == [""]


def test_a_heading_that_nothing_follows_joins_the_next_section_or_the_last():
    text = f"## A\n\n## B\n\n{EN}\n\n## C\n"
    assert [(s.path, text[s.start : s.body].split()) for s in sections(text)] == [
        ("B", ["##", "A", "##", "B"])
    ]


def test_a_long_path_loses_its_outer_parts():
    text = "".join(f"{'#' * level} {str(level) * 30}\n\n" for level in (1, 2, 3)) + EN
    assert paths(text) == [f"{'2' * 30} > {'3' * 30}"]
    assert len(paths(f"# {'x' * 90}\n\n{EN}")[0]) == PATH_LENGTH


def test_text_without_a_word():
    assert paths("") == [""]
    assert paths(" \n\n") == [""]


def test_rows_of_tables_and_indented_code_are_no_headings():
    text = (
        "# 安装\n\n先装好。\n\n    # a comment\n    run\n\n编号\t名\n一、甲\t丙\n二、乙\t丁\n\n完。"
    )

    assert [section.path for section in sections(text)] == ["安装"]
