"""What training changed, written and read back: exact where it is small, near where it is large."""

import json
import struct
import zlib

import numpy as np
import pytest

from rag.errors import ModelMissing
from rag.models import weight_delta
from rag.reading import reader_build

ROWS, COLUMNS = 80, 150  # more than the 10,000 weights from which steps are kept


@pytest.fixture
def base():
    random = np.random.default_rng(7)
    return {
        "matrix": random.normal(size=(ROWS, COLUMNS)).astype(np.float32),
        "vector": random.normal(size=50).astype(np.float32),
        "small": random.normal(size=(4, 384)).astype(np.float32),
        "unchanged": np.ones((ROWS, COLUMNS), dtype=np.float32),
    }


@pytest.fixture
def written(tmp_path, base):
    """Writes what was learnt and reads it again."""

    def back(learnt):
        path = tmp_path / "reader.bin"
        weight_delta.write(path, learnt, base)
        return weight_delta.read(path, base)

    return back


@pytest.fixture
def path(tmp_path, base):
    """An adapter of a matrix of steps and a vector."""
    path = tmp_path / "reader.bin"
    difference = np.random.default_rng(8).normal(size=(ROWS, COLUMNS)).astype(np.float32)
    learnt = {"matrix": base["matrix"] + difference, "vector": base["vector"]}
    weight_delta.write(path, learnt, base)
    return path


# There and back


