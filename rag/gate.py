"""Admission: a few pieces of work at a time, a short wait for the others, and then a refusal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from rag.errors import Overloaded

Result = TypeVar("Result")
_END = object()


class Place:
    """A place among those at work: runs functions in a thread, one at a time."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._executor = executor
        self.running: asyncio.Future[Any] | None = None

    async def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """The function's result, off the event loop."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._executor, function, *arguments)
        self.running = future
        return await asyncio.shield(future)

    async def iterate(self, items: Iterator[Result]) -> AsyncGenerator[Result, None]:
        """What `items` gives, all made in one go off the event loop, or until nobody reads on.

        Then a generator is closed, in the thread that it ran in, so that its work ends.
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

        self.running = loop.run_in_executor(self._executor, make)
        self.running.add_done_callback(end)
        try:
            while (item := await made.get()) is not _END:
                yield item
            await self.running
        finally:
            stop.set()


class Gate:
    """Admits `places` at a time; `waiting` others wait `patience` seconds at most.

    Those beyond get Overloaded at once, to come again in `retry_after` seconds, so that neither
    memory nor the wait grows with the crowd.
    """

    def __init__(
        self, places: int, waiting: int = 128, patience: float = 2.0, retry_after: int = 1
    ) -> None:
        self.places = places
        self._retry_after = retry_after
        self.patience = patience
        self._most_waiting = waiting
        self._waiting = 0
        self._free = asyncio.Semaphore(places)
        self._executor = ThreadPoolExecutor(places, thread_name_prefix="wenju")

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[Place]:
        """A place; raises Overloaded. It is free again when the work in it has really ended."""
        await self._enter()
        place = Place(self._executor)
        try:
            yield place
        finally:
            if place.running is None or place.running.done():
                self._free.release()
            else:  # the one who waited for it has gone; a thread cannot be stopped
                place.running.add_done_callback(lambda _: self._free.release())

    async def _enter(self) -> None:
        if self._free.locked() and self._waiting >= self._most_waiting:
            raise Overloaded(self._retry_after)
        self._waiting += 1
        try:
            async with asyncio.timeout(self.patience):
                await self._free.acquire()
        except TimeoutError:
            raise Overloaded(self._retry_after) from None
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Wait for the work that is going on."""
        self._executor.shutdown()
