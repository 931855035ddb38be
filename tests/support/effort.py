"""What work costs, by how it grows: seconds say more of the machine than of the code."""

import gc
import time
from collections.abc import Callable

GOES = range(3)  # each of another size, or what is cached would cost nothing


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether four times the size costs `work` no more than about four times as much.

    Work that grows with the square costs sixteen times as much. Only this thread's time counts;
    the large size has three goes to keep within what the best of three small ones allows.
    """
    gc.collect()
    limit = 9 * min(_cost(work, size // 4 - number) for number in GOES) + 0.02
    return any(_cost(work, size - number) <= limit for number in GOES)


def _cost(work: Callable[[int], object], size: int) -> float:
    """Processor seconds."""
    start = time.thread_time()
    work(size)
    return time.thread_time() - start
