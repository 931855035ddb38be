"""An evaluation as a table for the screen, as JSON, and as one HTML page."""

from __future__ import annotations

import dataclasses
import itertools
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.evaluation.metrics import Mean, Refusals, Share
from rag.evaluation.reliability import Bin, Reliability, RiskPoint
from rag.evaluation.report_page import render_html
from rag.evaluation.results import Aggregate, Evaluation, RowResult
from rag.evaluation.tables import Table, opening, reliability_tables, section_tables

WIDTH = 100  # columns of the table on screen
LISTED = 10  # failed questions listed on screen


def render_table(evaluation: Evaluation) -> str:
    """The figures and the first failed questions, aligned, at most 100 columns wide."""
    lines = [*opening(evaluation), ""]
    for table in (*section_tables(evaluation), *reliability_tables(evaluation)):
        lines += [*_aligned(table), ""]
    failed = [result for result in evaluation.results if result.faults]
    lines.append(f"Failed: {len(failed)} of {len(evaluation.results)}")
    names = max((_width(result.row.id) for result in failed[:LISTED]), default=0)
    for result in failed[:LISTED]:
        line = f"  {_pad(_shorten(result.row.id, 20), min(names, 20))}  {result.direction}"
        line = f"{line}  {', '.join(result.faults)}: {result.row.question}"
        lines.append(_shorten(" ".join(line.splitlines()), WIDTH))
    if len(failed) > LISTED:
        lines.append(f"  … and {len(failed) - LISTED} more")
    return "\n".join(lines) + "\n"


def write_report(evaluation: Evaluation, folder: str | Path, *, caption: str = "") -> None:
    """`evaluation.json` and `report.html` in `folder`, which is made if need be.

    `caption` names data, hardware and date. The JSON object holds `format` (1), `caption`,
    `without_gold`, `only_gold`, `left_out`, the figures `overall`, `by_direction` and `by_type`
    (the two by name), and `results`, one object a question. A figure is `{value, count, total}`,
    a mean `{value, total}`, a plain number or null; `latency_*` is in milliseconds.
    `reliability` holds `error`, `confidence`, `right`, the ten `bins` and `risks`, a list. A
    result holds `id`, `type`, `question`, `searched`, `direction`, `should_answer`, `answered`,
    `confidence`, `expected` (groups of alternatives), `evidence`, `references`, `gold_ids`,
    `answer`, `short_answer`, `refusal` (a reason or null), `citations` (each with `verbatim`),
    `hits` (the first 5, without their text), `retrieval` (ranks from 1, or null), the verdicts
    `match`, `exact`, `f1`, `cited`, `verbatim`, `markers_agree`, `used_hidden` (null: does not
    apply), `latency` and `faults`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(evaluation, caption), ensure_ascii=False, indent=1)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render_html(evaluation, caption), encoding="utf-8")


def as_json(evaluation: Evaluation, caption: str = "") -> dict[str, Any]:
    """The evaluation as `evaluation.json` holds it; `write_report` describes it."""
    return {
        "format": 1,
        "caption": caption,
        "without_gold": evaluation.without_gold,
        "only_gold": evaluation.only_gold,
        "left_out": evaluation.left_out,
        "overall": _figures(evaluation.overall),
        "by_direction": {group.name: _figures(group) for group in evaluation.by_direction},
        "by_type": {group.name: _figures(group) for group in evaluation.by_type},
        "results": [_result(result) for result in evaluation.results],
    }


def _figures(group: Aggregate | Refusals | Reliability | Bin | RiskPoint) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(group) if field.name != "name"]
    return {name: _plain(getattr(group, name)) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, Share):
        return {"value": value.value, "count": value.count, "total": value.total}
    if isinstance(value, Mean):
        return {"value": value.value, "total": value.total}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Refusals | Reliability | Bin | RiskPoint):
        return _figures(value)
    return value


def _result(result: RowResult) -> dict[str, Any]:
    row, found = result.row, result.retrieval
    same = ("searched", "direction", "should_answer", "answered", "confidence")
    given = ("short_answer", "refusal")
    verdicts = ("match", "exact", "f1", "cited", "verbatim", "markers_agree", "used_hidden")
    return {
        "id": row.id,
        "type": row.type,
        "question": row.question,
        **{name: getattr(result, name) for name in same},
        "answer": result.text,
        **{name: getattr(result, name) for name in given},
        "expected": row.answers,
        "evidence": row.evidence,
        "references": row.references,
        "gold_ids": row.gold_ids,
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
            for hit in result.hits
        ],
        "retrieval": dataclasses.asdict(found) if found else None,
        **{name: getattr(result, name) for name in verdicts},
        "latency": result.latency,
        "faults": result.faults,
    }


def _width(text: str) -> int:
    """Columns on screen: Han characters and full-width forms take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - _width(text))


def _shorten(text: str, columns: int) -> str:
    if _width(text) <= columns:
        return text
    ends = itertools.accumulate(_width(character) for character in text)
    return text[: sum(1 for _ in itertools.takewhile(lambda end: end < columns, ends))] + "…"


def _aligned(table: Table) -> Iterator[str]:
    columns = zip(table.headings, *(cells for _, cells in table.rows), strict=True)
    widths = [max(map(len, column)) for column in columns]
    left = max(WIDTH - sum(widths) - 2 * len(widths), 8)
    names = (table.title, *(name for name, _ in table.rows))
    first = min(max(18, *map(_width, names)), left)
    for name, cells in ((table.title, table.headings), *table.rows):
        yield "  ".join(
            [_pad(_shorten(name, first), first)]
            + [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
        )
        if cells is table.headings:
            yield "─" * (first + sum(widths) + 2 * len(widths))
