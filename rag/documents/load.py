"""The loader: one file becomes documents, by its format, with canonical text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rag.documents.cleaning.rules import EXACT_RULES, RULES, clean, remove_invisible
from rag.documents.encoding import decode
from rag.documents.files import InputFile
from rag.documents.plain import Parsed, parse_markdown, parse_text
from rag.errors import Unreadable
from rag.language.text import detect_language
from rag.types import Document, InputReport

_LONGEST_TITLE = 60


def load(file: InputFile) -> tuple[list[Document], list[InputReport]]:
    """The documents in `file`, with canonical text, and what in it was skipped, and why.

    A corpus (`.jsonl`) gives a document a row, every other format one. Raises Unreadable when
    there is none, OSError when the file cannot be read now.
    """
    suffix = file.path.suffix.lower()
    parse = None if suffix == ".jsonl" else _parser_for(suffix)
    data = file.path.read_bytes()
    if not data.strip():
        raise Unreadable("empty file")
    if parse is None:
        return _load_rows(file, decode(data))
    parsed = parse(data)
    document = _document(file.id, file.source, Path(file.id).stem, parsed)
    missing = [
        InputReport(f"{file.source}#{part}", "skipped", reason=reason)
        for part, reason in parsed.missing
    ]
    return [document], missing


def _document(document_id: str, source: str, name: str, parsed: Parsed) -> Document:
    """The document of `parsed`; without a title, its first short line or `name` is the title."""
    text = clean(parsed.text, EXACT_RULES if parsed.is_exact else RULES)
    if not text:
        raise Unreadable("no text left after cleaning")
    title = " ".join(clean(parsed.title).split()) or _first_short_line(text) or name
    meta = {name: _line(value) for name, value in parsed.meta.items()}
    meta["language"] = detect_language(text)
    return Document(document_id, source, title, text, meta)


def _first_short_line(text: str) -> str:
    line = text.split("\n", 1)[0].strip("# \t*_-")
    is_sentence = line.endswith(("。", "！", "？", ".", "；", "，", ","))
    return "" if is_sentence or len(line) > _LONGEST_TITLE else line


def _parser_for(suffix: str) -> Callable[[bytes], Parsed]:
    """The parser for a file name ending; raises Unreadable. Imports only what it needs."""
    match suffix:
        case ".txt":
            return parse_text
        case ".md" | ".markdown":
            return parse_markdown
        case ".html" | ".htm":
            from rag.documents.html import parse_html

            return parse_html
        case ".pdf":
            from rag.documents.pdf import parse_pdf

            return parse_pdf
        case ".docx":
            from rag.documents.office.word import parse_docx

            return parse_docx
    raise Unreadable(f"unsupported format {suffix}" if suffix else "unsupported: no file ending")


def _load_rows(file: InputFile, text: str) -> tuple[list[Document], list[InputReport]]:
    documents: dict[str, Document] = {}
    skipped: list[InputReport] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            row = _row(line)
            row_id = _scalar(row.get("id"))
            place = row_id or place
            if row_id in documents:
                raise Unreadable(f"line {number}: the id {row_id!r} is taken")
            row_id = row_id or f"{file.id}:{number}"
            documents[row_id] = _row_document(row_id, f"{file.source}#{place}", row)
        except Unreadable as error:
            source = f"{file.source}#{place}"
            skipped.append(InputReport(source, "skipped", reason=error.message))
    if not documents:
        raise Unreadable(skipped[0].reason)
    return list(documents.values()), skipped


def sample_questions(path: Path) -> list[str]:
    """The answerable questions of a gold file, [] for any other file."""
    if path.suffix.lower() != ".jsonl":
        return []
    questions = []
    for line in decode(path.read_bytes()).split("\n"):
        try:
            row = _row(line)
        except Unreadable:
            continue
        is_answerable = bool(row.get("answers")) and row.get("answerable") is not False
        if is_answerable and not row.get("history"):
            questions.append(_scalar(row.get("question")))
    return [question for question in questions if question]


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"invalid JSON: {error}") from error
    if not isinstance(row, dict):
        raise Unreadable("a row must be a JSON object")
    return row


def _row_document(row_id: str, source: str, row: Mapping[str, Any]) -> Document:
    text = row.get("text")
    if text is None:
        raise Unreadable("rows have no text (a gold file?)")
    if not isinstance(text, str):
        raise Unreadable("the text of a row must be a string")
    others = {
        _line(name): value
        for name, value in row.items()
        if isinstance(value, str) and name not in ("id", "title", "text")
    }
    return _document(row_id, source, row_id, Parsed(_scalar(row.get("title")), text, others))


def _scalar(value: object) -> str:
    """A string or number of a row as one line; "" for anything else."""
    return _line(str(value)) if isinstance(value, str | int) else ""


def _line(text: str) -> str:
    """`text` on one line, without what nobody sees: it may reach a terminal or a page."""
    storable = text.encode("utf-8", "replace").decode("utf-8")  # JSON can escape half a pair
    return " ".join(remove_invisible(storable).split())
