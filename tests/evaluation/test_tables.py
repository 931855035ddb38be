"""Which figures stand in which table, and how a figure is written."""

import pytest
from gold_results import evaluation, result, wrong

from rag.evaluation.metrics import Mean, Share
from rag.evaluation.results import aggregate
from rag.evaluation.tables import Table, cell, opening, reliability_tables, section_tables


def titles(tables):
    return [table.title for table in tables]


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Share(36, 38), "0.95 (36/38)"),
        (Share(0, 38), "0.00 (0/38)"),
        (Share(0, 0), "–"),
        (Mean(0.9126, 7), "0.913"),
        (Mean(0.0, 7), "0.000"),
        (Mean(None, 0), "–"),
        (44.6, "45"),
        (0.0, "0"),
        (None, "–"),
    ],
)
def test_a_cell_gives_counts_beside_a_share(figure, text):
    assert cell(figure) == text


def test_sections_stand_in_order_and_hold_all_then_each_direction():
    tables = section_tables(evaluation(result(1), wrong(2)))

    assert titles(tables) == [
        "Evidence found",
        "Answers right",
        "Answers supported",
        "Refusals",
        "Confidence",
        "Time and length",
    ]
    assert tables[1] == Table(
        "Answers right",
        ("of all", "of answered", "exact", "F1"),
        (
            ("all", ("0.50 (1/2)", "0.50 (1/2)", "0.50 (1/2)", "0.500")),
            ("zh→zh", ("1.00 (1/1)", "1.00 (1/1)", "1.00 (1/1)", "1.000")),
            ("en→zh", ("0.00 (0/1)", "0.00 (0/1)", "0.00 (0/1)", "0.000")),
        ),
    )


def test_types_have_rows_of_their_own_where_there_are_several():
    one = evaluation(result(1))
    assert [name for name, _ in section_tables(one)[0].rows] == ["all", "zh→zh"]

    types = (aggregate("number", one.results), aggregate("date", one.results))
    several = evaluation(result(1), by_type=types)
    names = [name for name, _ in section_tables(several)[0].rows]
    assert names == ["all", "zh→zh", "number", "date"]


def test_a_row_without_any_figure_is_left_out():
    refused = result(2, direction="en→zh", should_answer=False, answered=False, retrieval=None)

    (found, *_) = section_tables(evaluation(result(1), refused))

    assert [name for name, _ in found.rows] == ["all", "zh→zh"]


def test_with_the_gold_documents_hidden_other_tables_apply():
    hidden = evaluation(result(1, should_answer=False, used_hidden=False), without_gold=True)

    assert titles(section_tables(hidden)) == [
        "With the gold documents hidden",
        "Answers supported",
        "Time and length",
    ]
    assert section_tables(hidden)[0].rows[0] == ("all", ("0.00 (0/1)", "1.00 (1/1)", "0.00 (0/1)"))
    assert reliability_tables(hidden) == []


def test_reliability_is_told_by_confidence_and_from_the_most_confident_down():
    assert reliability_tables(evaluation(result(1), wrong(2))) == [
        Table(
            "Answers by confidence",
            ("mean", "right"),
            (("0.6–0.7", ("0.650", "0.00 (0/1)")), ("0.9–1.0", ("0.950", "1.00 (1/1)"))),
        ),
        Table(
            "Most confident answers",
            ("of the answers", "wrong"),
            (
                ("0.950 or more", ("0.50 (1/2)", "0.00 (0/1)")),
                ("0.650 or more", ("1.00 (2/2)", "0.50 (1/2)")),
            ),
        ),
    ]


def test_the_opening_says_how_much_was_asked_and_how():
    refused = result(2, should_answer=False, answered=False, answer="", citations=())

    assert opening(evaluation(result(1), refused)) == [
        "2 questions: 1 to answer, 1 to refuse; 1 answered, 1 refused",
        "calibration error 0.05 over 1 answers",
    ]
    assert opening(evaluation(result(1), refused, only_gold=True, left_out=3))[:2] == [
        "2 questions: each with its own gold documents alone; 1 to answer, 1 to refuse;"
        " 1 answered, 1 refused",
        "3 unanswerable questions left out: no document to keep",
    ]
    assert opening(evaluation(refused, without_gold=True, left_out=1)) == [
        "1 questions: each with its own gold documents hidden, all to refuse;"
        " 0 answered, 1 refused",
        "1 unanswerable questions left out: no document to hide",
    ]
