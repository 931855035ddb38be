"""The sample collection: it loads, its questions are sound, and the first one is answered."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from repository import REPOSITORY

from rag.assistant import Assistant
from rag.config import Settings
from rag.documents.chunks import chunk
from rag.documents.files import discover
from rag.documents.load import load
from rag.evaluation.gold import is_relevant, read_gold
from rag.index.maintenance import build_index
from rag.language.glossary import GLOSSARY_FILE

SEEDS = REPOSITORY / "seeds"
CITIES = "天津 上海 重庆 合肥 郑州 广州 成都 大连 宁波 青岛 深圳 苏州".split()


@pytest.fixture(scope="module")
def documents():
    found = {}
    for file in discover([SEEDS]):
        if file.id not in ("questions.jsonl", GLOSSARY_FILE):
            loaded, reports = load(file)
            assert reports == []
            found |= {document.id: document for document in loaded}
    return found


@pytest.fixture(scope="module")
def questions():
    return read_gold(SEEDS / "questions.jsonl")


def test_there_are_documents_in_many_formats_and_three_languages(documents):
    formats = Counter(Path(file.id).suffix for file in discover([SEEDS]))

    assert formats.keys() >= {".txt", ".md", ".html", ".pdf", ".docx", ".jsonl"}
    assert len(documents) >= 15
    assert "README.md" not in documents
    languages = {document.meta["language"] for document in documents.values()}
    assert languages == {"zh", "zh-Hant", "en"}


def test_every_document_has_a_text_and_a_title_without_markup(documents):
    for document in documents.values():
        assert len(document.text) >= 100, document.id
        assert document.title.strip(), document.id
        assert not re.search(r"<[a-z/]|&nbsp;|�", document.title + document.text), document.id


def test_the_questions_cover_the_languages_and_what_must_be_refused(questions):
    assert len(questions) >= 250
    assert {row.lang for row in questions} >= {"zh", "en"}
    refused = [row for row in questions if not row.answerable]
    assert len(refused) >= 30
    for row in questions:
        assert row.has_target is row.answerable, row.id


def test_they_are_of_the_kinds_that_people_ask_and_near_them(questions):
    kinds = Counter(row.type for row in questions)

    assert {kind: kinds[kind] for kind in ("who-is", "what-is", "why", "how", "yesno")} == {
        "who-is": 11,
        "what-is": 7,
        "why": 6,
        "how": 4,
        "yesno": 6,
    }
    assert kinds["near-topic"] == 22
    assert not any(row.answerable for row in questions if row.type == "near-topic")


def test_questions_name_documents_that_are_there(documents, questions):
    for row in questions:
        assert set(row.gold_ids) <= documents.keys(), row.id


def test_the_evidence_of_nearly_every_question_lies_in_one_chunk(documents, questions):
    rows = [row for row in questions if row.answerable and row.has_evidence]
    missed = [
        row.id
        for row in rows
        if not any(
            is_relevant(row, name, piece.text)
            for name in row.gold_ids
            for piece in chunk(documents[name])
        )
    ]

    assert len(rows) >= 90
    assert len(missed) <= 0.05 * len(rows), missed


def test_the_first_question_is_answered_with_all_twelve_cities(models, tmp_path):
    settings = replace(Settings.from_environment(), indexes=tmp_path)
    reports = build_index(settings, [SEEDS])
    assert [(r.source, r.reason) for r in reports if r.status == "skipped"] == [
        ("questions.jsonl", "rows have no text (a gold file?)")
    ]

    assistant = Assistant.open(settings)
    answer = assistant.ask("which 12 cities got cross-border pilot zones?")
    text = assistant.store.document(answer.citations[0].document_id).text
    assistant.close()

    citation = answer.citations[0]
    assert answer.answered
    assert [city for city in CITIES if city not in citation.quote] == []
    assert text[citation.start : citation.end] == citation.quote
    assert len(citation.quote) <= 140
