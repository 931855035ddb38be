"""The short answer of some quotes, and what it is in the language of the question."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.citations import Quote, short_answer
from rag.language.lexicon import Lexicon
from rag.language.text import detect_language
from rag.language.translation import translated


def short_answers(
    quotes: Sequence[Quote], language: str, lexicon: Lexicon
) -> tuple[str | None, str | None]:
    """The highlighted words of all quotes, and their translation.

    The translation is None where the passages are in the language of the question, and where it
    cannot be had well of each of the words.
    """
    lit = [quote for quote in quotes if quote.highlights]
    if all(_is_english(quote.passage.text) == (language == "en") for quote in lit):
        return short_answer(quotes), None
    said = [
        translated(quote.passage.text[start:end], language, lexicon)
        for quote in lit
        for start, end in quote.highlights
    ]
    joint = ", " if language == "en" else "、"
    return short_answer(quotes), joint.join(filter(None, said)) if all(said) else None


def _is_english(text: str) -> bool:
    return detect_language(text) == "en"
