"""What every `DocumentStore` does, wherever it keeps its documents."""

import threading

import numpy as np
import pytest
from memory_store import MemoryStore

from rag.errors import DocumentNotFound
from rag.index.protocol import DocumentStore
from rag.index.rows import Origin, document_checksum
from rag.index.store import Store
from rag.language.term_groups import Group
from rag.types import Document

LOBSTER = Document(
    "news/龙虾.txt",
    "news/龙虾.txt",
    "加拿大龙虾",
    "加拿大龙虾在天猫上卖出九万只。Canada sold 90,000 lobsters. 買家來自天津。",
    {"language": "zh", "date": "2015-11-11"},
)
CITIES = Document("cities", "c.jsonl#cities", "Cities", "Tianjin is one of 12 cities. 天津在内。")
HARBOUR = Document(
    "h",
    "h.md",
    "港口",
    "# 港口\n\n## 渡轮\n\n渡轮每天三次。\n\n## 潮水\n\n潮水一日两回。",
    {"language": "zh"},
)
LOBSTER_FILE = Origin("/docs/news/龙虾.txt", "d1")
CITIES_FILE = Origin("/docs/c.jsonl", "d2")


@pytest.fixture(params=["sqlite", "memory", pytest.param("milvus", marks=pytest.mark.milvus)])
def store(request, tmp_path) -> DocumentStore:
    if request.param == "milvus":
        yield request.getfixturevalue("milvus_store")
        return
    if request.param == "memory":
        opened = MemoryStore(64)
    else:
        opened = Store.create(tmp_path / "索引", "character-pairs", 64)
    yield opened
    opened.close()


@pytest.fixture
def filled(store, indexed):
    store.replace(
        [(LOBSTER, LOBSTER_FILE, indexed(LOBSTER)), (CITIES, CITIES_FILE, indexed(CITIES))]
    )
    return store


# Round trip


def test_what_was_put_in_comes_out(filled, indexed):
    (written,) = indexed(LOBSTER)
    (key,) = filled.keys_of([LOBSTER.id])
    read = filled.chunks([key])[key]
    assert read.chunk == written.chunk
    assert read.chunk.text == LOBSTER.text[read.chunk.start : read.chunk.end]
    quotes = [read.chunk.text[start:end] for start, end in read.spans]
    assert quotes == [
        "加拿大龙虾在天猫上卖出九万只。",
        "Canada sold 90,000 lobsters.",
        "買家來自天津。",
    ]
    assert read.terms == written.terms
    assert np.array_equal(read.vector, written.vector)
    assert np.allclose(read.unit_vectors, written.unit_vectors, atol=1e-3)  # perhaps as float16
    assert (read.title, read.source) == (LOBSTER.title, LOBSTER.source)
    assert filled.document(LOBSTER.id) == LOBSTER
    assert filled.origins() == {LOBSTER.id: LOBSTER_FILE, CITIES.id: CITIES_FILE}
    assert filled.origins([CITIES.id, "没有.txt"]) == {CITIES.id: CITIES_FILE}
    assert filled.origins([]) == {}
    assert filled.damage() == []


def test_documents_are_listed_by_id(filled):
    cities, lobster = filled.documents()
    assert (cities.id, cities.language, cities.chunks, cities.characters) == ("cities", "", 1, 34)
    assert (lobster.title, lobster.language) == ("加拿大龙虾", "zh")
    assert lobster.characters == len(LOBSTER.text)
    assert [filled.document_info(each.id) for each in (cities, lobster)] == [cities, lobster]
    assert filled.counts() == (2, 2)


def test_a_document_that_is_not_there_is_named(filled):
    for ask in (filled.document, filled.document_info, filled.remove):
        with pytest.raises(DocumentNotFound, match="no document '没有'; see: wenju list"):
            ask("没有")
    assert (filled.generation, filled.counts()) == (1, (2, 2))


def test_checksums_are_of_those_documents_that_are_here(filled):
    assert filled.document_checksums(["没有", CITIES.id]) == {"cities": document_checksum(CITIES)}


def test_a_path_that_is_not_utf8_is_kept(store, indexed):
    origin = Origin("/docs/\udcb0\udcc4.txt", "d")
    store.replace([(CITIES, origin, indexed(CITIES))])
    assert store.origins() == {"cities": origin}


def test_a_new_one_is_empty(store):
    assert (store.generation, store.counts(), store.documents()) == (0, (0, 0), [])
    assert (store.chunks([1]), store.keys_of(["x"]), store.chunk_at("x", 0)) == ({}, set(), None)
    assert (store.sections(), store.questions(), store.damage()) == ([], [], [])
    assert not store.is_replaced


# Changes


def test_generation_grows_with_changes_and_only_with_them(filled):
    assert filled.generation == 1
    filled.replace([], [], [(CITIES.id, Origin("/docs/c.jsonl", "d3"))])
    assert filled.generation == 1
    assert filled.origins()[CITIES.id].digest == "d3"
    filled.documents()
    filled.remember_questions(["哪座城市？"])
    filled.refresh()
    assert filled.generation == 1
    filled.replace([], [CITIES.id])
    assert filled.generation == 2


