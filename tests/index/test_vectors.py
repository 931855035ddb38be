import numpy as np
import pytest

from rag.index.vectors import Moments, Vectors

ROWS = np.random.default_rng(3).normal(size=(6, 4)).astype(np.float32)
KEYS = np.array([3, 5, 8, 9, 11, 12])
IS_HAN = np.array([True, False, True, True, False, True])


@pytest.mark.parametrize("count", [6, 1, 0])
def test_what_is_saved_is_loaded(tmp_path, count):
    made = Vectors.build(KEYS[:count], ROWS[:count], IS_HAN[:count])
    made.save(tmp_path)
    loaded = Vectors.load(tmp_path)
    assert loaded.keys.tolist() == KEYS[:count].tolist()
    assert loaded.numbers.tolist() == [0, 1, 0, 0, 1, 0][:count]
    assert loaded.all_rows().tolist() == ROWS[:count].tolist()
    assert loaded.rows(np.array([9, 5, 3]) if count == 6 else KEYS[:0]).tolist() == (
        ROWS[[3, 1, 0]].tolist() if count == 6 else []
    )


def test_a_file_of_another_kind_is_not_loaded(tmp_path):
    Vectors.build(KEYS, ROWS, IS_HAN).save(tmp_path)
    (tmp_path / "han.faiss").write_bytes(b"not an index")
    with pytest.raises(RuntimeError):
        Vectors.load(tmp_path)


def test_moments_add_up_and_are_taken_away():
    whole, first, rest = (Moments.of(rows) for rows in (ROWS, ROWS[:2], ROWS[2:]))
    for one, other in ((first + rest, whole), (whole - first, rest)):
        assert one.count == other.count
        assert np.allclose(one.total, other.total)
        assert np.allclose(one.outer, other.outer)
    assert np.allclose(
        whole.outer / 6 - np.outer(whole.total, whole.total) / 36, np.cov(ROWS.T, bias=True)
    )
