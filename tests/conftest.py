"""Fixtures that more than one test file uses, and the markers that follow from their use."""

import os
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from marks import marks_of
from repository import REPOSITORY

from rag import setup
from rag.checking import judge_build
from rag.config import BUNDLED_MODEL, Settings
from rag.documents.chunks import chunk, context
from rag.engine import Engine, open_lexicon
from rag.index.maintenance import build_index
from rag.index.rows import IndexedChunk
from rag.language import lexicon, lexicon_build
from rag.language.terms import index_terms
from rag.language.units import units
from rag.library import Library
from rag.models import e5, vocabulary
from rag.models.chat import open_llm
from rag.models.embedding import EmbeddingInput, PassageVectors, open_embedder
from rag.reading import reader_build
from rag.reading.cross_encoder import CrossEncoder
from rag.types import Document

# Whichever way pytest was started, what is tested is what is installed, as in the children.
sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != REPOSITORY]


def pytest_collection_modifyitems(items):
    for item in items:
        for mark in marks_of(item):
            item.add_marker(mark)


collect_ignore_glob = ["support/*", "bench/*"]  # no tests; one of them imports torch


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

    def embed_passage(self, passage: EmbeddingInput) -> PassageVectors:
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
            vectors = embedder.embed_passage(EmbeddingInput(head, piece.text, spans))
            terms = index_terms(head + piece.text)
            found.append(IndexedChunk(piece, terms, vectors.passage, spans, vectors.units))
        return found

    return pieces


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a file or folder of a name, once for all the processes that run tests side by side."""
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        path, unfinished = common / name, common / f"unfinished-{name}"
        with FileLock(common / f"{name}.lock"):
            if not path.exists():
                make(unfinished)
                unfinished.rename(path)
        return path

    return made


@pytest.fixture(scope="session")
def lexicon_file(made_once) -> Path:
    """CC-CEDICT as `wenju setup` prepares it; prepared here where that has not been done."""
    prepared = Settings.from_environment().models / lexicon.LEXICON_FILE
    return prepared if lexicon.is_built(prepared) else made_once("lexicon", lexicon_build.build)


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
def models(made_once) -> Path:
    """The folder of what `wenju setup` prepares: bundled model, reader and their vocabulary.

    Networks of another adapter are built here again, as is needed after each training.
    """
    folder = Settings.from_environment().models
    is_prepared = vocabulary.is_built(folder / vocabulary.NAME)
    if (
        is_prepared
        and e5.is_built(folder / BUNDLED_MODEL)
        and reader_build.is_built(folder / reader_build.NAME)
        and (judge_build.is_built(folder / judge_build.NAME) or not judge_build.is_brought())
    ):
        return folder
    if not e5.available():
        pytest.skip("this platform has no build of the packages that carry the bundled model")
    if not is_prepared:
        pytest.fail(
            f"the bundled model is not prepared in {folder}; run: wenju setup", pytrace=False
        )

    def build(done: Path) -> None:
        setup.prepare(Settings(models=folder), lambda line: None)
        done.touch()

    made_once("networks-are-built", build)
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
def seed_indexes(models, made_once) -> Path:
    """A folder of indexes, in which `default` holds the seeds. Copy it to change it."""
    settings = Settings.from_environment()

    def build(folder: Path) -> None:
        build_index(replace(settings, indexes=folder), [REPOSITORY / "seeds"])

    return made_once("seed-indexes", build)
