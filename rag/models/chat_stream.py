"""A streamed reply: its deadline, its pieces, its thoughts dropped."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # importing it takes a second
    from openai.types.chat import ChatCompletionChunk

_THOUGHTS, _THOUGHTS_END = "<think>", "</think>"


class Deadline:
    """Hangs up on the response being read when the time is over, even if it trickles on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self._response: Any = None

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def left(self) -> float:
        """Seconds until the end, negative afterwards."""
        return self._end - time.monotonic()

    def watch(self, response: Any) -> None:
        """Ends this response, of the HTTP client, in time."""
        self._response = response
        if self.left <= 0:
            self._hang_up()

    def _hang_up(self) -> None:
        response = self._response
        if response is not None and not response.is_closed:
            connection = response.extensions["network_stream"].get_extra_info("socket")
            with suppress(OSError):
                # Of the plain socket, below TLS; closing it would not wake the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


def read(chunk: ChatCompletionChunk) -> tuple[str, str | None]:
    """The text of a chunk, and why it is the last; raises ValueError for what is no chunk."""
    # The client makes a chunk of any JSON; a reasoning model's thoughts have fields of their own.
    try:
        if not chunk.choices:
            return "", None
        choice = chunk.choices[0]
        content = choice.delta.content if choice.delta else ""
        return _writable(content) if isinstance(content, str) else "", choice.finish_reason
    except (AttributeError, LookupError, TypeError):
        raise ValueError("not a chunk") from None


def written(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The messages as they can be encoded."""
    return [{name: _writable(text) for name, text in each.items()} for each in messages]


def _writable(text: str) -> str:
    """The text with a mark for each lone surrogate, which no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """The text without white space and a block of thoughts at its beginning, "" for a piece of it.

    >>> list(without_thoughts(["<thi", "nk>so", "</think>", " 杭", "州"]))
    ['', '', '', '杭', '州']
    """
    head, has_begun = "", False
    for piece in pieces:
        if has_begun:
            yield piece
            continue
        head = (head + piece).lstrip()
        if head.startswith(_THOUGHTS):
            thoughts, end, behind = head.partition(_THOUGHTS_END)
            head = behind.lstrip() if end else thoughts
        has_begun = bool(head) and not head.startswith(_THOUGHTS) and not _THOUGHTS.startswith(head)
        yield head if has_begun else ""
    if not has_begun and not head.startswith(_THOUGHTS):
        yield head
