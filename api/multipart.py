"""Files uploaded in a multipart body, within limits."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from api.body import media_type
from api.errors import Failure
from rag.config import Settings
from rag.documents.uploads import Upload, document_id

FIELD = "files"
_LONGEST_FIELD = 1000
_MOST_FIELDS = 100
_REMEDY = f"send multipart/form-data with the files in the field {FIELD!r}"
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
_FIELDS = {
    FIELD: {"type": "array", "items": _FILE, "minItems": 1},
    "index": {"type": "string", "maxLength": 200},
}
_SCHEMA = {"type": "object", "required": [FIELD], "properties": _FIELDS}
# For the description: FastAPI cannot know it, as the endpoint reads the body itself, with limits.
OPENAPI = {"required": True, "content": {"multipart/form-data": {"schema": _SCHEMA}}}


@dataclass(frozen=True, slots=True)
class Form:
    """The files of a form, and the index named in it or ""."""

    files: tuple[UploadFile, ...]
    index: str

    def uploads(self, folder: Path) -> list[Upload]:
        """The files as they lie in the folder, where they are written to."""
        found = []
        for number, file in enumerate(self.files):
            name = file.filename or ""
            path = folder / f"{number}{Path(document_id(name)).suffix[:12]}"
            with path.open("wb") as copy:
                shutil.copyfileobj(file.file, copy)
            found.append(Upload(name, path))
        return found


class _Parser(MultiPartParser):
    """Starlette's, but one that can tell a body that is cut off from a whole one.

    It refuses a file as soon as it is too large, and reads file names in UTF-8 or GBK.
    """

    spool_max_size = 1 << 16
    is_complete = False

    def __init__(
        self, headers: Headers, body: AsyncGenerator[bytes, None], limits: Settings
    ) -> None:
        super().__init__(
            headers,
            body,
            max_files=limits.upload_files,
            max_fields=_MOST_FIELDS,
            max_part_size=_LONGEST_FIELD,
        )
        self._most_mb = limits.upload_mb
        self._size = 0

    def on_part_begin(self) -> None:
        """The headers of a part follow."""
        super().on_part_begin()
        self._size = 0

    def on_headers_finished(self) -> None:
        """The headers of a part are there."""
        super().on_headers_finished()
        file = self._current_part.file
        if file is not None and self._charset == "utf-8":  # else as the body declares
            _, options = parse_options_header(self._current_part.content_disposition)
            file.filename = _file_name(options[b"filename"])

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """More of a part; raises Failure."""
        super().on_part_data(data, start, end)
        self._size += end - start
        if self._current_part.file is not None and self._size > self._most_mb << 20:
            message = f"a file is larger than {self._most_mb} MB"
            raise Failure(413, "file_too_large", message, "split it, or index it on the server")

    def on_end(self) -> None:
        """The last boundary has come."""
        self.is_complete = True


def _file_name(raw: bytes) -> str:
    for encoding in ("utf-8", "gbk"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            pass
    return raw.decode("utf-8", errors="replace")


@asynccontextmanager
async def read_form(request: Request, settings: Settings) -> AsyncIterator[Form]:
    """The form in the body of `request`, whose files are there within; raises Failure."""
    if media_type(request) != "multipart/form-data":
        message = "the body is not multipart/form-data"
        raise Failure(415, "unsupported_media_type", message, _REMEDY)

    async def body() -> AsyncGenerator[bytes, None]:
        async for data in request.stream():
            yield data
        if not parser.is_complete:
            raise MultiPartException("it is cut off")

    parser = _Parser(request.headers, body(), settings)
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError) as error:  # ValueError: of a made-up charset
        raise _refusal(getattr(error, "message", "its charset is none"), settings) from error
    try:
        yield _checked(form)
    finally:
        await form.close()


def _checked(form: FormData) -> Form:
    files, index = [], ""
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name != FIELD:
                raise _invalid(f"there is a file in the field {name!r}")
            files.append(value)
        elif name == FIELD:
            raise _invalid(f"{FIELD}: this is not a file")
        elif name == "index":
            index = value
    if not files:
        raise _invalid(f"{FIELD}: there is no file in it")
    return Form(tuple(files), index)


def _refusal(reason: str, settings: Settings) -> Failure:
    """The error for what Starlette's parser says of a body."""
    if reason.startswith("Too many files"):
        message = f"{FIELD}: there are more than {settings.upload_files} files"
        return Failure(422, "too_many_files", message, "send the others in another request")
    if reason.startswith("Part exceeded"):
        return _invalid(f"a field other than {FIELD!r} has a value that is too long")
    return Failure(400, "invalid_multipart", f"the multipart body is malformed; {reason}", _REMEDY)


def _invalid(message: str) -> Failure:
    return Failure(422, "invalid_request", message, _REMEDY)
