"""Examples as batches of token ids, drawn for each epoch and the same in each run."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from rag.language.lexicon import Lexicon
from rag.language.sentences import sentences
from rag.language.term_groups import query_groups
from rag.language.text import han_share
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import Pair, Tokenizer, meet, pair, terms_of
from rag.training.examples import Example
from rag.training.exchanges import Asked, Exchanger
from rag.training.lists import Lengthener, counted, items_of
from rag.training.switch import Switcher

TOKENS = 4096  # in a batch, padding included
POOL = 1024  # draws that are sorted by length before they are cut into batches
# How often an example of a set is drawn in an epoch; once where nothing is said.
DRAWN = {"mlqa-zh-dev": 2.0, "mlqa-en-dev": 2.0, "qed": 0.5, "policyqa": 0.5, "covidqa": 0.6}
LISTED = 2.5  # times as often where the answer is a list
LENGTHENED = 0.5  # share of lists that get more items
COUNTED = 0.5  # share of questions for a list that say how many
TWINS = 0.2  # share of questions that are read in both languages at once
CHINESE_SWITCHED = 0.45  # share of the others that are put into the other language, of Chinese
ENGLISH_SWITCHED = 0.35  # and of English questions
TRANSLATED = 0.6  # the same where a person put them into it
DISTRACTED = 0.6  # share of questions that are also asked of a distractor
EXCHANGED = 0.25  # share that is also asked about another name, year or code, where it has one
CODED = 0.08  # share whose name is written as a code, in question and passage
NEIGHBOURED = 0.15  # share with a second sentence that says the same of another
MIXED = 0.06  # share of Chinese questions that also meet a passage half in English
CROPPED = 0.35  # share of passages of which only a part is read
LEAST_CROPPED = 80  # Chinese characters, or two and a half times as many others
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


class Paired(Protocol):
    """What holds a question, or a claim, with what is read of it."""

    @property
    def pair(self) -> Pair:
        """Both as tokens."""


class Batcher:
    """Draws examples and makes batches of them; `examples` lend it names and answers."""

    def __init__(
        self, tokenizer: Tokenizer, lexicon: Lexicon, examples: Iterable[Example] = ()
    ) -> None:
        self._tokenizer = tokenizer
        self._lexicon = lexicon
        self._switcher = Switcher(lexicon)
        examples = list(examples)
        self._exchanger = Exchanger(examples)
        self._lengthener = Lengthener(examples)

    def batches(self, examples: Sequence[Example], epoch: int) -> Iterator[list[Item]]:
        """All batches of one epoch, each of items of about one length."""
        drawn = random.Random(f"epoch {epoch}")
        order = [
            (number, time)
            for number, example in enumerate(examples)
            for time in range(times(_share(example), drawn))
        ]
        drawn.shuffle(order)
        for start in range(0, len(order), POOL):
            groups = [
                group
                for number, time in order[start : start + POOL]
                for group in self.draws(examples[number], f"{epoch} {time} {number}")
            ]
            groups.sort(key=lambda group: max(len(item.pair.ids) for item in group))
            made = list(_packed(groups))
            drawn.shuffle(made)
            yield from made

    def question(self, example: Example, seed: str) -> str:
        """The example's question in the other language: a person's, or word by word."""
        return example.translated or self._switcher.switched(
            example.question, example.is_chinese, seed
        )

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
        meeting = meet(terms_of(groups), question, passage.context, passage.text)
        made = pair(self._tokenizer, question, passage.context, passage.text, meeting)
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
        asked = self._listed(
            Asked(example.question, example.passage, example.start, example.end),
            example.is_chinese,
            drawn,
        )
        is_changed = False
        changes = (CODED, self._exchanger.coded), (NEIGHBOURED, self._exchanger.neighboured)
        for share, change in changes:
            # A name that became a code gets a neighbour more often: X200 beside X300.
            if drawn.random() < (0.5 if is_changed else share):
                changed = change(asked, example.is_chinese, drawn)
                is_changed = is_changed or changed is not None
                asked = changed or asked
        if drawn.random() < CROPPED:
            asked = cropped(asked, drawn)
        asked = replace(asked, passage=stripped(asked.passage, drawn))
        translated = example.translated if asked.question == example.question else ""
        other = translated or self._switcher.switched(asked.question, example.is_chinese, seed)
        found = self._read(asked, other, example.is_chinese, drawn, bool(translated))
        if not found:
            return []
        groups = [found]
        if example.distractors and drawn.random() < DISTRACTED:
            passage = stripped(drawn.choice(example.distractors), drawn)
            if drawn.random() < CROPPED:
                passage = cropped_anywhere(passage, drawn)
            groups.append([self._unanswered(asked.question, other, passage, drawn)])
        if drawn.random() < EXCHANGED:
            question = self._exchanger.exchanged(
                asked.question, asked.passage, example.is_chinese, drawn
            )
            if question:
                other = self._switcher.switched(question, example.is_chinese, seed)
                groups.append([self._unanswered(question, other, asked.passage, drawn)])
        if example.is_chinese and drawn.random() < MIXED:
            mixed = self._mixed(asked, drawn)
            groups += [[mixed]] if mixed else []
        return groups

    def _listed(self, asked: Asked, is_chinese: bool, drawn: random.Random) -> Asked:
        """The same where no list answers, otherwise often with more items and their number."""
        items = items_of(_answer(asked))
        if items and drawn.random() < LENGTHENED:
            asked = self._lengthener.lengthened(asked, is_chinese, drawn) or asked
            items = items_of(_answer(asked))
        if items and drawn.random() < COUNTED:
            question = counted(asked.question, items, is_chinese, drawn)
            asked = replace(asked, question=question)
        return asked

    def _read(
        self, asked: Asked, other: str, is_chinese: bool, drawn: random.Random, is_translated: bool
    ) -> list[Item]:
        """The question as written, in the other language, or both; none where it is cut off."""
        span = (asked.start, asked.end)
        own_share = 1 - (
            TRANSLATED if is_translated else CHINESE_SWITCHED if is_chinese else ENGLISH_SWITCHED
        )
        is_twin = drawn.random() < TWINS
        is_own = is_twin or drawn.random() < own_share
        items = []
        if is_own:
            items.append(self.item(asked.question, asked.passage, span, UNALIGNED_OWN, drawn))
        if is_twin or not is_own:
            items.append(self.item(other, asked.passage, span, UNALIGNED, drawn))
        if not all(items):
            return []
        found = [item for item in items if item]
        # Where in the batch the twin's original is, `_packed` tells.
        return [found[0], replace(found[1], twin_of=-1)] if is_twin else found

    def _unanswered(
        self, question: str, other: str, passage: ReaderInput, drawn: random.Random
    ) -> Item:
        """A question with a passage that does not answer it."""
        is_own = drawn.random() < 0.5
        unaligned = UNALIGNED_OWN if is_own else UNALIGNED
        found = self.item(question if is_own else other, passage, None, unaligned, drawn)
        assert found  # without a span nothing is cut off
        return found

    def _mixed(self, asked: Asked, drawn: random.Random) -> Item | None:
        text, *place = self._switcher.mixed(
            asked.passage.text, asked.start, asked.end, share=drawn.uniform(0.3, 1.0)
        )
        mixed = ReaderInput(asked.passage.context, text)
        return self.item(asked.question, mixed, (place[0], place[1]), UNALIGNED, drawn)


def padded(items: Sequence[Paired]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ids, types and mask (items, longest) int64: 1 where there is a token."""
    longest = max(len(item.pair.ids) for item in items)
    ids, types, mask = (np.zeros((len(items), longest), dtype=np.int64) for _ in range(3))
    for row, item in enumerate(items):
        count = len(item.pair.ids)
        ids[row, :count] = item.pair.ids
        types[row, :count] = item.pair.types
        mask[row, :count] = 1
    return ids, types, mask


