"""Passages: exact text and offsets, and promises that hold for any text."""

from __future__ import annotations

import random

import pytest
from effort import grows_linearly
from installed import python
from repository import SHARED

from rag.documents.chunks import CONTEXT_LENGTH, chunk, context
from rag.documents.packing import HAN_IDEAL, HAN_LIMIT, LATIN_LIMIT, SMALLEST
from rag.language.text import han_share
from rag.types import Chunk, Document


def document(text: str, title: str = "") -> Document:
    return Document("seeds/a.txt", "a.txt", title, text)


def spans(text: str) -> list[tuple[str, int, int, str]]:
    return [(c.text, c.start, c.end, c.section) for c in chunk(document(text))]


def check_promises(text: str) -> list[Chunk]:
    chunks = chunk(document(text))
    end = 0
    for ordinal, passage in enumerate(chunks):
        assert passage.id == f"seeds/a.txt#{ordinal}"
        assert passage.ordinal == ordinal
        assert passage.document_id == "seeds/a.txt"
        assert passage.text == text[passage.start : passage.end]
        assert passage.text.strip() == passage.text != ""
        assert not text[end : passage.start].strip()
        limit = HAN_LIMIT if han_share(passage.text) >= 0.5 else LATIN_LIMIT
        assert len(passage.text) <= limit
        end = passage.end
    assert not text[end:].strip()
    return chunks


def test_chinese_passages_with_their_sections():
    text = (
        "【重要信息】\n\n"
        "上海等12城市获批跨境电商试点\n\n"
        "国务院常务会议决定，在天津、上海、杭州等12个城市新设一批跨境电子商务综合试验区。\n\n"
        "（摘自：上海商务微信公众号）\n\n"
        "【协会动态】\n\n"
        "协会秘书处走访了理事单位。会员有3.5亿。\n"
    )
    first = text.index("【协会动态】")
    assert spans(text) == [
        (text[: first - 2], 0, 82, "【重要信息】 > 上海等12城市获批跨境电商试点"),
        ("【协会动态】\n\n协会秘书处走访了理事单位。会员有3.5亿。", 84, 113, "【协会动态】"),
    ]


def test_english_passages_with_their_sections():
    text = "# Reach\n\nIt grew.  It fell.\n\n## Cities\n\n\nHangzhou.\n\n## Next\n"
    assert spans(text) == [
        ("# Reach\n\nIt grew.  It fell.", 0, 27, "Reach"),
        ("## Cities\n\n\nHangzhou.\n\n## Next", 29, 59, "Reach > Cities"),
    ]


def test_a_long_paragraph_is_cut_between_sentences_into_like_parts():
    sentence = "阿里巴巴的生态系统中有3.5亿的活跃买家，来自www.hemu365.com和U.S.市场。"
    chunks = check_promises(sentence * 18)
    assert [c.text for c in chunks] == [sentence * 6] * 3
    english = "Mr. Ma of Alibaba left the U.S. market in 2015, with 3.5 billion dollars. "
    assert [c.text for c in check_promises(english * 33)] == [(english * 11).strip()] * 3


def test_repeated_sentences_have_each_their_own_offsets():
    text = "同一句话。" * 400 + "\n\n" + "The same words. " * 400
    chunks = check_promises(text)
    assert len({c.start for c in chunks}) == len(chunks) > 10


def test_paragraphs_stay_whole_where_they_fit():
    paragraphs = ["甲" * 199 + "。", "乙" * 99 + "。", "丙" * 149 + "。", "丁" * 149 + "。"]
    chunks = check_promises("\n\n".join(paragraphs))
    assert [c.text for c in chunks] == ["\n\n".join(paragraphs[:2]), "\n\n".join(paragraphs[2:])]


def test_a_sentence_too_long_is_cut_at_commas_then_spaces_then_anywhere():
    clause = "把西方的中小企业和东方增长最快的市场连接起来，"
    assert all(c.text.endswith("，") for c in check_promises(clause * 40))
    words = check_promises("growth " * 500)
    assert all(set(c.text.split()) == {"growth"} for c in words)
    assert len(check_promises("字" * 2000)) >= 5


@pytest.mark.parametrize("character", ["e\u0301\u0302", "👩🏽\u200d🚀", "字\ufe00\u0301"])
def test_marks_stay_with_their_character(character: str):
    for passage in check_promises("x" + character * 1500)[1:]:
        assert passage.text.startswith(character)


def test_mixed_text_keeps_to_the_limit_of_what_it_mostly_is():
    text = (
        ("Alibaba Group Holding reported 3.5 billion. " * 8 + "\n\n") + "中文的段落。" * 50 + "\n\n"
    )
    check_promises(text * 6)
    check_promises(("iPhone 手机 " * 40 + "。") * 20)
    check_promises("字" + "1234 " * 900)
    check_promises("字" * 30 + "\n" * 500 + "字" * 300)


def test_a_list_stays_together_where_it_fits():
    items = "".join(f"- 第{i}个试点城市是上海或者杭州\n" for i in range(12))
    before, after = "在这之前的一段话。" * 25, "在这之后的一段话。" * 25
    holders = [c for c in check_promises(f"{before}\n{items}{after}") if "- " in c.text]
    assert [c.text for c in holders] == [f"{before}\n{items.strip()}"]


