"""The claims that the checker is measured on: half of them with one thing changed."""

import json
import re
from collections import Counter

import pytest
from repository import TESTS

from rag.documents.files import discover
from rag.documents.load import load
from rag.language.glossary import GLOSSARY_FILE

ROOT = TESTS.parent
CHANGES = {"number": 22, "unit": 14, "date": 18, "name": 16, "negation": 14, "entity_swap": 16}


@pytest.fixture(scope="module")
def claims():
    lines = (TESTS / "checking" / "claims.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def texts():
    others = ("questions.jsonl", GLOSSARY_FILE)
    files = [file for file in discover([ROOT / "seeds"]) if file.id not in others]
    return {document.id: document.text for file in files for document in load(file)[0]}


def test_a_hundred_are_supported_and_a_hundred_are_not_in_each_language_alike(claims):
    kinds = Counter((claim["lang"], claim["supported"]) for claim in claims)

    assert set(kinds.values()) == {50}
    assert len(kinds) == 4
    assert Counter(claim["corruption"] for claim in claims if not claim["supported"]) == CHANGES
    assert all((claim["corruption"] is None) is claim["supported"] for claim in claims)


def test_each_is_one_sentence_said_once_and_in_no_document(claims, texts):
    assert len({re.sub(r"\W+", "", claim["claim"]).casefold() for claim in claims}) == len(claims)
    for claim in claims:
        end = "。" if claim["lang"] == "zh" else "."
        assert claim["claim"].endswith(end)
        assert not re.search(r"[。！？\n]|[.!?] [A-Z]", claim["claim"][:-1]), claim["id"]
        assert claim["claim"] not in texts[claim["doc"]]


def test_the_evidence_stands_in_the_document(claims, texts):
    for claim in claims:
        assert claim["evidence"] in texts[claim["doc"]], claim["id"]
    assert {claim["doc"] for claim in claims} == texts.keys()
