"""Answers to questions about whole documents, the collection and the assistant."""

import re

import pytest
from memory_store import MemoryStore

from rag.answering.document_answer import LONGEST, DocumentAnswers
from rag.dialogue.document_request import document_request
from rag.index.retriever import Retriever
from rag.index.rows import Origin
from rag.reasons import Reason
from rag.types import Document

LETTER = Document(
    "letter.txt",
    "letter.txt",
    "美国市场战略",
    "马云今天刊登公开信，介绍了公司在美国市场的战略和打算。信中说，公司要帮助美国的小企业向中国消费者销售产品。"
    "农民们去年通过网站卖出了三百吨车厘子和许多海鲜。公司还为小企业提供支付、物流和云计算服务。",
    {"language": "zh", "date": "2015-06-09 14:51", "publisher": "华尔街日报"},
)
PORT = Document(
    "port.md",
    "port.md",
    "The port of Bergen",
    "# The port of Bergen\n\nBy Ingrid Dahl\n\n## Ships\n\n"
    "The port of Bergen receives three hundred ships of all sizes each year.\n\n## Fees\n\n"
    "A ship that stays in the port for a night pays a fee of twelve euros.",
    {"language": "en"},
)
HISTORY = [
    {"role": "user", "content": "How many ships does the port receive?"},
    {
        "role": "assistant",
        "content": "The port of Bergen receives three hundred ships of all sizes each year.[1]",
    },
]


@pytest.fixture
def store(indexed):
    store = MemoryStore(64)
    for number, document in enumerate((LETTER, PORT)):
        store.replace([(document, Origin(f"/{number}", "digest"), indexed(document))])
    return store


@pytest.fixture
def ask(store, embedder, lexicon):
    answers = DocumentAnswers(store, Retriever(store, embedder, lexicon))

    def asked(question, history=(), hidden=()):
        request = document_request(question, history)
        language = "en" if question.isascii() else "zh"
        return answers.answer(request, history, language, hidden)

    return asked


def cited(answer):
    """Ids of the documents that are cited, once each is verbatim and the markers are right."""
    texts = {document.id: document.text for document in (LETTER, PORT)}
    for each in answer.citations:
        assert texts[each.document_id][each.start : each.end] == each.quote
        assert each.quote in each.passage
    shown = {int(number) for number in re.findall(r"\[(\d+)\]", answer.text)}
    assert shown == {each.marker for each in answer.citations}
    assert len(answer.text) <= LONGEST
    return {each.document_id for each in answer.citations}


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("总结一下马云公开信的主要内容。", LETTER),
        ("公开信讲了什么？", LETTER),
        ("letter.txt 这份文件讲了什么？", LETTER),
        ("What is The port of Bergen about?", PORT),
        ("Summarize the document on the port of Bergen.", PORT),
    ],
)
def test_a_document_is_found_by_its_title_its_file_or_its_first_words(ask, question, document):
    answer = ask(question)

    assert cited(answer) == {document.id}
    assert answer.text.startswith(document.title)


def test_a_summary_is_in_the_words_of_the_document_and_may_go_to_a_model(ask):
    answer = ask("总结一下公开信。")

    head, *lines = answer.text.split("\n")
    assert head == "美国市场战略（2015-06-09）"
    assert lines[0] == "马云今天刊登公开信，介绍了公司在美国市场的战略和打算。[1]"
    assert [each.text for each in answer.for_model] == [LETTER.text]


def test_words_that_tell_a_document_from_others_are_no_topic(ask):
    told = ask("Summarize the article about cloud computing 云计算服务.")

    assert told.text == ask("总结一下公开信。").text


def test_a_summary_of_one_aspect_stays_with_that(ask):
    answer = ask("Based on The port of Bergen, summarize the fee that a ship pays for a night.")

    assert "A ship that stays in the port for a night pays a fee of twelve euros." in answer.text
    assert cited(answer) == {PORT.id}


@pytest.mark.parametrize(
    "question",
    [
        "What is Bergen about?",  # too little of a title
        "Who wrote The Origin of Species?",
        "Summarize the population of Brazil.",
        "总结一下量子力学。",
    ],
)
def test_what_no_document_is_about_is_left_to_the_reader(ask, question):
    assert ask(question) is None


def test_this_document_is_the_one_that_was_cited_last(ask):
    assert cited(ask("What is this document about?", HISTORY)) == {PORT.id}


def test_it_is_the_document_that_was_summed_up(ask):
    told = ask("公开信讲了什么？")
    history = [
        {"role": "user", "content": "公开信讲了什么？"},
        {"role": "assistant", "content": told.text},
    ]

    assert (
        ask("它是什么时候写的？", history).text
        == "标题：美国市场战略[1]\n日期：2015-06-09 14:51[1]"
    )


def test_after_a_list_this_document_is_none_of_them(ask):
    listed = ask("有哪些文档？")
    history = [
        {"role": "user", "content": "有哪些文档？"},
        {"role": "assistant", "content": listed.text},
    ]

    assert ask("这篇文章讲了什么？", history).text == listed.text


def test_where_no_document_is_meant_all_are_listed(ask):
    answer = ask("这份文件讲了什么？")

    assert answer.text == (
        "共 2 篇文档：\n美国市场战略（中文，2015-06-09）[1]\nThe port of Bergen (英文)[2]"
    )
    assert cited(answer) == {LETTER.id, PORT.id}
    assert answer.for_model == ()


def test_this_is_the_only_document_that_there_is(ask):
    assert cited(ask("What is this document about?", hidden=[LETTER.id])) == {PORT.id}


def test_the_newest_are_listed_where_all_are_too_many(store, ask, indexed):
    for number in range(40):
        document = Document(f"{number}.txt", f"{number}.txt", f"第{number}号简报", "今天没有新闻。")
        store.replace([(document, Origin(f"/new/{number}", "digest"), indexed(document))])

    answer = ask("有哪些文档？")

    assert answer.text.startswith("共 42 篇文档，最近加入的有：\n")
    assert 5 <= len(answer.citations) <= 20
    assert len(answer.text) <= LONGEST


def test_who_wrote_it_is_said_where_the_document_says_it(ask):
    answer = ask("Who wrote The port of Bergen?")

    assert answer.text == "Title: The port of Bergen[1]\nAuthor: Ingrid Dahl[2]"
    assert answer.citations[1].quote == "Ingrid Dahl"
    assert cited(answer) == {PORT.id}


@pytest.mark.parametrize(
    "question", ["How long is The port of Bergen?", "美国市场战略是什么时候发布的？"]
)
def test_what_has_the_name_of_a_document_is_none(question):
    assert document_request(question) is None


def test_what_is_not_stated_is_said_to_be_so_with_what_is(ask):
    answer = ask("letter.txt 这份文件的作者是谁？")

    assert answer.text == (
        "标题：美国市场战略[1]\n作者：文中没有注明\n日期：2015-06-09 14:51[1]\n来源：华尔街日报[1]"
    )


def test_the_headings_are_listed_and_cited_where_they_stand(ask):
    answer = ask("What are the chapters of the document port.md?")

    assert answer.text == "The port of Bergen (2 headings)\nShips[1]\nFees[2]"
    assert [each.quote for each in answer.citations] == ["Ships", "Fees"]
    assert cited(answer) == {PORT.id}


def test_questions_about_the_assistant_search_nothing(ask):
    assert ask("你能做什么？").refusal is Reason.ABOUT_ASSISTANT


def test_an_empty_collection_says_so(ask):
    answer = ask("What documents are there?", hidden=[LETTER.id, PORT.id])

    assert answer.refusal is Reason.EMPTY_INDEX
