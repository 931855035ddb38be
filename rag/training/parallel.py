"""Sentences that people translated, as questions that cross: a sentence asks for its translation.

The translation stands among other sentences, and the sentence that asks lacks some of its words,
as a question does.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rag.language.text import han_share
from rag.reading.cross_encoder import ReaderInput
from rag.training.examples import Example

FILE = "claims/pawsx-zh-en.jsonl"
SOURCE = "pawsx"
_MOST_OTHERS = 3  # sentences beside the translation
_CUT = 0.6  # share of sentences that lack some words
_LONGEST_CUT = 0.5  # share of the words


def read_parallel(data: Path) -> list[tuple[str, str]]:
    """Chinese sentences, each with its English translation; none where the file is not there."""
    path = data / FILE
    if not path.exists():
        return []
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            number = row["id"].removesuffix(f"-{row['lang']}")
            texts[number][row["lang"]] = row["claim"]
    pairs = [(each["zh"], each["en"]) for each in texts.values() if len(each) == 2]
    return [pair for pair in pairs if han_share(pair[0]) >= 0.2]  # "NS": not translated


def crossing(pairs: Sequence[tuple[str, str]], drawn: random.Random) -> Example:
    """A sentence in one language, answered by its translation in a passage in the other."""
    count = 1 + drawn.randint(0, _MOST_OTHERS)
    chosen = drawn.sample(pairs, count)
    is_chinese = drawn.random() < 0.5  # the passage
    held = [chinese if is_chinese else english for chinese, english in chosen]
    place = drawn.randrange(count)
    gap = "" if is_chinese else " "
    start = sum(len(each) + len(gap) for each in held[:place])
    return Example(
        question=_shortened(chosen[place][is_chinese], not is_chinese, drawn),
        translated="",
        is_chinese=is_chinese,
        passage=ReaderInput("", gap.join(held)),
        start=start,
        end=start + len(held[place]),
        distractors=(),
        source=SOURCE,
        held_out=False,
    )


def _shortened(sentence: str, is_chinese: bool, drawn: random.Random) -> str:
    """The sentence, often without some of its words that follow each other."""
    words = list(sentence) if is_chinese else sentence.split(" ")
    if drawn.random() < _CUT:
        cut = int(len(words) * drawn.uniform(0.1, _LONGEST_CUT))
        place = drawn.randint(0, len(words) - cut)
        words = words[:place] + words[place + cut :]
    return ("" if is_chinese else " ").join(words)
