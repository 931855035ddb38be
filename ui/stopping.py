"""The end of work that nobody waits for any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

Step = TypeVar("Step")


async def until(
    stopped: asyncio.Event, steps: AsyncGenerator[Step, None]
) -> AsyncGenerator[Step, None]:
    """What `steps` gives until `stopped` is set; then the step that is being made is cancelled."""
    stopping = asyncio.ensure_future(stopped.wait())
    step: asyncio.Future[Step] | None = None
    try:
        while True:
            step = asyncio.ensure_future(anext(steps))
            await asyncio.wait((step, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not step.done():
                return
            try:
                yield step.result()
            except StopAsyncIteration:
                return
    finally:
        stopping.cancel()
        if step is not None:
            step.cancel()
            await asyncio.wait((step,))
        await steps.aclose()
