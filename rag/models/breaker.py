"""A circuit breaker: a server that keeps failing is left alone for a while."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import LLMUnavailable


class Breaker:
    """Lets calls through until `failures` in a row have failed, and then none for `rest` seconds.

    After those, one call is let through as a trial. Its success lets all through again, its
    failure doubles the rest, up to `longest` seconds. `clock` gives seconds that never go back.
    """

    def __init__(
        self,
        failures: int = 3,
        rest: float = 30.0,
        longest: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_failures = failures
        self._shortest, self._longest = rest, longest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rest = 0.0  # seconds; 0 while all calls are let through
        self._until = 0.0
        self._in_trial = False
        self._message = self._remedy = ""

    @contextmanager
    def call(self) -> Iterator[None]:
        """Watches a call; raises LLMUnavailable `llm_resting` at once where it is not let through.

        LLMUnavailable that `counts` is a failure. Whatever else ends the block early, such as a
        reader who goes away, counts neither way.
        """
        is_trial = self._enter()
        try:
            yield
        except LLMUnavailable as error:
            if error.counts:
                self._failed(error, is_trial)
            raise
        else:
            self._succeeded()
        finally:
            if is_trial:
                self._in_trial = False

    def _enter(self) -> bool:
        """Whether the call that now begins is the trial."""
        with self._lock:
            if not self._rest:
                return False
            left = self._until - self._clock()
            if left > 0 or self._in_trial:
                again = f"in {math.ceil(left)} s" if left > 0 else "now"
                message = f"{self._message}, several times, and is asked again {again}"
                raise LLMUnavailable("llm_resting", message, self._remedy)
            self._in_trial = True
            return True

    def _failed(self, error: LLMUnavailable, is_trial: bool) -> None:
        with self._lock:
            self._failures += 1
            if self._rest and not is_trial:
                return  # it began before the rest
            if is_trial or self._failures >= self._most_failures:
                self._rest = min(max(self._rest * 2, self._shortest), self._longest)
                self._until = self._clock() + self._rest
                self._message, self._remedy = error.message, error.remedy

    def _succeeded(self) -> None:
        with self._lock:
            self._failures, self._rest = 0, 0.0
