"""Claims with their evidence as batches of token ids, the same in each run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checking.judge import judge_input
from rag.language.lexicon import Lexicon
from rag.language.term_groups import query_groups
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import Pair, Tokenizer
from rag.training.batches import times
from rag.training.claims.example import ClaimExample

TOKENS = 4096  # in a batch, padding included
POOL = 1024  # draws that are sorted by length before they are cut into batches
# How often a claim of a set is drawn in an epoch; once where nothing is said.
DRAWN = {"nli-en": 0.35, "fever-en": 0.7, "fever-symmetric-en": 2.0}
UNALIGNED = 0.12  # share of a claim's terms whose matches are not shown
NO_CONTEXT = 0.3  # share of evidence that is read without title and section


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """A claim with its evidence as tokens, and the classes that its label allows."""

    pair: Pair
    targets: tuple[int, ...]


class ClaimBatcher:
    """Draws claims and makes batches of them."""

    def __init__(self, tokenizer: Tokenizer, lexicon: Lexicon) -> None:
        self._tokenizer = tokenizer
        self._lexicon = lexicon

    def batches(self, examples: Sequence[ClaimExample], epoch: int) -> Iterator[list[ClaimItem]]:
        """All batches of one epoch, each of items of about one length."""
        drawn = random.Random(f"epoch {epoch}")
        order = [
            number
            for number, example in enumerate(examples)
            for _ in range(times(DRAWN.get(example.source, 1.0), drawn))
        ]
        drawn.shuffle(order)
        for start in range(0, len(order), POOL):
            items = [self.item(examples[each], drawn) for each in order[start : start + POOL]]
            items.sort(key=lambda item: len(item.pair.ids))
            made = list(_packed(items))
            drawn.shuffle(made)
            yield from made

    def item(self, example: ClaimExample, drawn: random.Random | None = None) -> ClaimItem:
        """An example as it is read; as `drawn`, some terms and the context are not shown."""
        groups = query_groups(example.claim, self._lexicon)
        evidence = example.evidence
        if drawn is not None:
            groups = [group for group in groups if drawn.random() >= UNALIGNED]
            if drawn.random() < NO_CONTEXT:
                evidence = ReaderInput("", evidence.text)
        made = judge_input(self._tokenizer, example.claim, groups, evidence)
        return ClaimItem(made, example.targets)


def _packed(items: Sequence[ClaimItem]) -> Iterator[list[ClaimItem]]:
    """Items, shortest first, in batches of at most `TOKENS` tokens."""
    batch: list[ClaimItem] = []
    for item in items:
        if batch and (len(batch) + 1) * len(item.pair.ids) > TOKENS:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch
