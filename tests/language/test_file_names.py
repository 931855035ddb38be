"""What a file's name says, and that its passages are found by it."""

import pytest

from rag.index.indexer import Indexer
from rag.index.retriever import Retriever
from rag.index.store import Store
from rag.language.file_names import name_words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("报价/AB001产品白皮书.md", "AB001 产品白皮书"),
        ("manual-X300.pdf", "manual X300"),
        ("X-300使用说明书.pdf", "X-300 使用说明书"),
        ("産品說明書（最終版）v2.docx", "産品說明書 最終版 v2"),
        ("annual_report_2019.html", "annual report 2019"),
        ("年报2019.md", "年报 2019"),
        ("whitepaper2024.md", "whitepaper2024"),
        ("第3章 安装.md", "第3章 安装"),
        ("quote-brightwater.txt", "quote brightwater"),
        ("COVID-19.md", "COVID-19"),
        ("3D打印.md", "3D 打印"),
        ("a/b/澳门.txt", "澳门"),  # of the last part alone
        ("README", "README"),
    ],
)
def test_the_words_of_a_name(source, words):
    assert name_words(source) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("01概述.md", "概述"),
        ("20190501会议纪要.md", "会议纪要"),
        ("通知003.docx", "通知"),
        ("004_fa18b3d66d53199a.txt", ""),
        ("b6589fc6ab0dc82cf12099d1c2d40ab994e8410c.pdf", ""),
        ("a.txt", ""),
        ("12.txt", ""),
        ("\N{REPLACEMENT CHARACTER}.txt", ""),
        ("", ""),
    ],
)
def test_what_only_numbers_a_name_says_nothing(source, words):
    assert name_words(source) == words


def test_the_name_of_a_corpus_says_nothing_about_its_rows():
    assert name_words("X300/corpus.jsonl#12") == ""


@pytest.fixture
def found(tmp_path, embedder, lexicon):
    """Finds by its words the best of some files that their names alone tell apart."""
    folder = tmp_path / "docs"
    folder.mkdir()
    names = ("X200说明书.md", "X300说明书.md", "X400说明书.md", "Brightwater报价.md")
    for number, name in enumerate(names):
        text = f"# 水泵\n\n扬程是{number + 30}米，重{number + 40}公斤。It lifts water."
        (folder / name).write_text(text, "utf-8")
    store = Store.create(tmp_path / "index", embedder.name, embedder.dimension)
    Indexer(store, embedder).index([folder])
    retriever = Retriever(store, embedder, lexicon)

    def best(question):
        passages = retriever.find(retriever.current(), retriever.prepare(question), 4)
        return min(passages, key=lambda each: each.ranks.get("lexical", 9)).chunk.document_id

    yield best
    store.close()


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("X300的扬程是多少？", "X300说明书.md"),
        ("How high does the X300 lift?", "X300说明书.md"),
        ("X400的扬程是多少？", "X400说明书.md"),
        ("What does Brightwater ask?", "Brightwater报价.md"),
    ],
)
def test_a_question_that_names_what_only_a_file_name_says_finds_the_file(found, question, document):
    assert found(question) == document
