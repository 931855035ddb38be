"""One writer at a time: a lock beside the database, which the system drops with its holder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import IndexBusy, IndexUnavailable
from rag.index.schema import DATABASE_FILE

LOCK_FILE = f"{DATABASE_FILE}-writer"
PATIENCE = 5.0  # seconds: a small change of another process is over by then


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Nobody else writes to the index meanwhile; raises IndexBusy and IndexUnavailable.

    A transaction alone would let two runs take turns and undo each other's work.
    """
    lock = FileLock(folder / LOCK_FILE, timeout=PATIENCE, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise IndexBusy(
            f"another process is writing to the index at {folder}",
            "wait until it ends and try again",
        ) from error
    except OSError as error:
        raise IndexUnavailable(
            f"the index at {folder} cannot be used ({error.strerror or type(error).__name__})",
            "see to its permissions and to the space left on the disk",
        ) from error
    try:
        yield
    finally:
        lock.release()
