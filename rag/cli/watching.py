"""Changes to files, as the system tells of them: the home of watchfiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from watchfiles import watch

QUIET_MS = 300  # without a change, before changes are told: a file is written in steps
EVERY_MS = 5000  # they are told, however many come


def changes(paths: Sequence[Path]) -> Iterator[set[str]]:
    """Sets of absolute paths of what was added, changed or removed; without end."""
    watched = [path.absolute() for path in paths]
    for found in watch(*watched, debounce=EVERY_MS, step=QUIET_MS, watch_filter=None):
        yield {path for _, path in found}
