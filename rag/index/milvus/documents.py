"""Documents and chunks as rows of Milvus, with the checksums that they have in SQLite."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np

from rag.index.milvus.engine import Row
from rag.index.milvus.searchers import weights_of
from rag.index.milvus.tables import Tables, draw, mark, packed, unpacked
from rag.index.rows import (
    IndexedChunk,
    Origin,
    chunk_row,
    document_checksum,
    is_sound,
    path_value,
    read_chunk,
)
from rag.language.aliases import aliases_of
from rag.language.terms import is_mostly_han
from rag.types import Document, DocumentInfo

_MOST_TERMS = 60_000  # bytes that are searched of a passage's terms: Milvus takes 65,535
_KEPT = 5_000_000  # characters of documents that are kept in memory


@dataclass(frozen=True, slots=True)
class Head:
    """A document without its text; its chunks have `chunks` keys from `first_key` on."""

    id: str
    source: str
    path: str | bytes
    digest: str
    title: str
    meta: str
    added: str
    checksum: str
    characters: int
    chunks: int
    sections: tuple[str, ...] = ()
    first_key: int = 0
    version: int = 0

    @classmethod
    def of(cls, document: Document, origin: Origin, added: str, chunks: int) -> Head:
        """That of a new document."""
        return cls(
            document.id,
            document.source,
            path_value(origin.path),
            origin.digest,
            document.title,
            json.dumps(dict(document.meta), ensure_ascii=False),
            added,
            document_checksum(document),
            len(document.text),
            chunks,
        )

    @classmethod
    def read(cls, text: str) -> Head:
        """The head that `written` made this text of."""
        held = dict(zip((field.name for field in fields(cls)), unpacked(text), strict=True))
        return cls(**{**held, "sections": tuple(held["sections"])})

    @property
    def written(self) -> str:
        """All of it as text."""
        return packed(astuple(self))

    def with_chunks(self, chunks: int) -> Head:
        """The same with other chunks."""
        return replace(self, chunks=chunks)

    def at(self, version: int, first_key: int) -> Head:
        """The same as a new version."""
        return replace(self, version=version, first_key=first_key)

    def moved(self, origin: Origin) -> Head:
        """The same from another file."""
        return replace(self, path=path_value(origin.path), digest=origin.digest)

    @property
    def info(self) -> DocumentInfo:
        """What a list says of it."""
        language = str(json.loads(self.meta).get("language", ""))
        values = self.id, self.title, self.source, language
        return DocumentInfo(*values, self.chunks, self.characters, self.added)


class Documents:
    """Reads and writes them; versions never change, so that some are kept in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._kept: dict[int, Document] = {}
        self._lock = threading.Lock()

    def rows(
        self, head: Head, document: Document, chunks: Sequence[IndexedChunk]
    ) -> tuple[list[Row], list[Row]]:
        """The rows of a document in either collection: of records and of passages."""
        write, version = self._tables.write, head.version
        sections = tuple(dict.fromkeys(each.chunk.section for each in chunks))
        records = write(f"t{version}", version, document.text)
        passages = []
        aliases = aliases_of([f"{document.title}\n{document.text}"])
        names = [(name, sorted(others)) for name, others in aliases.items()]
        if names and chunks:
            records += write(f"a{head.first_key}", version, packed(names))
        for key, indexed in enumerate(chunks, start=head.first_key):
            row = chunk_row(indexed)
            records += write(f"c{key}", version, packed([version, *row[1:]]))
            is_first = indexed.chunk.ordinal == 0
            passages.append(_passage(key, version, indexed, is_named=bool(names) and is_first))
        return [*records, *self.head_rows(replace(head, sections=sections))], passages

    def head_rows(self, head: Head) -> list[Row]:
        """The rows of a document's head."""
        return self._tables.write(f"h{head.version}", head.version, head.written, mark(head.id))

    def heads(self, visible: str, ids: Collection[str] | None = None) -> dict[str, Head]:
        """Document id → its head, of all or of those of `ids` that are there."""
        marks = None if ids is None else {mark(each) for each in ids}
        if marks is not None and not marks:
            return {}
        texts = self._tables.heads(visible, marks).values()
        return {head.id: head for head in map(Head.read, texts)}

    def document(self, head: Head) -> Document | None:
        """The document of a head, None where its text is gone or not what was written."""
        with self._lock:
            if head.version in self._kept:
                return self._kept[head.version]
        texts = self._tables.read([f"t{head.version}"])
        document = next((self._made(head, text) for text in texts.values()), None)
        if document is not None:
            self._keep(head.version, document)
        return document

    def _made(self, head: Head, text: str) -> Document | None:
        document = Document(head.id, head.source, head.title, text, json.loads(head.meta))
        return document if document_checksum(document) == head.checksum else None

    def _keep(self, version: int, document: Document) -> None:
        with self._lock:
            self._kept[version] = document
            size = sum(len(each.text) for each in self._kept.values())
            while size > _KEPT and len(self._kept) > 1:
                size -= len(self._kept.pop(next(iter(self._kept))).text)

    def chunks(self, keys: Sequence[int], dimension: int) -> dict[int, tuple[int, IndexedChunk]]:
        """Key → version and chunk, of those that are there with their documents."""
        texts = self._tables.read([f"c{key}" for key in keys])
        rows = {int(name[1:]): unpacked(text) for name, text in texts.items()}
        documents = self._of_versions({row[0] for row in rows.values()})
        found = {}
        for key in keys:
            row = rows.get(key)
            if row is None or row[0] not in documents:
                continue
            values = (None, *row[1:])
            if not is_sound(values):
                raise self._tables.damage(f"chunk {row[2]} of {row[1]!r} was altered")
            found[key] = row[0], read_chunk(values, documents[row[0]], dimension)
        return found

    def _of_versions(self, versions: Collection[int]) -> dict[int, Document]:
        with self._lock:
            found = {each: self._kept[each] for each in versions if each in self._kept}
        missing = [f"h{each}" for each in versions if each not in found]
        for text in self._tables.read(missing).values():
            head = Head.read(text)
            document = self.document(head)
            if document is not None:
                found[head.version] = document
        return found


def _passage(key: int, version: int, indexed: IndexedChunk, *, is_named: bool) -> Row:
    terms = " ".join(indexed.terms).encode("utf-8", "replace")[:_MOST_TERMS]
    searched = terms.decode("utf-8", "ignore")
    return {
        "key": key,
        "version": version,
        "document": mark(indexed.chunk.document_id),
        "han": is_mostly_han(list(indexed.terms)),
        "draw": draw(key),
        "named": is_named,
        "terms": searched,
        "weights": weights_of(searched.split()),
        "vector": np.asarray(indexed.vector, dtype=np.float32).tolist(),
    }
