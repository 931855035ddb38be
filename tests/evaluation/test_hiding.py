"""Which rows are asked, and which documents each may not use."""

import pytest

from rag.errors import BadGold, InvalidInput
from rag.evaluation.gold import GoldRow
from rag.evaluation.hiding import plan

DOCUMENTS = ["一", "二", "three"]


def row(name, *gold_ids, answers=(("33",),)):
    return GoldRow(id=name, question="?", answers=answers, gold_ids=gold_ids)


ONE, TWO = row("one", "一"), row("two", "二", "three")
BARE, REFUSED = row("bare"), row("refused", answers=())


def hidden(rows, **options):
    """What is hidden from each row that is asked, by its id."""
    asked, hide = plan(rows, DOCUMENTS, **options)
    return {row.id: hide(row) for row in asked}


def test_nothing_is_hidden_unless_it_is_asked_for():
    assert hidden([ONE, BARE, REFUSED]) == {"one": None, "bare": None, "refused": None}


def test_without_gold_hides_a_rows_own_documents():
    assert hidden([ONE, TWO], without_gold=True) == {"one": {"一"}, "two": {"二", "three"}}


def test_only_gold_hides_all_others():
    assert hidden([ONE, TWO], only_gold=True) == {"one": {"二", "three"}, "two": {"一"}}


def test_one_gold_document_that_is_there_is_enough():
    assert hidden([row("one", "一", "gone")], only_gold=True) == {"one": {"二", "three"}}
    with pytest.raises(BadGold) as caught:
        plan([ONE, row("astray", "gone")], DOCUMENTS, only_gold=True)
    assert str(caught.value) == (
        "--only-gold needs the gold documents, and the index has none of those of 1 rows"
        " (first: astray, gone); index the documents that the questions are about"
    )


@pytest.mark.parametrize("option", ["without_gold", "only_gold"])
def test_unanswerable_rows_without_documents_are_left_out_and_answerable_ones_are_an_error(option):
    assert list(hidden([REFUSED, ONE], **{option: True})) == ["one"]
    with pytest.raises(BadGold) as caught:
        plan([ONE, BARE, REFUSED], DOCUMENTS, **{option: True})
    assert str(caught.value) == (
        f"--{option.replace('_', '-')} needs gold_ids, and 1 of 3 rows have none (first: bare);"
        " add gold_ids, the ids of the documents that hold the answer"
    )


def test_both_at_once_are_an_error():
    with pytest.raises(InvalidInput, match="--without-gold and --only-gold exclude each other"):
        plan([ONE], DOCUMENTS, without_gold=True, only_gold=True)
