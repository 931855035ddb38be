"""The sandbox: an untrusted file is read in a process of its own, which can do little harm.

The process may use so much memory and time, write no file, start no program and open no
connection; what it answers is as little trusted as the file. Where the system has no such limits
(Windows), those on time, files, programs and connections remain.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO, Annotated

from pydantic import FailFast, TypeAdapter, ValidationError

from rag.documents.files import InputFile
from rag.documents.sandbox_child import (
    OUTPUT_LIMIT,
    PARTS_LIMIT,
    too_many_parts,
    too_much_text,
)
from rag.errors import Unreadable
from rag.types import Document, InputReport

_PIECE = 1 << 16
_REASON_LENGTH = 1000
_INVALID = "the file could not be read (its reader gave no valid answer)"


# The first fault ends the validation: the faults of millions of values would fill gigabytes.
_Meta = Annotated[dict[str, str], FailFast()]
_Row = tuple[str, str, str, str, _Meta]  # the fields of a Document


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a reader may say: documents and the source and reason of each report, or a refusal."""

    documents: Annotated[list[_Row], FailFast()] = field(default_factory=list)
    skipped: Annotated[list[tuple[str, str]], FailFast()] = field(default_factory=list)
    unreadable: str = ""
    errno: int = 0


_ANSWER = TypeAdapter(_Answer)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one file may take: time, `memory` and `output` in bytes, documents.

    Text within the limit of output takes less memory to read than the limit on that.
    """

    seconds: float = 60
    memory: int = 1 << 30
    output: int = OUTPUT_LIMIT
    parts: int = PARTS_LIMIT


def load_isolated(
    file: InputFile, *, seconds: float = 60, memory: int = 1 << 30
) -> tuple[list[Document], list[InputReport]]:
    """What `rag.documents.load.load` gives for `file`, read in a process of its own.

    `memory` is in bytes. Raises what `load` raises, and Unreadable for a file that takes longer,
    needs more memory, holds more than 64 MB of text or 100,000 rows, or ends its reader.
    May be called from several threads at once.
    """
    limits = Limits(seconds, memory)
    answer, code = _run(request(file, limits), limits)
    return result(answer, code, file, limits)


def request(file: InputFile, limits: Limits) -> bytes:
    """What a reader is asked to read, and within which limits, on a line of JSON."""
    names = (str(file.path), file.id, file.source)
    sizes = (limits.seconds, limits.memory, limits.output, limits.parts)
    return json.dumps([*names, *sizes]).encode() + b"\n"


def result(
    answer: bytes, code: int | None, file: InputFile, limits: Limits
) -> tuple[list[Document], list[InputReport]]:
    """What a reader that ended with `code`, None if it was late, has read of `file`."""
    if len(answer) > limits.output:
        raise Unreadable(too_much_text(limits.output))
    if code is None:
        raise Unreadable(f"took longer than {limits.seconds:g} s to read")
    if not answer:
        raise Unreadable(f"the file could not be read ({_death(code)})")
    return validated(answer, file, limits.parts)


def started(module: str) -> subprocess.Popen[bytes]:
    """A process that runs `module` apart: it leads a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-B", "-X", "utf8", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing of this process's environment, which may hold keys.
        env={
            "PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path),
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        },
        start_new_session=True,
    )


def _run(asked: bytes, limits: Limits) -> tuple[bytes, int | None]:
    """What a reader answers, and its exit code: None if its time ran out.

    The answer is cut off behind the first byte that is too much.
    """
    process = started("rag.documents.sandbox_child")
    assert process.stdin is not None
    assert process.stdout is not None
    answer: list[bytes] = []
    listener = Thread(target=_listen, args=(process.stdout, answer, limits.output), daemon=True)
    try:
        listener.start()
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(asked)
        listener.join(limits.seconds)
        is_late = listener.is_alive()
    finally:
        end(process)
        listener.join()
        process.stdout.close()
    return b"".join(answer), None if is_late else process.returncode


def _listen(stream: IO[bytes], answer: list[bytes], most: int) -> None:
    left = most + 1  # not read at once: that would set aside memory for all of it
    while left and (piece := stream.read(min(left, _PIECE))):
        answer.append(piece)
        left -= len(piece)


def end(process: subprocess.Popen[bytes]) -> None:
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


def validated(
    answer: bytes, file: InputFile, most: int = PARTS_LIMIT
) -> tuple[list[Document], list[InputReport]]:
    """The documents and reports in `answer`, JSON from a process that is not to be trusted.

    Raises what it reports, and Unreadable where it is not as agreed: documents have text, and of
    any file but a corpus they are named like the file or below it.
    """
    try:
        said = _ANSWER.validate_json(answer, strict=True)  # refuses halves of surrogate pairs
    except ValidationError as error:
        raise Unreadable(_INVALID) from error
    if said.errno in errno.errorcode:
        raise OSError(said.errno, os.strerror(said.errno), str(file.path))
    if said.unreadable:
        raise Unreadable(_one_line(said.unreadable))
    if len(said.documents) + len(said.skipped) > most:
        raise Unreadable(too_many_parts(most))
    documents = [Document(*row) for row in said.documents]
    names = {document.id for document in documents}
    are_its_own = all(
        file.may_give(document.id) and document.source.startswith(file.source)
        for document in documents
    )
    if len(names) != len(documents) or not are_its_own:
        raise Unreadable(_INVALID)
    if not documents or not all(document.text for document in documents):
        raise Unreadable(_INVALID)
    return documents, [InputReport(name, "skipped", reason=why) for name, why in said.skipped]


def _one_line(text: str) -> str:
    """`text` as a terminal can show it."""
    return "".join(c if c.isprintable() else " " for c in text)[:_REASON_LENGTH].strip()
