"""Uploaded files read from a multipart body straight into a folder, within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.errors import RequestError, refuse
from rag.config import Settings
from rag.documents.uploads import Upload, document_id

FIELD = "files"
_LONGEST_FIELD = 1000
_MOST_PARTS = 100
_REMEDY = f"send multipart/form-data with the files in the field {FIELD!r}"


@dataclass(slots=True)
class _Part:
    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    disposition: bytes = b""
    name: str = ""
    file: IO[bytes] | None = None
    size: int = 0


class Form:
    """What a form holds: `uploads` in the folder, and the other `fields` as text."""

    def __init__(self, boundary: bytes, folder: Path, settings: Settings) -> None:
        self.uploads: list[Upload] = []
        self.fields: dict[str, str] = {}
        self._folder = folder
        self._settings = settings
        self._part = _Part()
        self._parts = 0
        self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": partial(setattr, self, "_is_complete", True),
            },
        )

    def write(self, data: bytes) -> None:
        """Take the next bytes of the body; raises RequestError."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed("the multipart body is malformed") from error

    def close(self) -> None:
        """Close the file that is being written."""
        if self._part.file is not None:
            self._part.file.close()

    def finish(self) -> None:
        """Check that nothing is missing; raises RequestError."""
        if not self._is_complete:
            raise _malformed("the multipart body is cut off")
        if not self.uploads:
            raise refuse(422, "invalid_request", f"{FIELD}: there is no file in it", _REMEDY)

    def _begin(self) -> None:
        self._part = _Part()
        self._parts += 1
        if self._parts > _MOST_PARTS + self._settings.upload_files:
            raise _malformed("the multipart body has too many parts")

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        if bytes(self._part.header).lower() == b"content-disposition":
            self._part.disposition = bytes(self._part.value)
        self._part.header.clear()
        self._part.value.clear()

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._part.disposition)
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            if self._part.name == FIELD:
                raise refuse(422, "invalid_request", f"{FIELD}: this is not a file", _REMEDY)
            return
        if self._part.name != FIELD:
            message = f"there is a file in the field {self._part.name!r}"
            raise refuse(422, "invalid_request", message, _REMEDY)
        most = self._settings.upload_files
        if len(self.uploads) == most:
            message = f"{FIELD}: there are more than {most} files"
            raise refuse(422, "too_many_files", message, "send the others in another request")
        name = options[b"filename"].decode("utf-8", "replace")
        suffix = Path(document_id(name)).suffix[:12]
        path = self._folder / f"{len(self.uploads)}{suffix}"
        self._part.file = path.open("wb")
        self.uploads.append(Upload(name, path))

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        part.size += end - start
        if part.file is not None:
            if part.size > self._settings.upload_mb << 20:
                message = f"a file is larger than {self._settings.upload_mb} MB"
                raise refuse(413, "file_too_large", message, "split it, or index it on the server")
            part.file.write(data[start:end])
        elif part.size > _LONGEST_FIELD:
            raise refuse(422, "invalid_request", f"{part.name}: the value is too long", _REMEDY)
        else:
            part.value += data[start:end]

    def _end(self) -> None:
        if self._part.file is not None:
            self._part.file.close()
        else:
            self.fields[self._part.name] = self._part.value.decode("utf-8", "replace")


async def read_form(request: Request, folder: Path, settings: Settings) -> Form:
    """The form in the body of `request`, its files written to `folder`; raises RequestError."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        message = "the body is not multipart/form-data"
        raise refuse(415, "unsupported_media_type", message, _REMEDY)
    if not options.get(b"boundary"):
        raise _malformed("the content type names no boundary")
    try:
        form = Form(options[b"boundary"], folder, settings)
    except FormParserError as error:
        raise _malformed("the boundary is too long") from error
    try:
        async for data in request.stream():
            await run_in_threadpool(form.write, data)
    finally:
        form.close()
    form.finish()
    return form


def _malformed(message: str) -> RequestError:
    return refuse(400, "invalid_multipart", message, _REMEDY)
