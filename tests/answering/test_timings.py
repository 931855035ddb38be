"""What the stages of an answer cost."""

import pytest

from rag.answering.timings import Timings


def test_the_total_is_the_sum_of_the_stages():
    timings = Timings()
    with timings.timed("prepare"):
        pass
    with timings.timed("read"):
        pass

    found = timings.with_total()

    assert list(found) == ["prepare", "read", "total"]
    assert found["total"] == found["prepare"] + found["read"]
    assert all(milliseconds >= 0 for milliseconds in found.values())


def test_a_stage_that_fails_is_not_recorded():
    timings = Timings()
    with pytest.raises(ValueError), timings.timed("generate"):
        raise ValueError

    assert timings.with_total() == {"total": 0}
