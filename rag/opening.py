"""What set-up prepared and the settings configure, opened."""

from __future__ import annotations

from rag import bundled, bundled_reader
from rag.config import Settings
from rag.cross_encoder import CrossEncoder
from rag.fluent import Fluent
from rag.lexicon import LEXICON_FILE, Lexicon
from rag.llm import ChatModel


def open_lexicon(settings: Settings) -> Lexicon:
    """The bilingual lexicon that set-up prepared; raises ModelMissing."""
    return Lexicon(settings.models / LEXICON_FILE)


def open_passage_reader(settings: Settings) -> CrossEncoder | None:
    """The trained reader that set-up prepared, None where it is off or cannot be had here.

    Raises ModelMissing.
    """
    folder = settings.models / bundled_reader.NAME
    if not settings.reader or not (bundled_reader.is_built(folder) or bundled.available()):
        return None
    return CrossEncoder(folder)


def fluent_for(settings: Settings, name: str, model: ChatModel | None) -> Fluent | None:
    """The language model for the index `name`, None where its passages are not to be sent."""
    if model is None or name in settings.llm_off_for:
        return None
    return Fluent(
        model,
        settings.llm_seconds,
        settings.llm_context_tokens,
        marks_unsupported=settings.llm_unsupported == "mark",
    )
