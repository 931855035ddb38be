"""The figures of an evaluation as tables of words: what is shown, in which order."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from operator import attrgetter

from rag.evaluation.metrics import Mean, Share
from rag.evaluation.results import Evaluation


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the headings of its columns, and rows of a name and its cells."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def section_tables(evaluation: Evaluation) -> list[Table]:
    """The figures that apply to the kind of evaluation it was, "all" in the first row of each.

    Then come the rows by direction, and by type where the rows are of several types. The file
    `sections.toml` says which figures stand in which table.
    """
    text = resources.files("rag.evaluation").joinpath("sections.toml").read_text("utf-8")
    types = evaluation.by_type if len(evaluation.by_type) > 1 else ()
    groups = (evaluation.overall, *evaluation.by_direction, *types)
    tables = []
    for title, section in tomllib.loads(text).items():
        figures = {name: attrgetter(figure) for name, figure in section["columns"].items()}
        rows = [(each.name, tuple(cell(of(each)) for of in figures.values())) for each in groups]
        applying = tuple((name, cells) for name, cells in rows if set(cells) != {"–"})
        if applying and section["hidden" if evaluation.without_gold else "open"]:
            tables.append(Table(title, tuple(figures), applying))
    return tables


def reliability_tables(evaluation: Evaluation) -> list[Table]:
    """The answers by confidence, and what would be wrong among the most confident of them.

    [] without answers, and where the gold documents were hidden, so that every answer is wrong.
    """
    found = evaluation.overall.reliability
    if evaluation.without_gold or not found.right.total:
        return []
    bins = tuple(
        (f"{each.start:.1f}–{each.end:.1f}", (cell(each.confidence), cell(each.right)))
        for each in found.bins
        if each.right.total
    )
    risks = tuple(
        (f"{point.confidence:.3f} or more", (cell(point.coverage), cell(point.wrong)))
        for point in found.risks
    )
    return [
        Table("Answers by confidence", ("mean", "right"), bins),
        Table("Most confident answers", ("of the answers", "wrong"), risks),
    ]


def cell(figure: Share | Mean | float | None) -> str:
    """`0.95 (36/38)` for a share, `0.913` for a mean, `45` for a number, `–` for none."""
    value = figure.value if isinstance(figure, Share | Mean) else figure
    if value is None:
        return "–"
    if isinstance(figure, Share):
        return f"{value:.2f} ({figure.count}/{figure.total})"
    return f"{value:.3f}" if isinstance(figure, Mean) else f"{value:.0f}"


def opening(evaluation: Evaluation) -> list[str]:
    """The lines above the tables: how much was asked, and how."""
    everything, asked = evaluation.overall, len(evaluation.results)
    due = sum(result.should_answer for result in evaluation.results)
    answered, error = everything.answered.count, everything.reliability.error
    kinds = f"{due} to answer, {asked - due} to refuse"
    if evaluation.without_gold:
        kinds = "each with its own gold documents hidden, all to refuse"
    elif evaluation.only_gold:
        kinds = f"each with its own gold documents alone; {kinds}"
    lines = [f"{asked} questions: {kinds}; {answered} answered, {asked - answered} refused"]
    if evaluation.left_out:
        why = "no document to keep" if evaluation.only_gold else "no document to hide"
        lines.append(f"{evaluation.left_out} unanswerable questions left out: {why}")
    if error.value is not None and not evaluation.without_gold:
        lines.append(f"calibration error {error.value:.2f} over {error.total} answers")
    return lines
