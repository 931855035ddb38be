"""`wenju setup`: everything that is fetched or built once, so that nothing is later."""

from __future__ import annotations

from collections.abc import Callable

from rag import bundled, bundled_reader, lexicon
from rag.config import BUNDLED_MODEL, Settings
from rag.embed import load_sentence_transformer

Say = Callable[[str], None]


def prepare(settings: Settings, say: Say) -> None:
    """Build what is missing: the lexicon and the models. A second call does nothing."""
    path = settings.models / lexicon.LEXICON_FILE
    if not lexicon.is_built(path):
        say("preparing the bilingual lexicon")
        lexicon.build(path)
    reader = settings.models / bundled_reader.NAME
    if settings.reader and bundled.available() and not bundled_reader.is_built(reader):
        bundled_reader.build(reader, say)
    if settings.embedding_model != BUNDLED_MODEL:
        say(f"fetching {settings.embedding_model} unless it is here (downloads once)")
        load_sentence_transformer(settings.embedding_model, offline=False)
        return
    folder = settings.models / BUNDLED_MODEL
    if bundled.is_built(folder):
        return
    if bundled.available():
        say("preparing the bundled model (once, about a minute)")
        bundled.build(folder, say)
    else:
        say(
            "this platform has no build of the bundled model's packages; "
            f"{bundled.OFFICIAL_NAME} is downloaded once instead"
        )
        load_sentence_transformer(bundled.OFFICIAL_NAME, offline=False)
