"""What was read in passages made here, as strategies are given it."""

import numpy as np
from passages import passage_of

from rag.language.terms import index_terms
from rag.reading.candidates import Candidate
from rag.reading.cross_encoder import ScoredSpan
from rag.reading.results import Unit
from rag.reading.strategies import Asked, Read
from rag.types import Chunk


def read_of(question, *read, behind=(), section="", documents=()):
    """Passages as they were read: each text with the words that are its candidate, best first."""
    texts = [*(text for text, _ in read), *behind]
    names = documents or ["a"] * len(texts)
    everywhere = [
        passage_of(Chunk(f"{name}#{n}", name, section, text, 0, len(text), n))
        for n, (name, text) in enumerate(zip(names, texts, strict=True))
    ]
    passages = everywhere[: len(read)]
    asked = set(index_terms(question))

    def met(text):
        return len(asked & set(index_terms(text))) / len(asked)

    def neighbours(passage):
        here = passage.chunk.ordinal
        return [each for each in everywhere if abs(each.chunk.ordinal - here) == 1]

    units = [
        Unit(number, 0, 0, len(text), text, 0.0, np.zeros(0))
        for number, (text, _) in enumerate(read)
    ]
    candidates = [
        Candidate(
            number,
            text,
            ScoredSpan(text.index(words), text.index(words) + len(words), 1.0),
            units[number],
            (1.0, 1.0),
            5.0 - number,
        )
        for number, (text, words) in enumerate(read)
    ]
    return Asked.of(question), Read(tuple(passages), units, candidates, met, neighbours)
