"""Passages as documents of LangChain (`pip install 'wenju[langchain]'`)."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from rag.integrations.remote import Searches
from rag.shapes import shape
from rag.types import Hit


class WenjuRetriever(BaseRetriever):
    """Finds the `top_k` best passages of `source`: an Assistant, or a Remote.

    A document's text is the passage, its metadata are the other fields of a hit: where the passage
    stands (`document_id`, `start`, `end`, `page`), and its `score`.
    """

    source: Any
    top_k: int = 5

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (told by LangChain)
    ) -> list[Document]:
        source: Searches = self.source
        return [_document(hit) for hit in source.search(query, self.top_k).hits]


def _document(hit: Hit) -> Document:
    fields = shape(hit)
    return Document(id=hit.chunk_id, page_content=fields.pop("text"), metadata=fields)
