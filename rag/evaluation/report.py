"""The report of an evaluation: a JSON file, and an HTML page from the templates."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rag.evaluation.gold import is_relevant
from rag.evaluation.metrics import Share
from rag.evaluation.reliability import Bin
from rag.evaluation.results import KEPT_HITS, Evaluation, RowResult
from rag.evaluation.tables import opening, reliability_tables, section_tables


def write_report(evaluation: Evaluation, folder: str | Path, *, caption: str = "") -> None:
    """`evaluation.json` and `report.html` in `folder`, which is made if need be.

    `caption` names data, hardware and date. The JSON object holds `format` (1), `caption`,
    `without_gold`, `only_gold`, `left_out`, the figures `overall`, `by_direction` and `by_type`
    (the two by name), and `results`, one object a question. A figure is `{value, count, total}`,
    a mean `{value, total}`, a plain number or null; `latency_*` is in milliseconds.
    `reliability` holds `error`, `confidence`, `right`, the ten `bins` and `risks`, a list. A
    result holds `id`, `type`, `question`, `searched`, `direction`, `should_answer`, `answered`,
    `confidence`, `expected` (groups of alternatives), `evidence`, `references`, `gold_ids`,
    `answer`, `short_answer`, `short_answer_translation`, `refusal` (a reason or null), `citations`
    (each with `verbatim`), `hits` (the first 5, without their text), `retrieval` (ranks from 1, or
    null), the verdicts `match`, `brief`, `in_short`, `translated`, `exact`, `f1`, `cited`,
    `verbatim`, `markers_agree`, `used_hidden` (null: does not apply), `overlap` (F1 and ROUGE-L of
    the answer with free text, or null), `latency` and `faults`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shape = {
        "format": 1,
        "caption": caption,
        "without_gold": evaluation.without_gold,
        "only_gold": evaluation.only_gold,
        "left_out": evaluation.left_out,
        "overall": evaluation.overall,
        "by_direction": {group.name: group for group in evaluation.by_direction},
        "by_type": {group.name: group for group in evaluation.by_type},
        "results": [_result_shape(result) for result in evaluation.results],
    }
    text = json.dumps(shape, ensure_ascii=False, indent=1, default=_figures)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render_html(evaluation, caption), encoding="utf-8")


def render_html(evaluation: Evaluation, caption: str = "") -> str:
    """One HTML page without outside resources: the figures, and the failed questions to filter."""
    return _rendered(
        "report.html",
        opening=(caption, *opening(evaluation)),
        sections=section_tables(evaluation),
        reliability=reliability_tables(evaluation),
        diagram=reliability_diagram(evaluation.overall.reliability.bins),
        failed=[result for result in evaluation.results if result.faults],
        asked=len(evaluation.results),
        kept=KEPT_HITS,
        is_relevant=is_relevant,
    )


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """An `<svg>`: share right over confidence, a bar with its count for each bin that has answers.

    It stands in an HTML page and takes its colours. A dot stands at the mean confidence of its
    bin; the diagonal is where both are the same. The figures belong in a table beside it: read
    aloud, the drawing is its title alone.
    """
    return _rendered("diagram.svg", filled=[each for each in bins if each.right.total])


def _rendered(template: str, **values: object) -> str:
    loader = PackageLoader("rag.evaluation")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template(template).render(values)


def _figures(figures: Any) -> dict[str, Any]:
    """The fields of an aggregate or of a part of it, without its name."""
    value = {"value": figures.value} if isinstance(figures, Share) else {}
    names = [field.name for field in dataclasses.fields(figures) if field.name != "name"]
    return {**value, **{name: getattr(figures, name) for name in names}}


def _result_shape(result: RowResult) -> dict[str, Any]:
    row, answer = result.row, result.answer
    of_row = "id type question evidence references gold_ids"
    of_result = (
        "direction should_answer retrieval match brief in_short translated exact f1 cited verbatim"
        " markers_agree used_hidden overlap latency faults"
    )
    return {
        **{name: getattr(row, name) for name in of_row.split()},
        "expected": row.answers,
        "searched": answer.searched,
        "answered": answer.answered,
        "confidence": float(answer.confidence),
        "answer": answer.answer,
        "short_answer": answer.short_answer,
        "short_answer_translation": answer.short_answer_translation,
        "refusal": answer.refusal.reason if answer.refusal else None,
        **{name: getattr(result, name) for name in of_result.split()},
        "citations": [
            {**dataclasses.asdict(checked.citation), "verbatim": checked.verbatim}
            for checked in result.citations
        ],
        "hits": [
            {
                "rank": hit.rank,
                "score": float(hit.score),
                "chunk_id": hit.chunk_id,
                "document_id": hit.document_id,
            }
            for hit in answer.hits[:KEPT_HITS]
        ],
    }
