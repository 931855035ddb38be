"""The figures of an evaluation as tables of words: what is shown, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.evaluation.metrics import Mean, Share
from rag.evaluation.reliability import Reliability
from rag.evaluation.results import Aggregate, Evaluation

Row = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the headings of its columns, and rows of a name and its cells."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


Figure = Share | Mean | float | None
Column = tuple[str, Callable[[Aggregate], Figure]]
Section = tuple[str, tuple[Column, ...]]

_FINDING: Section = (
    "Evidence found",
    (
        ("hit@1", lambda group: group.hit_at_1),
        ("hit@5", lambda group: group.hit_at_5),
        ("MRR@10", lambda group: group.reciprocal_rank),
        ("nDCG@10", lambda group: group.ndcg),
    ),
)
_DOCUMENTS: Section = (
    "Document found",
    (
        ("recall@1", lambda group: group.recall_at_1),
        ("recall@5", lambda group: group.recall_at_5),
    ),
)
_ANSWERS: Section = (
    "Answers right",
    (
        ("of all", lambda group: group.match),
        ("of answered", lambda group: group.match_answered),
        ("exact", lambda group: group.exact),
        ("F1", lambda group: group.f1),
    ),
)
_SUPPORT: Section = (
    "Answers supported",
    (
        ("verbatim", lambda group: group.verbatim),
        ("quotes verbatim", lambda group: group.quotes),
        ("evidence cited", lambda group: group.cited),
    ),
)
_REFUSING: Section = (
    "Refusals",
    (
        ("of unanswerable", lambda group: group.refusals.recall),
        ("rightly refused", lambda group: group.refusals.precision),
        ("false refusals", lambda group: group.refusals.false),
    ),
)
_CONFIDENCE: Section = (
    "Confidence",
    (
        ("calibration error", lambda group: group.reliability.error),
        ("mean", lambda group: group.reliability.confidence),
        ("right", lambda group: group.reliability.right),
    ),
)
_HIDDEN: Section = (
    "With the gold documents hidden",
    (
        ("refused", lambda group: group.refusals.recall),
        ("gold answer given", lambda group: group.match_answered),
        ("hidden used", lambda group: group.used_hidden),
    ),
)
_TIME: Section = (
    "Time and length",
    (
        ("median ms", lambda group: group.latency_p50),
        ("p95 ms", lambda group: group.latency_p95),
        ("characters", lambda group: group.length),
    ),
)


def section_tables(evaluation: Evaluation) -> list[Table]:
    """The figures that apply to the kind of evaluation it was, "all" in the first row of each."""
    wanted: tuple[Section, ...] = (
        _FINDING,
        _DOCUMENTS,
        _ANSWERS,
        _SUPPORT,
        _REFUSING,
        _CONFIDENCE,
    )
    if evaluation.without_gold:
        wanted = (_HIDDEN, _SUPPORT)
    tables = [_section_table(section, _groups(evaluation)) for section in (*wanted, _TIME)]
    return [table for table in tables if table.rows]


def reliability_tables(evaluation: Evaluation) -> list[Table]:
    """The answers by confidence, and what would be wrong among the most confident of them.

    [] without answers, and where the gold documents were hidden, so that every answer is wrong.
    """
    found = evaluation.overall.reliability
    if evaluation.without_gold or not found.right.total:
        return []
    return [_bins_table(found), _risks_table(found)]


def _groups(evaluation: Evaluation) -> list[Aggregate]:
    """All questions, then by direction, then by type where the rows are of several types."""
    types = evaluation.by_type if len(evaluation.by_type) > 1 else ()
    return [evaluation.overall, *evaluation.by_direction, *types]


def _section_table(section: Section, groups: Sequence[Aggregate]) -> Table:
    title, columns = section
    rows = [(group.name, tuple(cell(figure(group)) for _, figure in columns)) for group in groups]
    return Table(
        title,
        tuple(heading for heading, _ in columns),
        tuple((name, cells) for name, cells in rows if set(cells) != {"–"}),
    )


def _bins_table(found: Reliability) -> Table:
    rows = [
        (f"{each.start:.1f}–{each.end:.1f}", (cell(each.confidence), cell(each.right)))
        for each in found.bins
        if each.right.total
    ]
    return Table("Answers by confidence", ("mean", "right"), tuple(rows))


def _risks_table(found: Reliability) -> Table:
    rows = [
        (f"{point.confidence:.3f} or more", (cell(point.coverage), cell(point.wrong)))
        for point in found.risks
    ]
    return Table("Most confident answers", ("of the answers", "wrong"), tuple(rows))


def cell(figure: Figure) -> str:
    """`0.95 (36/38)` for a share, `0.913` for a mean, `45` for a number, `–` for none."""
    if isinstance(figure, Share):
        value = figure.value
        return "–" if value is None else f"{value:.2f} ({figure.count}/{figure.total})"
    if isinstance(figure, Mean):
        return "–" if figure.value is None else f"{figure.value:.3f}"
    return "–" if figure is None else f"{figure:.0f}"


def opening(evaluation: Evaluation) -> list[str]:
    """The lines above the tables: how much was asked, and how."""
    everything, results = evaluation.overall, evaluation.results
    due = sum(result.should_answer for result in results)
    kinds = f"{due} to answer, {len(results) - due} to refuse"
    if evaluation.without_gold:
        kinds = "each with its own gold documents hidden, all to refuse"
    elif evaluation.only_gold:
        kinds = f"each with its own gold documents alone; {kinds}"
    lines = [
        f"{everything.questions} questions: {kinds}; {everything.answered.count} answered,"
        f" {len(results) - everything.answered.count} refused"
    ]
    if evaluation.left_out:
        why = "no document to keep" if evaluation.only_gold else "no document to hide"
        lines.append(f"{evaluation.left_out} unanswerable questions left out: {why}")
    error = everything.reliability.error
    if error.value is not None and not evaluation.without_gold:
        lines.append(f"calibration error {error.value:.2f} over {error.total} answers")
    return lines
