"""Measures against numbers worked by hand."""

import importlib.util
import math

import pytest
from repository import SHARED

from rag.evaluation import matching, metrics
from rag.evaluation.metrics import Mean, Share


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


def test_share_counts_what_applies():
    assert metrics.share([True, None, False, True]) == Share(2, 3)
    assert metrics.share([True, None, False, True]).value == pytest.approx(2 / 3)
    assert metrics.share([None]).value is None


def test_mean_leaves_out_what_does_not_apply():
    assert metrics.mean([1.0, None, 0.5]) == Mean(0.75, 2)
    assert metrics.mean([None]) == Mean(None, 0)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([40, 10, 30, 20], 50, 25.0),
        ([40, 10, 30, 20], 95, 38.5),
        ([40, 10, 30, 20], 100, 40),
        ([7], 95, 7),
        ([], 50, None),
    ],
)
def test_percentile(values, percent, expected):
    assert metrics.percentile(values, percent) == expected


def test_first_rank_counts_from_one():
    assert metrics.first_rank([False, False, True, True]) == 3
    assert metrics.first_rank([False, False]) is None
    assert metrics.first_rank([]) is None


def test_hit_at_includes_its_last_rank():
    assert metrics.hit_at(5, 5)
    assert not metrics.hit_at(6, 5)
    assert not metrics.hit_at(None, 5)


def test_reciprocal_rank_ends_at_ten():
    assert metrics.reciprocal_rank(1) == 1.0
    assert metrics.reciprocal_rank(4) == 0.25
    assert metrics.reciprocal_rank(10) == 0.1
    assert metrics.reciprocal_rank(11) == 0.0
    assert metrics.reciprocal_rank(None) == 0.0


def test_ndcg_of_one_relevant_item():
    assert metrics.ndcg([True]) == 1.0
    assert metrics.ndcg([False, False, True]) == 0.5
    assert metrics.ndcg([False] * 10 + [True]) == 0.0


def test_ndcg_of_two_relevant_items_at_ranks_one_and_three():
    gained = 1 + 1 / 2
    best = 1 + 1 / math.log2(3)
    assert metrics.ndcg([True, False, True], relevant=2) == pytest.approx(gained / best)


def test_judge_hits_by_document_counts_a_document_once():
    found = metrics.judge_hits(
        [False, False, True, True, True], ["x", "x", "a", "a", "b"], {"a", "b"}, passages=False
    )
    assert found.rank == 3
    assert found.document_rank == 2
    assert (found.hit_at(1), found.hit_at(5)) == (False, True)
    assert (found.recall_at(1), found.recall_at(2)) == (False, True)
    assert found.reciprocal_rank == pytest.approx(1 / 3)
    gained = 1 / 2 + 1 / math.log2(6)
    assert found.ndcg == pytest.approx(gained / (1 + 1 / math.log2(3)))


def test_judge_hits_by_passage_asks_for_one_passage():
    found = metrics.judge_hits([False, False, True, True], ["a", "b", "c", "c"], (), passages=True)
    assert (found.rank, found.ndcg) == (3, 0.5)
    assert found.document_rank is None
    assert found.recall_at(1) is None


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


def test_refusals():
    answerable_answered = [
        (True, True), (True, True), (True, False), (True, False),
        (False, False), (False, False), (False, False), (False, True),
    ]  # fmt: skip
    found = metrics.refusals(answerable_answered)
    assert found.recall == Share(3, 4)
    assert found.precision == Share(3, 5)
    assert found.false == Share(2, 4)
