"""What the rest of Wenju asks of the place where documents are kept and found.

`rag.index.store` keeps them in SQLite, `rag.index.milvus.store` in Milvus. An engine that is to
take their place passes the tests of `tests/index/test_store_contract.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from rag.index.candidates import Searchers
from rag.index.rows import IndexedChunk, Origin
from rag.types import Document, DocumentInfo


class DocumentStore(Protocol):
    """The documents and chunks of one index; safe to share between threads.

    A chunk has a key, a number that is never used again. Readers see each `replace` whole or not
    at all, those of other processes included. All methods may raise IndexBusy, IndexUnavailable
    and IndexDamaged.
    """

    @property
    def generation(self) -> int:
        """A number that grows with every change to the documents."""

    @property
    def is_replaced(self) -> bool:
        """Whether the index was deleted, or made again by others, since it was opened."""

    @property
    def model(self) -> str:
        """The model that made the vectors."""

    def renewed_with(self, model: str) -> None:
        """Say that all vectors are this model's now."""

    def writing(self) -> AbstractContextManager[None]:
        """Nobody else writes meanwhile, whatever process it is in; raises IndexBusy."""

    def replace(
        self,
        additions: Sequence[tuple[Document, Origin, Sequence[IndexedChunk]]],
        removals: Collection[str] = (),
        touched: Sequence[tuple[str, Origin]] = (),
    ) -> None:
        """Put documents in the place of their former versions, and remove others: all or nothing.

        `touched` are documents whose content stayed the same while their file changed.
        """

    def reindex(self, documents: Sequence[tuple[Document, Sequence[IndexedChunk]]]) -> list[str]:
        """Put chunks in the place of a document's former ones; all else of it stays.

        Gives the ids of those done: a document that was changed or removed meanwhile is left.
        """

    def remove(self, document_id: str) -> None:
        """Remove a document; raises DocumentNotFound."""

    def counts(self) -> tuple[int, int]:
        """Number of documents and of chunks."""

    def documents(self) -> list[DocumentInfo]:
        """All documents by id."""

    def document_info(self, document_id: str) -> DocumentInfo:
        """What `documents` says of one; raises DocumentNotFound."""

    def document(self, document_id: str) -> Document:
        """A document by id; raises DocumentNotFound."""

    def document_checksums(self, ids: Collection[str]) -> dict[str, str]:
        """Document id → checksum of its content, for those of `ids` that are here."""

    def origins(self, ids: Collection[str] | None = None) -> dict[str, Origin]:
        """Document id → where it came from, of all or of those of `ids` that are here."""

    def sections(self) -> list[tuple[str, str, str]]:
        """(document id, title, section) of all chunks, each once, in their order."""

    def questions(self) -> list[str]:
        """The questions that were written for these documents."""

    def remember_questions(self, questions: Sequence[str]) -> None:
        """Keep questions that were written for these documents, in the place of former ones."""

    def glossaries(self) -> dict[str, str]:
        """Path → text of each glossary that lies beside these documents."""

    def remember_glossaries(self, glossaries: Mapping[str, str]) -> None:
        """Keep glossaries in the place of all former ones; the generation grows."""

    def chunks(self, keys: Iterable[int]) -> dict[int, IndexedChunk]:
        """Key → chunk, for those keys that are (still) here; each is cut from its document."""

    def chunk_at(self, document_id: str, ordinal: int) -> IndexedChunk | None:
        """The chunk with that place in a document, None where there is none."""

    def keys_of(self, document_ids: Collection[str]) -> set[int]:
        """Keys of all chunks of the given documents."""

    def searchers(self) -> Searchers:
        """Both search arms over all chunks of the current generation; writes nothing."""

    def refresh(self) -> None:
        """Have `searchers` ready for the next process: for writers, when they are done.

        Without it, as after a crash, `searchers` gives the same, after some work.
        """

    def repair(self) -> None:
        """Derive again what is derived from documents and chunks."""

    def compact(self) -> None:
        """Have no file hold what was removed."""

    @property
    def is_scattered(self) -> bool:
        """Whether `compact` is worth its while."""

    def damage(self) -> list[str]:
        """What is not as it was written, a line each; [] for a sound index."""

    def close(self) -> None:
        """Release the index."""
