import numpy as np

from rag.index.postings import Postings

FIRST = Postings.build([["龙虾", "lobster", "lobster"], ["龙虾", "天津"], []])
SECOND = Postings.build([["tianjin", "lobster"], ["天津", "天津", "天津"]])


def held(postings):
    """Term → row → how often."""
    found = {term: postings.of(term) for term in postings.vocabulary}
    return {
        term: dict(zip(rows.tolist(), counts.tolist(), strict=True))
        for term, (rows, counts) in found.items()
    }


def test_terms_are_counted_in_each_passage():
    assert held(FIRST) == {"龙虾": {0: 1, 1: 1}, "lobster": {0: 2}, "天津": {1: 1}}
    assert FIRST.lengths.tolist() == [3, 2, 0]
    rows, counts = FIRST.of("没有")
    assert (rows.tolist(), counts.tolist()) == ([], [])


def test_parts_are_merged_without_the_rows_and_terms_that_are_gone():
    kept = [np.array([False, True, True]), np.array([True, True])]
    merged = Postings.merged([FIRST, SECOND], kept)
    assert held(merged) == {
        "龙虾": {0: 1},
        "天津": {0: 1, 3: 3},
        "lobster": {2: 1},
        "tianjin": {2: 1},
    }
    assert merged.lengths.tolist() == [2, 0, 2, 3]


def test_all_of_the_parts_are_what_was_built_at_once():
    terms = [["a", "b", "a"], [], ["b"], ["c", "a"]]
    parts = [Postings.build(terms[:2]), Postings.build(terms[2:])]
    merged = Postings.merged(parts, [np.ones(2, bool), np.ones(2, bool)])
    assert held(merged) == held(Postings.build(terms))


def test_nothing_is_merged_too():
    merged = Postings.merged([FIRST], [np.zeros(3, bool)])
    assert (held(merged), merged.lengths.tolist()) == ({}, [])
