"""What set-up prepared and the settings configure, opened."""

from __future__ import annotations

from rag.answering.generation import Fluent
from rag.config import Settings
from rag.language.lexicon import LEXICON_FILE, Lexicon
from rag.models import e5
from rag.models.chat import ChatModel
from rag.reading import reader_build
from rag.reading.cross_encoder import CrossEncoder


def open_lexicon(settings: Settings) -> Lexicon:
    """The bilingual lexicon that set-up prepared; raises ModelMissing."""
    return Lexicon(settings.models / LEXICON_FILE)


def open_passage_reader(settings: Settings) -> CrossEncoder | None:
    """The trained reader that set-up prepared, None where it is off or cannot be had here.

    Raises ModelMissing.
    """
    folder = settings.models / reader_build.NAME
    if not settings.reader or not (reader_build.is_built(folder) or e5.available()):
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
