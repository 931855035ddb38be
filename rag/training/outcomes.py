"""What came of asking: the questions of public sets, held out from training, over their documents.

Each is asked as it is, with its own documents hidden, and about another name, year or code. The
last two have no answer there, and nearly all of their words.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.assistant import Assistant
from rag.config import Settings
from rag.evaluation.gold import GoldRow, is_relevant
from rag.evaluation.matching import answer_match, comparable, f1
from rag.index.maintenance import build_index
from rag.index.passage import Passage
from rag.language.text import han_share, simplify_in_place
from rag.models.embedding import identity
from rag.reading import reader_build
from rag.reading.confidence import SpanEvidence, features, features_of_span
from rag.reading.cross_encoder import ReaderInput
from rag.reading.results import Ranked, Reading
from rag.storage import file_digest
from rag.training.examples import SETS, Example, QuestionSet, Row, held_out_titles, read_set
from rag.training.exchanges import Exchanger
from rag.types import Document

QUESTIONS = 30  # of each set of questions
DOCUMENTS = 300  # of each corpus, half of them asked about
_SEED = 3


HELD_OUT = (
    *SETS,
    *(replace(each, questions=each.translated) for each in SETS if each.translated),
)
UNSEEN = (
    QuestionSet("xquad-zh-a", "questions-zh"),
    QuestionSet("xquad-zh-a", "questions-en"),
    QuestionSet("xquad-en-a", "questions-en"),
    QuestionSet("xquad-en-a", "questions-zh"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read for a question, whether it is right, and whether a right one was to be had.

    `figures` are what the probability of answering rests on. `ranks` (spans, n) are the figures
    that rank spans, `is_gold` (spans,) tells those that answer, `passages` (spans,) the passage of
    each; `scores` are those of the passages as found. `direction` is "en→zh" for an English
    question over Chinese documents. `fold` is 0 or 1, the same for all questions over a document.
    """

    source: str
    direction: str
    fold: int
    figures: tuple[float, ...]
    is_right: bool
    is_answerable: bool
    ranks: np.ndarray
    is_gold: np.ndarray
    passages: np.ndarray
    scores: np.ndarray


def collect(settings: Settings, data: Path, folder: Path) -> list[Outcome]:
    """The outcomes of all sets, those in `folder` from an earlier, interrupted run included.

    That is one with the same models. An index of each set is made there.
    """
    settings = replace(settings, indexes=folder / "indexes")
    outcomes: list[Outcome] = []
    folder.mkdir(parents=True, exist_ok=True)
    models = _models(settings)
    for questions in (*HELD_OUT, *UNSEEN):
        path = folder / f"{questions.folder}-{questions.questions}-{models}.pickle"
        if not path.exists():
            found = list(_of_set(settings, data, questions, folder))
            path.write_bytes(pickle.dumps(found))
        outcomes += pickle.loads(path.read_bytes())
    return outcomes


def _models(settings: Settings) -> str:
    """What tells outcomes with these models from those with others: a short digest."""
    reader = file_digest(reader_build.ADAPTER) if settings.reader else "off"
    return hashlib.sha256(f"{identity(settings)} {reader}".encode()).hexdigest()[:8]


def outcomes_of(
    assistant: Assistant,
    row: GoldRow,
    source: str,
    hidden: Sequence[str] = (),
) -> Iterator[Outcome]:
    """What was read for a question, if anything; with its documents hidden nothing is right."""
    passages, reading = assistant.read(row.question, hidden, reads_all=True)
    found = reading.evidence
    if found is None:
        return
    is_answerable = row.answerable and not hidden
    ranks = [ranked.figures for ranked in reading.ranking]
    asks, holds = (_language(text) for text in (row.question, passages[0].text))
    yield Outcome(
        source,
        f"{asks}→{holds}",
        random.Random(row.gold_ids[0] if row.gold_ids else row.question).randrange(2),
        features_of_span(found) if isinstance(found, SpanEvidence) else features(found),
        is_answerable and bool(answer_match(row.answers, *_texts(passages, reading))),
        is_answerable,
        np.array(ranks, dtype=float).reshape(len(ranks), len(ranks[0]) if ranks else 0),
        np.array([is_answerable and _answers(row, passages, r) for r in reading.ranking], bool),
        np.array([ranked.passage for ranked in reading.ranking], int),
        np.array([passage.score for passage in passages]),
    )


