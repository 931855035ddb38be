"""The loader: one file becomes documents, by its format, with canonical text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from rag.documents.byline import with_byline
from rag.documents.cleaning.rules import EXACT_RULES, RULES, clean
from rag.documents.encoding import decode
from rag.documents.files import InputFile
from rag.documents.formats import parser_for, refuse_unknown
from rag.documents.page_map import PageMap, moved
from rag.documents.plain import Parsed
from rag.documents.rows import is_faq, one_line, read_row, row_of, scalar
from rag.errors import Unreadable
from rag.language.text import detect_language
from rag.types import Document, InputReport

_LONGEST_TITLE = 60


class _Place(NamedTuple):
    """Where bytes come from: a file, or one `depth` files deep within it.

    Pictures in it are read until `deadline`.
    """

    id: str
    source: str
    suffix: str
    deadline: float = inf
    depth: int = 0

    def within(self, name: str) -> _Place:
        """The place of a file of that name within this one."""
        suffix = PurePosixPath(name).suffix.lower()
        return self._replace(
            id=f"{self.id}/{name}",
            source=f"{self.source}/{name}",
            suffix=suffix,
            depth=self.depth + 1,
        )


def load(file: InputFile, deadline: float = inf) -> tuple[list[Document], list[InputReport]]:
    """The documents in `file`, with canonical text, and what in it was skipped, and why.

    A corpus (`.jsonl`) and a table of questions and answers give a document a row, an archive
    (`.zip`) one a file, an e-mail one and one for each file sent with it, every other format one.
    Pictures of text are read until `deadline`, by the monotonic clock. Raises Unreadable when there
    is none, OSError when the file cannot be read now.
    """
    place = _Place(file.id, file.source, file.path.suffix.lower(), deadline)
    refuse_unknown(place.suffix)
    return _read(place, file.path.read_bytes())


def _read(place: _Place, data: bytes) -> tuple[list[Document], list[InputReport]]:
    refuse_unknown(place.suffix)
    if not data.strip():
        raise Unreadable("empty file")
    match place.suffix:
        case ".jsonl":
            return _rows(place, _lines(decode(data)))
        case ".csv" | ".tsv":
            return _table(place, data)
        case ".zip":
            return _archive(place, data)
        case ".eml":
            return _mail(place, data)
    return _single(place, parser_for(place.suffix, place.deadline)(data))


def _single(place: _Place, parsed: Parsed) -> tuple[list[Document], list[InputReport]]:
    document = _document(place.id, place.source, PurePosixPath(place.id).stem, parsed)
    missing = [
        InputReport(f"{place.source}#{part}", "skipped", reason=reason)
        for part, reason in parsed.missing
    ]
    return [document], missing


def _archive(place: _Place, data: bytes) -> tuple[list[Document], list[InputReport]]:
    from rag.documents.archive import members

    if place.depth:
        raise Unreadable("an archive within another file; unpack it first")
    documents: list[Document] = []
    reports: list[InputReport] = []
    for name, content in members(data):
        _add(place.within(name), content, documents, reports)
    if not documents:
        raise Unreadable(f"no document in it ({reports[0].reason})" if reports else "no file in it")
    return documents, reports


def _mail(place: _Place, data: bytes) -> tuple[list[Document], list[InputReport]]:
    from rag.documents.mail import parse_mail

    parsed, attachments = parse_mail(data)
    documents, reports = _single(place, parsed)
    for attachment in attachments:
        name = PurePosixPath(attachment.name.replace("\\", "/")).name
        _add(place.within(one_line(name)), attachment.data, documents, reports)
    return documents, reports


def _add(
    place: _Place,
    content: bytes | Unreadable,
    documents: list[Document],
    reports: list[InputReport],
) -> None:
    """Adds what a file within another gives: its failure never stops the others."""
    try:
        if isinstance(content, Unreadable):
            raise content
        if place.id in {document.id for document in documents}:
            raise Unreadable("another file in it has the same name")
        found, skipped = _read(place, content)
    except Unreadable as error:
        reports.append(InputReport(place.source, "skipped", reason=error.message))
    else:
        documents += found
        reports += skipped


def _table(place: _Place, data: bytes) -> tuple[list[Document], list[InputReport]]:
    from rag.documents.delimited import read_rows, table_of

    header, *rows = read_rows(data) or [[]]
    if not is_faq(header):
        return _single(place, table_of([header, *rows]))
    fields = (dict(zip(header, row, strict=False)) for row in rows)
    return _rows(place, enumerate(fields, 2))


def _document(document_id: str, source: str, name: str, parsed: Parsed) -> Document:
    """The document of `parsed`; without a title, its first short line or `name` is the title."""
    text = clean(parsed.text, EXACT_RULES if parsed.is_exact else RULES)
    if not text:
        raise Unreadable("no text left after cleaning")
    title = " ".join(clean(parsed.title).split()) or _first_short_line(text) or name
    meta = {name: one_line(value) for name, value in parsed.meta.items()}
    meta |= PageMap(moved(parsed.page_starts, parsed.text, text), parsed.ocr_pages).meta
    meta["language"] = detect_language(text)
    return Document(document_id, source, title, with_byline(text, meta), meta)


def _first_short_line(text: str) -> str:
    """The first line of a text, unless it is long, a sentence or the first row of a table."""
    first = text.split("\n", 1)[0].strip()
    if "\t" in first or first.startswith("|"):
        return ""
    line = first.strip("# \t*_-")
    is_sentence = line.endswith(("。", "！", "？", ".", "；", "，", ","))
    return "" if is_sentence or len(line) > _LONGEST_TITLE else line


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _rows(
    place: _Place, rows: Iterable[tuple[int, str | Mapping[str, Any]]]
) -> tuple[list[Document], list[InputReport]]:
    """A document a row, which is named by its own id or else by its number."""
    documents: dict[str, Document] = {}
    skipped: list[InputReport] = []
    for number, fields in rows:
        label = f"line {number}"
        try:
            row = read_row(fields) if isinstance(fields, str) else fields
            own_id = scalar(row.get("id"))
            label = own_id or label
            parsed = row_of(row)
            has_own_id = own_id and place.suffix == ".jsonl" and not place.depth
            row_id = own_id if has_own_id else f"{place.id}:{own_id or number}"
            if row_id in documents:
                raise Unreadable(f"line {number}: the id {own_id!r} is taken")
            documents[row_id] = _document(row_id, f"{place.source}#{label}", row_id, parsed)
        except Unreadable as error:
            source = f"{place.source}#{label}"
            skipped.append(InputReport(source, "skipped", reason=error.message))
    if not documents:
        raise Unreadable(skipped[0].reason if skipped else "no row in it")
    return list(documents.values()), skipped


def sample_questions(path: Path) -> list[str]:
    """The answerable questions of a gold file, [] for any other file."""
    if path.suffix.lower() != ".jsonl":
        return []
    questions = []
    for line in decode(path.read_bytes()).split("\n"):
        try:
            row = read_row(line)
        except Unreadable:
            continue
        is_answerable = bool(row.get("answers")) and row.get("answerable") is not False
        if is_answerable and not row.get("history"):
            questions.append(scalar(row.get("question")))
    return [question for question in questions if question]
