"""How much faster a network is in int8: by a clock that is set, and by the real one."""

import tempfile
import time

import pytest

from rag.models import precision


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ({"float32": [8, 8, 8, 8, 8], "int8": [2, 2, 2, 2, 2]}, 4.0),
        ({"float32": [9, 6, 7, 9, 8], "int8": [5, 5, 4, 3, 9]}, 2.0),  # the best of each counts
        ({"float32": [2, 2, 2, 2, 2], "int8": [8, 8, 4, 8, 8]}, 0.5),
    ],
)
def test_the_speedup_is_that_of_the_best_runs(monkeypatch, seconds, expected):
    clock = [0.0]
    opened = []

    class Session:
        """Takes the seconds given for its network, one after the other."""

        def __init__(self, path, threads):
            assert path.stat().st_size > 0
            opened.append((path.name, threads))
            self.seconds = iter(seconds[path.name])

        def run(self, outputs, inputs):
            assert inputs["words"].shape == (1, 128, 384)
            clock[0] += next(self.seconds)

    monkeypatch.setattr(precision, "open_session", Session)
    monkeypatch.setattr(time, "perf_counter", lambda: clock[0])

    assert precision.speedup() == expected
    assert opened == [("float32", 1), ("int8", 1)]


def test_it_measures_here_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    assert 0.1 < precision.speedup() < 100
    assert list(tmp_path.iterdir()) == []
