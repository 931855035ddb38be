"""The example questions of each index, chosen behind the pages that show them."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from rag.assistant import Assistant
from rag.errors import WenjuError
from rag.library import Library
from ui.suggest import suggest

_LOG = logging.getLogger(__name__)
QUIET_SECONDS = 0.25


class _Chosen(NamedTuple):
    """The questions chosen from one generation of a store."""

    store: weakref.ref[object]  # an index made anew has another, with the generations of the former
    generation: int
    questions: Future[list[str]]


class Suggestions:
    """Chooses one index's questions at a time, once for each generation of its documents.

    Choosing them means answering some: it takes no place of those who ask, waits while somebody
    does, and nobody waits for it. It leaves off once the server `is_ending`.
    """

    def __init__(self, library: Library, is_ending: Callable[[], bool] = lambda: False) -> None:
        self._library = library
        self._is_ending = is_ending
        self._chosen: dict[tuple[str, str], _Chosen] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="suggestions")

    def of(self, index: str, language: str) -> Future[list[str]]:
        """The questions of an index in a language, when they are chosen; none after `close`.

        Raises WenjuError where the index cannot be used.
        """
        assistant = self._library.assistant(index)
        store, generation = assistant.store, assistant.store.generation
        with self._lock:
            known = self._chosen.get((index, language))
            if known and known.store() is store and known.generation == generation:
                return known.questions
            if self._ending.is_set():
                none: Future[list[str]] = Future()
                none.set_result([])
                return none
            questions = self._worker.submit(self._choose, assistant, index, language)
            self._chosen[index, language] = _Chosen(weakref.ref(store), generation, questions)
            return questions

    def close(self) -> None:
        """Choose no more; waits for the one question that is being tried."""
        with self._lock:
            self._ending.set()
        self._worker.shutdown()

    def _choose(self, assistant: Assistant, index: str, language: str) -> list[str]:
        try:
            return suggest(assistant, language, turns=self._quiet_moments())
        except WenjuError as error:
            _LOG.error("%s", error)
            with self._lock:  # the next page asks again
                self._chosen.pop((index, language), None)
            return []

    def _quiet_moments(self) -> Iterator[None]:
        """One item whenever nobody is asking, until the server ends."""
        gate = self._library.questions
        while not (self._ending.is_set() or self._is_ending()):
            if gate.free == gate.places:
                yield
            else:
                self._ending.wait(QUIET_SECONDS)
