"""Passages in the order of their reading."""

from dataclasses import replace

from passages import passage_of

from rag.reading.ranking import led_by, reranked
from rag.reading.results import Ranked
from rag.types import Chunk

FOUND = [
    passage_of(
        Chunk(f"d#{number}", "d", "", text, 0, len(text), number),
        score=score,
        rank=number + 1,
        ranks={"dense": number + 1},
    )
    for number, (text, score) in enumerate([("桥", 9.0), ("馆", 7.0), ("ferry", 6.0), ("塔", 2.0)])
]


def of(passage, score):
    return Ranked(passage, 0, 1, score, ())


def test_what_was_read_comes_first_by_its_best_words():
    found = reranked(FOUND, [of(2, 5.0), of(0, 4.0), of(2, 1.0)])

    assert [passage.text for passage in found] == ["ferry", "桥", "馆", "塔"]
    assert [passage.rank for passage in found] == [1, 2, 3, 4]
    assert [passage.score for passage in found[:2]] == [5.0, 4.0]


def test_the_others_keep_their_distances_below_it():
    found = reranked(FOUND, [of(2, 5.0), of(0, 4.0)])

    assert [passage.score for passage in found[2:]] == [4.0, -1.0]


def test_the_rank_of_the_reader_stands_beside_those_of_the_arms():
    found = reranked(FOUND, [of(2, 5.0)])

    assert [passage.ranks for passage in found[:2]] == [{"dense": 3, "reader": 1}, {"dense": 1}]


def test_without_reading_nothing_moves():
    assert reranked(FOUND, ()) == FOUND
    assert reranked([], ()) == []


def test_what_was_found_stays_as_it_was():
    before = [replace(passage) for passage in FOUND]

    reranked(FOUND, [of(3, 1.0)])

    assert before == FOUND


def test_what_is_cited_leads_though_it_was_not_found():
    other = passage_of(Chunk("d#9", "d", "", "船", 0, 1, 9))

    led = led_by([FOUND[2], other], FOUND)

    assert [passage.text for passage in led] == ["ferry", "船", "桥", "馆", "塔"]
    assert [passage.rank for passage in led] == [1, 2, 3, 4, 5]
    assert [passage.score for passage in led] == [9.0, 9.0, 9.0, 7.0, 2.0]
