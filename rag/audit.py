"""Who changed which documents of which index, and when: a line of JSON for each change."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

from rag.config import Settings
from rag.errors import IndexUnavailable
from rag.storage import now
from rag.types import InputReport

AUDIT_FILE = "audit.jsonl"
STANDARD_ERROR = "-"
Change = Literal["upload", "remove"]
_BREAKS = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # what JSON itself leaves as it is
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Line:
    """What became of which documents; without any there is nothing to write."""

    documents: list[str]
    outcome: Literal["done", "failed"] = "failed"

    def tell(self, reports: Sequence[InputReport]) -> None:
        """The change is done: these of its documents are others now."""
        self.documents = [each.source for each in reports if each.status in ("indexed", "removed")]
        self.outcome = "done"


class Audit:
    """Appends to the file of the settings, in the folder of the indexes unless they name another.

    A line has `time`, `who` (the name of a key, null where none is asked for), `what`, `index`,
    `documents` and `outcome` (`done` or `failed`).
    """

    def __init__(self, settings: Settings) -> None:
        self._is_beside = not settings.audit
        self._target = settings.audit or str(settings.indexes / AUDIT_FILE)

    @contextmanager
    def change(
        self, who: str | None, what: Change, index: str, documents: Sequence[str]
    ) -> Iterator[Line]:
        """A line, to be told of the reports, that is written when the change has ended.

        Raises IndexUnavailable, before the change, where none can be written.
        """
        with self._opened() as target:
            line = Line(list(documents))
            try:
                yield line
            finally:
                if line.documents:
                    told: dict[str, Any] = {"time": now(), "who": who, "what": what, "index": index}
                    told |= {"documents": line.documents, "outcome": line.outcome}
                    _write(target, _on_one_line(told))

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        if self._target == STANDARD_ERROR:
            yield sys.stderr
            return
        try:
            if self._is_beside:  # indexes in Milvus leave the folder to us
                Path(self._target).parent.mkdir(parents=True, exist_ok=True)
            # Opened anew for each change: whoever rotates the file need not tell.
            target = _append(Path(self._target))
        except OSError as error:
            raise IndexUnavailable(
                f"the changes cannot be recorded in {self._target} ({error.strerror})",
                "see to its permissions, or set WENJU_AUDIT to another file",
            ) from error
        with target:
            yield target


def _append(path: Path) -> TextIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123


def _on_one_line(told: dict[str, Any]) -> str:
    """JSON in which no name ends the line or commands a terminal, whoever made it up."""
    line = json.dumps(told, ensure_ascii=False)
    return _BREAKS.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def _write(target: TextIO, line: str) -> None:
    """In one piece, so that lines of several processes do not mix."""
    try:
        target.write(f"{line}\n")
        target.flush()
    except OSError as error:  # the change is done: it is not to be told as failed
        _LOG.error("not recorded (%s): %s", error.strerror, line)