def test_replace_is_all_or_nothing(filled, indexed):
    class Broken:
        @property
        def chunk(self):
            raise RuntimeError("the disk is gone")

    changed = Document(LOBSTER.id, LOBSTER.source, "改", "改写。Rewritten.")
    with pytest.raises(RuntimeError, match="the disk is gone"):
        filled.replace(
            [
                (changed, LOBSTER_FILE, indexed(changed)),
                (CITIES, CITIES_FILE, [*indexed(CITIES), Broken()]),
            ],
            removals=[CITIES.id],
        )
    assert filled.document(LOBSTER.id) == LOBSTER
    assert filled.document(CITIES.id) == CITIES
    assert filled.keys_of([LOBSTER.id, CITIES.id]) == {1, 2}
    assert (filled.generation, filled.counts(), filled.damage()) == (1, (2, 2), [])


def test_a_key_is_never_used_twice(filled, indexed):
    (last,) = filled.keys_of([CITIES.id])
    filled.replace([], [CITIES.id])
    assert filled.chunks([last]) == {}
    filled.replace([(CITIES, CITIES_FILE, indexed(CITIES))])
    assert filled.keys_of([CITIES.id]) == {last + 1}
    assert filled.chunks([last]) == {}


def test_removing_a_document_removes_its_chunks(filled):
    filled.remove(LOBSTER.id)
    assert filled.keys_of([LOBSTER.id]) == set()
    assert filled.counts() == (1, 1)
    with pytest.raises(DocumentNotFound):
        filled.document(LOBSTER.id)


def test_readers_see_one_commit_whole_while_a_writer_commits(store, indexed):
    versions = []
    for number in range(2):
        texts = f"第{number}版。Version {number}.", f"天津{number}。Tianjin {number}."
        documents = [Document(f"d{i}", "s", "t", text) for i, text in enumerate(texts)]
        versions.append([(document, CITIES_FILE, indexed(document)) for document in documents])
    store.replace(versions[0])
    allowed = {document.text for version in versions for document, _, _ in version}
    stopped = threading.Event()
    torn = []

    def read():
        while not stopped.is_set():
            chunks = store.chunks(store.keys_of(["d0", "d1"])).values()
            torn.extend(each.chunk.text for each in chunks if each.chunk.text not in allowed)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for round_number in range(30):
        store.replace(versions[round_number % 2])
    stopped.set()
    for reader in readers:
        reader.join()
    assert torn == []


# Neighbours, sections, questions


def test_a_chunk_has_its_neighbours_by_its_place(store, indexed):
    store.replace([(HARBOUR, CITIES_FILE, indexed(HARBOUR))])
    first, second = (store.chunk_at("h", place) for place in (0, 1))
    assert first.chunk.text == "# 港口\n\n## 渡轮\n\n渡轮每天三次。"
    assert second.chunk.text == "## 潮水\n\n潮水一日两回。"
    assert (store.chunk_at("h", -1), store.chunk_at("h", 2)) == (None, None)


def test_sections_come_once_each_in_the_order_of_the_chunks(store, indexed):
    store.replace([(HARBOUR, CITIES_FILE, indexed(HARBOUR))])
    assert store.sections() == [("h", "港口", "港口 > 渡轮"), ("h", "港口", "港口 > 潮水")]


def test_questions_are_remembered_in_the_place_of_former_ones(store):
    store.remember_questions(["渡轮几点开？", "When?"])
    store.remember_questions(["潮水几回？"])
    assert store.questions() == ["潮水几回？"]


def test_glossaries_are_remembered_in_the_place_of_former_ones_and_are_a_change(store):
    before = store.generation
    store.remember_glossaries({"/a/glossary.tsv": "天猫\tTmall\n", "/b/glossary.tsv": ""})
    store.remember_glossaries({"/a/glossary.tsv": "京东\tJD\n"})
    assert store.glossaries() == {"/a/glossary.tsv": "京东\tJD\n"}
    assert store.generation == before + 2
    assert store.searchers().generation == store.generation


# Search


def found(store, embedder, words):
    """Keys by both arms: nearest first, and those that hold a word."""
    searchers = store.searchers()
    groups = [Group(((words, 1.0),))]
    candidates = searchers.candidates(embedder.embed_query(words), groups, 10)
    return searchers.generation, list(candidates.dense), sorted(candidates.lexical)


def test_both_arms_search_the_current_generation(filled, embedder, indexed):
    assert found(filled, embedder, "龙虾") == (1, [1, 2], [1])
    filled.replace([(HARBOUR, CITIES_FILE, indexed(HARBOUR))], [LOBSTER.id])
    assert found(filled, embedder, "龙虾")[2] == []
    assert found(filled, embedder, "渡轮")[0::2] == (2, [3])
    assert set(found(filled, embedder, "渡轮")[1]) == {2, 3, 4}


@pytest.mark.parametrize("upkeep", ["refresh", "repair"])
def test_upkeep_changes_nothing_that_is_found(filled, embedder, upkeep):
    before = found(filled, embedder, "龙虾")
    getattr(filled, upkeep)()
    assert found(filled, embedder, "龙虾") == before
    assert filled.damage() == []


def test_an_empty_one_is_searched_too(store, embedder):
    assert found(store, embedder, "龙虾") == (0, [], [])
