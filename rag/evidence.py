"""Claims checked against evidence that comes with them, without an index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.checking.checker import LONGEST, TOO_LONG, Checker, Finding
from rag.checking.name_match import Words
from rag.engine import Engine
from rag.index.fusion import prepare
from rag.index.lexical import LexicalIndex
from rag.index.passage import Passage
from rag.language.aliases import aliases_of
from rag.language.terms import index_terms
from rag.language.units import units
from rag.models.embedding import EmbeddingInput
from rag.types import Chunk


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A claim and the words it is to be checked against."""

    claim: str
    evidence: str


def check_evidenced(engine: Engine, claims: Sequence[Evidenced]) -> Iterator[Finding]:
    """What the checker finds of each claim in its own evidence, in their order.

    How much a term tells, is counted over the evidence of all of them.
    """
    texts = list(dict.fromkeys(each.evidence for each in claims))
    terms = [index_terms(text) for text in texts]
    lexical = LexicalIndex.build(np.arange(len(texts)), terms)
    places = {text: str(number) for number, text in enumerate(texts)}

    def words_of(document_id: str) -> Words:
        return Words.of(texts[int(document_id)])

    checker = Checker(engine.lexicon, lexical, aliases_of(texts), words_of, engine.judge)
    for each in claims:
        if len(each.claim) > LONGEST:
            yield TOO_LONG
            continue
        vector = engine.embedder.embed_query(each.claim)
        passage = _passage(engine, each.evidence, places[each.evidence])
        yield checker.check(prepare(each.claim, vector, engine.lexicon), [passage])


def _passage(engine: Engine, text: str, name: str) -> Passage:
    spans = list(units(text))
    vectors = engine.embedder.embed_passage(EmbeddingInput("", text, spans))
    chunk = Chunk(name, name, "", text, 0, len(text), 0)
    return Passage(chunk, "", name, spans, vectors.units)
