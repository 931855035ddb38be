import threading

import pytest

from rag.errors import LLMUnavailable
from rag.models.breaker import Breaker


class Clock:
    seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return Breaker(clock=clock)


def call(breaker, counts=None):
    """How a call ends that fails so, or not at all."""
    try:
        with breaker.call():
            if counts is not None:
                raise LLMUnavailable("llm_failed", "the model 模型 failed", "look at it", counts)
    except LLMUnavailable as error:
        return error.reason
    return "answered"


def fail(breaker, times=3):
    for _ in range(times):
        assert call(breaker, counts=True) == "llm_failed"


def is_open_for(breaker, clock, seconds):
    """Whether calls are let through again after exactly so many seconds, and none before."""
    clock.seconds += seconds - 0.5
    was_open = call(breaker) == "llm_resting"
    clock.seconds += 0.5
    return was_open


def test_three_failures_in_a_row_open_the_circuit_for_thirty_seconds(breaker, clock):
    fail(breaker)

    with pytest.raises(LLMUnavailable) as caught, breaker.call():
        pytest.fail("it was let through")
    assert caught.value.reason == "llm_resting"
    assert str(caught.value) == (
        "the model 模型 failed, several times, and is asked again in 30 s; look at it"
    )
    assert is_open_for(breaker, clock, 30)
    assert call(breaker) == "answered"


def test_a_success_between_failures_restarts_the_count(breaker):
    fail(breaker, 2)
    assert call(breaker) == "answered"
    fail(breaker, 2)
    assert call(breaker) == "answered"


def test_what_counts_neither_way_changes_nothing(breaker):
    fail(breaker, 2)
    assert call(breaker, counts=False) == "llm_failed"
    with pytest.raises(GeneratorExit), breaker.call():
        raise GeneratorExit
    with pytest.raises(KeyError), breaker.call():
        raise KeyError("a bug of ours")
    fail(breaker, 1)
    assert call(breaker) == "llm_resting"


def test_a_failed_probe_doubles_the_time_up_to_five_minutes(breaker, clock):
    fail(breaker)
    for seconds in (30, 60, 120, 240, 300, 300):
        assert is_open_for(breaker, clock, seconds)
        fail(breaker, 1)


def test_a_good_probe_closes_the_circuit(breaker, clock):
    fail(breaker)
    clock.seconds += 30
    fail(breaker, 1)
    clock.seconds += 60
    assert call(breaker) == "answered"
    fail(breaker)
    assert is_open_for(breaker, clock, 30)


def test_one_call_at_a_time_is_the_probe(breaker, clock):
    fail(breaker)
    clock.seconds += 30
    with breaker.call(), pytest.raises(LLMUnavailable, match="s, and is asked again now; look"):
        breaker.call().__enter__()
    assert call(breaker) == "answered"


def test_a_probe_that_nobody_waits_for_makes_room_for_another(breaker, clock):
    fail(breaker)
    clock.seconds += 30
    with pytest.raises(GeneratorExit), breaker.call():
        raise GeneratorExit
    assert call(breaker, counts=False) == "llm_failed"
    fail(breaker, 1)
    assert is_open_for(breaker, clock, 60)


def test_a_call_from_before_the_circuit_opened_does_not_lengthen_it(breaker, clock):
    early = breaker.call()
    early.__enter__()
    fail(breaker)
    clock.seconds += 20
    error = LLMUnavailable("llm_timeout", "late", "")
    assert not early.__exit__(LLMUnavailable, error, None)
    assert is_open_for(breaker, clock, 10)
    assert call(breaker) == "answered"


def test_of_many_threads_one_makes_the_probe(breaker, clock):
    fail(breaker)
    clock.seconds += 30
    begun, ended, ends = threading.Barrier(16), threading.Barrier(16), []

    def probe():
        begun.wait()
        try:
            with breaker.call():
                ended.wait(60)
            ends.append("answered")
        except LLMUnavailable as error:
            ends.append(error.reason)
            ended.wait(60)

    threads = [threading.Thread(target=probe) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["answered"] + ["llm_resting"] * 15
