"""Fixtures that more than one test file uses."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from repository import REPOSITORY

from rag.config import BUNDLED_MODEL, Settings
from rag.documents.chunks import chunk, context
from rag.engine import Engine, open_lexicon
from rag.index.maintenance import build_index
from rag.index.rows import IndexedChunk
from rag.language import lexicon, lexicon_build
from rag.language.terms import index_terms
from rag.language.units import units
from rag.library import Library
from rag.models import e5
from rag.models.chat import open_llm
from rag.models.embedding import Passage, PassageVectors, open_embedder
from rag.reading import reader_build
from rag.reading.cross_encoder import CrossEncoder
from rag.types import Document


class CharacterEmbedder:
    """Counts character pairs into 64 places: texts that share pairs lie near each other."""

    name = "character-pairs"
    dimension = 64

    def embed_query(self, query: str) -> np.ndarray:
        vector = np.zeros(self.dimension, dtype=np.float32)
        text = query.lower()
        for i in range(len(text)):
            vector[zlib.crc32(text[i : i + 2].encode()) % self.dimension] += 1
        return vector / max(float(np.linalg.norm(vector)), 1e-12)

    def embed_passage(self, passage: Passage) -> PassageVectors:
        parts = [self.embed_query(passage.text[start:end]) for start, end in passage.spans]
        whole = self.embed_query(passage.context + passage.text)
        return PassageVectors(whole, np.array(parts).reshape(len(parts), self.dimension))


@pytest.fixture
def embedder() -> CharacterEmbedder:
    return CharacterEmbedder()


@pytest.fixture
def indexed(embedder) -> Callable[[Document], list[IndexedChunk]]:
    """What the store keeps of a document."""

    def pieces(document: Document) -> list[IndexedChunk]:
        found = []
        for piece in chunk(document):
            head, spans = context(document, piece), list(units(piece.text))
            vectors = embedder.embed_passage(Passage(head, piece.text, spans))
            terms = index_terms(head + piece.text)
            found.append(IndexedChunk(piece, terms, vectors.passage, spans, vectors.units))
        return found

    return pieces


@pytest.fixture(scope="session")
def lexicon_file(tmp_path_factory) -> Path:
    """CC-CEDICT as `wenju setup` prepares it; prepared here where that has not been done."""
    prepared = Settings.from_environment().models / lexicon.LEXICON_FILE
    if lexicon.is_built(prepared):
        return prepared
    path = tmp_path_factory.mktemp("models") / lexicon.LEXICON_FILE
    lexicon_build.build(path)
    return path


@pytest.fixture(scope="session", name="lexicon")
def opened_lexicon(lexicon_file):
    opened = lexicon.Lexicon(lexicon_file)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the repository that holds the first real collection."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"the shared collection is not at {folder}")
    return folder


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of what `wenju setup` prepares, with the bundled model and the reader in it.

    The reader is built here where it is missing or of another adapter, as after each training.
    """
    folder = Settings.from_environment().models
    reader = folder / reader_build.NAME
    is_prepared = e5.is_built(folder / BUNDLED_MODEL)
    if is_prepared and reader_build.is_built(reader):
        return folder
    if not e5.available():
        pytest.skip("this platform has no build of the packages that carry the bundled model")
    if not is_prepared:
        pytest.fail(
            f"the bundled model is not prepared in {folder}; run: wenju setup", pytrace=False
        )
    reader_build.build(reader)
    return folder


@pytest.fixture(scope="session")
def bundled_embedder(models):
    """The bundled model, opened once: opening it takes seconds."""
    return open_embedder(Settings.from_environment())


@pytest.fixture(scope="session")
def kept_reader(models):
    """The bundled reader, opened once: libraries that close do not close it."""

    class Kept(CrossEncoder):
        def close(self) -> None:
            pass

    reader = Kept(models / reader_build.NAME)
    yield reader
    super(Kept, reader).close()


@pytest.fixture(scope="session")
def open_library(bundled_embedder, kept_reader):
    """Opens a library with the bundled models that are already there; the caller closes it."""

    def opened(settings: Settings, default: str = "default") -> Library:
        def opened_engine(settings: Settings) -> Engine:
            lexicon, llm = open_lexicon(settings), open_llm(settings)
            return Engine(settings, bundled_embedder, lexicon, kept_reader, llm)

        library = Library(settings, default, opened_engine)
        library.open()
        return library

    return opened


@pytest.fixture(scope="session")
def seed_indexes(models, tmp_path_factory) -> Path:
    """A folder of indexes, in which `default` holds the seeds. Copy it to change it."""
    folder = tmp_path_factory.mktemp("seeds") / "indexes"
    build_index(replace(Settings.from_environment(), indexes=folder), [REPOSITORY / "seeds"])
    return folder
