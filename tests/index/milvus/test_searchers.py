import random

import pytest

from rag.index.fusion import fuse, prepare
from rag.index.milvus import searchers as module
from rag.index.milvus.searchers import weights_of
from rag.index.rows import Origin
from rag.index.store import Store
from rag.types import Document

CITIES = "天津 上海 杭州 厦门 Tianjin Shanghai Hangzhou Xiamen".split()
QUESTIONS = ["天津的龙虾", "lobsters of Tianjin", "qqq", "？", "rare7", "港口 harbour"]


@pytest.fixture
def documents():
    draw = random.Random(7)
    things = ["龙虾", "樱桃", "港口", "lobsters", "cherries", "the harbour"]
    texts = [
        f"{draw.choice(CITIES)}，{' '.join(draw.choices(things, k=draw.randint(1, 9)))}。rare{i}."
        for i in range(60)
    ]
    return [Document(f"d{i}", f"d{i}.txt", "", text) for i, text in enumerate(texts)]


@pytest.fixture
def filled(milvus_store, tmp_path, documents, indexed):
    """The same in Milvus and in SQLite: 58 passages, two of 60 removed."""
    local = Store.create(tmp_path / "local", "character-pairs", 64)
    additions = [(each, Origin(each.source, "d"), indexed(each)) for each in documents]
    for store in (milvus_store, local):
        store.replace(additions)
        store.replace([], ["d3", "d40"])
    yield milvus_store, local
    local.close()


def scores(searchers, embedder, question, top_k=10):
    search = prepare(question, embedder.embed_query(question), None)
    return {each.key: each.score for each in fuse(search, searchers, top_k)}


@pytest.mark.milvus
def test_what_is_found_and_how_it_scores_is_what_the_local_store_gives(filled, embedder):
    for question in QUESTIONS:
        found, expected = (scores(store.searchers(), embedder, question, 58) for store in filled)

        assert found == pytest.approx(expected, abs=1e-4), question
        assert next(iter(found)) == next(iter(expected))


@pytest.mark.milvus
def test_a_sample_stands_for_all(filled, embedder, monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 30)
    ours, whole = (store.searchers() for store in filled)

    assert 15 < len(ours.lexical.keys) < 45
    assert ours.lexical.passages == 58
    rare = {f"rare{i}" for i in range(60)} - {"rare3", "rare40"}
    assert {term for term in rare if not ours.lexical.knows(term)} == set()
    assert ours.lexical.idf("rare7") == whole.lexical.idf("rare7")
    assert not ours.lexical.knows("rare3")
    assert ours.lexical.idf("龙虾") == pytest.approx(whole.lexical.idf("龙虾"), abs=0.5)
    assert next(iter(scores(ours, embedder, "rare7"))) == 8


@pytest.mark.milvus
def test_a_sample_follows_what_is_added_and_removed(filled, indexed, monkeypatch):
    store, _ = filled
    monkeypatch.setattr(module, "SAMPLE", 30)
    before = set(store.searchers().lexical.keys.tolist())
    for number in range(100, 112):
        new = Document(f"d{number}", "", "", f"上海{number}。")
        store.replace([(new, Origin("", "d"), indexed(new))])
        store.searchers()
    gone = min(before)
    store.remove(f"d{gone - 1}")

    after = set(store.searchers().lexical.keys.tolist())

    assert store.searchers().lexical.passages == 58 + 12 - 1
    assert before - {gone} <= after
    assert gone not in after
    assert max(after) > 60


def test_a_passage_without_terms_has_a_vector_too():
    assert weights_of([]) == {0: 1e-6}
    weights = weights_of(["天津", "天津", "bridg"])
    assert len(weights) == 3
    assert all(0 < weight < 1 for weight in weights.values())
