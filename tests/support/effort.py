"""What work costs, by how it grows: seconds say more of the machine than of the code."""

import gc
import time
from collections.abc import Callable


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether four times the size costs `work` no more than about four times as much.

    Work that grows with the square costs sixteen times as much. Only this thread's time counts,
    the better of three goes.
    """
    return _cost(work, size) <= 9 * _cost(work, size // 4) + 0.02


def _cost(work: Callable[[int], object], size: int) -> float:
    """Processor seconds."""
    costs = []
    gc.collect()
    for number in range(3):  # each of another size, or what is cached would cost nothing
        start = time.thread_time()
        work(size - number)
        costs.append(time.thread_time() - start)
    return min(costs)
