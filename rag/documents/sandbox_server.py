"""The process that starts a reader for each file of an indexing run; `sandbox_session` starts it.

It has imported what reading needs, so that a reader, forked from it, starts in milliseconds. It
never looks into a file: it passes on what a reader answers, cut off at the limit.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import PurePath
from typing import IO

from rag.documents.cleaning.rules import clean
from rag.documents.formats import parser_for
from rag.documents.sandbox_child import answer_to
from rag.language.text import detect_language

_PIECE = 1 << 16


def main() -> None:
    """Answers requests, a line each, with a line of length and exit code, and the answer."""
    detect_language(clean("预热 ready"))  # loads tables that each reader would load anew
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        path, _, _, seconds, _, output, _ = json.loads(line)
        with suppress(ValueError):
            parser_for(PurePath(path).suffix.lower())  # imports it
        answer, code = _read_apart(line, seconds, output, (requests, answers))
        head = {"length": len(answer), "code": code}
        answers.write(json.dumps(head).encode() + b"\n" + answer)
        answers.flush()


def _read_apart(
    request: bytes, seconds: float, most: int, ours: tuple[IO[bytes], IO[bytes]]
) -> tuple[bytes, int | None]:
    """What a reader answers, at most one byte too much, and its exit code: None if it was late."""
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(there)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in ours:  # what the reader says goes to nobody but this process
            os.dup2(nothing, stream.fileno())
        os.dup2(nothing, 2)
        answer_to(request, here)
    os.close(here)
    pieces: list[bytes] = []
    left, end, is_late = most + 1, time.monotonic() + seconds, False
    while left:
        ready, _, _ = select.select([there], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            is_late = True
            break
        piece = os.read(there, min(left, _PIECE))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ProcessLookupError):  # it may not have made a group of its own yet
        os.kill(child, signal.SIGKILL)
    os.close(there)
    _, status = os.waitpid(child, 0)
    return b"".join(pieces), None if is_late else os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
