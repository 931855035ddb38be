"""`python -m rag.training.calibrate DATA`: fits how passages are ranked and when to answer.

Prints the weights of `rag.reading.span_reader` and of `rag.reading.confidence`, with the reader
(`WENJU_READER` is on) or without, and what each threshold would give: the share refused of what
cannot be answered, the share refused of what would have been answered rightly, and the share wrong
of what is answered.

The questions are those held out from training and those of XQuAD's half set, each also with its own
documents hidden, others that the same corpora do not answer, and those of the sample collection,
which count three times, being few.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from rag.assistant import Assistant
from rag.config import Settings
from rag.evaluation.gold import GoldRow, is_relevant, read_gold
from rag.evaluation.matching import answer_match, f1
from rag.index.maintenance import build_index
from rag.index.passage import Passage
from rag.reading import confidence
from rag.reading.confidence import SpanEvidence, features, features_of_span
from rag.reading.results import Ranked, Reading
from rag.reading.span_reader import WEIGHTS
from rag.training.examples import held_out_titles

QUESTIONS = 150  # of each set; half as many of another set
SAMPLE_WEIGHT = 3.0
_SEED = 3
_SHRINKING = 0.1  # keeps weights finite where few questions tell right from wrong
# (corpus, its questions, questions that it does not answer, whether only held-out ones count)
_SETS = (
    ("cmrc2018-dev", "cmrc2018-dev/questions", "drcd-dev/questions", True),
    ("drcd-dev", "drcd-dev/questions", "cmrc2018-dev/questions", True),
    ("xquad-zh-a", "xquad-zh-a/questions-zh", "cmrc2018-dev/questions", False),
    ("xquad-zh-a", "xquad-zh-a/questions-en", "covidqa/questions", False),
    ("xquad-en-a", "xquad-en-a/questions-zh", "drcd-dev/questions", False),
    ("xquad-en-a", "xquad-en-a/questions-en", "covidqa/questions", False),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read for a question, whether it is right, and whether a right one was to be had.

    `figures` are what the probability of answering rests on, and `weight` counts in its fit.
    `ranks` (spans, 4) are the figures that `rag.reading.span_reader.WEIGHTS` weigh;
    `is_gold` (spans,) tells those that answer.
    """

    figures: tuple[float, ...]
    is_right: bool
    is_answerable: bool
    weight: float
    ranks: np.ndarray
    is_gold: np.ndarray


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares 0..1 at one threshold, nan of nothing: refused, and wrong of what is answered."""

    unanswerable_refused: float
    right_refused: float
    answerable_refused: float
    wrong_of_answered: float


def main(data: Path, seeds: Path = Path("seeds")) -> None:
    """Fit and print."""
    settings = Settings.from_environment()
    outcomes = [outcome for entry in _SETS for outcome in _of_set(settings, data, *entry)]
    build_index(settings, [seeds], "calibration-sample")
    with closing(Assistant.open(settings, "calibration-sample")) as assistant:
        for row in read_gold(seeds / "questions.jsonl"):
            if not row.history:
                outcomes += outcomes_of(assistant, row, SAMPLE_WEIGHT)
    if any(len(outcome.ranks) for outcome in outcomes):
        print("span_reader.WEIGHTS =", tuple(rank_weights(outcomes)))
    print_answerability(outcomes)


def rank_weights(outcomes: Sequence[Outcome]) -> list[float]:
    """Weights, none below 0, by which a span that answers is the likeliest of its question's spans.

    Its likelihood is the softmax of its weighed figures among those of all spans read.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    told_apart = [each for each in outcomes if each.is_gold.any() and not each.is_gold.all()]

    def unlikelihood(weights: np.ndarray) -> float:
        logs = [
            logsumexp(each.ranks[each.is_gold] @ weights) - logsumexp(each.ranks @ weights)
            for each in told_apart
        ]
        return _SHRINKING * float(weights @ weights) - float(np.sum(logs))

    found = minimize(unlikelihood, np.full(len(WEIGHTS), 0.5), bounds=[(0, None)] * len(WEIGHTS))
    return [round(float(weight), 2) for weight in found.x]


def shares(chances: np.ndarray, outcomes: Sequence[Outcome], threshold: float) -> Shares:
    """What answering from `threshold` on gives; `chances` (outcomes,) are probabilities."""
    refused = chances < threshold
    right = np.array([outcome.is_right for outcome in outcomes], bool)
    answerable = np.array([outcome.is_answerable for outcome in outcomes], bool)
    return Shares(
        unanswerable_refused=_mean(refused[~answerable]),
        right_refused=_mean(refused[right]),
        answerable_refused=_mean(refused[answerable]),
        wrong_of_answered=_mean(~right[~refused]),
    )


