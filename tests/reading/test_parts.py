import pytest

from rag.reading.parts import joined, of_sides
from rag.reading.results import Reading, Span


def reading(confidence, *spans, tokens=10, further=()):
    return Reading(spans, confidence, tokens=tokens, further=further)


YEAR = Span(0, 0, 20, ((4, 8),))
HEIGHT = Span(1, 0, 15, ((9, 12),))


def test_a_question_of_one_part_is_read_as_it_was():
    only = reading(0.1, YEAR)

    assert joined([only], 2, 0.5) is only


def test_parts_are_answered_one_after_the_other_as_surely_as_the_least_sure_one():
    both = joined([reading(0.9, HEIGHT), reading(0.6, YEAR)], 2, 0.5)

    assert (both.spans, both.confidence, both.tokens) == ((HEIGHT, YEAR), 0.6, 20)


def test_a_part_that_is_not_sure_is_left_out():
    assert joined([reading(0.9, HEIGHT), reading(0.4, YEAR)], 2, 0.5).spans == (HEIGHT,)


def test_where_no_part_is_sure_the_surest_one_is_kept():
    found = joined([reading(0.2, HEIGHT), reading(0.4, YEAR)], 2, 0.5)

    assert (found.spans, found.confidence, found.tokens) == ((YEAR,), 0.4, 20)


@pytest.mark.parametrize(
    ("first", "second", "highlights"),
    [
        (Span(0, 0, 20, ((4, 8),)), Span(0, 10, 30, ((22, 25),)), ((4, 8), (22, 25))),
        (Span(0, 0, 20, ((4, 8),)), Span(0, 0, 20, ((4, 8),)), ((4, 8),)),
        (Span(0, 0, 20, ((4, 8),)), Span(0, 0, 20, ((2, 9),)), ((2, 9),)),  # the longer words
    ],
)
def test_quotes_that_meet_become_one(first, second, highlights):
    (span,) = joined([reading(0.9, first), reading(0.9, second)], 2, 0.5).spans

    assert (span.start, span.end) == (0, max(first.end, second.end))
    assert span.highlights == highlights


def test_passages_behind_those_read_keep_their_own():
    one = reading(0.9, Span(2, 0, 5), further=("behind the first",))
    other = reading(0.9, Span(2, 0, 5), Span(0, 0, 5), further=("behind the second",))

    both = joined([one, other], 2, 0.5)

    assert [span.passage for span in both.spans] == [2, 3, 0]
    assert both.further == ("behind the first", "behind the second")


@pytest.mark.parametrize(
    ("sides", "whole", "expected"),
    [
        ([0.8, 0.6], [0.9], [0.8, 0.6]),
        ([0.8, 0.2], [0.9], [0.9]),
        ([0.8, 0.2], [0.1], [0.8, 0.2]),
        ([0.2, 0.2], [0.1], [0.1]),
        ([], [0.1, 0.9], [0.1, 0.9]),
    ],
)
def test_both_sides_are_told_where_they_are_sure_else_the_whole(sides, whole, expected):
    def readings(sure):
        return [Reading((), each) for each in sure]

    found = of_sides(readings(sides), lambda: readings(whole), 0.5)

    assert [each.confidence for each in found] == expected
