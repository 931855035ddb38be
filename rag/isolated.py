"""Documents of a file from a stranger: read in a process of its own, which can do little harm.

The process may use so much memory and time, write no file, start no program and open no
connection; what it answers is checked like any other word of a stranger. Where the system has
no such limits (Windows), those on time, files, programs and connections remain.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import IO, Any

from rag.errors import Unreadable
from rag.load import InputFile, load
from rag.types import Document, InputReport

_MOST_OUTPUT = 64 << 20
_PIECE = 1 << 16
_MOST_PARTS = 100_000
_LONGEST_REASON = 1000
_MOST_OPEN_FILES = 64
_TOO_MUCH_TEXT = f"holds more than {_MOST_OUTPUT >> 20} MB of text"
_TOO_MANY_PARTS = f"holds more than {_MOST_PARTS:,} rows"
_BAD_ANSWER = "the file could not be read (its reader gave no valid answer)"
# Audit events (docs.python.org/3/library/audit_events.html) that reading a file never needs,
# by what stands before the full stop; and those of them that importing a module needs.
_DENIED = frozenset("ctypes fcntl os pty shutil socket subprocess urllib".split())
_ALLOWED = frozenset({"os.add_dll_directory", "os.listdir", "os.scandir"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def load_isolated(
    file: InputFile, *, seconds: float = 60, memory: int = 1 << 30
) -> tuple[list[Document], list[InputReport]]:
    """What `rag.load.load` gives for `file`, read in a process of its own.

    `memory` is in bytes. Raises what `load` raises, and Unreadable for a file that takes longer,
    needs more memory, holds more than 64 MB of text or 100,000 rows, or ends its reader.
    May be called from several threads at once.
    """
    request = {
        "path": str(file.path),
        "id": file.id,
        "source": file.source,
        "seconds": seconds,
        "memory": memory,
    }
    answer, code = _run(json.dumps(request).encode(), seconds)
    if len(answer) > _MOST_OUTPUT:
        raise Unreadable(_TOO_MUCH_TEXT)
    if code is None:
        raise Unreadable(f"took longer than {seconds:g} s to read")
    if not answer:
        raise Unreadable(f"the file could not be read ({_death(code)})")
    return _checked(answer, file, memory)


def _run(request: bytes, seconds: float) -> tuple[bytes, int | None]:
    """What a reader answers to `request`, and its exit code: None if its time ran out.

    The answer is cut off behind the first byte that is too much.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-B", "-X", "utf8", "-m", "rag.isolated"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing of this process's environment, which may hold keys.
        env={"PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)},
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    answer: list[bytes] = []
    listener = Thread(target=_listen, args=(process.stdout, answer), daemon=True)
    try:
        listener.start()
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(request)
        listener.join(seconds)
        is_late = listener.is_alive()
    finally:
        _kill(process)
        listener.join()
        process.stdout.close()
    return b"".join(answer), None if is_late else process.returncode


def _listen(stream: IO[bytes], answer: list[bytes]) -> None:
    left = _MOST_OUTPUT + 1  # not read at once: that would set aside memory for all of it
    while left and (piece := stream.read(min(left, _PIECE))):
        answer.append(piece)
        left -= len(piece)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends `process` and all that it started.

    A process closes its end of the pipe by exiting, so that one that has answered keeps its
    exit code; and until `wait` its number belongs to nobody else.
    """
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):  # macOS: a group of the dead
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _death(code: int) -> str:
    """In words how a process ended."""
    try:
        return f"its reader died of {signal.Signals(-code).name}"
    except ValueError:
        return f"its reader ended with code {code}"


def _checked(
    answer: bytes, file: InputFile, memory: int
) -> tuple[list[Document], list[InputReport]]:
    """What `answer` says; raises what it reports, and Unreadable where it is not as agreed."""
    try:
        kind, *values = json.loads(answer)
        match kind, values:
            case "documents", [list(documents), list(reports)]:
                if len(documents) + len(reports) > _MOST_PARTS:
                    raise Unreadable(_TOO_MANY_PARTS)
                return _documents(documents, file), [_report(*row) for row in reports]
            case "unreadable", [str(reason)]:
                raise Unreadable(_line(reason))
            case "failed", [str(name)]:
                raise Unreadable(f"the file could not be read ({_line(name)})")
            case "memory", []:
                raise Unreadable(f"needs more than {_size(memory)} of memory to read")
            case "system", [int(number)]:
                raise OSError(number, os.strerror(number), str(file.path))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unreadable(_BAD_ANSWER) from error
    raise Unreadable(_BAD_ANSWER)


def _documents(rows: list[Any], file: InputFile) -> list[Document]:
    """The documents in `rows`; of any file but a corpus, the one that is named like the file."""
    documents = [_document(*row) for row in rows]
    if file.path.suffix.lower() != ".jsonl":
        names = [(document.id, document.source) for document in documents]
        if names != [(file.id, file.source)]:
            raise ValueError(names)
    elif not documents:
        raise ValueError(rows)
    return documents


def _document(name: Any, source: Any, title: Any, text: Any, meta: Any) -> Document:
    if not isinstance(meta, dict) or not text:
        raise TypeError(meta)
    return Document(
        _string(name),
        _string(source),
        _string(title),
        _string(text),
        {_string(key): _string(value) for key, value in meta.items()},
    )


def _report(source: Any, reason: Any) -> InputReport:
    return InputReport(_string(source), "skipped", reason=_string(reason))


def _string(value: Any) -> str:
    """`value`, a string that any encoding can write."""
    if not isinstance(value, str) or _SURROGATE.search(value):
        raise TypeError(value)
    return value


def _line(text: str) -> str:
    """`text` as one line that a terminal can show."""
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST_REASON].strip()


def _size(memory: int) -> str:
    return f"{memory / 2**30:g} GB" if memory >= 2**30 else f"{memory / 2**20:g} MB"


# The process that reads


def _main() -> None:
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
    if len(documents) + len(reports) > _MOST_PARTS:
        return ["unreadable", _TOO_MANY_PARTS]
    return [
        "documents",
        [[*asdict(document).values()] for document in documents],
        [[report.source, report.reason] for report in reports],
    ]


def _encoded(answer: list[Any]) -> bytes:
    encoded = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(encoded) <= _MOST_OUTPUT:
        return encoded
    return json.dumps(["unreadable", _TOO_MUCH_TEXT]).encode()


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


if __name__ == "__main__":
    _main()
