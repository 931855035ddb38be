"""The document that some words mean."""

import pytest
from memory_store import MemoryStore

from rag.index.document_finder import Candidate, DocumentFinder, share
from rag.index.retriever import Retriever
from rag.index.rows import Origin
from rag.language.term_groups import Group
from rag.types import Document

LETTER = Document(
    "letters/004_x.txt",
    "letters/004_x.txt",
    "美国市场战略",
    "马云今天刊登公开信。" + "信中谈到美国的农民和小企业。" * 20 + "最后写到云计算。",
)
PORT = Document("port.md", "port.md", "The port of Bergen", "It opens at nine. Ships call daily.")


@pytest.fixture
def store(indexed):
    store = MemoryStore(64)
    for number, document in enumerate((LETTER, PORT)):
        store.replace([(document, Origin(f"/{number}", "digest"), indexed(document))])
    return store


@pytest.fixture
def finder(store, embedder, lexicon):
    return DocumentFinder(store, Retriever(store, embedder, lexicon))


@pytest.mark.parametrize(
    ("words", "document_id"),
    [
        ("美国市场战略", LETTER.id),
        ("《美国市场战略》这篇", LETTER.id),
        ("the Port of Bergen", PORT.id),
        ("port of bergen", PORT.id),
        ("port.md", PORT.id),
        ("004", LETTER.id),
        ("美国", None),  # too little of a title
        ("Bergen", None),
        ("2015", None),
    ],
)
def test_a_document_is_named_by_its_title_or_its_file(finder, store, words, document_id):
    assert finder.by_name(words, store.documents()) == document_id


def test_a_document_is_known_by_the_words_it_opens_with(finder):
    found = {each.id: each for each in finder.candidates("马云公开信")}

    assert found[LETTER.id] == Candidate(LETTER.id, 1.0, 1.0)


def test_words_that_stand_far_behind_are_spoken_of(finder):
    found = {each.id: each for each in finder.candidates("云计算")}

    assert found[LETTER.id] == Candidate(LETTER.id, 0.0, 1.0)


def test_hidden_documents_are_no_candidates(finder):
    assert LETTER.id not in {each.id for each in finder.candidates("马云公开信", [LETTER.id])}


def test_the_share_counts_groups_by_their_weight():
    groups = [Group((("桥", 1.0), ("bridge", 0.5))), Group((("塔", 1.0),), 0.5)]

    assert share(groups, ["bridge"]) == pytest.approx(2 / 3)
    assert share([], ["bridge"]) == 0.0
