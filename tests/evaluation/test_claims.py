"""Claims with labels: read, judged, counted, and shown."""

import json

import pytest

from rag.checking.checker import Finding
from rag.checking.judge import Judgement
from rag.errors import BadGold, InputNotFound
from rag.evaluation.claim_tables import claim_tables, write_claim_report
from rag.evaluation.claims import (
    ClaimRow,
    evaluate_claims,
    holds_claims,
    read_claims,
    shape_of,
)
from rag.evaluation.screen import render_claims

ROWS = [
    ClaimRow("塔高42米。", "塔高42米，很白。", "supported", "zh"),
    ClaimRow("塔高45米。", "塔高42米，很白。", "refuted", "zh"),
    ClaimRow("It is old.", "It is white.", "not_enough", "en"),
    ClaimRow("It is black.", "It is white.", "not_supported", "en"),
]


def finding(verdict, supported=None):
    judgement = None if supported is None else Judgement(supported, 1 - supported, 0.0)
    return Finding(verdict, judgement=judgement)


def evaluated(*findings):
    return evaluate_claims(lambda claims: findings[: len(claims)], ROWS)


@pytest.fixture
def file(tmp_path):
    def written(*lines):
        path = tmp_path / "声明.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts), "utf-8")
        return path

    return written


ROW = {"claim": "塔高42米。", "evidence": "塔高42米，很白。", "label": "supported"}


def test_rows_are_read_with_the_language_that_they_name_or_have(file):
    path = file(ROW, {**ROW, "lang": "zh-Hant", "id": "x"}, {**ROW, "claim": "The tower is old."})

    assert read_claims(path) == [
        ROWS[0],
        ClaimRow("塔高42米。", "塔高42米，很白。", "supported", "zh-Hant"),
        ClaimRow("The tower is old.", "塔高42米，很白。", "supported", "en"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"claim": "x", "label": "supported"}, "line 1: no 'evidence'"),
        ({**ROW, "claim": " "}, "line 1: claim is ' '"),
        ({**ROW, "evidence": 3}, "line 1: evidence is 3"),
        ({**ROW, "label": "true"}, "line 1: label is 'true'; write one of supported, refuted"),
        ({**ROW, "lang": 7}, "line 1: lang is 7"),
        ("{", "line 1: not JSON"),
        ("", "holds no rows"),
    ],
)
def test_a_row_that_is_not_usable_is_named(file, line, message):
    with pytest.raises(BadGold, match=message):
        read_claims(file(line))


def test_the_first_row_tells_claims_from_questions(file, tmp_path):
    assert holds_claims(file(ROW))
    assert not holds_claims(file({"id": "1", "question": "谁？", "answers": ["林月"]}))
    assert not holds_claims(file(""))
    with pytest.raises(InputNotFound):
        holds_claims(tmp_path / "没有.jsonl")


def test_either_label_is_right_where_a_row_does_not_say_which():
    found = evaluated(
        finding("supported"),
        finding("unsupported"),
        finding("unsupported"),
        finding("contradicted"),
    )

    assert [each.is_right for each in found.results] == [True, False, True, True]
    assert [each.is_told_apart for each in found.results] == [True] * 4
    assert shape_of(found) == {
        "claims": {
            "n": 4,
            "accuracy": 0.75,
            "told_apart": 1.0,
            "calibration_error": None,
            "by_language": {
                "zh": {"n": 2, "accuracy": 0.5, "told_apart": 1.0, "calibration_error": None},
                "en": {"n": 2, "accuracy": 1.0, "told_apart": 1.0, "calibration_error": None},
            },
            "by_label": {
                label: {"n": 1, "accuracy": right, "told_apart": 1.0, "calibration_error": None}
                for label, right in (
                    ("supported", 1.0),
                    ("refuted", 0.0),
                    ("not_enough", 1.0),
                    ("not_supported", 1.0),
                )
            },
            "confusion": {
                "supported": {"supported": 1},
                "refuted": {"not_enough": 1},
                "not_enough": {"not_enough": 1},
                "not_supported": {"refuted": 1},
            },
        }
    }


def test_probabilities_are_held_against_what_is_true():
    found = evaluated(
        finding("supported", 0.75),
        finding("contradicted", 0.25),
        finding("unsupported", 0.25),
        finding("unsupported", 0.25),
    )

    assert found.overall.reliability.error.value == pytest.approx(0.25)
    assert [table.title for table in claim_tables(found)] == [
        "Claims",
        "Label",
        "Probability of support",
    ]


def test_what_is_shown_names_the_claims_judged_wrongly():
    found = evaluated(*[finding("supported")] * 4)

    lines = render_claims(found).splitlines()

    assert lines[0] == "4 claims, each with its own evidence"
    assert [line.split() for line in lines if line.startswith("all")] == [
        ["all", "0.25", "(1/4)", "0.25", "(1/4)"]
    ]
    assert lines[-4:] == [
        "Judged wrongly: 3 of 4",
        "  refuted, found supported: 塔高45米。",
        "  not_enough, found supported: It is old.",
        "  not_supported, found supported: It is black.",
    ]


def test_a_report_holds_each_row(tmp_path):
    write_claim_report(evaluated(*[finding("supported", 0.9)] * 4), tmp_path / "new", "toy")

    report = json.loads((tmp_path / "new" / "claims.json").read_text("utf-8"))
    assert (report["format"], report["caption"], report["claims"]["accuracy"]) == (1, "toy", 0.25)
    assert report["results"][1] == {
        "claim": "塔高45米。",
        "evidence": "塔高42米，很白。",
        "label": "refuted",
        "language": "zh",
        "found": "supported",
        "supported": 0.9,
    }
