"""What a document is about: its central sentences cited, its headings, who wrote it and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

import numpy as np

from rag.answering.citations import Quote, citation
from rag.index.contents import contents
from rag.index.passage import Passage
from rag.index.protocol import DocumentStore
from rag.index.rows import IndexedChunk
from rag.language import bylines
from rag.language.sentences import sentences
from rag.reading.summary import summary
from rag.types import Document, DocumentInfo, DocumentOverview

ROOM = 1_200  # characters of the sentences, where no chat limits them
_OPENING = 80  # characters cited of a document's beginning


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A document with all of its passages, in order."""

    info: DocumentInfo
    document: Document
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, store: DocumentStore, document_id: str) -> WholeDocument:
        """The document of that id; raises DocumentNotFound."""
        chunks = store.chunks(store.keys_of([document_id])).values()
        return cls._made(store, document_id, chunks)

    @classmethod
    def beginning(cls, store: DocumentStore, document_id: str) -> WholeDocument:
        """The same with its first passage alone, where the others are not needed."""
        first = store.chunk_at(document_id, 0)
        return cls._made(store, document_id, [first] if first else [])

    @classmethod
    def _made(
        cls, store: DocumentStore, document_id: str, chunks: Iterable[IndexedChunk]
    ) -> WholeDocument:
        passages = (
            Passage(each.chunk, each.title, each.source, each.spans, each.unit_vectors)
            for each in sorted(chunks, key=lambda each: each.chunk.ordinal)
        )
        return cls(store.document_info(document_id), store.document(document_id), tuple(passages))

    def summary(
        self, room: int, query: np.ndarray | None = None, among: Collection[str] = ()
    ) -> list[Quote]:
        """Its central sentences in order, those for a query where there is one.

        Where chunk ids are given, the sentences stand in these.
        """
        passages = [each for each in self.passages if not among or each.chunk.id in among]
        return [
            Quote(passages[each.passage], each.start, each.end)
            for each in summary(passages, room, query)
        ]

    def opening(self) -> Quote | None:
        """Its first words: a sentence, or as many as can be read at a glance."""
        for passage in self.passages:
            for start, end in sentences(passage.text):
                return Quote(passage, start, min(end, start + _OPENING))
        return None

    def quote(self, start: int, end: int) -> Quote | None:
        """The words at these offsets of its text, None where they cross the end of a passage."""
        for passage in self.passages:
            if passage.chunk.start <= start and end <= passage.chunk.end:
                return Quote(passage, start - passage.chunk.start, end - passage.chunk.start)
        return None

    def particular(self, name: str) -> tuple[str | None, Quote | None]:
        """`author`, `date`, `publisher` or `url` as it states them, and where its text does."""
        if stated := self.document.meta.get(name):
            return stated, None
        find = {"author": bylines.author, "date": bylines.date}.get(name)
        span = find(self.document.text) if find else None
        if span is None:
            return None, None
        return " ".join(self.document.text[slice(*span)].split()), self.quote(*span)

    def overview(self) -> DocumentOverview:
        """All of it in one."""
        author, date, publisher, url = (
            self.particular(name)[0] for name in ("author", "date", "publisher", "url")
        )
        return DocumentOverview(
            **asdict(self.info),
            author=author,
            date=date,
            publisher=publisher,
            url=url,
            contents=contents(self.document.text, self.document.title),
            citations=tuple(
                citation(marker, quote) for marker, quote in enumerate(self.summary(ROOM), start=1)
            ),
        )
