"""The process that reads one untrusted file, within its limits."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.documents.files import InputFile
from rag.documents.load import load
from rag.errors import Unreadable

MOST_OUTPUT = 64 << 20


MOST_PARTS = 100_000


_MOST_OPEN_FILES = 64


TOO_MUCH_TEXT = f"holds more than {MOST_OUTPUT >> 20} MB of text"


TOO_MANY_PARTS = f"holds more than {MOST_PARTS:,} rows"


# Audit events (docs.python.org/3/library/audit_events.html) that reading a file never needs,
# by what stands before the full stop; and those of them that importing a module needs.
_DENIED = frozenset("ctypes fcntl os pty shutil socket subprocess urllib".split())


_ALLOWED = frozenset({"os.add_dll_directory", "os.listdir", "os.scandir"})


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Answers the request on standard input."""
    request = json.loads(sys.stdin.buffer.read())
    file = InputFile(Path(request["path"]), request["id"], request["source"])
    _limit(request["seconds"], request["memory"])
    _watch([request["path"], *sys.path])
    try:
        answer = _encoded(_answer(file))
    except MemoryError:
        answer = b'["memory"]'
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # what a hostile file made takes long to take down


def _answer(file: InputFile) -> list[Any]:
    try:
        documents, reports = load(file)
    except Unreadable as error:
        return ["unreadable", error.message]
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (the outermost edge of this process)
        if isinstance(error, OSError) and error.errno:
            return ["system", error.errno]
        return ["failed", type(error).__name__]
    if len(documents) + len(reports) > MOST_PARTS:
        return ["unreadable", TOO_MANY_PARTS]
    return [
        "documents",
        [[*asdict(document).values()] for document in documents],
        [[report.source, report.reason] for report in reports],
    ]


def _encoded(answer: list[Any]) -> bytes:
    encoded = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(encoded) <= MOST_OUTPUT:
        return encoded
    return json.dumps(["unreadable", TOO_MUCH_TEXT]).encode()


def _limit(seconds: float, memory: int) -> None:
    """Lets this process use so much time and `memory`, write no file and start no process."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(seconds) + 1),  # for when nobody is left to stop it
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(limit, (value, value))


def _watch(readable: Sequence[str]) -> None:
    """Stops Python code that reads outside `readable`, writes, starts a program or connects."""
    folders = [os.path.abspath(path) for path in readable]  # noqa: PTH100

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITING or not (isinstance(path, int) or _is_below(path, folders)):
                raise PermissionError(event)
        elif event.partition(".")[0] in _DENIED and event not in _ALLOWED:
            raise PermissionError(event)

    sys.addaudithook(refuse)


def _is_below(path: str | bytes, folders: Sequence[str]) -> bool:
    place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
    return any(place == folder or place.startswith(folder + os.sep) for folder in folders)
