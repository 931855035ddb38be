"""Spans of a text: clipped, moved, taken from a citation, and cut along."""

import pytest

from rag.answering.highlights import clipped, cut, in_quote, moved


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], ()),
        ([(12, 14)], ((12, 14),)),
        ([(12, 14), (16, 18)], ((12, 14), (16, 18))),
        ([(16, 18), (12, 14)], ((12, 14), (16, 18))),
        ([(12, 14), (14, 16)], ((12, 14), (14, 16))),  # touching is not overlapping
        ([(12, 15), (14, 16)], ((12, 16),)),
        ([(11, 19), (12, 14)], ((11, 19),)),
        ([(11, 13), (12, 16), (15, 18)], ((11, 18),)),
        ([(12, 14), (12, 14)], ((12, 14),)),
        ([(7, 12), (18, 25)], ((10, 12), (18, 20))),
        ([(0, 99)], ((10, 20),)),
        ([(0, 10), (20, 30)], ()),
        ([(12, 12), (15, 13)], ()),
        ([[12, 14]], ((12, 14),)),  # as JSON has them
    ],
)
def test_spans_are_clipped_to_a_part_and_put_in_order(spans, expected):
    assert clipped(spans, 10, 20) == expected


def test_spans_are_moved():
    assert moved([(2, 4), (7, 9)], -2) == ((0, 2), (5, 7))


def test_highlights_of_a_citation_are_counted_from_its_quote():
    citation = {"quote": "🚢 arrived at 天津港", "start": 40, "end": 56}

    assert in_quote({**citation, "highlights": [[53, 55]]}) == ((13, 15),)
    assert citation["quote"][13:15] == "天津"
    assert in_quote({**citation, "highlights": [[30, 41], [55, 90]]}) == ((0, 1), (15, 16))
    assert in_quote({**citation, "highlights": []}) == ()
    assert in_quote(citation) == ()  # stored before there were highlights


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([], [("🚢到天津 and 上海", False)]),
        ([(2, 4)], [("🚢到", False), ("天津", True), (" and 上海", False)]),
        ([(0, 1), (9, 11)], [("🚢", True), ("到天津 and ", False), ("上海", True)]),
        ([(2, 3), (3, 4)], [("🚢到", False), ("天津", True), (" and 上海", False)]),
        ([(0, 11)], [("🚢到天津 and 上海", True)]),
        ([(4, 4), (90, 95)], [("🚢到天津 and 上海", False)]),
    ],
)
def test_a_text_is_cut_along_spans(spans, pieces):
    assert cut("🚢到天津 and 上海", spans) == pieces


def test_no_text_has_no_pieces():
    assert cut("", [(0, 3)]) == []
