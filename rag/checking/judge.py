"""Claims read together with evidence: does it support the claim, contradict it, or say too little.

The trained judge; how sure it is, are probabilities. Exact values it does not compare.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.checking import judge_build
from rag.errors import ModelMissing
from rag.language.term_groups import Group
from rag.models import e5, vocabulary
from rag.models.onnx import open_session
from rag.models.vocabulary import open_vocabulary
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import Pair, Tokenizer, meet, pair, terms_of

MAX_CLAIM_TOKENS = 192


@dataclass(frozen=True, slots=True)
class Judgement:
    """Probabilities, together 1, that the evidence bears a claim, denies it, or says too little."""

    supported: float
    contradicted: float
    not_enough: float


class ClaimJudge(Protocol):
    """What reads a claim with each of some windows of evidence."""

    def judge(
        self, claim: str, groups: Sequence[Group], evidence: Sequence[ReaderInput]
    ) -> list[Judgement]:
        """A judgement by each, in their order; `groups` are the claim's terms."""
        ...

    def close(self) -> None:
        """Release what judging needs."""
        ...


class Judge:
    """The bundled judge: one pass over claim and evidence gives three probabilities."""

    def __init__(self, folder: Path) -> None:
        if not judge_build.is_built(folder):
            raise ModelMissing(f"the judge is not prepared in {folder}", "run: wenju setup")
        self._session = open_session(folder / e5.MODEL_FILE, threads=1)
        self._vocabulary = open_vocabulary(folder.parent / vocabulary.NAME)
        # A window a thread, as the reader has it: without padding, and both cores at work.
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "judge")

    def judge(
        self, claim: str, groups: Sequence[Group], evidence: Sequence[ReaderInput]
    ) -> list[Judgement]:
        """A judgement by each, in their order; `groups` are the claim's terms."""
        return list(self._pool.map(lambda one: self._judge(claim, groups, one), evidence))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _judge(self, claim: str, groups: Sequence[Group], evidence: ReaderInput) -> Judgement:
        made = judge_input(self._vocabulary, claim, groups, evidence)
        (verdict,) = self._session.run(
            None,
            {
                "words": self._vocabulary.vectors(made.ids)[None],
                "token_type_ids": np.asarray([made.types], dtype=np.int64),
            },
        )
        return judgement_of(verdict[0])


def judge_input(
    tokenizer: Tokenizer, claim: str, groups: Sequence[Group], evidence: ReaderInput
) -> Pair:
    """A claim with evidence as the judge reads them: the claim in the question's place."""
    meeting = meet(terms_of(groups), claim, evidence.context, evidence.text)
    return pair(tokenizer, claim, evidence.context, evidence.text, meeting, MAX_CLAIM_TOKENS)


def judgement_of(logits: np.ndarray) -> Judgement:
    """The probabilities of logits (3,).

    >>> judgement_of(np.array([0.0, 0.0, np.log(2)]))
    Judgement(supported=0.25, contradicted=0.25, not_enough=0.5)
    """
    shares = np.exp((logits - logits.max()).astype(np.float64))
    supported, contradicted, not_enough = (shares / shares.sum()).round(6).tolist()
    return Judgement(supported, contradicted, not_enough)
