"""What went wrong, as a person reads it."""

from __future__ import annotations

import logging

from rag.errors import (
    ConversationNotFound,
    DocumentNotFound,
    IndexBusy,
    InvalidInput,
    Overloaded,
    WenjuError,
)
from ui.texts import words

_LOG = logging.getLogger(__name__)
_TELLING = (InvalidInput, ConversationNotFound, DocumentNotFound)


def problem(error: WenjuError, language: str) -> str:
    """One line that tells a person what went wrong."""
    texts = words(language)
    if isinstance(error, Overloaded | IndexBusy):
        return texts["busy"]
    if isinstance(error, _TELLING):
        return texts["failed"].format(reason=error)
    _LOG.error("%s", error)  # it names folders of the server
    return texts["out_of_order"]
