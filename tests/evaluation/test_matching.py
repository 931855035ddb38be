"""Answers compared with gold answers, against numbers worked by hand."""

import importlib.util

import pytest
from repository import SHARED

from rag.evaluation import matching


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("時(shí)隔半年多，", "时隔半年多"),
        ("时隔 半年多", "时隔半年多"),
        ("４３．２％", "43.2%"),
        ("It grew by 43.2%.", "itgrewby43.2%"),
        ("90,000 jobs", "90000jobs"),
        ("<b>西雅图</b>_Seattle_", "西雅图seattle"),
        ("阿里 (ali) 巴巴(bābā)", "阿里ali巴巴"),
        ("……", ""),
    ],
)
def test_comparable_keeps_letters_digits_percent_and_decimal_points(text, words):
    assert matching.comparable(text) == words


@pytest.mark.skipif(not (SHARED / "tools/norm.py").is_file(), reason="the shared folder is absent")
def test_comparable_equals_the_shared_folding():
    spec = importlib.util.spec_from_file_location("norm", SHARED / "tools/norm.py")
    norm = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(norm)
    hard = [
        "時(shí)隔(Gé)半(半)年 (nián)",
        "3.5. .5 5. a.b 1,000.50",
        "İstanbul Straße ﬁ ①",
        "他<br>說<" + "x" * 301 + ">",
        "乾隆皇帝著書_立說；頭髮與發展",
        "ｅＷＴＰ（全球電子商務平台）",
    ]
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace")
        hard += [text[start : start + 900] for start in range(0, len(text), 900)]
    for text in hard:
        assert matching.comparable(text) == norm.fold(text)


def test_markers_are_found_and_taken_out():
    assert matching.markers("西雅图[2]，1995年 [1][2] [a] 1]") == {1, 2}
    assert matching.without_markers("西雅图[2]，1995年[1]") == "西雅图，1995年"


def test_answer_match_needs_every_group():
    groups = [["180吨"], ["600吨", "600 tons"]]
    assert matching.answer_match(groups, "2013年 180 噸，2014年 600 噸。[1]")
    assert matching.answer_match(groups, "180吨", "600 TONS")
    assert not matching.answer_match(groups, "2013年180吨")
    assert not matching.answer_match([], "180吨")


def test_answer_match_does_not_read_markers_as_digits():
    assert not matching.answer_match([["41"]], "There were 4[1] of them.")


def test_answer_tokens_split_han_characters_and_keep_words():
    assert matching.answer_tokens("The DC-SIGNR 增長了43.2%") == [
        "dcsignr", "增", "长", "了", "43.2%"
    ]  # fmt: skip
    assert matching.answer_tokens("A") == ["a"]
    assert matching.answer_tokens("。") == []


def test_f1_of_han_characters():
    assert matching.f1([["西雅图"]], "美国西雅图") == pytest.approx(2 * 3 / (3 + 5))
    assert matching.f1([["西雅图", "美国西雅图"]], "美國西雅圖[1]") == 1.0
    assert matching.f1([["西雅图"]], "") == 0.0
    assert matching.f1([], "西雅图") == 0.0


def test_f1_counts_a_repeated_character_as_often_as_both_have_it():
    assert matching.f1([["天天向上"]], "天") == pytest.approx(2 * 1 / (4 + 1))
    assert matching.f1([["天上"]], "天天") == pytest.approx(2 * 1 / (2 + 2))


def test_f1_of_english_words_leaves_out_articles():
    assert matching.f1([["the Nova Scotia lobsters"]], "Nova Scotia") == pytest.approx(4 / 5)


def test_f1_of_groups_puts_the_best_alternatives_in_a_row():
    groups = [["天津", "Tianjin"], ["上海", "Shanghai"]]
    assert matching.f1(groups, "Shanghai, Tianjin") == 1.0
    assert matching.f1(groups, "天津、北京") == pytest.approx(2 * 2 / (4 + 4))


def test_exact_match():
    assert matching.exact_match([["43.2%"]], "４３．２％。")
    assert not matching.exact_match([["900万"]], "900万的创业者")
    assert not matching.exact_match([["上海"]], "海上")
    assert not matching.exact_match([["上海"]], "")
    assert not matching.exact_match([], "上海")


def test_exact_match_of_groups_takes_any_order():
    groups = [["天津", "Tianjin"], ["上海", "Shanghai"]]
    assert matching.exact_match(groups, "上海、天津")
    assert matching.exact_match(groups, "Tianjin, Shanghai")
    assert not matching.exact_match(groups, "天津")
    assert not matching.exact_match(groups, "天津、上海、北京")
