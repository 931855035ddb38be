"""Passages as nodes of LlamaIndex (`pip install 'wenju[llama-index]'`)."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.integrations.remote import Searches
from rag.shapes import shape
from rag.types import Hit


class WenjuRetriever(BaseRetriever):
    """Finds the `top_k` best passages of `source`: an Assistant, or a Remote.

    A node's text is the passage, its metadata are the other fields of a hit: where the passage
    stands (`document_id`, `start`, `end`, `page`), and its `score`.
    """

    def __init__(self, source: Searches, top_k: int = 5, **options: Any) -> None:
        self._source = source
        self._top_k = top_k
        super().__init__(**options)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._source.search(query_bundle.query_str, self._top_k)
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in found.hits]


def _node(hit: Hit) -> TextNode:
    fields = shape(hit)
    text = fields.pop("text")
    return TextNode(
        id_=hit.chunk_id,
        text=text,
        metadata=fields,
        start_char_idx=hit.start,
        end_char_idx=hit.end,
        # What a language model needs to cite; the rest would only fill its prompt.
        excluded_llm_metadata_keys=sorted(set(fields) - {"title", "document_id"}),
        excluded_embed_metadata_keys=sorted(fields),
    )
