"""The figures of an evaluation as plain text for a terminal or a file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table

from rag.evaluation.claim_tables import claim_opening, claim_tables, wrong_lines
from rag.evaluation.claims import ClaimEvaluation
from rag.evaluation.results import Evaluation
from rag.evaluation.tables import Table as Figures
from rag.evaluation.tables import opening, reliability_tables, section_tables

WIDTH = 100  # columns
LISTED = 10  # failed questions
_LONGEST_NAME, _LONGEST_ID = 32, 20  # columns


def render_table(evaluation: Evaluation) -> str:
    """The figures and the first failed questions, aligned, at most 100 columns wide."""
    tables = (*section_tables(evaluation), *reliability_tables(evaluation))
    lines = [*opening(evaluation), "", *_lines(tables)]
    failed = [result for result in evaluation.results if result.faults]
    lines.append(f"Failed: {len(failed)} of {len(evaluation.results)}")
    listed = Table.grid(padding=(0, 2, 0, 0))
    of_ids = min(_LONGEST_ID, max((len(each.row.id) for each in failed[:LISTED]), default=0))
    listed.add_column(no_wrap=True, min_width=of_ids, max_width=_LONGEST_ID)
    listed.add_column(no_wrap=True)
    for result in failed[:LISTED]:
        told = f"{result.direction}  {', '.join(result.faults)}: {result.row.question}"
        listed.add_row(result.row.id, " ".join(told.splitlines()))
    if failed:
        lines += _plain(Padding(listed, (0, 0, 0, 2)))
    if len(failed) > LISTED:
        lines.append(f"  … and {len(failed) - LISTED} more")
    return "\n".join(lines) + "\n"


def render_claims(evaluation: ClaimEvaluation) -> str:
    """The figures of judged claims and the first that were judged wrongly, as wide."""
    lines = [*claim_opening(evaluation), "", *_lines(claim_tables(evaluation))]
    wrong = [line[:WIDTH] for line in wrong_lines(evaluation)]
    return "\n".join([*lines, *wrong]) + "\n"


def _lines(tables: Iterable[Figures]) -> Iterator[str]:
    """The lines of each table, and an empty one behind it."""
    for each in tables:
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(each.title, no_wrap=True, min_width=18, max_width=_LONGEST_NAME)
        for heading in each.headings:
            table.add_column(heading, no_wrap=True, justify="right")
        for name, cells in each.rows:
            table.add_row(name, *cells)
        yield from _plain(table)
        yield ""


def _plain(table: RenderableType) -> list[str]:
    """The lines of a table without any style."""
    file = io.StringIO()
    console = Console(
        file=file, width=WIDTH, color_system=None, markup=False, emoji=False, highlight=False
    )
    console.print(table)
    return [line.rstrip() for line in file.getvalue().splitlines()]
