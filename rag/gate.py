"""Admission: a few pieces of work at a time, a short wait for the others, and then a refusal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anyio import CapacityLimiter, WouldBlock

from rag.errors import Overloaded

Result = TypeVar("Result")
_END = object()


class Place:
    """A place among those at work: runs functions in a thread, one at a time."""

    def __init__(self, executor: ThreadPoolExecutor, limiter: CapacityLimiter) -> None:
        self._executor = executor
        self._limiter = limiter
        self._running: asyncio.Future[Any] | None = None
        self._has_left = False

    async def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """The function's result, off the event loop."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._executor, function, *arguments)
        self._running = future
        return await asyncio.shield(future)

    async def iterate(self, items: Iterator[Result]) -> AsyncGenerator[Result, None]:
        """What `items` gives, all made in one go off the event loop, or until nobody reads on.

        Then a generator is closed, in the thread that it ran in, so that its work ends. It is the
        last work of a place, which is free once all is made, however slowly it is read.
        """
        # A thread for each item in turn would wait for the interpreter's lock each time.
        loop, made, stop = asyncio.get_running_loop(), asyncio.Queue[Any](), threading.Event()

        def make() -> None:
            try:
                for item in items:
                    loop.call_soon_threadsafe(made.put_nowait, item)
                    if stop.is_set():
                        break
            finally:
                if isinstance(items, Generator):
                    items.close()

        def end(done: asyncio.Future[None]) -> None:
            done.exception()  # taken note of, even where nobody reads on
            made.put_nowait(_END)
            self.leave()

        self._running = loop.run_in_executor(self._executor, make)
        self._running.add_done_callback(end)
        try:
            while (item := await made.get()) is not _END:
                yield item
                await asyncio.sleep(0)  # else a reader of many items is not told to stop
            await self._running
        finally:
            stop.set()

    def leave(self, _done: object = None) -> None:
        """Free the place, once, as soon as the work in it has ended: no thread can be stopped."""
        if self._running is not None and not self._running.done():
            self._running.add_done_callback(self.leave)
        elif not self._has_left:
            self._has_left = True
            self._limiter.release_on_behalf_of(self)


class Gate:
    """Admits `places` at a time; `waiting` others wait `patience` seconds at most.

    Those beyond get Overloaded at once, to come again in `retry_after` seconds, so that neither
    memory nor the wait grows with the crowd.
    """

    def __init__(
        self, places: int, waiting: int = 128, patience: float = 2.0, retry_after: int = 1
    ) -> None:
        self.places = places
        self.patience = patience
        self._most_waiting = waiting
        self._retry_after = retry_after
        self._limiter = CapacityLimiter(places)
        self._executor = ThreadPoolExecutor(places, thread_name_prefix="wenju")

    @property
    def free(self) -> int:
        """How many places nobody has taken."""
        return int(self._limiter.available_tokens)

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[Place]:
        """A place; raises Overloaded. It is free again when the work in it has really ended."""
        place = Place(self._executor, self._limiter)
        try:
            self._limiter.acquire_on_behalf_of_nowait(place)
        except WouldBlock:
            await self._wait(place)
        try:
            yield place
        finally:
            place.leave()

    async def _wait(self, place: Place) -> None:
        if self._limiter.statistics().tasks_waiting >= self._most_waiting:
            raise Overloaded(self._retry_after)
        try:
            async with asyncio.timeout(self.patience):
                await self._limiter.acquire_on_behalf_of(place)
        except TimeoutError:
            raise Overloaded(self._retry_after) from None

    def close(self) -> None:
        """Wait for the work that is going on."""
        self._executor.shutdown()
