"""A sandbox for many files: each is read in a process of its own, which starts at once."""

from __future__ import annotations

import json
import os
import subprocess
from types import TracebackType

from rag.documents.files import InputFile
from rag.documents.sandbox import Limits, end, load_isolated, request, result, started
from rag.errors import Unreadable
from rag.types import Document, InputReport

# For the files of whoever runs the command: of any size that fits this machine, but a file that
# never ends, or fills the memory, is left behind alone.
OWN_FILES = Limits(seconds=300, memory=4 << 30, output=256 << 20, parts=1_000_000)


class SandboxSession:
    """Reads files one after the other; use as a context. Not for several threads at once.

    Where processes cannot be forked (Windows), each file's reader starts from nothing.
    """

    def __init__(self, limits: Limits = OWN_FILES) -> None:
        self._limits = limits
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SandboxSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def load(self, file: InputFile) -> tuple[list[Document], list[InputReport]]:
        """What `rag.documents.load.load` gives for `file`; raises what `load_isolated` does."""
        if not hasattr(os, "fork"):
            limits = self._limits
            return load_isolated(file, seconds=limits.seconds, memory=limits.memory)
        try:
            answer, code = self._ask(request(file, self._limits))
        except (OSError, ValueError) as error:
            self._close()
            raise Unreadable("the file could not be read (its reader could not start)") from error
        return result(answer, code, file, self._limits)

    def _ask(self, asked: bytes) -> tuple[bytes, int | None]:
        if self._server is None:
            self._server = started("rag.documents.sandbox_server")
        writer, reader = self._server.stdin, self._server.stdout
        assert writer is not None
        assert reader is not None
        writer.write(asked)
        writer.flush()
        head = json.loads(reader.readline())
        return reader.read(head["length"]), head["code"]

    def _close(self) -> None:
        if self._server is not None:
            end(self._server)
            for stream in (self._server.stdin, self._server.stdout):
                if stream is not None:
                    stream.close()
        self._server = None
