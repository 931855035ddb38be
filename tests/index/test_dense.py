import math

import numpy as np
import pytest
from cosines import standardise

from rag.index.dense import HAN, OTHER, DenseIndex
from rag.index.vectors import Vectors


def unit_vectors(count, dimension=16, seed=3):
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def built(han, other):
    """Keys from 10 for the Han partition, from 1000 for the other."""
    keys = np.array([*range(10, 10 + len(han)), *range(1000, 1000 + len(other))], dtype=np.int64)
    is_han = np.array([True] * len(han) + [False] * len(other), dtype=bool)
    return DenseIndex.build(keys, np.concatenate([han, other]), is_han)


@pytest.fixture
def query():
    return unit_vectors(1, seed=7)[0]


def test_search_finds_what_brute_force_finds(query):
    han, other = unit_vectors(50, seed=1), unit_vectors(30, seed=2)
    found = built(han, other).search(query, 5)
    expected = {}
    for first, vectors in ((10, han), (1000, other)):
        cosines = vectors @ query
        expected |= {first + row: cosines[row] for row in np.argsort(-cosines)[:5]}
    assert found == pytest.approx(expected, abs=1e-6)
    assert len(found) == 10


def test_search_gives_all_where_there_are_fewer(query):
    assert set(built(unit_vectors(3), unit_vectors(1)).search(query, 100)) == {10, 11, 12, 1000}


def test_cosine_is_the_dot_product(query):
    vectors = unit_vectors(4)
    index = built(vectors[:3], vectors[3:])
    assert index.cosines(query, [1000, 12]) == {
        12: pytest.approx(float(vectors[2] @ query), abs=1e-6),
        1000: pytest.approx(float(vectors[3] @ query), abs=1e-6),
    }


def test_one_partition_is_standardised_by_its_mean_and_deviation(query):
    vectors = unit_vectors(40)
    index = built(vectors, vectors[:0])
    cosines = vectors @ query
    best = int(np.argmax(cosines))
    # (cosine - mean) / deviation, less what the best of 40 reaches by chance: sqrt(2 ln 40) = 2.716
    expected = (cosines[best] - cosines.mean()) / cosines.std() - 2.7162
    found = standardise(index, query, {10 + best: float(cosines[best])})
    assert found == {10 + best: pytest.approx(expected, abs=1e-3)}


def test_each_partition_has_its_mean_and_a_small_one_the_variance_of_both(query):
    han, other = unit_vectors(24, seed=1), unit_vectors(2, seed=2)
    index = built(han, other)
    within = (24 * (han @ query).var() + 2 * (other @ query).var()) / 26
    for key, part, cosine in ((10, han @ query, 0.5), (1000, other @ query, 0.5)):
        trust = len(part) / (len(part) + 8)
        mean = part.mean()
        variance = trust * part.var() + (1 - trust) * within
        expected = (cosine - mean) / math.sqrt(variance) - math.sqrt(2 * math.log(len(part)))
        found = standardise(index, query, {key: cosine})[key]
        assert found == pytest.approx(float(expected), abs=1e-4)
        scale = index.scales(query)[int(key == 1000)]
        assert scale.mean == pytest.approx(float(mean), abs=1e-6)
        assert scale.deviation == pytest.approx(math.sqrt(variance), abs=1e-6)


def test_a_good_match_in_a_small_partition_beats_a_middling_one_in_a_large_one():
    """A Chinese question: all Chinese passages lie near it, the English answer a little less."""
    random = np.random.default_rng(5)
    query = np.zeros(16, dtype=np.float32)
    query[0] = 1

    def passages(cosines):
        rest = random.normal(size=(len(cosines), 15))
        rest /= np.linalg.norm(rest, axis=1, keepdims=True)
        cosines = np.array(cosines)[:, None]
        return np.hstack([cosines, np.sqrt(1 - cosines**2) * rest]).astype(np.float32)

    han = passages(random.normal(0.80, 0.02, 400).clip(0, 0.84))
    other = passages([0.70, 0.71, 0.69, 0.70, 0.72, 0.71, 0.70, 0.69, 0.70, 0.71, 0.79])
    index = built(han, other)
    cosines = index.search(query, 100)
    assert max(cosines, key=cosines.__getitem__) < 1000
    standardised = standardise(index, query, cosines)
    assert max(standardised, key=standardised.__getitem__) == 1010
    assert standardised[1010] - max(standardised[key] for key in standardised if key < 1000) > 0.5


@pytest.mark.parametrize(("han", "other"), [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (2, 1), (0, 2)])
def test_tiny_partitions_give_finite_numbers(query, han, other):
    vectors = unit_vectors(han + other)
    index = built(vectors[:han], vectors[han:])
    cosines = index.search(query, 5)
    assert len(index) == len(cosines) == han + other
    standardised = standardise(index, query, cosines)
    assert all(math.isfinite(value) and abs(value) < 150 for value in standardised.values())


def test_of_two_passages_the_nearer_one_is_two_deviations_better(query):
    index = built(unit_vectors(2), unit_vectors(0))
    low, high = sorted(standardise(index, query, index.search(query, 2)).values())
    assert high - low == pytest.approx(2, abs=1e-3)
    assert high == pytest.approx(1 - math.sqrt(2 * math.log(2)), abs=1e-3)


def test_keys_know_their_partition():
    index = built(unit_vectors(2), unit_vectors(1))
    assert index.keys == {10, 11, 1000}
    assert index.partitions_of(np.array([1000, 11])).tolist() == [OTHER, HAN]


def test_segments_search_as_one_index_does_without_what_is_gone(query):
    vectors = unit_vectors(60)
    keys, is_han = np.arange(100, 160), np.arange(60) % 3 > 0
    left = np.arange(60) % 7 != 2
    bounds = [slice(0, 25), slice(25, 26), slice(26, 60)]
    parts = [Vectors.build(keys[each], vectors[each], is_han[each]) for each in bounds]
    segmented = DenseIndex(parts, [left[each] for each in bounds])
    whole = DenseIndex.build(keys[left], vectors[left], is_han[left])
    cosines = whole.search(query, 9)
    assert segmented.search(query, 9) == pytest.approx(cosines, abs=1e-6)
    assert segmented.keys == whole.keys
    assert segmented.cosines(query, [130, 101, 125]) == {
        key: pytest.approx(float(vectors[key - 100] @ query), abs=1e-6) for key in (101, 125, 130)
    }
    expected = standardise(whole, query, cosines)
    found = standardise(segmented, query, cosines)
    assert found == pytest.approx(expected, abs=1e-4)
    assert len(segmented.search(query, 1000)) == int(left.sum())


def test_nothing_at_all_is_searched_too(query):
    empty = DenseIndex([], [])
    assert (len(empty), empty.search(query, 5), empty.keys) == (0, {}, set())
    assert [scale.mean for scale in empty.scales(query)] == [0, 0]
