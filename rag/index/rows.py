"""Documents and chunks as rows of the database, with their checksums."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.documents.page_map import NO_PAGES, PageMap
from rag.language.text_tables import header_above
from rag.storage import Row
from rag.types import Chunk, Document

DOCUMENT_COLUMNS = "id, source, origin, digest, title, text, meta, added, checksum, chunks, seal"
CHUNK_COLUMNS = (
    'key, document_id, ordinal, section, start, "end", terms, vector, spans, unit_vectors, checksum'
)


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk as indexed: its terms, its vector (d,), its units and their vectors (n, d).

    `spans` are half-open offsets of the units in `chunk.text`. `title`, `source` and `pages` are
    the document's, filled when read.
    """

    chunk: Chunk
    terms: Sequence[str]
    vector: np.ndarray
    spans: Sequence[tuple[int, int]]
    unit_vectors: np.ndarray
    title: str = ""
    source: str = ""
    pages: PageMap = NO_PAGES


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from: the file's absolute path and the SHA-256 of its bytes."""

    path: str
    digest: str


def document_checksum(document: Document) -> str:
    """SHA-256 over everything an answer may show of a document."""
    meta = json.dumps(dict(document.meta), ensure_ascii=False, sort_keys=True)
    parts = document.id, document.source, document.title, document.text, meta
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def document_row(document: Document, origin: Origin, added: str, chunks: int) -> Row:
    """The values of `DOCUMENT_COLUMNS`; `chunks` is their number."""
    path, content = path_value(origin.path), document_checksum(document)
    return (
        document.id,
        document.source,
        path,
        origin.digest,
        document.title,
        document.text,
        json.dumps(dict(document.meta), ensure_ascii=False),
        added,
        content,
        chunks,
        document_seal(document.id, path, origin.digest, added, content, chunks),
    )


def document_seal(
    document_id: str, path: str | bytes, digest: str, added: str, content: str, chunks: int
) -> int:
    """CRC-32 over all that a document's row holds beside its content, and that one's checksum."""
    return checksum((document_id, path, digest, added, content, chunks))


def is_sealed(row: Row) -> bool:
    """Whether a row of `DOCUMENT_COLUMNS` is what was written, its content apart."""
    document_id, _, path, digest, _, _, _, added, content, chunks, seal = row
    return bool(seal == checksum((document_id, path, digest, added, content, chunks)))


def read_document(row: Row) -> Document | None:
    """The document of a row of `DOCUMENT_COLUMNS`, None if it is not what was written."""
    document_id, source, _, _, title, text, meta, _, content, _, _ = row
    try:
        document = Document(document_id, source, title, text, json.loads(meta))
        return document if document_checksum(document) == content else None
    except (TypeError, ValueError):  # a value of another type than was written
        return None


def path_value(path: str) -> str | bytes:
    """The path as text, or as its bytes where these are no UTF-8."""
    encoded = os.fsencode(path)
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError:
        return encoded


def chunk_row(indexed: IndexedChunk) -> Row:
    """The values of `CHUNK_COLUMNS`; the database finds the key."""
    chunk = indexed.chunk
    values = (
        chunk.document_id,
        chunk.ordinal,
        chunk.section,
        chunk.start,
        chunk.end,
        " ".join(indexed.terms),
        np.asarray(indexed.vector, dtype=np.float32).tobytes(),
        np.asarray(indexed.spans, dtype=np.int32).tobytes(),
        np.asarray(indexed.unit_vectors, dtype=np.float16).tobytes(),
    )
    return (None, *values, checksum(values))


def is_sound(row: Row) -> bool:
    """Whether a row of `CHUNK_COLUMNS` is what was written."""
    return bool(checksum(row[1:-1]) == row[-1])


def damage_of_chunk(row: Row, dimension: int) -> str:
    """What is wrong with a row of `CHUNK_COLUMNS`, "" for nothing."""
    if not is_sound(row):
        return f"chunk {row[2]} of {row[1]!r} was altered"
    sizes = len(row[7]), len(row[8]) * dimension * 2
    if sizes != (4 * dimension, len(row[9]) * 8):
        return f"chunk {row[2]} of {row[1]!r} has vectors of another length"
    return ""


def read_chunk(row: Row, document: Document, dimension: int) -> IndexedChunk:
    """The chunk of a sound row, cut from its document."""
    _, document_id, ordinal, section, start, end, terms, vector, spans, units, _ = row
    text = document.text[start:end]
    return IndexedChunk(
        Chunk(
            *(f"{document_id}#{ordinal}", document_id, section, text, start, end, ordinal),
            header=header_above(document.text, start),
        ),
        terms.split(),
        np.frombuffer(vector, dtype=np.float32),
        [(int(a), int(b)) for a, b in np.frombuffer(spans, dtype=np.int32).reshape(-1, 2)],
        np.frombuffer(units, dtype=np.float16).astype(np.float32).reshape(-1, dimension),
        document.title,
        document.source,
        PageMap.of(document.meta),
    )


def checksum(values: Row) -> int:
    """CRC-32 over values, one after the other."""
    found = 0
    for value in values:
        part = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        found = zlib.crc32(b"\0" + part, found)
    return found