def test_a_note_joins_the_passage_before_it():
    text = "一个句子有十二个字符这么长。" * 30 + "\n\n（摘自：上海科技网）"
    chunks = check_promises(text)
    assert chunks[-1].text.endswith("长。\n\n（摘自：上海科技网）")
    assert all(len(c.text) >= SMALLEST for c in chunks)


def test_a_heading_stays_with_what_it_heads():
    text = "## 试点城市\n\n" + "上海和杭州等城市获批。" * 90
    assert check_promises(text)[0].text.startswith("## 试点城市\n\n上海")
    headings = "".join(f"{'#' * i} {'标题' * 15}\n\n" for i in range(1, 7))
    assert len(check_promises(headings + "上海和杭州等城市获批。" * 18)) == 1
    check_promises(headings * 12)


@pytest.mark.parametrize("text", ["", " \n\t\u3000\n", "。", "# 标题", "a"])
def test_small_texts(text: str):
    assert len(check_promises(text)) == bool(text.strip())


ALPHABET = [
    *["中", "国", "商", "城", "market ", "U.S. ", "3.5亿", "growth ", "Cities", "\u0301", "2015"],
    *["。", "，", ". ", "! ", "；", "……", "”", " ", "\n", "\n\n", "\n\n\n", "\u3000", "\r\n"],
    *[
        "\n# A\n",
        "\n【动态】\n",
        "\n\n一、要点\n\n",
        "\n- item",
        "\n\n（摘自：网）\n\n",
        "\n——————\n",
    ],
]


@pytest.mark.parametrize("seed", range(120))
def test_any_text_is_covered_within_the_limits(seed: int):
    chance = random.Random(seed)
    some = chance.sample(ALPHABET, chance.randint(2, len(ALPHABET)))
    check_promises("".join(chance.choices(some, k=chance.choice((10, 200, 2500)))))


def test_the_sample_documents():
    files = sorted((SHARED / "seeds").glob("*.txt"))
    if not files:
        pytest.skip("the shared sample documents are not beside this checkout")
    for file in files:
        chunks = check_promises(file.read_text(encoding="utf-8"))
        lengths = sorted(len(c.text) for c in chunks)
        assert 0.7 * HAN_IDEAL <= lengths[len(lengths) // 2] <= HAN_LIMIT


@pytest.mark.parametrize("unit", ["一", "x", "这是一段没有标点的文字", "It grew. ", "“", "("])
def test_a_long_text_costs_by_its_length(unit: str):
    assert grows_linearly(lambda size: check_promises(unit * (size // len(unit))), 400_000)


def passage_of(section: str) -> Chunk:
    return Chunk("a#0", "a", section, "甲", 0, 1, 0)


@pytest.mark.parametrize(
    ("title", "section", "expected"),
    [
        ("公开信", "【动态】 > 城市", "公开信\n【动态】 > 城市\n"),
        ("Letter", "Letter > Cities", "Letter > Cities\n"),
        ("", "城市", "城市\n"),
        (" 公开信 ", "", "公开信\n"),
        ("", "", ""),
    ],
)
def test_context(title: str, section: str, expected: str):
    assert context(document("甲", title), passage_of(section)) == expected


def test_context_is_bounded_and_keeps_the_section():
    lines = context(document("甲", "T" * 300), passage_of("S" * 80))
    assert lines == f"{'T' * 38}\n{'S' * 80}\n"
    assert len(lines) == CONTEXT_LENGTH
    assert len(context(document("甲", "T" * 300), passage_of(""))) <= CONTEXT_LENGTH


def test_importing_the_module_does_not_import_the_splitter():
    code = "import rag.documents.chunks, sys; sys.exit('langchain_text_splitters' in sys.modules)"
    assert python(code).returncode == 0


LONG_TABLE = "零件\n\n编号\t单价（元）\t说明\n" + "\n".join(
    f"P-{n:02}\t{n * 3}\t第{n}号零件。耐热；防水。" for n in range(60)
)


def test_a_row_of_a_table_stays_whole_and_a_later_passage_knows_the_header():
    chunks = check_promises(LONG_TABLE)

    lines = LONG_TABLE.split("\n")
    assert len(chunks) > 3
    assert all(line in lines for each in chunks for line in each.text.split("\n"))
    assert [each.header for each in chunks[:2]] == ["", "编号 | 单价（元） | 说明"]
    assert (
        context(document(LONG_TABLE, "目录"), chunks[1]) == "目录\n零件\n编号 | 单价（元） | 说明\n"
    )
    assert context(document(LONG_TABLE, "目录"), chunks[0]) == "目录\n零件\n"


def test_a_row_too_long_for_a_passage_is_cut():
    text = "Name\tText\n" + "\n".join(f"N{n}\t" + "A plain sentence. " * 90 for n in range(2))

    check_promises(text)


def test_a_small_english_table_stays_in_one_passage_with_its_rule():
    rows = "\n".join(f"| Room {n} | {n} |" for n in range(8))
    text = f"# Rooms\n\n| Name | Beds |\n|---|---|\n{rows}\n\nAll have a view of the sea."

    assert [each.text for each in chunk(document(text))] == [text]
