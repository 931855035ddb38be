import pytest

from rag.cite import Quote, cite
from rag.types import Chunk, Citation, Hit

TEXT = "马云[3]说：“这是机会。”\nHe left\n  in 2019 [12]."
CHUNK = Chunk("d#4", "d", "致辞", TEXT, 100, 100 + len(TEXT), 4)
HIT = Hit(CHUNK, 1.5, 1, {"dense": 1}, "信", "folder/d.txt")


def test_each_quote_is_followed_by_its_marker_and_cited_at_its_place_in_the_document():
    text, citations = cite([Quote(HIT, 7, 14), Quote(HIT, 0, 2)])

    assert text == "“这是机会。”[1]\n马云[2]"
    assert citations == (
        Citation(
            1, "d", "d#4", "信", "folder/d.txt", "致辞", "“这是机会。”", 107, 114, passage=TEXT
        ),
        Citation(2, "d", "d#4", "信", "folder/d.txt", "致辞", "马云", 100, 102, passage=TEXT),
    )


def test_a_quote_over_lines_is_shown_on_one_and_cited_as_it_stands():
    text, (citation,) = cite([Quote(HIT, 15, 32)])

    assert text == "He left in 2019[1]"
    assert citation.quote == "He left\n  in 2019"


@pytest.mark.parametrize(
    ("start", "end", "shown", "quote"),
    [
        (0, 6, "马云(3)说[1]", "马云[3]说"),
        (23, 38, "in 2019 (12).[1]", "\n  in 2019 [12]."[1:]),
    ],
)
def test_a_footnote_mark_of_the_document_is_not_taken_for_a_marker(start, end, shown, quote):
    text, (citation,) = cite([Quote(HIT, start, end)])

    assert text == shown
    assert citation.quote == quote


def test_without_quotes_there_is_no_text():
    assert cite([]) == ("", ())
