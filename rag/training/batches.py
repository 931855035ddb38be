"""Examples as batches of token ids, drawn for each epoch and the same in each run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.language.lexicon import Lexicon
from rag.language.term_groups import query_groups
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import Pair, Tokenizer, met, pair, terms_of
from rag.training.examples import Example
from rag.training.switch import Switcher

TOKENS = 4096  # in a batch, padding included
POOL = 1024  # draws that are sorted by length before they are cut into batches
CHINESE_DISTRACTORS = 0.5  # share of Chinese questions that are also asked of a distractor
MIXED = 0.12  # share of Chinese questions that also meet a passage half in English
ENGLISH_DISTRACTORS = 0.35  # the same of English questions
ENGLISH_SWITCHED = 0.4  # share of English questions that get a twin; Chinese ones always do
UNALIGNED = 0.2  # share of question terms of a switched question whose matches are not shown
UNALIGNED_OWN = 0.08  # the same for a question in the passage's language
NO_CONTEXT = 0.3  # share of passages that are read without title and section


@dataclass(frozen=True, slots=True)
class Item:
    """A pair with the tokens that answer, counted in the passage; none where `first` is None.

    `twin_of` is the place in the batch of the same passage with the question as it was written.
    """

    pair: Pair
    first: int | None
    last: int | None
    twin_of: int | None = None


class Batcher:
    """Draws examples and makes batches of them."""

    def __init__(self, tokenizer: Tokenizer, lexicon: Lexicon) -> None:
        self._tokenizer = tokenizer
        self._lexicon = lexicon
        self._switcher = Switcher(lexicon)

    def batches(self, examples: Sequence[Example], epoch: int) -> Iterator[list[Item]]:
        """All batches of one epoch, each of items of about one length."""
        drawn = random.Random(f"epoch {epoch}")
        order = list(range(len(examples)))
        drawn.shuffle(order)
        for start in range(0, len(order), POOL):
            groups = [
                group
                for number in order[start : start + POOL]
                for group in self.draws(examples[number], f"{epoch} {number}")
            ]
            groups.sort(key=lambda group: max(len(item.pair.ids) for item in group))
            made = list(_packed(groups))
            drawn.shuffle(made)
            yield from made

    def question(self, example: Example, seed: str) -> str:
        """The example's question in the other language."""
        self._switcher.seed(seed)
        switch = self._switcher.to_english if example.is_chinese else self._switcher.to_chinese
        return switch(example.question)

    def item(
        self,
        question: str,
        passage: ReaderInput,
        span: tuple[int, int] | None,
        unaligned: float = 0.0,
        drawn: random.Random | None = None,
    ) -> Item | None:
        """A question with a passage; None where the answer is not whole before the cut.

        A share of `unaligned` of the question's terms, as `drawn`, is not shown where it is met.
        """
        groups = query_groups(question, self._lexicon)
        if drawn is not None:
            groups = [group for group in groups if drawn.random() >= unaligned]
        levels = met(terms_of(groups), passage.text)
        made = pair(self._tokenizer, question, passage.context, passage.text, levels)
        if span is None:
            return Item(made, None, None)
        inside = [i for i, (a, b) in enumerate(made.offsets) if a < span[1] and b > span[0]]
        if not inside or made.offsets[-1][1] < span[1]:
            return None
        return Item(made, inside[0], inside[-1])

    def draws(self, example: Example, seed: str) -> list[list[Item]]:
        """Groups of items that stay together in a batch, none where the answer is cut off.

        The order of the draws decides what a training run learns.
        """
        drawn = random.Random(seed)
        switched = self.question(example, seed)
        span = (example.start, example.end)
        passage = _stripped(example.passage, drawn)
        own = self.item(example.question, passage, span, UNALIGNED_OWN, drawn)
        other = self.item(switched, passage, span, UNALIGNED, drawn)
        if own is None or other is None:
            return []
        is_switched = example.is_chinese or drawn.random() < ENGLISH_SWITCHED
        # Where in the batch the twin's original is, `_packed` tells.
        groups = [[own, replace(other, twin_of=-1)] if is_switched else [own]]
        share = CHINESE_DISTRACTORS if example.is_chinese else ENGLISH_DISTRACTORS
        if example.distractors and drawn.random() < share:
            groups.append([self._distractor(example, switched, drawn)])
        if example.is_chinese and drawn.random() < MIXED:
            mixed = self._mixed(example, passage, drawn)
            groups += [[mixed]] if mixed else []
        return groups

    def _distractor(self, example: Example, switched: str, drawn: random.Random) -> Item:
        passage = _stripped(drawn.choice(example.distractors), drawn)
        question = drawn.choice((example.question, switched))
        unaligned = UNALIGNED_OWN if question == example.question else UNALIGNED
        found = self.item(question, passage, None, unaligned, drawn)
        assert found  # without a span nothing is cut off
        return found

    def _mixed(self, example: Example, passage: ReaderInput, drawn: random.Random) -> Item | None:
        span = (example.start, example.end)
        text, *place = self._switcher.mixed(passage.text, *span, share=drawn.uniform(0.3, 1.0))
        mixed = ReaderInput(passage.context, text)
        return self.item(example.question, mixed, (place[0], place[1]), UNALIGNED, drawn)


def padded(items: Sequence[Item]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ids, types and mask (items, longest) int64: 1 where there is a token."""
    longest = max(len(item.pair.ids) for item in items)
    ids, types, mask = (np.zeros((len(items), longest), dtype=np.int64) for _ in range(3))
    for row, item in enumerate(items):
        count = len(item.pair.ids)
        ids[row, :count] = item.pair.ids
        types[row, :count] = item.pair.types
        mask[row, :count] = 1
    return ids, types, mask


def _stripped(passage: ReaderInput, drawn: random.Random) -> ReaderInput:
    return ReaderInput("", passage.text) if drawn.random() < NO_CONTEXT else passage


def _packed(groups: Sequence[list[Item]]) -> Iterator[list[Item]]:
    """Groups, shortest first, in batches of at most `TOKENS` tokens."""
    batch: list[Item] = []
    for group in groups:
        longest = max(len(item.pair.ids) for item in group)
        if batch and (len(batch) + len(group)) * longest > TOKENS:
            yield batch
            batch = []
        for item in group:
            is_twin = item.twin_of is not None
            batch.append(replace(item, twin_of=len(batch) - 1) if is_twin else item)
    if batch:
        yield batch
