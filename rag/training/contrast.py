"""Batches for the retriever: questions with the passages that answer them, and with others.

A passage of a batch that answers none of its questions is one that a search for the words of one
ranks highly. Both languages are in each batch, so that no passage is near only for its language.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.evaluation.matching import comparable
from rag.language.lexicon import Lexicon
from rag.language.text import simplify_in_place
from rag.language.units import units
from rag.models.vocabulary import BEGIN, END
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import Tokenizer
from rag.training.batches import cropped, cropped_anywhere, stripped, times
from rag.training.examples import Example
from rag.training.exchanges import Asked
from rag.training.parallel import SOURCE, crossing
from rag.training.switch import Switcher

QUESTIONS = 24  # in a batch
CROSSING = 12  # sentences that ask for their translation, in a batch
DISTRACTORS = 12  # in a batch, each of another of its questions
MAX_TOKENS = 256
# How often an example of a set is drawn in an epoch; once where nothing is said.
DRAWN = {"mlqa-zh-dev": 4.0, "mlqa-en-dev": 3.0, "qed": 0.6, "policyqa": 0.3, "covidqa": 0.3}
SWITCHED = 0.5  # share of questions that are put into the other language
TRANSLATED = 0.7  # the same where a person did
CROPPED = 0.6  # share of passages of which only a part is embedded


@dataclass(frozen=True, slots=True)
class Embedded:
    """Token ids of a text, and the half-open spans of its units in them."""

    ids: list[int]
    units: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Questions and passages, of which the first as many answer the questions in their order.

    `answering` is for each question the unit of its passage that answers, None where it was cut.
    `excluded` are pairs of a question and another passage that may answer it as well.
    """

    questions: list[Embedded]
    passages: list[Embedded]
    answering: list[int | None]
    excluded: list[tuple[int, int]]


class Contraster:
    """Draws examples and makes contrasts of them.

    `parallel` are sentences in Chinese with their translations, which are added to each batch.
    """

    def __init__(
        self, tokenizer: Tokenizer, lexicon: Lexicon, parallel: Sequence[tuple[str, str]] = ()
    ) -> None:
        self._parallel = parallel
        self._tokenizer = tokenizer
        self._switcher = Switcher(lexicon)

    def batches(self, examples: Sequence[Example], epoch: int) -> Iterator[Contrast]:
        """All batches of one epoch, the same in each run."""
        drawn = random.Random(f"contrast {epoch}")
        order = [
            number
            for number, example in enumerate(examples)
            for _ in range(times(DRAWN.get(example.source, 1.0), drawn))
        ]
        drawn.shuffle(order)
        for start in range(0, len(order) - QUESTIONS + 1, QUESTIONS):
            chosen = [examples[number] for number in order[start : start + QUESTIONS]]
            if self._parallel:
                chosen += [crossing(self._parallel, drawn) for _ in range(CROSSING)]
            yield self.contrast(chosen, f"{epoch} {start}")

    def contrast(self, examples: Sequence[Example], seed: str) -> Contrast:
        """One batch of these examples, as `seed` draws it."""
        drawn = random.Random(seed)
        questions, passages, answering = [], [], []
        for number, example in enumerate(examples):
            questions.append(self.question(self._asked(example, f"{seed} {number}", drawn)))
            passage, unit = self._answering(example, drawn)
            passages.append(passage)
            answering.append(unit)
        texts = [example.passage.text for example in examples]
        for example in [each for each in examples if each.distractors][:DISTRACTORS]:
            other = drawn.choice(example.distractors)
            texts.append(other.text)
            if drawn.random() < CROPPED:
                other = cropped_anywhere(other, drawn)
            passages.append(self.passage(stripped(other, drawn)))
        return Contrast(questions, passages, answering, list(_excluded(examples, texts)))

    def question(self, question: str) -> Embedded:
        """A question as the retriever embeds it."""
        return self._embedded("query: ", question, ())

    def passage(self, passage: ReaderInput) -> Embedded:
        """A passage as the retriever embeds it, with the units that lie before the cut."""
        head = f"passage: {passage.context}\n" if passage.context else "passage: "
        return self._embedded(head, passage.text, list(units(passage.text)))

    def switched(self, example: Example, seed: str) -> str:
        """The example's question in the other language: a person's, or word by word."""
        if example.translated:
            return example.translated
        return self._switcher.switched(example.question, example.is_chinese, seed)

    def _asked(self, example: Example, seed: str, drawn: random.Random) -> str:
        if example.source == SOURCE:
            return example.question
        is_switched = drawn.random() < (TRANSLATED if example.translated else SWITCHED)
        return self.switched(example, seed) if is_switched else example.question

    def _answering(self, example: Example, drawn: random.Random) -> tuple[Embedded, int | None]:
        asked = Asked(example.question, example.passage, example.start, example.end)
        if example.source != SOURCE and drawn.random() < CROPPED:
            asked = cropped(asked, drawn)
        spans = list(units(asked.passage.text))
        found = [n for n, (a, b) in enumerate(spans) if a <= asked.start < b]
        passage = self.passage(stripped(asked.passage, drawn))
        is_whole = bool(found) and found[0] < len(passage.units)
        return passage, found[0] if is_whole else None

    def _embedded(self, head: str, text: str, spans: Sequence[tuple[int, int]]) -> Embedded:
        tokens = self._tokenizer.encode(simplify_in_place(head + text))
        kept = tokens.offsets[: MAX_TOKENS - 2]
        places = []
        for start, end in spans:
            inside = [
                place
                for place, (a, b) in enumerate(kept, start=1)
                if b > start + len(head) and a < end + len(head)
            ]
            if not inside or kept[-1][1] < end + len(head):
                break
            places.append((inside[0], inside[-1] + 1))
        return Embedded([BEGIN, *tokens.ids[: MAX_TOKENS - 2], END], places)


def _excluded(examples: Sequence[Example], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of a question and a passage, not its own, that holds the answer's words."""
    held = [comparable(text) for text in texts]
    for row, example in enumerate(examples):
        answer = comparable(example.passage.text[example.start : example.end])
        for place, text in enumerate(held):
            if place != row and answer in text:
                yield row, place
