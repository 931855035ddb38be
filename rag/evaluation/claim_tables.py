"""The figures of judged claims as tables of words, and the page of a report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rag.evaluation.claims import LABELS, ClaimEvaluation, ClaimFigures, shape_of
from rag.evaluation.tables import Table, cell

LISTED = 10  # claims judged wrongly


def claim_tables(evaluation: ClaimEvaluation) -> list[Table]:
    """Accuracy by language and label, which labels were found for which, and the reliability."""
    groups = {"all": evaluation.overall, **evaluation.by_language, **evaluation.by_label}
    tables = [
        Table(
            "Claims",
            ("label right", "supported or not"),
            tuple(
                (name, (cell(each.accuracy), cell(each.told_apart)))
                for name, each in groups.items()
            ),
        ),
        Table("Label", tuple(f"found {label}" for label in LABELS), _confusion(evaluation.overall)),
    ]
    if sure := evaluation.overall.reliability:
        rows = tuple(
            (f"{each.start:.1f}–{each.end:.1f}", (cell(each.confidence), cell(each.right)))
            for each in sure.bins
            if each.right.total
        )
        tables.append(Table("Probability of support", ("mean", "supported"), rows))
    return tables


def claim_opening(evaluation: ClaimEvaluation) -> list[str]:
    """The line above the tables."""
    overall = evaluation.overall
    lines = [f"{overall.accuracy.total} claims, each with its own evidence"]
    if overall.reliability:
        lines.append(f"calibration error {overall.reliability.error.value:.2f}")
    return lines


def wrong_lines(evaluation: ClaimEvaluation, most: int | None = LISTED) -> Iterator[str]:
    """The claims judged wrongly, as `supported, found refuted: …`."""
    wrong = [each for each in evaluation.results if not each.is_right]
    yield f"Judged wrongly: {len(wrong)} of {len(evaluation.results)}"
    for each in wrong[:most]:
        yield f"  {each.row.label}, found {each.found}: {' '.join(each.row.claim.split())}"
    if most is not None and len(wrong) > most:
        yield f"  … and {len(wrong) - most} more"


def write_claim_report(evaluation: ClaimEvaluation, folder: Path, caption: str) -> None:
    """`claims.json` in `folder`, which is made if need be: the figures, and each row.

    A result holds `claim`, `evidence`, `label`, `language`, `found` and `supported`, the
    probability or null.
    """
    folder.mkdir(parents=True, exist_ok=True)
    results = [
        {
            "claim": each.row.claim,
            "evidence": each.row.evidence,
            "label": each.row.label,
            "language": each.row.language,
            "found": each.found,
            "supported": each.supported,
        }
        for each in evaluation.results
    ]
    shape = {"format": 1, "caption": caption, **shape_of(evaluation), "results": results}
    text = json.dumps(shape, ensure_ascii=False, indent=1)
    (folder / "claims.json").write_text(text + "\n", encoding="utf-8")


def _confusion(figures: ClaimFigures) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (label, tuple(str(found.get(each, 0)) for each in LABELS))
        for label, found in figures.confusion.items()
    )
