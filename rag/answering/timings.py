"""What the stages of an answer cost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings:
    """Milliseconds by stage, of one question."""

    def __init__(self) -> None:
        self._milliseconds: dict[str, float] = {}

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Record what the block takes; a block that raises is not recorded."""
        start = time.perf_counter()
        yield
        self._milliseconds[stage] = (time.perf_counter() - start) * 1000

    def with_total(self) -> dict[str, float]:
        """The milliseconds of each stage so far, and their sum as `total`."""
        return {**self._milliseconds, "total": sum(self._milliseconds.values())}
