"""`python -m rag.training.measure DATA`: how the reader reads when it is given the right document.

Exact match and token F1 (a Han character is a token) of the best span over the passages of the
gold document, how many questions lead to overlapping spans in both languages, and the time that
eight passages take. Without retrieval, and without refusing: that is `wenju eval`.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from rag.config import Settings
from rag.documents.chunks import chunk
from rag.documents.files import discover
from rag.documents.load import load
from rag.engine import open_lexicon
from rag.evaluation.gold import GoldRow, read_gold
from rag.evaluation.matching import exact_match, f1
from rag.evaluation.metrics import Share, share
from rag.language.lexicon import Lexicon
from rag.language.term_groups import query_groups
from rag.reading import reader_build
from rag.reading.cross_encoder import CrossEncoder, PassageReader, PassageReading, ReaderInput
from rag.reading.inputs import context_of
from rag.types import Chunk

# Corpus and questions; the second questions, where there are any, ask the same in English.
SETS = (
    ("cmrc2018-trial", ("questions",)),
    ("xquad-zh-a", ("questions-zh", "questions-en")),
    ("xquad-en-a", ("questions-en", "questions-zh")),
    ("bipar-zh-valid", ("questions-zh", "questions-en")),
)
CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """The span read for a question: its words, and where they lie in which document."""

    text: str
    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of `questions` questions, 0..1: answered to the word, and the mean token F1."""

    questions: int
    exact: float
    f1: float


Chunks = Mapping[str, Sequence[tuple[str, Chunk]]]


def main(data: Path, only: Sequence[str] = ()) -> None:
    """Print a line a set of questions, then the time of eight passages."""
    settings = Settings.from_environment()
    with (
        closing(CrossEncoder(settings.models / reader_build.NAME)) as encoder,
        closing(open_lexicon(settings)) as lexicon,
    ):
        for corpus, questions in SETS:
            if not only or corpus in only:
                _print_set(encoder, lexicon, data / corpus, questions)
        print(f"{CANDIDATES} passages: p50 {_milliseconds(encoder, lexicon, data):.0f} ms")


def figures(rows: Sequence[GoldRow], found: Mapping[str, ReadAnswer]) -> Figures:
    """How the spans in `found`, by the ids of `rows`, match the gold answers."""
    exact = [exact_match(row.answers, found[row.id].text) for row in rows]
    overlap = [f1(row.answers, found[row.id].text) for row in rows]
    return Figures(len(rows), float(np.mean(exact)), float(np.mean(overlap)))


def agreement(first: Mapping[str, ReadAnswer], second: Mapping[str, ReadAnswer]) -> Share:
    """How many questions, asked in two languages, lead to spans that overlap."""
    others = {_common(row_id): found for row_id, found in second.items()}
    return share(
        _overlap(found, others[_common(row_id)])
        for row_id, found in first.items()
        if _common(row_id) in others
    )


def read_spans(
    encoder: PassageReader, lexicon: Lexicon, rows: Sequence[GoldRow], chunks: Chunks
) -> dict[str, ReadAnswer]:
    """By row id, the best span over the passages of the row's documents; "" where there is none."""
    return {row.id: _read(encoder, lexicon, row, chunks) for row in rows}


def _print_set(
    encoder: PassageReader, lexicon: Lexicon, folder: Path, names: Sequence[str]
) -> None:
    chunks = chunks_of(folder / "corpus.jsonl")
    found = []
    for name in names:
        rows = read_gold(folder / f"{name}.jsonl")
        found.append(read_spans(encoder, lexicon, rows, chunks))
        questions, exact, overlap = astuple(figures(rows, found[-1]))
        print(f"{folder.name} {name}: {questions} questions, EM {exact:.3f}, F1 {overlap:.3f}")
    if len(found) == 2:
        agree = agreement(*found)
        print(f"{folder.name}: spans of both languages overlap in {agree.count} of {agree.total}")


def chunks_of(path: Path) -> dict[str, list[tuple[str, Chunk]]]:
    """Document id → its chunks, each with the document's title."""
    return {
        document.id: [(document.title, each) for each in chunk(document)]
        for file in discover([path])
        for document in load(file)[0]
    }


def _read(encoder: PassageReader, lexicon: Lexicon, row: GoldRow, chunks: Chunks) -> ReadAnswer:
    given = [each for gold in row.gold_ids for each in chunks[gold]]
    readings = _readings(encoder, lexicon, row.question, given)
    ranked = [
        (reading.spans[0], each)
        for reading, (_, each) in zip(readings, given, strict=True)
        if reading.spans
    ]
    if not ranked:
        return ReadAnswer("", "", 0, 0)
    span, each = max(ranked, key=lambda found: found[0].score)
    words = each.text[span.start : span.end]
    return ReadAnswer(words, each.document_id, each.start + span.start, each.start + span.end)


def _readings(
    encoder: PassageReader, lexicon: Lexicon, question: str, given: Sequence[tuple[str, Chunk]]
) -> list[PassageReading]:
    passages = [ReaderInput(context_of(title, each.section), each.text) for title, each in given]
    return encoder.read(question, query_groups(question, lexicon), passages)


def _overlap(first: ReadAnswer, second: ReadAnswer) -> bool:
    is_same = first.document_id == second.document_id
    return is_same and first.start < second.end and second.start < first.end


def _milliseconds(encoder: PassageReader, lexicon: Lexicon, data: Path) -> float:
    """Median time for eight passages of the first set's documents."""
    corpus, questions = SETS[0]
    found = chunks_of(data / corpus / "corpus.jsonl").values()
    chunks = list(itertools.chain.from_iterable(found))
    taken = []
    for number, row in enumerate(read_gold(data / corpus / f"{questions[0]}.jsonl")[:50]):
        start = time.perf_counter()
        _readings(encoder, lexicon, row.question, chunks[number:][:CANDIDATES])
        taken.append((time.perf_counter() - start) * 1000)
    return float(np.median(taken))


def _common(row_id: str) -> str:
    """What the ids of a question in both languages have in common.

    >>> _common("VALID_7_ZH"), _common("VALID_7_CROSS_QEN"), _common("56beb434")
    ('VALID_7', 'VALID_7', '56beb434')
    """
    return row_id.split("_CROSS_QEN")[0].removesuffix("_ZH")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m rag.training.measure DATA [SET…]")
    main(Path(sys.argv[1]), sys.argv[2:])
