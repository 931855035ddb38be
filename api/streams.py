"""Server-Sent Events, and work that ends with the client who waits for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import Request
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from api.errors import Failure, failure_of

Item = TypeVar("Item")


async def collected(items: AsyncGenerator[Item, None]) -> list[Item]:
    """All items; they are closed where this is cancelled."""
    async with aclosing(items):
        return [item async for item in items]


async def unless_left(request: Request, work: Coroutine[Any, Any, Item]) -> Item:
    """The result of `work`, which ends where the client goes away before it is there."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Failure(499, "client_left", "the client went away", "ask again")
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def streamed(
    items: AsyncGenerator[Item, None],
    shown: Callable[[Item], Iterator[bytes]],
    *,
    failure: str | None = None,
    end: bytes = b"",
) -> EventStream:
    """The events that `shown` makes of each of `items`, then `end`.

    What goes wrong before the first item is raised, what does later is an event named `failure`.
    """
    first = await anext(items)

    async def events() -> AsyncIterator[bytes]:
        try:
            for each in shown(first):
                yield each
            async for item in items:
                for each in shown(item):
                    yield each
            if end:
                yield end
        except Exception as error:  # noqa: BLE001 (the outermost edge of a stream)
            yield event(failure_of(error).shape, failure)

    return EventStream(events(), items)


class EventStream(EventSourceResponse):
    """The `events` as they come; where the client goes away, `items` are closed."""

    def __init__(self, events: AsyncIterator[bytes], items: AsyncGenerator[Any, None]) -> None:
        # Nginx would hold back what it can buffer.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, headers=headers)
        self._items = items

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        async with aclosing(self._items):
            await super().__call__(scope, receive, send)


def event(data: object, name: str | None = None) -> bytes:
    r"""One event with JSON data.

    >>> event({"text": "天津"}, "token").decode()
    'event: token\ndata: {"text": "天津"}\n\n'
    """
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False), event=name)


DONE = format_sse_event(data_str="[DONE]")
