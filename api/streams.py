"""Server-Sent Events: made ahead of their reader, so that a slow one holds up nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Generic, TypeVar

from fastapi import Request
from fastapi.sse import format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.errors import refuse

Item = TypeVar("Item")
_END = object()


class Feed(Generic[Item]):
    """The items of an iterator, which runs on in a task of its own; what ends it is raised."""

    def __init__(self, items: AsyncIterator[Item]) -> None:
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._task = asyncio.create_task(self._fill(items))
        self._task.add_done_callback(_retrieve)

    async def _fill(self, items: AsyncIterator[Item]) -> None:
        try:
            async for item in items:
                self._queue.put_nowait(item)
        finally:
            self._queue.put_nowait(_END)

    def __aiter__(self) -> Feed[Item]:
        return self

    async def __anext__(self) -> Item:
        item = await self._queue.get()
        if item is _END:
            await self._task
            raise StopAsyncIteration
        return item  # type: ignore[no-any-return]

    def cancel(self) -> None:
        """Nobody reads on."""
        self._task.cancel()


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Takes note of the task's error, which asyncio else reports when its reader has gone."""
    if not task.cancelled():
        task.exception()


async def unless_left(request: Request, work: Coroutine[Any, Any, Item]) -> Item:
    """The result of `work`, which ends where the client goes away before it is there."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_left(request))
    for task in (working, leaving):
        task.add_done_callback(_retrieve)
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            await leaving
            raise refuse(499, "client_left", "the client went away", "ask again")
        return await working
    finally:
        working.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


class EventStream(StreamingResponse):
    """The `events` as they come; where the client goes away, `feed` is told."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes], feed: Feed[Any]) -> None:
        # Nginx would hold back what it can buffer.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_one_by_one(events), headers=headers)
        self._feed = feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.cancel()


async def _one_by_one(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for each in events:
        yield each
        await asyncio.sleep(0)  # else nobody notes between two events that the client has gone


def event(data: object, name: str | None = None) -> bytes:
    r"""One event with JSON data.

    >>> event({"text": "天津"}, "token").decode()
    'event: token\ndata: {"text": "天津"}\n\n'
    """
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False), event=name)


DONE = format_sse_event(data_str="[DONE]")
