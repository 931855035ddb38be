"""A circuit breaker: a server that keeps failing is left alone for a while."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import LLMUnavailable


class Breaker:
    """Opens for `open_seconds` when `failures` calls in a row have failed: no call gets through.

    Then it is half open: one call is let through as a probe. Its success closes the circuit, its
    failure opens it for twice as long, up to `longest`. `clock` gives seconds that never go back.
    """

    def __init__(
        self,
        failures: int = 3,
        open_seconds: float = 30.0,
        longest: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_failures = failures
        self._shortest, self._longest = open_seconds, longest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_seconds = 0.0  # 0 while the circuit is closed
        self._until = 0.0
        self._is_probed = False
        self._message = self._remedy = ""

    @contextmanager
    def call(self) -> Iterator[None]:
        """Watches a call; raises LLMUnavailable `llm_resting` at once where the circuit is open.

        LLMUnavailable that `counts` is a failure. Whatever else ends the block early, such as a
        reader who goes away, counts neither way.
        """
        is_probe = self._enter()
        try:
            yield
        except LLMUnavailable as error:
            if error.counts:
                self._fail(error, is_probe)
            raise
        else:
            with self._lock:
                self._failures, self._open_seconds = 0, 0.0
        finally:
            if is_probe:
                self._is_probed = False

    def _enter(self) -> bool:
        """Whether the call that now begins is the probe."""
        with self._lock:
            if not self._open_seconds:
                return False
            left = self._until - self._clock()
            if left > 0 or self._is_probed:
                again = f"in {math.ceil(left)} s" if left > 0 else "now"
                message = f"{self._message}, several times, and is asked again {again}"
                raise LLMUnavailable("llm_resting", message, self._remedy)
            self._is_probed = True
            return True

    def _fail(self, error: LLMUnavailable, is_probe: bool) -> None:
        with self._lock:
            self._failures += 1
            if self._open_seconds and not is_probe:
                return  # it began before the circuit opened
            if is_probe or self._failures >= self._most_failures:
                self._open_seconds = min(max(self._open_seconds * 2, self._shortest), self._longest)
                self._until = self._clock() + self._open_seconds
                self._message, self._remedy = error.message, error.remedy
