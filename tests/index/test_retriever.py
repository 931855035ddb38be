"""Passages found over a store, in the words of the documents and of their glossary."""

import pytest
from memory_store import MemoryStore

from rag.index.retriever import Retriever
from rag.index.rows import Origin
from rag.types import Document

SHOP = Document("shop.txt", "shop.txt", "Shop", "天狗商城卖出九万只龙虾。")
PORT = Document("port.txt", "port.txt", "Port", "The port of Bergen opens at nine.")


@pytest.fixture
def store(indexed):
    store = MemoryStore(64)
    for number, document in enumerate((SHOP, PORT)):
        store.replace([(document, Origin(f"/{number}", "digest"), indexed(document))])
    return store


@pytest.fixture
def retriever(store, embedder, lexicon):
    return Retriever(store, embedder, lexicon)


def found(retriever, query):
    return retriever.find(retriever.current(), retriever.prepare(query), 5)


def test_passages_come_best_first_with_what_is_indexed_of_them(retriever):
    first, second = found(retriever, "When does the port of Bergen open?")

    assert (first.chunk.document_id, first.title, first.rank) == ("port.txt", "Port", 1)
    assert first.ranks == {"dense": 1, "lexical": 1}
    assert first.score > second.score
    assert first.text[slice(*first.spans[0])] == first.text
    assert first.unit_vectors.shape == (1, 64)


def test_hidden_documents_are_left_out(retriever):
    passages = retriever.find(
        retriever.current(), retriever.prepare("Bergen"), 5, hidden=["port.txt"]
    )

    assert [passage.chunk.document_id for passage in passages] == ["shop.txt"]


def test_a_glossary_is_seen_as_soon_as_it_is_there(retriever, store):
    assert retriever.prepare("Skydog").groups[0].alternatives == (("skydog", 1.0),)

    store.remember_glossaries({"/glossary.tsv": "天狗商城\tSkydog\n"})

    assert ("天狗商城", 1.0) in retriever.prepare("Skydog").groups[0].alternatives
    shop = next(p for p in found(retriever, "Skydog") if p.chunk.document_id == "shop.txt")
    assert shop.ranks["lexical"] == 1


def test_a_document_that_is_replaced_while_it_is_found_is_found_as_it_is_then(
    retriever, store, indexed, monkeypatch
):
    """What a question finds is of one generation, before or after: no document is missing."""
    later = Document("port.txt", "port.txt", "Port", "The port of Bergen opens at ten.")
    chunks = store.chunks

    def replace_just_before(keys):
        monkeypatch.setattr(store, "chunks", chunks)
        store.replace([(later, Origin("/1", "digest"), indexed(later))])
        return chunks(keys)

    monkeypatch.setattr(store, "chunks", replace_just_before)
    passages = found(retriever, "When does the port of Bergen open?")

    assert [passage.text for passage in passages] == [later.text, SHOP.text]


def test_neighbours_are_those_of_the_document(retriever, store, indexed):
    text = "\n\n".join(f"# 第{n}节\n\n" + "港口在北方。" * 20 for n in range(3))
    long = Document("long.md", "long.md", "长", text)
    store.replace([(long, Origin("/2", "digest"), indexed(long))])
    chunks = len(store.keys_of(["long.md"]))
    middle = next(p for p in found(retriever, "港口") if p.chunk.ordinal == 1)

    ordinals = [passage.chunk.ordinal for passage in retriever.neighbours(middle)]

    assert chunks >= 3
    assert ordinals == [0, 2]


def test_the_same_text_twice_is_one_passage_with_two_names(retriever, store, indexed):
    copy = Document("backup/port.txt", "backup/port.txt", "Port", PORT.text)
    near = Document("other.txt", "other.txt", "Port", f"{PORT.text}\n\n# Fish\n\nOnly here.")
    for number, document in enumerate((copy, near), 7):
        store.replace([(document, Origin(f"/{number}", "digest"), indexed(document))])

    passages = found(retriever, "When does the port of Bergen open?")

    sources = {passage.source: passage.chunk.document_id for passage in passages}
    assert "port.txt = backup/port.txt" in sources or "backup/port.txt = port.txt" in sources
    assert {"other.txt", "shop.txt"} < set(sources)
    assert [passage.rank for passage in passages] == [1, 2, 3, 4][: len(passages)]
    assert len(retriever.find(retriever.current(), retriever.prepare("port Bergen"), 3)) == 3
