"""A document as it is indexed: its chunks with their terms and vectors."""

from __future__ import annotations

from collections.abc import Callable

from rag.documents.chunks import chunk, context
from rag.errors import IndexingStopped
from rag.index.rows import IndexedChunk
from rag.language.file_names import beyond, name_words, property_words
from rag.language.terms import index_terms
from rag.language.units import units
from rag.models.embedding import Embedder, EmbeddingInput
from rag.types import Chunk, Document


def pieces_of(
    document: Document, embedder: Embedder, is_stopping: Callable[[], bool] = lambda: False
) -> list[IndexedChunk]:
    """The chunks of a document, in order, [] for one without text; raises IndexingStopped."""
    pieces = []
    for piece in chunk(document):
        if is_stopping():
            raise IndexingStopped("the server is shutting down", "send the files again later")
        pieces.append(_indexed(document, piece, embedder))
    return pieces


def _indexed(document: Document, piece: Chunk, embedder: Embedder) -> IndexedChunk:
    head = context(document, piece)
    spans = list(units(piece.text))
    vectors = embedder.embed_passage(EmbeddingInput(head, piece.text, spans))
    name = beyond(name_words(document.source), head)
    about = "" if piece.ordinal else property_words(document.meta)
    terms = index_terms(f"{name}\n{about}\n{head}{piece.text}")
    return IndexedChunk(piece, terms, vectors.passage, spans, vectors.units)