def _of_set(
    settings: Settings, data: Path, questions: QuestionSet, folder: Path
) -> Iterator[Outcome]:
    source = f"{questions.folder} {questions.questions}"
    documents, rows = read_set(data / questions.folder, questions)
    asked = list(documents)
    if questions in HELD_OUT:
        kept = held_out_titles(each.title or each.id for each in documents.values())
        asked = [name for name, each in documents.items() if (each.title or name) in kept]
    drawn = random.Random(_SEED)
    asked = drawn.sample(asked, min(DOCUMENTS // 2, len(asked)))
    others = [name for name in documents if name not in set(asked)]
    beside = drawn.sample(others, min(DOCUMENTS - len(asked), len(others)))
    path = folder / f"{questions.folder}.jsonl"  # the same for all questions over these documents
    with path.open("w", encoding="utf-8") as file:
        for name in sorted([*asked, *beside]):
            document = documents[name]
            kept_row = {"id": name, "title": document.title, "text": document.text}
            file.write(json.dumps(kept_row, ensure_ascii=False) + "\n")
    build_index(settings, [path], path.stem)
    rows = [row for row in rows if row.document_id in set(asked)]
    rows = [row for row in rows if all(map(comparable, row.answers))]
    rows = drawn.sample(rows, min(QUESTIONS, len(rows)))
    exchanger = Exchanger(_examples(rows, documents))
    with closing(Assistant.open(settings, path.stem)) as assistant:
        for row in rows:
            gold = GoldRow(row.id, row.question, (row.answers,), gold_ids=(row.document_id,))
            document = documents[row.document_id]
            yield from outcomes_of(assistant, gold, source)
            yield from outcomes_of(assistant, gold, source, gold.gold_ids)
            is_chinese = _language(document.text) == "zh"
            passage = ReaderInput(document.title, simplify_in_place(document.text))
            question = exchanger.exchanged(row.question, passage, is_chinese, drawn)
            if question and _language(question) == _language(document.text):
                exchanged = replace(gold, question=question, answers=())
                yield from outcomes_of(assistant, exchanged, f"{source}, exchanged")


def _examples(rows: Sequence[Row], documents: Mapping[str, Document]) -> Iterator[Example]:
    """The questions as examples that lend their names."""
    for row in rows:
        is_chinese = _language(row.question) == "zh"
        text = documents[row.document_id].text
        yield Example(row.question, "", is_chinese, ReaderInput("", text), 0, 1, (), "", True)


def _language(text: str) -> str:
    return "zh" if han_share(text) >= 0.2 else "en"


def _texts(passages: Sequence[Passage], reading: Reading) -> tuple[str, str]:
    """What is quoted, and the short answer."""
    texts = [(passages[span.passage].text, span) for span in reading.spans]
    quoted = [text[span.start : span.end] for text, span in texts]
    short = [text[a:b] for text, span in texts for a, b in span.highlights]
    return "\n".join(quoted), "、".join(short)


def _answers(row: GoldRow, passages: Sequence[Passage], ranked: Ranked) -> bool:
    """Whether words share more than half with an answer, in a passage that holds it.

    That is one with the evidence, or with an answer in the right document.
    """
    passage = passages[ranked.passage]
    if row.has_evidence:
        is_there = is_relevant(row, passage.chunk.document_id, passage.text)
    else:
        is_there = passage.chunk.document_id in row.gold_ids and bool(
            answer_match(row.answers, passage.text, "")
        )
    return is_there and f1(row.answers, passage.text[ranked.start : ranked.end]) > 0.5