def answer_weights(outcomes: Sequence[Outcome]) -> tuple[float, np.ndarray]:
    """Intercept and weights of the logistic model of being right.

    The figures of the reader, where there are any, weigh nothing rather than against an answer.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    figures = np.array([outcome.figures for outcome in outcomes])
    middle, size = figures.mean(axis=0), figures.std(axis=0) + 1e-9
    inputs = np.column_stack([np.ones(len(figures)), (figures - middle) / size])
    right = np.array([outcome.is_right for outcome in outcomes], float)
    counts = np.array([outcome.weight for outcome in outcomes])

    def unlikelihood(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = inputs @ weights
        losses = counts * (np.logaddexp(0, logits) - right * logits)
        gradient = inputs.T @ (counts * (expit(logits) - right))
        shrinking = _SHRINKING * weights
        return float(losses.sum() + shrinking @ weights / 2), gradient + shrinking

    of_others = len(confidence.WEIGHTS)
    of_reader = max(0, inputs.shape[1] - 1 - of_others)
    bounds = [(None, None), *[(0, None)] * of_reader, *[(None, None)] * of_others]
    start = np.zeros(inputs.shape[1])
    found = minimize(unlikelihood, start, jac=True, bounds=bounds[: len(start)]).x
    weights = found[1:] / size
    return float(found[0] - weights @ middle), weights


def print_answerability(outcomes: Sequence[Outcome]) -> None:
    """Print the model of being right, and what each threshold of its probability would give."""
    intercept, weights = answer_weights(outcomes)
    print("INTERCEPT =", round(intercept, 2))
    print("WEIGHTS =", tuple(round(float(weight), 3) for weight in weights))
    inputs = np.array([outcome.figures for outcome in outcomes])
    chances = 1 / (1 + np.exp(-(intercept + inputs @ weights)))
    print("threshold  refused  right refused  answerable refused  wrong of answered")
    for threshold in np.arange(0.1, 0.75, 0.05):
        found = shares(chances, outcomes, float(threshold))
        print(f"{threshold:9.2f}", *(f"{figure:8.3f}" for figure in astuple(found)))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else math.nan


def _of_set(
    settings: Settings, data: Path, corpus: str, questions: str, others: str, held_out: bool
) -> Iterator[Outcome]:
    name = f"calibration-{corpus}"
    build_index(settings, [data / corpus / "corpus.jsonl"], name)
    with closing(Assistant.open(settings, name)) as assistant:
        rows = read_gold(data / f"{questions}.jsonl")
        if held_out:
            rows = over_held_out(assistant, rows)
        for row in _drawn(rows, QUESTIONS):
            yield from outcomes_of(assistant, row, 1.0)
            yield from outcomes_of(assistant, row, 1.0, row.gold_ids)
        for row in _drawn(read_gold(data / f"{others}.jsonl"), QUESTIONS // 2):
            yield from outcomes_of(assistant, row, 1.0, row.gold_ids)


def over_held_out(assistant: Assistant, rows: Sequence[GoldRow]) -> list[GoldRow]:
    """Those over articles of which training asks nothing."""
    titles = {info.id: info.title for info in assistant.store.documents()}
    kept = held_out_titles(titles.values())
    return [row for row in rows if titles[row.gold_ids[0]] in kept]


def _drawn(rows: Sequence[GoldRow], count: int) -> list[GoldRow]:
    return random.Random(_SEED).sample(rows, min(count, len(rows)))


def outcomes_of(
    assistant: Assistant, row: GoldRow, weight: float, hidden: Sequence[str] = ()
) -> Iterator[Outcome]:
    """What was read for a question, if anything; with its documents hidden nothing is right."""
    passages, reading = assistant.read(row.question, hidden)
    found = reading.evidence
    if found is None:
        return
    is_answerable = row.answerable and not hidden
    ranks = [ranked.figures for ranked in reading.ranking]
    yield Outcome(
        features_of_span(found) if isinstance(found, SpanEvidence) else features(found),
        is_answerable and bool(answer_match(row.answers, *_texts(passages, reading))),
        is_answerable,
        weight,
        np.array(ranks).reshape(len(ranks), len(WEIGHTS)),
        np.array([is_answerable and _answers(row, passages, r) for r in reading.ranking], bool),
    )


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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rag.training.calibrate DATA")
    main(Path(sys.argv[1]))
