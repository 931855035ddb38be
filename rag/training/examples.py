"""What the reader learns from: questions with the passages that answer them, and that do not.

The passages are those that an index of the corpus would hold, so that they are as long at training
as at run time. Those that do not answer are the ones that a search for the question's words ranks
highest among them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.documents.chunks import chunk
from rag.documents.files import InputFile
from rag.documents.load import load
from rag.evaluation.matching import comparable
from rag.index.lexical import LexicalIndex
from rag.language.term_groups import query_groups
from rag.language.terms import index_terms
from rag.language.text import han_share, simplify_in_place
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import context_of
from rag.training.untokenised import untokenised
from rag.types import Chunk, Document


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A public set: its folder, the questions, and as many of them as are drawn (None for all).

    `translated` names the same questions in the other language, where people wrote them, and
    `is_tokenised` says that its texts have spaces around their marks.
    """

    folder: str
    questions: str = "questions"
    count: int | None = None
    translated: str = ""
    is_tokenised: bool = False


SETS = (
    QuestionSet("cmrc2018-train"),
    QuestionSet("cmrc2018-dev"),
    QuestionSet("drcd-dev"),
    QuestionSet("mlqa-zh-dev", "questions-zh", translated="questions-en"),
    QuestionSet("mlqa-en-dev", "questions-en", translated="questions-zh"),
    QuestionSet("squadshifts-wiki"),
    QuestionSet("qed", is_tokenised=True),
    QuestionSet("tydiqa-en"),
    QuestionSet("policyqa", count=1500),
    QuestionSet("covidqa", count=900),
)
HELD_OUT = 0.1  # of a set's articles
DISTRACTORS = 4
_SEED = 20180


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the passage whose `start`..`end` answers it, and passages that do not.

    `translated` is the question as a person put it in the other language, "" where nobody did.
    `is_chinese` tells the language of the passages, which are in simplified script.
    """

    question: str
    translated: str
    is_chinese: bool
    passage: ReaderInput
    start: int
    end: int
    distractors: tuple[ReaderInput, ...]
    source: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A question of a set with its answers, where the first was marked, and in which document."""

    id: str
    question: str
    answers: tuple[str, ...]
    start: int
    document_id: str


def prepare(data: Path, path: Path) -> None:
    """Write the examples of all sets in `data` to `path`, a JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        for questions in SETS:
            for example in of_set(data / questions.folder, questions):
                file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
    unfinished.replace(path)


def read(path: Path) -> list[Example]:
    """The examples that `prepare` wrote."""
    with path.open(encoding="utf-8") as file:
        return [_example(json.loads(line)) for line in file]


def held_out_titles(titles: Iterable[str]) -> set[str]:
    """Those of a set's articles of which training asks nothing: a tenth, drawn by their titles."""
    articles = sorted(set(titles))
    return set(random.Random(_SEED).sample(articles, int(len(articles) * HELD_OUT)))


def of_set(folder: Path, questions: QuestionSet) -> Iterator[Example]:
    """The examples of one set; questions whose answer lies in no passage are left out."""
    documents, rows = read_set(folder, questions)
    chunks = {name: list(chunk(document)) for name, document in documents.items()}
    passages = _Passages(documents, chunks)
    held_out = held_out_titles(each.title or each.id for each in documents.values())
    translated = _translated(folder, questions)
    count = questions.count
    for row in random.Random(_SEED).sample(rows, count) if count and count < len(rows) else rows:
        gold = documents[row.document_id]
        answer = row.answers[0]
        found = placed(chunks[gold.id], answer, row.start) if comparable(answer) else None
        if found is None:
            continue
        nearest, start = found
        passage = _passage(gold.title, nearest)
        yield Example(
            question=row.question,
            translated=translated.get(row.id, ""),
            is_chinese=han_share(passage.text) >= 0.2,
            passage=passage,
            start=start,
            end=start + len(answer),
            distractors=tuple(passages.distractors(row)),
            source=questions.folder,
            held_out=(gold.title or gold.id) in held_out,
        )


def read_set(folder: Path, questions: QuestionSet) -> tuple[dict[str, Document], list[Row]]:
    """The documents of a set by id, and its questions, both without spaces around their marks."""
    found = load(InputFile(folder / "corpus.jsonl", folder.name, folder.name))[0]
    documents = {document.id: document for document in found}
    rows = _rows(folder / f"{questions.questions}.jsonl")
    if questions.is_tokenised:
        for name, document in documents.items():
            documents[name] = replace(document, text=untokenised(document.text))
        rows = [replace(row, answers=tuple(map(untokenised, row.answers))) for row in rows]
    return documents, rows


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


class _Passages:
    """The passages of a set, searched by their words."""

    def __init__(
        self, documents: Mapping[str, Document], chunks: Mapping[str, Sequence[Chunk]]
    ) -> None:
        self._all = [
            _passage(documents[name].title, each)
            for name, found in chunks.items()
            for each in found
        ]
        terms = [index_terms(f"{each.context}\n{each.text}") for each in self._all]
        self._index = LexicalIndex.build(np.arange(len(self._all)), terms)

    def distractors(self, row: Row) -> list[ReaderInput]:
        """The passages ranked highest for a question that hold none of its answers."""
        answers = {comparable(each) for each in row.answers} - {""}
        scores = self._index.scores(query_groups(row.question, None))
        best = np.argsort(-scores, kind="stable")[: 2 + 2 * DISTRACTORS]
        found = [self._all[place] for place in best if scores[place] > 0]
        others = [each for each in found if not any(a in comparable(each.text) for a in answers)]
        return others[:DISTRACTORS]


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [_row(json.loads(line)) for line in file]


def _row(value: Mapping[str, Any]) -> Row:
    return Row(
        str(value["id"]),
        value["question"],
        tuple(value["answers"]),
        value["answer_starts"][0],
        value["gold_ids"][0],
    )


def _translated(folder: Path, questions: QuestionSet) -> dict[str, str]:
    if not questions.translated:
        return {}
    return {row.id: row.question for row in _rows(folder / f"{questions.translated}.jsonl")}


def _example(value: dict[str, Any]) -> Example:
    distractors = tuple(ReaderInput(**each) for each in value["distractors"])
    return Example(
        **{**value, "passage": ReaderInput(**value["passage"]), "distractors": distractors}
    )


def _passage(title: str, found: Chunk) -> ReaderInput:
    context = context_of(title, found.section)
    return ReaderInput(simplify_in_place(context), simplify_in_place(found.text))
