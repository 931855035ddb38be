"""`python -m rag.calibrate DATA`: fits the weights of `rag.answerability` and prints them.

Answerable: questions of public sets with their passages there. Not answerable: the same questions
with their own documents hidden, and questions of another set. The sample collection's questions
count three times, being few. Indexes are kept as `calibration-…` for the next run.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.answerability import features
from rag.assistant import Assistant, build_index
from rag.config import Settings
from rag.gold import GoldRow, read_gold

QUESTIONS = 250  # of each set; half as many of another set
SAMPLE_WEIGHT = 3.0
_SEED = 3
# (corpus, its questions, questions that it does not answer)
_SETS = (
    ("cmrc2018-dev", "cmrc2018-dev/questions", "drcd-dev/questions"),
    ("drcd-dev", "drcd-dev/questions", "cmrc2018-dev/questions"),
    ("xquad-zh-a", "xquad-zh-a/questions-zh", "cmrc2018-dev/questions"),
    ("xquad-zh-a", "xquad-zh-a/questions-en", "covidqa/questions"),
    ("xquad-en-a", "xquad-en-a/questions-zh", "drcd-dev/questions"),
    ("xquad-en-a", "xquad-en-a/questions-en", "covidqa/questions"),
)
Example = tuple[tuple[float, ...], bool, float]


def main(data: Path, seeds: Path = Path("seeds")) -> None:
    """Fit and print intercept, weights, and what thresholds would give."""
    from sklearn.linear_model import LogisticRegression

    settings = Settings.from_environment()
    examples = [example for entry in _SETS for example in _of_set(settings, data, *entry)]
    examples += _of_sample(settings, seeds)
    inputs = np.array([figures for figures, _, _ in examples])
    answerable = np.array([label for _, label, _ in examples])
    weights = np.array([weight for _, _, weight in examples])
    model = LogisticRegression(C=100, max_iter=10_000)
    model.fit(inputs, answerable, sample_weight=weights)
    print("INTERCEPT =", round(float(model.intercept_[0]), 2))
    print("WEIGHTS =", tuple(round(float(weight), 2) for weight in model.coef_[0]))
    chances = model.predict_proba(inputs)[:, 1]
    for threshold in np.arange(0.2, 0.65, 0.05):
        refused = float((chances[~answerable] < threshold).mean())
        wrongly = float((chances[answerable] < threshold).mean())
        print(f"threshold {threshold:.2f}: refused {refused:.2f}, wrongly {wrongly:.2f}")


def _of_set(
    settings: Settings, data: Path, corpus: str, questions: str, others: str
) -> Iterator[Example]:
    name = f"calibration-{corpus}"
    build_index(settings, [data / corpus / "corpus.jsonl"], name)
    assistant = Assistant.open(settings, name)
    for row in _drawn(data / f"{questions}.jsonl", QUESTIONS):
        yield from _example(assistant, row.question, True, 1.0)
        yield from _example(assistant, row.question, False, 1.0, row.gold_ids)
    for row in _drawn(data / f"{others}.jsonl", QUESTIONS // 2):
        yield from _example(assistant, row.question, False, 1.0)
    assistant.close()


def _of_sample(settings: Settings, seeds: Path) -> Iterator[Example]:
    build_index(settings, [seeds], "calibration-sample")
    assistant = Assistant.open(settings, "calibration-sample")
    for row in read_gold(seeds / "questions.jsonl"):
        if not row.history:
            yield from _example(assistant, row.question, row.answerable, SAMPLE_WEIGHT)
    assistant.close()


def _drawn(path: Path, count: int) -> list[GoldRow]:
    rows = read_gold(path)
    return random.Random(_SEED).sample(rows, min(count, len(rows)))


def _example(
    assistant: Assistant, question: str, label: bool, weight: float, hidden: Sequence[str] = ()
) -> Iterator[Example]:
    evidence = assistant.evidence(question, hidden)
    if evidence is not None:
        yield features(evidence), label, weight


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rag.calibrate DATA")
    main(Path(sys.argv[1]))
