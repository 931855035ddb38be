"""The example questions of each index, chosen behind the pages that show them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from rag.assistant import Assistant
from rag.errors import WenjuError
from rag.library import Library
from ui.suggest import suggest

_LOG = logging.getLogger(__name__)
QUIET_SECONDS = 0.25


class Suggestions:
    """Chooses one index's questions at a time, once for each generation of its documents.

    Choosing them means answering some: it takes no place of those who ask, waits while somebody
    does, and nobody waits for it. It leaves off once the server `is_ending`.
    """

    def __init__(self, library: Library, is_ending: Callable[[], bool] = lambda: False) -> None:
        self._library = library
        self._is_ending = is_ending
        self._chosen: dict[tuple[str, str], tuple[int, Future[list[str]]]] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="suggestions")

    def of(self, index: str, language: str) -> Future[list[str]]:
        """The questions of an index in a language, when they are chosen.

        Raises WenjuError where the index cannot be used.
        """
        assistant = self._library.assistant(index)
        generation = assistant.store.generation
        with self._lock:
            known = self._chosen.get((index, language))
            if known is None or known[0] != generation:
                known = generation, self._worker.submit(self._choose, assistant, language)
                self._chosen[index, language] = known
            return known[1]

    def close(self) -> None:
        """Choose no more; waits for the one question that is being tried."""
        self._ending.set()
        self._worker.shutdown()

    def _choose(self, assistant: Assistant, language: str) -> list[str]:
        try:
            return suggest(assistant, language, turns=self._quiet_moments())
        except WenjuError as error:
            _LOG.error("%s", error)
            return []

    def _quiet_moments(self) -> Iterator[None]:
        """One item whenever nobody is asking, until the server ends."""
        gate = self._library.questions
        while not (self._ending.is_set() or self._is_ending()):
            if gate.free == gate.places:
                yield
            else:
                self._ending.wait(QUIET_SECONDS)
