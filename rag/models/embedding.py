"""Text to vectors: the bundled model through ONNX Runtime, any other through
sentence-transformers.

All vectors are float32 of unit length, so that their dot product is the cosine. Both scripts are
embedded in simplified form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.config import BUNDLED_MODEL, Settings
from rag.errors import ModelMissing
from rag.language.text import simplify_in_place
from rag.models import e5, vocabulary
from rag.models.onnx import open_session
from rag.models.vocabulary import open_vocabulary

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vector = np.ndarray
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class EmbeddingInput:
    """A text to embed, with `context` (title, section) before it and `spans` of its units."""

    context: str
    text: str
    spans: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """`passage` (d,) for the whole, `units` (n, d) in the order of the spans."""

    passage: Vector
    units: Vector


class Embedder(Protocol):
    """What turns text into vectors; `name` tells indexes built with different models apart."""

    name: str
    dimension: int

    def embed_query(self, query: str) -> Vector:
        """(d,) for a question."""
        ...

    def embed_passage(self, passage: EmbeddingInput) -> PassageVectors:
        """Vectors of a passage and of each of its units."""
        ...


class BundledEmbedder:
    """multilingual-e5-small: one pass gives a passage's vector and its units'.

    A unit's vector is the mean of its token states within the passage, so that it knows its
    context and costs nothing extra.
    """

    dimension = e5.DIMENSION

    def __init__(self, folder: Path) -> None:
        self.name = e5.identity()
        if not e5.is_built(folder):
            raise ModelMissing(f"the bundled model is not prepared in {folder}", "run: wenju setup")
        self._session = open_session(folder / e5.MODEL_FILE)
        self._vocabulary = open_vocabulary(folder.parent / vocabulary.NAME)

    def embed_query(self, query: str) -> Vector:
        """(384,) for a question; a question past 512 tokens is cut."""
        states, _ = self._states(f"query: {simplify_in_place(query)}")
        return _unit(states.mean(axis=0))

    def embed_passage(self, passage: EmbeddingInput) -> PassageVectors:
        """(384,) and (n, 384); what lies past 512 tokens falls back to the passage's vector."""
        head = f"passage: {passage.context}"
        text = simplify_in_place(head + passage.text)
        states, offsets = self._states(text)
        whole = _unit(states.mean(axis=0))
        starts, ends = np.asarray(offsets).T
        units = np.empty((len(passage.spans), self.dimension), dtype=np.float32)
        for row, (start, end) in enumerate(passage.spans):
            inside = (ends > start + len(head)) & (starts < end + len(head)) & (ends > starts)
            units[row] = _unit(states[inside].mean(axis=0)) if inside.any() else whole
        return PassageVectors(whole, units)

    def _states(self, text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
        """States (tokens, 384) and each token's half-open span in `text`, (0, 0) at both ends.

        Texts run one at a time: with dynamic int8 that is faster than padded batches, and a text's
        vectors do not depend on its neighbours in a batch.
        """
        tokens = self._vocabulary.encode(text)
        room = e5.MAX_TOKENS - 2
        ids = [vocabulary.BEGIN, *tokens.ids[:room], vocabulary.END]
        words = self._vocabulary.vectors(ids)[None]
        (states,) = self._session.run(None, {"words": words})
        return states[0], [(0, 0), *tokens.offsets[:room], (0, 0)]


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by name or folder; E5 models get their prefixes."""

    def __init__(self, name: str, model: SentenceTransformer) -> None:
        self.name = name
        self._model = model
        self.dimension = int(model.get_embedding_dimension() or 0)
        is_e5 = "e5" in Path(name).name.lower().replace("_", "-").split("-")
        self._query_prefix, self._passage_prefix = ("query: ", "passage: ") if is_e5 else ("", "")

    def embed_query(self, query: str) -> Vector:
        """(d,) for a question."""
        vector: Vector = self._encode([f"{self._query_prefix}{simplify_in_place(query)}"])[0]
        return vector

    def embed_passage(self, passage: EmbeddingInput) -> PassageVectors:
        """(d,) and (n, d); each unit is embedded by itself."""
        parts = [passage.context + passage.text]
        parts += [passage.text[start:end] for start, end in passage.spans]
        vectors = self._encode([f"{self._passage_prefix}{simplify_in_place(p)}" for p in parts])
        return PassageVectors(vectors[0], vectors[1:])

    def _encode(self, texts: list[str]) -> Vector:
        vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def identity(settings: Settings) -> str:
    """The `name` that the embedder of these settings has, without opening it."""
    if settings.embedding_model != BUNDLED_MODEL:
        return settings.embedding_model
    return e5.identity() if _is_bundled_here(settings) else e5.OFFICIAL_NAME


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; raises ModelMissing with the remedy."""
    if settings.embedding_model == BUNDLED_MODEL:
        folder = settings.models / BUNDLED_MODEL
        if _is_bundled_here(settings):
            return BundledEmbedder(folder)
        return SentenceTransformerEmbedder(
            e5.OFFICIAL_NAME, load_sentence_transformer(e5.OFFICIAL_NAME, offline=True)
        )
    name = settings.embedding_model
    return SentenceTransformerEmbedder(name, load_sentence_transformer(name, offline=True))


def _is_bundled_here(settings: Settings) -> bool:
    """Whether the bundled model can be built, or is: to tell that reads the whole adapter."""
    return e5.available() or e5.is_built(settings.models / BUNDLED_MODEL)


def load_sentence_transformer(name: str, *, offline: bool) -> SentenceTransformer:
    """A sentence-transformers model; offline, only from a folder or the local cache."""
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, device="cpu", local_files_only=offline)
    except (OSError, ValueError) as error:
        if offline:
            what = f"the embedding model {name} is not on this machine"
            remedy = "name a folder, or run: wenju setup (downloads it once)"
        else:
            what = f"the embedding model {name} cannot be fetched"
            remedy = "check its name and the network, or name a folder"
        raise ModelMissing(f"{what} ({type(error).__name__})", remedy) from error


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), dtype=np.float32)
