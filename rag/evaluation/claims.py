"""Claims with their evidence, judged: how often the judgement is the label, and how surely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.checking.checker import Finding
from rag.errors import BadGold, InputNotFound
from rag.evaluation.gold import json_object, numbered_lines
from rag.evaluation.metrics import Share, share
from rag.evaluation.reliability import Reliability, reliability
from rag.evidence import Evidenced
from rag.language.text import detect_language, has_words

SUPPORTED, REFUTED, NOT_ENOUGH = "supported", "refuted", "not_enough"
LABELS = (SUPPORTED, REFUTED, NOT_ENOUGH)
NOT_SUPPORTED = "not_supported"
"""Of a row that does not say which of the latter two: either is right."""
_LABEL_OF = {"supported": SUPPORTED, "contradicted": REFUTED, "unsupported": NOT_ENOUGH}
_REMEDY = "write one JSON object with claim, evidence and label a line"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim, the words that it is judged by, and the label; `language` is the claim's."""

    claim: str
    evidence: str
    label: str
    language: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """A row with the label found, and the probability that it is supported, where one is given."""

    row: ClaimRow
    found: str
    supported: float | None

    @property
    def is_right(self) -> bool:
        """Whether the label found is that of the row, as far as it says."""
        if self.row.label == NOT_SUPPORTED:
            return self.found != SUPPORTED
        return self.found == self.row.label

    @property
    def is_told_apart(self) -> bool:
        """Whether it is found supported where it is, and only there."""
        return (self.found == SUPPORTED) is (self.row.label == SUPPORTED)


@dataclass(frozen=True, slots=True)
class ClaimFigures:
    """The figures over some claims.

    `accuracy` counts each label, `told_apart` only whether it is "supported". `confusion` counts
    by the label of the rows and the one found. `reliability` is that of the probability of being
    supported, None where none was given.
    """

    accuracy: Share
    told_apart: Share
    confusion: Mapping[str, Mapping[str, int]]
    reliability: Reliability | None


@dataclass(frozen=True, slots=True)
class ClaimEvaluation:
    """All results in the order of the rows, and the figures over them and over their groups."""

    results: tuple[ClaimResult, ...]
    overall: ClaimFigures
    by_language: Mapping[str, ClaimFigures]
    by_label: Mapping[str, ClaimFigures]


def holds_claims(path: Path) -> bool:
    """Whether the first row of a file is a claim rather than a question; raises as the others."""
    if not path.is_file():
        raise InputNotFound(f"no gold file at {path}", "give the path of a .jsonl file")
    for number, line in numbered_lines(path):
        value = json_object(f"{path}, line {number}", line)
        return "claim" in value and "question" not in value
    return False


def read_claims(path: Path) -> list[ClaimRow]:
    """The rows of a file of claims, JSON Lines in UTF-8, in the file's order.

    Raises InputNotFound where there is no such file, and BadGold, with the line number, for a row
    that is not usable.
    """
    if not path.is_file():
        raise InputNotFound(f"no gold file at {path}", "give the path of a .jsonl file")
    rows = [_row(f"{path}, line {number}", line) for number, line in numbered_lines(path)]
    if not rows:
        raise BadGold(f"{path} holds no rows", _REMEDY)
    return rows


def evaluate_claims(
    check: Callable[[Sequence[Evidenced]], Iterable[Finding]],
    rows: Sequence[ClaimRow],
    progress: Callable[[Sequence[ClaimRow]], Iterable[ClaimRow]] = iter,
) -> ClaimEvaluation:
    """Every claim checked against its own evidence and counted; `progress` passes the rows on."""
    findings = iter(check([Evidenced(row.claim, row.evidence) for row in rows]))
    results = tuple(_result(row, next(findings)) for row in progress(rows))
    return ClaimEvaluation(
        results,
        _figures(results),
        dict(_grouped(results, lambda row: row.language)),
        dict(_grouped(results, lambda row: row.label)),
    )


def shape_of(evaluation: ClaimEvaluation) -> dict[str, object]:
    """What `--json` prints: shares as numbers, counts as integers."""
    groups = {"by_language": evaluation.by_language, "by_label": evaluation.by_label}
    return {
        "claims": {
            **_shape(evaluation.overall),
            **{
                name: {key: _shape(each) for key, each in group.items()}
                for name, group in groups.items()
            },
            "confusion": evaluation.overall.confusion,
        }
    }


def _shape(figures: ClaimFigures) -> dict[str, object]:
    sure = figures.reliability
    return {
        "n": figures.accuracy.total,
        "accuracy": figures.accuracy.value,
        "told_apart": figures.told_apart.value,
        "calibration_error": sure.error.value if sure else None,
    }


def _result(row: ClaimRow, finding: Finding) -> ClaimResult:
    judgement = finding.judgement
    supported = judgement.supported if judgement else None
    return ClaimResult(row, _LABEL_OF[finding.verdict], supported)


def _figures(results: Sequence[ClaimResult]) -> ClaimFigures:
    counts: dict[str, Counter[str]] = {}
    for each in results:
        counts.setdefault(each.row.label, Counter())[each.found] += 1
    sure = [
        (each.supported, each.row.label == SUPPORTED)
        for each in results
        if each.supported is not None
    ]
    return ClaimFigures(
        share(each.is_right for each in results),
        share(each.is_told_apart for each in results),
        {label: dict(found) for label, found in counts.items()},
        reliability(sure) if sure else None,
    )


def _grouped(
    results: Sequence[ClaimResult], name_of: Callable[[ClaimRow], str]
) -> Iterator[tuple[str, ClaimFigures]]:
    """The figures of each group, in the order in which the groups appear."""
    for name in dict.fromkeys(name_of(each.row) for each in results):
        yield name, _figures([each for each in results if name_of(each.row) == name])


def _row(where: str, line: str) -> ClaimRow:
    value = json_object(where, line)
    for key in ("claim", "evidence", "label"):
        if key not in value:
            raise BadGold(f"{where}: no {key!r}", _REMEDY)
        if not isinstance(value[key], str) or not has_words(value[key]):
            raise BadGold(f"{where}: {key} is {value[key]!r}", f"write {key} as a string")
    labels = (*LABELS, NOT_SUPPORTED)
    if value["label"] not in labels:
        message = f"{where}: label is {value['label']!r}"
        raise BadGold(message, f"write one of {', '.join(labels)}")
    language = value.get("lang") or detect_language(value["claim"])
    if not isinstance(language, str):
        raise BadGold(f"{where}: lang is {language!r}", "write lang as a string")
    return ClaimRow(value["claim"], value["evidence"], value["label"], language)
