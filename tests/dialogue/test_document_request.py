"""Whether a question is about whole documents: measured on `document_requests.tsv`."""

from collections import Counter
from pathlib import Path

import pytest

from rag.dialogue.document_reference import Reference
from rag.dialogue.document_request import Kind, document_request

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "document_requests.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def kind_of(question):
    """What is wanted, `none` where only a title that fits would make a document of the words."""
    request = document_request(question)
    if request is None:
        return "none"
    is_open = request.meant.reference is Reference.TITLE and request.kind is not Kind.SUMMARY
    return "none" if is_open else {"about": "summary"}.get(request.kind, str(request.kind))


@pytest.mark.parametrize(("half", "right"), [("a", 1.0), ("b", 0.9)])
def test_requests_are_told_from_questions_about_what_stands_in_a_document(half, right):
    rows = [(wanted, question) for each, wanted, question in ROWS if each == half]
    wrong = [(wanted, question) for wanted, question in rows if kind_of(question) != wanted]

    assert len(rows) > 75
    assert 1 - len(wrong) / len(rows) >= right, wrong


def test_no_ordinary_question_of_either_half_is_taken_for_a_request():
    taken = [question for _, wanted, question in ROWS if wanted == "none"]

    assert [question for question in taken if kind_of(question) != "none"] == []


def test_half_of_the_questions_are_ordinary_ones_in_both_languages():
    counts = Counter((row[2].isascii(), row[1] == "none") for row in ROWS)

    assert min(counts.values()) >= 35


@pytest.mark.parametrize(
    ("question", "kind", "words", "fields"),
    [
        ("总结一下马云公开信的主要内容。", Kind.SUMMARY, "马云公开信", ()),
        ("Could you summarise Jack Ma's letter?", Kind.SUMMARY, "Jack Ma's letter", ()),
        ("According to the report, sum up the risks.", Kind.SUMMARY, "report the risks", ()),
        ("What is the article on lobsters about?", Kind.ABOUT, "lobsters", ()),
        ("《物种起源》是谁写的？", Kind.PARTICULARS, "物种起源", ("author",)),
        ("渔港改造方案写于哪一年？", Kind.PARTICULARS, "渔港改造方案", ("date",)),
        ("When was the Quarry handbook written?", Kind.PARTICULARS, "Quarry handbook", ("date",)),
        (
            "Who sent the mail about the move of the archive?",
            Kind.PARTICULARS,
            "move of the archive",
            ("author",),
        ),
        ("这封邮件是谁发的？", Kind.PARTICULARS, "", ("author",)),
        ("Who wrote this article, and when?", Kind.PARTICULARS, "", ("author", "date")),
        ("这份文件是谁写的，什么时候写的？", Kind.PARTICULARS, "", ("author", "date")),
    ],
)
def test_what_is_wanted_of_which_document(question, kind, words, fields):
    request = document_request(question)

    assert (request.kind, request.meant.words, request.fields) == (kind, words, fields)


def test_it_is_a_document_where_the_question_before_was_about_one():
    about = [{"role": "user", "content": "这篇文章讲了什么？"}]
    city = [{"role": "user", "content": "Which city is the largest?"}]

    assert document_request("Who wrote it?", about).fields == ("author",)
    assert document_request("Who wrote it?", city) is None
    assert document_request("Who wrote this article?", city).fields == ("author",)


def test_a_long_text_is_no_request():
    assert document_request("总结一下" + "这" * 300) is None
    assert document_request("") is None


def test_to_go_on_after_a_summary_asks_for_more_of_it():
    asked = [{"role": "user", "content": "总结一下马云公开信的主要内容。"}]
    further = [*asked, {"role": "user", "content": "再详细一点"}]

    assert document_request("再详细一点", asked) == document_request(asked[0]["content"])
    assert document_request("Tell me more", further) == document_request(asked[0]["content"])
    assert document_request("再详细一点", [{"role": "user", "content": "灯塔有多高？"}]) is None
    assert document_request("再详细一点") is None
