import pytest

from rag.answering.reply import LONGEST, CitedSentence, cited_sentences


def sentences(*pieces):
    return [one for one in cited_sentences(pieces) if one]


def test_sentences_come_with_the_passages_that_they_name():
    assert sentences("天津于10月22日获批[1]。它是第八座试点城市[2][3]。") == [
        CitedSentence("", "天津于10月22日获批。", (1,)),
        CitedSentence("", "它是第八座试点城市。", (2, 3)),
    ]
    assert sentences("Tianjin was approved [1]. It was the eighth.[2] Then came Hefei.") == [
        CitedSentence("", "Tianjin was approved.", (1,)),
        CitedSentence(" ", "It was the eighth.", (2,)),
        CitedSentence(" ", "Then came Hefei.", ()),
    ]


@pytest.mark.parametrize(
    ("written", "markers"),
    [
        ("[1]", (1,)),
        ("【2】", (2,)),
        ("［3］", (3,)),
        ("[1, 2]", (1, 2)),
        ("[1、3]", (1, 3)),
        ("[2-4]", (2, 3, 4)),
        ("[1-2-3]", (1, 2, 3)),
        ("[4-2]", (4, 2)),
        ("[1–900]", (1, 900)),
        ("[^5]", (5,)),
        ("[来源1]", (1,)),
        ("[Passage 12]", (12,)),
        ("[1][1]", (1,)),
        ("[99]", (99,)),
    ],
)
def test_a_marker_is_read_as_models_write_it(written, markers):
    assert sentences(f"杭州有桥 it has{written}。") == [
        CitedSentence("", "杭州有桥 it has。", markers)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_how_the_text_is_cut_into_pieces_makes_no_difference(size):
    text = "金额为3.5亿元[1]。Growth was 4.2% [2]. Mr. Ma said so [12].\n\n- 上海【3】\n- 杭州[4]"
    pieces = [text[start : start + size] for start in range(0, len(text), size)]

    assert sentences(*pieces) == sentences(text)
    assert [one.markers for one in sentences(text)] == [(1,), (2,), (12,), (3,), (4,)]
    assert sentences(text)[2] == CitedSentence(" ", "Mr. Ma said so.", (12,))


def test_a_sentence_is_told_as_soon_as_the_next_one_begins():
    told = list(cited_sentences(["杭州有桥。", "[1]", "苏州", "也有。"]))

    assert told == [
        None,
        None,
        CitedSentence("", "杭州有桥。", (1,)),
        None,
        CitedSentence("", "苏州也有。", ()),
    ]


def test_marks_of_lists_and_emphasis_are_no_words():
    assert sentences("- **上海**：桥[1]\n2. `Hefei` [2]\n# 标题\n") == [
        CitedSentence("- ", "上海：桥", (1,)),
        CitedSentence("\n2. ", "Hefei", (2,)),
        CitedSentence("\n# ", "标题", ()),
    ]


def test_what_names_a_year_or_a_law_in_brackets_is_no_marker():
    assert sentences("国务院〔2015〕40号。It cost [about 5].") == [
        CitedSentence("", "国务院〔2015〕40号。", ()),
        CitedSentence("", "It cost [about 5].", ()),
    ]


def test_a_text_without_an_end_is_cut():
    long = "字" * (LONGEST + 5)

    assert [len(one.text) for one in cited_sentences([long])] == [LONGEST, 5]


def test_nothing_says_nothing():
    assert sentences("") == sentences("  \n ") == sentences() == []


def test_a_marker_that_the_end_cuts_off_is_no_text():
    assert sentences("杭州有桥[1") == [CitedSentence("", "杭州有桥", ())]
    assert sentences("Hefei was the eighth [Passage") == [
        CitedSentence("", "Hefei was the eighth", ())
    ]
    assert sentences("杭州[]有桥。") == [CitedSentence("", "杭州有桥。", ())]


def test_of_a_link_only_the_words_are_kept():
    linked = "见[官网](http://a.example/b)和![3号图](c.png)，长![3.5](d)米。"
    assert sentences(linked) == [CitedSentence("", "见官网和3号图，长3.5米。", ())]
