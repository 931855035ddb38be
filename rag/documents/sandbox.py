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
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

from rag.documents.files import InputFile
from rag.documents.sandbox_child import MOST_OUTPUT, MOST_PARTS, TOO_MANY_PARTS, TOO_MUCH_TEXT, main
from rag.errors import Unreadable
from rag.types import Document, InputReport

_PIECE = 1 << 16
_LONGEST_REASON = 1000
_BAD_ANSWER = "the file could not be read (its reader gave no valid answer)"
_SURROGATE = re.compile("[\ud800-\udfff]")


def load_isolated(
    file: InputFile, *, seconds: float = 60, memory: int = 1 << 30
) -> tuple[list[Document], list[InputReport]]:
    """What `rag.documents.load.load` gives for `file`, read in a process of its own.

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
    if len(answer) > MOST_OUTPUT:
        raise Unreadable(TOO_MUCH_TEXT)
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
        [sys.executable, "-P", "-B", "-X", "utf8", "-m", "rag.documents.sandbox"],
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
    left = MOST_OUTPUT + 1  # not read at once: that would set aside memory for all of it
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
                if len(documents) + len(reports) > MOST_PARTS:
                    raise Unreadable(TOO_MANY_PARTS)
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


if __name__ == "__main__":
    main()
