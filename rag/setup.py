"""`wenju setup`: everything that is fetched or built once, so that nothing is later."""

from __future__ import annotations

from collections.abc import Callable

from rag.config import BUNDLED_MODEL, Settings
from rag.language import lexicon, lexicon_build
from rag.models import e5
from rag.models.embedding import load_sentence_transformer
from rag.reading import reader_build

Say = Callable[[str], None]


def prepare(settings: Settings, say: Say) -> None:
    """Build what is missing: the lexicon and the models. A second call does nothing."""
    path = settings.models / lexicon.LEXICON_FILE
    if not lexicon.is_built(path):
        say("preparing the bilingual lexicon")
        lexicon_build.build(path)
    reader = settings.models / reader_build.NAME
    if settings.reader and e5.available() and not reader_build.is_built(reader):
        say("preparing the reader")
        reader_build.build(reader)
    if settings.embedding_model != BUNDLED_MODEL:
        say(f"fetching {settings.embedding_model} unless it is here (downloads once)")
        load_sentence_transformer(settings.embedding_model, offline=False)
    elif e5.is_built(settings.models / BUNDLED_MODEL):
        return
    elif e5.available():
        say("preparing the bundled model")
        e5.build(settings.models / BUNDLED_MODEL)
    else:
        say(
            "this platform has no build of the bundled model's packages; "
            f"{e5.OFFICIAL_NAME} is downloaded once instead"
        )
        load_sentence_transformer(e5.OFFICIAL_NAME, offline=False)
