"""Documents and chunks as rows of the database, with their checksums."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.types import Chunk, Document

CHUNK_COLUMNS = (
    'key, document_id, ordinal, section, start, "end", terms, vector, spans, unit_vectors, checksum'
)


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk as indexed: its terms, its vector (d,), its units and their vectors (n, d).

    `spans` are half-open offsets of the units in `chunk.text`. `title` and
    `source` are the document's, filled when read.
    """

    chunk: Chunk
    terms: Sequence[str]
    vector: np.ndarray
    spans: Sequence[tuple[int, int]]
    unit_vectors: np.ndarray
    title: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from: the file's absolute path and the SHA-256 of its bytes."""

    path: str
    digest: str


def document_checksum(document: Document) -> str:
    """SHA-256 over everything an answer may show of a document."""
    parts = [
        document.id,
        document.source,
        document.title,
        document.text,
        json.dumps(dict(document.meta), ensure_ascii=False, sort_keys=True),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def path_value(path: str) -> str | bytes:
    """The path as text, or as its bytes where these are no UTF-8."""
    encoded = os.fsencode(path)
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError:
        return encoded


def chunk_row(indexed: IndexedChunk) -> tuple:  # type: ignore[type-arg]
    """The values of a chunk's row but its key, the checksum last."""
    chunk = indexed.chunk
    row = (
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
    return (*row, chunk_checksum(row))


def chunk_checksum(values: tuple) -> int:  # type: ignore[type-arg]
    """CRC-32 over the values of a row."""
    checksum = 0
    for value in values:
        part = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        checksum = zlib.crc32(b"\0" + part, checksum)
    return checksum