def _answer(asked: Asked) -> str:
    return asked.passage.text[asked.start : asked.end]


def _share(example: Example) -> float:
    """How often an example is drawn in an epoch."""
    answer = example.passage.text[example.start : example.end]
    return DRAWN.get(example.source, 1.0) * (LISTED if items_of(answer) else 1.0)


def stripped(passage: ReaderInput, drawn: random.Random) -> ReaderInput:
    """The passage, in a share of the draws without title and section."""
    return ReaderInput("", passage.text) if drawn.random() < NO_CONTEXT else passage


def cropped(asked: Asked, drawn: random.Random) -> Asked:
    """The same over the sentences around the answer alone, as many as are drawn."""
    text = asked.passage.text
    start, end = _part(text, asked.start, asked.end, drawn)
    passage = ReaderInput(asked.passage.context, text[start:end])
    return Asked(asked.question, passage, asked.start - start, asked.end - start)


def cropped_anywhere(passage: ReaderInput, drawn: random.Random) -> ReaderInput:
    """Some sentences of the passage, around a place that is drawn."""
    if not passage.text:
        return passage
    place = drawn.randrange(len(passage.text))
    start, end = _part(passage.text, place, place + 1, drawn)
    return ReaderInput(passage.context, passage.text[start:end])


def _part(text: str, start: int, end: int, drawn: random.Random) -> tuple[int, int]:
    """Whole sentences around `start`..`end`, at least as long as `LEAST_CROPPED`."""
    least = LEAST_CROPPED * (1 if han_share(text) >= 0.2 else 2.5) * drawn.uniform(0.7, 2.0)
    spans = list(sentences(text))
    inside = [i for i, (a, b) in enumerate(spans) if a < end and start < b]
    if not inside:
        return 0, len(text)
    first, last = inside[0], inside[-1]
    while spans[last][1] - spans[first][0] < least and (first > 0 or last < len(spans) - 1):
        grows_before = last == len(spans) - 1 or (first > 0 and drawn.random() < 0.5)
        first, last = (first - 1, last) if grows_before else (first, last + 1)
    return min(start, spans[first][0]), max(end, spans[last][1])


def times(share: float, drawn: random.Random) -> int:
    """How often at this share: 1.3 is once, and in three of ten cases twice."""
    return int(share) + (drawn.random() < share % 1)


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
