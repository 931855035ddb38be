import pytest
from passages import passage_of

from rag.answering.citations import Quote, cite, on_one_line, one_line, short_answer
from rag.types import Chunk, Citation

TEXT = "马云[3]说：“这是机会。”\nHe left\n  in 2019 [12]."
CHUNK = Chunk("d#4", "d", "致辞", TEXT, 100, 100 + len(TEXT), 4)
PASSAGE = passage_of(CHUNK, "信", "folder/d.txt", score=1.5, rank=1)


def test_each_quote_is_followed_by_its_marker_and_cited_at_its_place_in_the_document():
    text, citations = cite([Quote(PASSAGE, 7, 14), Quote(PASSAGE, 0, 2)])

    assert text == "“这是机会。”[1]\n马云[2]"
    assert citations == (
        Citation(
            1, "d", "d#4", "信", "folder/d.txt", "致辞", "“这是机会。”", 107, 114, passage=TEXT
        ),
        Citation(2, "d", "d#4", "信", "folder/d.txt", "致辞", "马云", 100, 102, passage=TEXT),
    )


def test_a_quote_over_lines_is_shown_on_one_and_cited_as_it_stands():
    text, (citation,) = cite([Quote(PASSAGE, 15, 32)])

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
    text, (citation,) = cite([Quote(PASSAGE, start, end)])

    assert text == shown
    assert citation.quote == quote


def test_a_short_answer_of_chinese_words_has_no_gap_where_a_line_ends():
    text = "晚上九\n  点停航。\n\nIt stops\nat nine."
    passage = passage_of(Chunk("d#0", "d", "", text, 0, len(text), 0))

    def short(*lit):
        return short_answer([Quote(passage, 0, len(text), lit)])

    assert short((0, 7)) == "晚上九点"
    assert short((12, 29)) == "It stops at nine."


def test_a_heading_stays_apart_from_what_is_under_it():
    text = "第二条 租金\n月租金为6,800元，押二\n付一。"
    passage = passage_of(Chunk("d#0", "d", "", text, 0, len(text), 0))

    shown, (citation,) = cite([Quote(passage, 0, len(text))])

    assert shown == "第二条 租金 月租金为6,800元，押二付一。[1]"
    assert citation.quote == text


def test_without_quotes_there_is_no_text():
    assert cite([]) == ("", ())


# Highlights


def test_highlights_are_the_words_of_the_document_in_whatever_order_quotes_come():
    _, citations = cite(
        [Quote(PASSAGE, 15, 32, ((28, 32),)), Quote(PASSAGE, 7, 14, ((8, 9), (10, 12)))]
    )

    assert [citation.highlights for citation in citations] == [
        ((128, 132),),
        ((108, 109), (110, 112)),
    ]
    document = "文" * 100 + TEXT
    spans = [span for citation in citations for span in citation.highlights]
    assert [document[start:end] for start, end in spans] == ["2019", "这", "机会"]


@pytest.mark.parametrize(
    ("highlights", "expected"),
    [
        ((), ()),
        (((5, 9),), ((107, 109),)),
        (((12, 20),), ((112, 114),)),
        (((0, 99),), ((107, 114),)),
        (((0, 7), (14, 16)), ()),
        (((10, 10),), ()),
        (((10, 12), (8, 10)), ((108, 110), (110, 112))),
        (((8, 11), (10, 12)), ((108, 112),)),
    ],
    ids="none before after around beside empty unordered overlapping".split(),
)
def test_highlights_lie_in_their_quote_in_order_without_overlap(highlights, expected):
    _, (citation,) = cite([Quote(PASSAGE, 7, 14, highlights)])

    assert citation.quote == "“这是机会。”"
    assert citation.highlights == expected


def test_highlights_count_code_points():
    text = "🚢𠮷港 ships 🍒 to 天津."
    chunk = Chunk("d#0", "d", "", text, 5, 5 + len(text), 0)
    start = text.index("天津")

    _, (citation,) = cite([Quote(passage_of(chunk), 4, len(text), ((start, start + 2),))])

    assert start == 15
    assert citation.highlights == ((20, 22),)


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(0, 2), (2, 6)], ["马云", "(3)说"]),
        ([(13, 16)], ["” H"]),
        ([(18, 32)], ["left in 2019"]),
        ([(22, 25), (0, 0)], []),
        ([(25, 38)], ["in 2019 (12)."]),
    ],
)
def test_spans_of_a_quote_are_found_in_it_on_one_line(spans, words):
    line = one_line(TEXT)

    assert line == "马云(3)说：“这是机会。” He left in 2019 (12)."
    assert [line[start:end] for start, end in on_one_line(TEXT, spans)] == words
