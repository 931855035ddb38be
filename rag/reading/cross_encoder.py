"""Questions read together with passages: which words of each answer, and whether any do."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.errors import ModelMissing
from rag.language.term_groups import Group
from rag.models import e5, vocabulary
from rag.models.onnx import open_session
from rag.models.vocabulary import open_vocabulary
from rag.reading import reader_build
from rag.reading.inputs import Pair, Terms, meet, pair, terms_of

LONGEST_SPAN = 60  # tokens
MOST_SPANS = 8  # of a passage
_TRIMMED = "，。、；：！？,;:!?…"  # and white space


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """What is read: `context` is title and section, in which no answer is looked for."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """Words of a passage; `score` is the logit of this span against that of no answer."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What a passage says: spans that do not overlap, best first, and whether it answers.

    `relevance` is the logit of the passage holding an answer at all, `tokens` what was read.
    """

    spans: tuple[ScoredSpan, ...]
    relevance: float
    tokens: int = 0


class PassageReader(Protocol):
    """What reads a question with each of some passages."""

    def read(
        self, question: str, groups: Sequence[Group], passages: Sequence[ReaderInput]
    ) -> list[PassageReading]:
        """A reading of each passage, in their order; `groups` are the question's terms."""
        ...

    def close(self) -> None:
        """Release what reading needs."""
        ...


class CrossEncoder:
    """The bundled reader: one pass over question and passage gives span and relevance."""

    def __init__(self, folder: Path) -> None:
        if not reader_build.is_built(folder):
            raise ModelMissing(f"the reader is not prepared in {folder}", "run: wenju setup")
        self._session = open_session(folder / e5.MODEL_FILE, threads=1)
        self._vocabulary = open_vocabulary(folder.parent / vocabulary.NAME)
        # A passage a thread: two at a time on two cores are faster than one over both.
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "reader")

    def read(
        self, question: str, groups: Sequence[Group], passages: Sequence[ReaderInput]
    ) -> list[PassageReading]:
        """A reading of each passage, in their order; `groups` are the question's terms."""
        terms = terms_of(groups)
        return list(self._pool.map(lambda one: self._read(question, terms, one), passages))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _read(self, question: str, terms: Terms, passage: ReaderInput) -> PassageReading:
        meeting = meet(terms, question, passage.context, passage.text)
        made = pair(self._vocabulary, question, passage.context, passage.text, meeting)
        logits, relevance = self._session.run(
            None,
            {
                "words": self._vocabulary.vectors(made.ids)[None],
                "token_type_ids": np.asarray([made.types], dtype=np.int64),
            },
        )
        spans = tuple(best_spans(logits[0], made, passage.text))
        return PassageReading(spans, float(relevance[0]), len(made.ids))


def span_logits(logits: np.ndarray) -> np.ndarray:
    """(tokens, tokens): of a span from a row's token to a column's, -inf where none may be.

    `logits` (tokens, 2) are those of its first and last token.
    """
    table = logits[:, None, 0] + logits[None, :, 1]
    length = np.arange(len(logits))[None, :] - np.arange(len(logits))[:, None]
    table[(length < 0) | (length >= LONGEST_SPAN)] = -np.inf
    return np.asarray(table)


def best_spans(logits: np.ndarray, made: Pair, text: str) -> list[ScoredSpan]:
    """The best spans that do not overlap, each in one paragraph; `logits` (tokens, 2) of all."""
    none = float(logits[0].sum())
    own = logits[made.first : made.first + len(made.offsets)]
    starts = np.array([start for start, _ in made.offsets])
    ends = np.array([_behind_marks(text, end) for _, end in made.offsets])
    table = span_logits(own)
    paragraphs = np.array([text.count("\n\n", 0, start) for start in starts], dtype=int)
    table[paragraphs[:, None] != paragraphs[None, :]] = -np.inf
    found: list[ScoredSpan] = []
    while len(found) < MOST_SPANS and table.size and table.max() > -np.inf:
        first, last = np.unravel_index(int(table.argmax()), table.shape)
        start, end = _trimmed(text, int(starts[first]), int(ends[last]))
        if start < end:
            found.append(ScoredSpan(start, end, float(table[first, last]) - none))
        table[: last + 1, first:] = -np.inf  # all that overlaps it
        # Tokens can share a character: "▁", which begins a word, has the place of its first one.
        table[np.ix_(starts < ends[last], ends > starts[first])] = -np.inf
    return found


def _behind_marks(text: str, end: int) -> int:
    """`end` behind the accents on its character, which may be tokens of their own."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without marks at either end, and without the 的 that ties the words to what follows."""
    while start < end and _is_trimmed(text[start]):
        start += 1
    while end > start and _is_trimmed(text[end - 1]):
        end -= 1
    if end - start > 2 and text[end - 1] == "的" and text[end - 2] not in "目标":
        end -= 1
    return start, end


def _is_trimmed(character: str) -> bool:
    return character in _TRIMMED or character.isspace()
