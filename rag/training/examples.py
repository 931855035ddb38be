"""What the reader learns from: questions with the passages that answer them, and that do not.

The passages are those that an index of the corpus holds, so that they are as long at training as
at run time. Those that do not answer are the ones that retrieval ranks highest among them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.assistant import Assistant
from rag.config import Settings
from rag.documents.chunks import chunk
from rag.evaluation.gold import GoldRow, read_gold
from rag.evaluation.matching import comparable
from rag.index.maintenance import build_index
from rag.language.text import simplify_in_place
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
class Passage:
    """A chunk's text, in simplified script, and what stands above it."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the passage whose `start`..`end` answers it, and passages that do not."""

    question: str
    is_chinese: bool
    passage: Passage
    start: int
    end: int
    distractors: tuple[Passage, ...]
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
    examples = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            value = json.loads(line)
            value["passage"] = Passage(**value["passage"])
            value["distractors"] = tuple(Passage(**each) for each in value["distractors"])
            examples.append(Example(**value))
    return examples


@dataclass(frozen=True, slots=True)
class _Place:
    """A chunk with an answer, `start` being where in its text."""

    chunk: Chunk
    start: int


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
        starts = _starts(folder / "questions.jsonl")
        for row in _rows(folder / "questions.jsonl", count):
            gold = row.gold_ids[0]
            place = _placed(chunks[gold], row.answers[0][0], starts[row.id])
            if place is None:
                continue
            yield Example(
                question=row.question,
                is_chinese=is_chinese,
                passage=_passage(titles[gold], place.chunk),
                start=place.start,
                end=place.start + len(row.answers[0][0]),
                distractors=tuple(_distractors(assistant, row)),
                held_out=titles[gold] in held_out,
            )


def _rows(path: Path, count: int | None) -> list[GoldRow]:
    rows = read_gold(path)
    return random.Random(_SEED).sample(rows, count) if count else rows


def _starts(path: Path) -> dict[str, int]:
    """Where each row's first answer was marked in its document."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {row["id"]: row["answer_starts"][0] for row in rows}


def _placed(chunks: Sequence[Chunk], answer: str, start: int) -> _Place | None:
    """Where the answer stands nearest to `start`, at which it was marked in the document."""
    found: list[tuple[int, int, Chunk]] = []
    for each in chunks:
        place = each.text.find(answer)
        while place >= 0:
            found.append((abs(each.start + place - start), place, each))
            place = each.text.find(answer, place + 1)
    if not found:
        return None
    _, place, nearest = min(found, key=lambda found: found[:2])
    return _Place(nearest, place)


def _distractors(assistant: Assistant, row: GoldRow) -> list[Passage]:
    """The passages ranked highest for a question that hold none of its answers."""
    hits = assistant.retrieve(row.question, 2 + 2 * DISTRACTORS)
    others = [hit for hit in hits if not _answers(row, hit.text)]
    return [_passage(hit.title, hit) for hit in others[:DISTRACTORS]]


def _answers(row: GoldRow, text: str) -> bool:
    folded = comparable(text)
    return any(comparable(answer) in folded for group in row.answers for answer in group)


def _passage(title: str, found: Chunk | Hit) -> Passage:
    return Passage(context_of(title, found.section), simplify_in_place(found.text))
