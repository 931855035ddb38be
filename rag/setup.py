"""`wenju setup`: everything that is fetched or built once, so that nothing is later."""

from __future__ import annotations

from collections.abc import Callable

from rag.checking import judge_build
from rag.config import BUNDLED_MODEL, Settings
from rag.language import lexicon, lexicon_build
from rag.models import e5, vocabulary
from rag.models.embedding import load_sentence_transformer
from rag.models.onnx import Precision
from rag.models.precision import speedup
from rag.reading import reader_build

Say = Callable[[str], None]


def prepare(settings: Settings, say: Say) -> None:
    """Build what is missing: the lexicon and the models. A second call does nothing."""
    path = settings.models / lexicon.LEXICON_FILE
    if not lexicon.is_built(path):
        say("preparing the bilingual lexicon")
        lexicon_build.build(path)
    if e5.available():
        _prepare_networks(settings, say)
    if settings.embedding_model != BUNDLED_MODEL:
        say(f"fetching {settings.embedding_model} unless it is here (downloads once)")
        load_sentence_transformer(settings.embedding_model, offline=False)
    elif not e5.is_built(settings.models / BUNDLED_MODEL):
        say(
            "this platform has no build of the bundled model's packages; "
            f"{e5.OFFICIAL_NAME} is downloaded once instead"
        )
        load_sentence_transformer(e5.OFFICIAL_NAME, offline=False)


def _prepare_networks(settings: Settings, say: Say) -> None:
    """The bundled model, reader and judge, in the numbers that this processor is fastest in."""
    words = settings.models / vocabulary.NAME
    reader = settings.models / reader_build.NAME
    judge = settings.models / judge_build.NAME
    embedder = settings.models / BUNDLED_MODEL
    needs_reader = settings.reader and not reader_build.is_built(reader)
    needs_judge = settings.reader and judge_build.is_brought() and not judge_build.is_built(judge)
    is_bundled = settings.embedding_model == BUNDLED_MODEL
    needs_embedder = is_bundled and not e5.is_built(embedder)
    if (settings.reader or is_bundled) and not vocabulary.is_built(words):
        say("preparing the vocabulary")
        e5.build_vocabulary(words)
    if not (needs_reader or needs_judge or needs_embedder):
        return
    times = speedup()
    precision: Precision = "int8" if times > 1 else "float32"
    say(f"int8 is {times:.1f} times as fast as float32 on this processor: {precision} is used")
    if needs_reader:
        say("preparing the reader")
        reader_build.build(reader, precision)
    if needs_judge:
        say("preparing the judge")
        judge_build.build(judge, precision)
    if needs_embedder:
        say("preparing the bundled model")
        e5.build(embedder, precision)