def test_a_matrix_comes_back_in_steps_of_half_a_deviation(written, base):
    signs = np.where(np.arange(COLUMNS) % 2, 1.0, -1.0)
    sizes = 2.0 ** -np.arange(10).repeat(ROWS // 10)
    difference = (sizes[:, None] * signs).astype(np.float32)  # the deviation of a row is its size

    read = written({"matrix": base["matrix"] + difference})["matrix"]

    assert read.dtype == np.float32
    assert np.abs(read - base["matrix"] - difference).max() < 1e-3  # two steps are its size again


def test_the_error_is_a_seventh_of_the_deviation_whatever_the_size_of_a_row(written, base):
    random = np.random.default_rng(9)
    sizes = 10.0 ** random.uniform(-4, 0, size=(ROWS, 1))
    difference = (sizes * random.normal(size=(ROWS, COLUMNS))).astype(np.float32)

    read = written({"matrix": base["matrix"] + difference})["matrix"]

    error = (read - base["matrix"] - difference) / sizes
    assert np.sqrt(np.square(error).mean()) == pytest.approx(0.5 / 12**0.5, rel=0.02)  # 0.144
    assert np.abs(error).max() < 0.35  # half a step, where the largest deviation is 1.2 by chance


def test_a_row_that_moved_as_one_moves(written, base):
    learnt = base["matrix"].copy()
    learnt[3] += 0.25

    read = written({"matrix": learnt})["matrix"]

    assert read[3] == pytest.approx(base["matrix"][3] + 0.25, abs=1e-6)
    assert np.array_equal(np.delete(read, 3, 0), np.delete(base["matrix"], 3, 0))


def test_what_did_not_change_comes_back_as_it_was(written, base):
    read = written({"matrix": base["matrix"], "unchanged": base["unchanged"]})

    assert list(read) == ["matrix", "unchanged"]
    assert np.array_equal(read["matrix"], base["matrix"])
    assert np.array_equal(read["unchanged"], base["unchanged"])


def test_one_weight_far_out_is_not_lost(written, base):
    learnt = base["matrix"].copy()
    learnt[0, 0] += 5.0

    assert written({"matrix": learnt})["matrix"][0, 0] == pytest.approx(learnt[0, 0], abs=0.21)


def test_what_is_small_or_has_no_base_comes_back_exactly(written):
    random = np.random.default_rng(10)
    learnt = {
        "vector": random.normal(size=50).astype(np.float32),
        "small": random.normal(size=(4, 384)).astype(np.float32),
        "head.weight": random.normal(size=(2, 384)).astype(np.float32),
        "head.bias": np.array([0.1, -0.2], dtype=np.float32),
        "fresh": random.normal(size=(ROWS, COLUMNS)).astype(np.float32),
        "long": random.normal(size=20_000).astype(np.float32),
        "matrix": random.normal(size=(ROWS, COLUMNS + 1)).astype(np.float32),  # its shape is new
    }

    read = written(learnt)

    assert list(read) == sorted(learnt)
    for name, value in learnt.items():
        assert read[name].shape == value.shape
        assert np.array_equal(read[name], value), name


def test_a_long_vector_is_kept_as_it_is(tmp_path):
    base = {"long": np.zeros(20_000, dtype=np.float32)}
    learnt = {"long": np.arange(20_000, dtype=np.float32)}
    weight_delta.write(tmp_path / "reader.bin", learnt, base)

    assert np.array_equal(weight_delta.read(tmp_path / "reader.bin", base)["long"], learnt["long"])


def test_nothing_learnt_is_a_file_too(written):
    assert written({}) == {}


def test_a_weight_takes_under_four_bits(path):
    counts = ROWS * COLUMNS
    assert path.stat().st_size < counts // 2 + 2 * ROWS + 4 * 50 + 400


def test_the_same_weights_make_the_same_file(path, tmp_path, base):
    difference = np.random.default_rng(8).normal(size=(ROWS, COLUMNS)).astype(np.float32)
    learnt = {"vector": base["vector"], "matrix": base["matrix"] + difference}  # in another order
    weight_delta.write(tmp_path / "again.bin", learnt, base)

    assert (tmp_path / "again.bin").read_bytes() == path.read_bytes()


# Files that are none


def damaged(path, base):
    with pytest.raises(ModelMissing) as raised:
        weight_delta.read(path, base)
    assert raised.value.remedy == "reinstall wenju"
    return raised.value.message


def test_a_cut_file(path, base):
    whole = path.read_bytes()
    for length in [0, 1, 8, 9, 12, 100, len(whole) // 2, len(whole) - 5, len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert damaged(path, base) == f"the adapter {path} is damaged", length


def test_a_changed_byte(path, base):
    whole = path.read_bytes()
    for place in [0, 7, 8, 50, len(whole) // 3, len(whole) // 2, len(whole) - 1]:
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert damaged(path, base) == f"the adapter {path} is damaged", place


@pytest.mark.parametrize(
    "content",
    [b"", b"\x1f\x8b", b"PK\x03\x04", "权重".encode("gb18030"), b"WENJUADA", b"WENJUADB"],
)
def test_another_format(path, base, content):
    path.write_bytes(content + path.read_bytes()[8:] if content == b"WENJUADB" else content)

    assert damaged(path, base) == f"the adapter {path} is damaged"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"{}",
        "{模型}".encode("gb18030"),
        json.dumps({"tensors": [{"name": "vector"}]}).encode(),
        json.dumps({"tensors": [{"name": "gone", "shape": [9, 9], "is_steps": True}]}).encode(),
        json.dumps({"tensors": [{"name": "vector", "shape": [51], "is_steps": False}]}).encode(),
    ],
)
def test_a_header_that_does_not_fit(tmp_path, base, header):
    path = tmp_path / "reader.bin"
    content = struct.pack("<I", len(header)) + header + bytes(4 * 50)
    path.write_bytes(b"WENJUADA" + zlib.compress(content))

    assert damaged(path, base) == f"the adapter {path} is damaged"


def test_a_stream_too_short_for_a_header(path, base):
    path.write_bytes(b"WENJUADA" + zlib.compress(b"12"))

    assert damaged(path, base) == f"the adapter {path} is damaged"


def test_another_base(path, base):
    other = {**base, "matrix": base["matrix"][:, :-1]}
    assert damaged(path, other) == f"the adapter {path} is damaged"
    del other["matrix"]
    assert damaged(path, other) == f"the adapter {path} is damaged"


def test_no_file(tmp_path, base):
    assert damaged(tmp_path / "无.bin", base) == f"the adapter {tmp_path / '无.bin'} cannot be read"
    assert damaged(tmp_path, base) == f"the adapter {tmp_path} cannot be read"


# The one that Wenju brings


def test_the_adapter_of_this_version_is_small():
    assert reader_build.ADAPTER.stat().st_size < 10_000_000
