"""Public sets: what is held out by document shares nothing with what is learnt."""

import json

import pytest

from rag.reading.cross_encoder import ReaderInput
from rag.training.claims import public
from rag.training.claims.public import PARALLEL, read_sets


@pytest.fixture
def written(tmp_path):
    def write(name, *rows):
        path = tmp_path / "claims" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
        return tmp_path

    return write


def row(number, claim, evidence, lang="en", label="supported", **given):
    return {
        "id": f"r-{number}",
        "lang": lang,
        "claim": claim,
        "evidence": evidence,
        "label": label,
        **given,
    }


def test_a_row_becomes_a_claim_with_its_evidence(written):
    data = written("fever-en", row(1, "It ( rains ) .", "Rain fell .", label="not_supported"))

    (found,) = read_sets(data)

    assert (found.claim, found.evidence) == ("It (rains).", ReaderInput("", "Rain fell."))
    assert (found.label, found.source, found.kind) == ("not_supported", "fever-en", "")


def test_a_tenth_of_the_documents_is_held_out_with_all_that_is_said_of_them(written):
    rows = [row(n, f"Claim {n} of it.", f"Evidence {n // 3} is here.") for n in range(600)]
    found = read_sets(written("nli-en", *rows))

    held_out = {each.evidence.text for each in found if each.held_out}
    learnt = {each.evidence.text for each in found if not each.held_out}
    assert len(found) == 600
    assert not held_out & learnt
    assert 10 <= len(held_out) <= 32
    assert [each.held_out for each in found] == [
        each.held_out for each in read_sets(written("nli-en", *rows))
    ]


def test_what_is_held_out_in_one_set_is_learnt_from_none(written, monkeypatch):
    monkeypatch.setattr(public, "_is_held_out", lambda document: document == "One fell.")
    written("fever-en", row(1, "It fell.", "One fell."), row(2, "It rose.", "One rose."))
    data = written(
        "fever-symmetric-en",
        row(3, "It fell.", "Two fell."),  # the claim of what is held out
        row(4, "Other.", "One fell."),
        row(5, "Another.", "Two rose."),
    )

    found = [(each.claim, each.evidence.text, each.held_out) for each in read_sets(data)]

    assert found == [
        ("It fell.", "One fell.", True),
        ("It rose.", "One rose.", False),
        ("Other.", "One fell.", True),
        ("Another.", "Two rose.", False),
    ]


def test_parallel_rows_cross_the_languages(written):
    data = written(
        PARALLEL,
        {
            "id": "p-1-zh",
            "lang": "zh",
            "claim": "下雪。",
            "evidence": "雪下了。",
            "label": "supported",
        },
        {
            "id": "p-1-en",
            "lang": "en",
            "claim": "Snow.",
            "evidence": "It snows.",
            "label": "supported",
        },
        {"id": "p-2-zh", "lang": "zh", "claim": "NS", "evidence": "雨。", "label": "supported"},
        {
            "id": "p-2-en",
            "lang": "en",
            "claim": "Rain.",
            "evidence": "It rains.",
            "label": "supported",
        },
    )

    found = [(each.claim, each.evidence.text, each.source) for each in read_sets(data)]

    assert found == [
        ("下雪。", "雪下了。", PARALLEL),
        ("Snow.", "It snows.", PARALLEL),
        ("Rain.", "It rains.", PARALLEL),
        ("下雪。", "It snows.", f"{PARALLEL}-across"),
        ("Snow.", "雪下了。", f"{PARALLEL}-across"),
    ]


def test_sets_that_are_not_there_are_none(tmp_path):
    assert read_sets(tmp_path) == []
