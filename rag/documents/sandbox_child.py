"""The process that reads one untrusted file within its limits; `sandbox` starts it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from rag.documents.files import InputFile
from rag.documents.load import load
from rag.documents.ocr import is_installed, open_reader
from rag.errors import Unreadable

OUTPUT_LIMIT = 64 << 20  # bytes
PARTS_LIMIT = 100_000  # documents and reports
_OPEN_FILES_LIMIT = 64
_READING_SHARE = 0.6  # of the time for a file: after that, no more of its pictures are read
_READING_MEMORY = 3  # times the memory: the models take most of it

_PACKAGE = str(Path(__file__).parents[1])  # of an editable install, no entry of `sys.path` holds it

# Audit events (docs.python.org/3/library/audit_events.html) that reading a file never needs,
# by what stands before the full stop; and those of them that importing a module needs.
_DENIED = frozenset("ctypes fcntl os pty shutil socket subprocess urllib".split())
_ALLOWED = frozenset(
    {"ctypes.create_string_buffer", "os.add_dll_directory", "os.listdir", "os.scandir"}
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Answers the request on standard input with what `load` gives, or why it gives nothing."""
    answer_to(sys.stdin.buffer.read(), sys.stdout.fileno())


def answer_to(request: bytes, stream: int) -> NoReturn:
    """Reads the file of `request` within its limits, writes the answer to `stream` and ends."""
    path, document_id, source, seconds, memory, output, parts = json.loads(request)
    deadline = time.monotonic() + _READING_SHARE * seconds
    may_hold_pdf = path.lower().endswith((".pdf", ".zip", ".eml"))
    if may_hold_pdf and is_installed():
        memory *= _READING_MEMORY
    limit_resources(seconds, memory)
    if may_hold_pdf:
        _load_libraries(path)
    guard(path)
    try:
        answer = encoded(
            _answer(InputFile(Path(path), document_id, source), parts, deadline), output
        )
    except MemoryError:
        answer = encoded({"unreadable": f"needs more than {_size(memory)} of memory to read"})
    while answer:
        answer = answer[os.write(stream, answer) :]
    os._exit(0)  # what a hostile file made takes long to take down


def _load_libraries(path: str) -> None:
    """Load what reads PDF files, and pictures where there are some: the guard refuses it later."""
    from rag.documents.pdf.pages import has_pictures

    with suppress(Unreadable, OSError):
        if is_installed() and has_pictures(Path(path).read_bytes()):
            open_reader()


def _answer(file: InputFile, most: int, deadline: float) -> dict[str, Any]:
    """As `sandbox` expects it: `documents` and `skipped`, or `unreadable`, or `errno`."""
    try:
        documents, reports = load(file, deadline)
    except Unreadable as error:
        return {"unreadable": error.message}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (the outermost edge of this process)
        if isinstance(error, OSError) and error.errno:
            return {"errno": error.errno}
        return {"unreadable": f"the file could not be read ({type(error).__name__})"}
    if len(documents) + len(reports) > most:
        return {"unreadable": too_many_parts(most)}
    return {
        "documents": [[*asdict(document).values()] for document in documents],
        "skipped": [[report.source, report.reason] for report in reports],
    }


def encoded(answer: Mapping[str, Any], most: int = OUTPUT_LIMIT) -> bytes:
    """`answer` in JSON; where that is longer than `most` bytes, an answer that says so."""
    text = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return text if len(text) <= most else encoded({"unreadable": too_much_text(most)})


def too_much_text(most: int) -> str:
    """Why a file with more text than `most` bytes is not read."""
    return f"holds more than {most >> 20} MB of text"


def too_many_parts(most: int) -> str:
    """Why a file of more documents and reports than `most` is not read."""
    return f"holds more than {most:,} rows"


def _size(memory: int) -> str:
    return f"{memory / 2**30:g} GB" if memory >= 2**30 else f"{memory / 2**20:g} MB"


def limit_resources(seconds: float, memory: int) -> None:
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
        (resource.RLIMIT_NOFILE, _OPEN_FILES_LIMIT),
        (resource.RLIMIT_NPROC, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(limit, (value, value))


def guard(file: str) -> None:
    """Stops Python code that reads more than `file` and modules, writes, starts or connects."""
    readable = [os.path.abspath(path) for path in (file, _PACKAGE, *sys.path)]  # noqa: PTH100

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITING or not (isinstance(path, int) or _is_below(path, readable)):
                raise PermissionError(event)
        elif event.partition(".")[0] in _DENIED and event not in _ALLOWED:
            raise PermissionError(event)

    sys.addaudithook(refuse)


def _is_below(path: str | bytes, folders: Sequence[str]) -> bool:
    place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
    return any(place == folder or place.startswith(folder + os.sep) for folder in folders)


if __name__ == "__main__":
    main()
