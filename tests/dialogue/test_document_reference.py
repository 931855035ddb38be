"""Which document some words of a question mean."""

import pytest

from rag.dialogue.document_reference import Reference, reference


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", "this"),
        ("it", "this"),
        ("这篇文章", "this"),
        ("the document", "this"),
        ("this letter", "this"),
        ("这封信", "this"),
        ("these documents", "all"),
        ("所有文件", "all"),
        ("知识库", "all"),
        ("the article on lobsters", "named"),
        ("关于龙虾的文章", "named"),
        ("马云公开信", "named"),
        ("《公开信》", "title"),
        ("B200", "title"),
    ],
)
def test_documents_are_meant_by_what_they_are_called(words, meant):
    assert reference(words).reference == meant


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("the article on lobsters", "lobsters"),
        ("关于龙虾的那篇文章", "龙虾"),
        ("《公开信》", "公开信"),
        ("'Lobsters and syrup'", "Lobsters and syrup"),
        (
            "the firm's plans in the company's third year",
            "firm's plans in the company's third year",
        ),
        ("the report", "report"),
        ("file 004", "004"),
    ],
)
def test_the_words_that_tell_a_document_from_others_are_kept(words, told):
    assert reference(words).words == told


def test_a_letter_may_be_one_that_a_document_speaks_of():
    assert not reference("the letter").is_surely_a_document
    assert reference("this letter").is_surely_a_document
    assert reference("it").is_pronoun
    assert reference("the letter").reference is Reference.NAMED
