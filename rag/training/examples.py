"""What the reader learns from: questions with the passages that answer them, and that do not.

The passages are those that an index of the corpus holds, so that they are as long at training as
at run time. Those that do not answer are the ones that retrieval ranks highest among them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.config import Settings
from rag.documents.chunks import chunk
from rag.evaluation.gold import GoldRow, read_gold
from rag.evaluation.matching import comparable
from rag.index.maintenance import build_index
from rag.language.text import simplify_in_place
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import context_of
from rag.types import Chunk, Hit

# Set, how many of its questions, whether it is Chinese: then a tenth of its articles is held out.
SETS = (
    ("cmrc2018-dev", None, True),
    ("drcd-dev", None, True),
    ("policyqa", 1500, False),
    ("covidqa", None, False),
)
HELD_OUT = 0.1
DISTRACTORS = 4
_SEED = 20180


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the passage whose `start`..`end` answers it, and passages that do not.

    The passages are in simplified script.
    """

    question: str
    is_chinese: bool
    passage: ReaderInput
    start: int
    end: int
    distractors: tuple[ReaderInput, ...]
    held_out: bool


def prepare(settings: Settings, data: Path, path: Path) -> None:
    """Write the examples of all sets to `path`, a JSON object a line.

    An index of each set is made in `settings.indexes`. Where `settings.reader` is on, the reader
    that is there ranks the distractors, and what is learnt depends on it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        for name, count, is_chinese in SETS:
            for example in _of_set(settings, data / name, count, is_chinese):
                file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
    unfinished.replace(path)


def held_out_titles(titles: Iterable[str]) -> set[str]:
    """Those of a set's articles of which training asks nothing: a tenth, drawn by their titles."""
    articles = sorted(set(titles))
    return set(random.Random(_SEED).sample(articles, int(len(articles) * HELD_OUT)))


def read(path: Path) -> list[Example]:
    """The examples that `prepare` wrote."""
    with path.open(encoding="utf-8") as file:
        return [_example(json.loads(line)) for line in file]


def _example(value: dict[str, Any]) -> Example:
    distractors = tuple(ReaderInput(**each) for each in value["distractors"])
    return Example(
        **{**value, "passage": ReaderInput(**value["passage"]), "distractors": distractors}
    )


def _of_set(
    settings: Settings, folder: Path, count: int | None, is_chinese: bool
) -> Iterator[Example]:
    index = f"training-{folder.name}"
    build_index(settings, [folder / "corpus.jsonl"], index)
    with closing(Assistant.open(settings, index)) as assistant:
        documents = [assistant.store.document(info.id) for info in assistant.store.documents()]
        chunks = {document.id: list(chunk(document)) for document in documents}
        titles = {document.id: document.title for document in documents if chunks[document.id]}
        held_out = held_out_titles(titles.values()) if is_chinese else set()
        rows = read_gold(folder / "questions.jsonl")
        with (folder / "questions.jsonl").open(encoding="utf-8") as file:
            marked = {row["id"]: row["answer_starts"][0] for row in map(json.loads, file)}
        for row in random.Random(_SEED).sample(rows, count) if count else rows:
            gold, answer = row.gold_ids[0], row.answers[0][0]
            found = placed(chunks[gold], answer, marked[row.id])
            if found is None:
                continue
            nearest, start = found
            yield Example(
                question=row.question,
                is_chinese=is_chinese,
                passage=_passage(titles[gold], nearest),
                start=start,
                end=start + len(answer),
                distractors=tuple(_distractors(assistant, row)),
                held_out=titles[gold] in held_out,
            )


def placed(chunks: Sequence[Chunk], answer: str, marked: int) -> tuple[Chunk, int] | None:
    """The chunk in which the answer stands nearest to where it was marked, and where in its text.

    `marked` counts in the document.
    """
    found = [
        (abs(each.start + match.start() - marked), match.start(), each)
        for each in chunks
        for match in re.finditer(f"(?={re.escape(answer)})", each.text)
    ]
    if not found:
        return None
    _, start, nearest = min(found, key=lambda found: found[:2])
    return nearest, start


def _distractors(assistant: Assistant, row: GoldRow) -> list[ReaderInput]:
    """The passages ranked highest for a question that hold none of its answers."""
    answers = [comparable(answer) for group in row.answers for answer in group]
    hits = assistant.retrieve(row.question, 2 + 2 * DISTRACTORS)
    others = [hit for hit in hits if not any(answer in comparable(hit.text) for answer in answers)]
    return [_passage(hit.title, hit) for hit in others[:DISTRACTORS]]


def _passage(title: str, found: Chunk | Hit) -> ReaderInput:
    return ReaderInput(context_of(title, found.section), simplify_in_place(found.text))
