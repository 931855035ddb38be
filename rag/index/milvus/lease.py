"""One writer at a time, wherever it runs: a row that says who writes, and until when.

Milvus cannot compare and exchange. Who wants to write says so and then looks whether anybody else
does; who is not alone steps back and tries again. A writer that died is in the way until its lease
is over.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import IndexBusy
from rag.index.milvus.tables import Tables
from rag.index.writing import PATIENCE

SECONDS = 300.0  # more than the clocks of two machines differ, and than lies between two commits
_VERSION = -1  # of all leases


class Lease:
    """The right to write to one index."""

    def __init__(self, tables: Tables, clock: Callable[[], float] = time.time) -> None:
        self._tables = tables
        self._clock = clock
        self._name = f"lease/{uuid.uuid4().hex}"
        self._is_held = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes meanwhile; raises IndexBusy."""
        give_up = time.monotonic() + PATIENCE
        while not self._taken():
            if time.monotonic() > give_up:
                raise IndexBusy(
                    f"another process is writing to the index {self._tables.index!r}",
                    f"try again; if it died, in {SECONDS:.0f} seconds at the latest",
                )
            time.sleep(random.uniform(0.05, 0.3))
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self._withdraw()

    def renew(self) -> None:
        """Have it last longer, if it is held; raises IndexBusy where it was over meanwhile."""
        if not self._is_held:
            return
        if self._name not in self._claims():
            raise IndexBusy(
                f"the index {self._tables.index!r} was left to another writer after "
                f"{SECONDS:.0f} seconds without a commit",
                "run the same command again: what was committed stays",
            )
        self._claim()

    def _taken(self) -> bool:
        if self._claims():
            return False
        self._claim()
        if set(self._claims()) == {self._name}:
            return True
        self._withdraw()
        return False

    def _claim(self) -> None:
        until = str(self._clock() + SECONDS)
        rows = self._tables.write(self._name, _VERSION, until)
        self._tables.milvus.put(self._tables.records, rows)

    def _withdraw(self) -> None:
        self._tables.milvus.delete(self._tables.records, f'name == "{self._name}/0"')

    def _claims(self) -> list[str]:
        """Who wants to write, or does."""
        where = f"version == {_VERSION}"
        rows = self._tables.milvus.few(self._tables.records, where, ["name", "text"])
        now = self._clock()
        return [row["name"].removesuffix("/0") for row in rows if float(row["text"]) > now]
