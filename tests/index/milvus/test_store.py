import pytest

from rag.errors import IndexMismatch, IndexNotFound, IndexUnavailable
from rag.index.milvus.commits import Commits
from rag.index.milvus.store import MilvusStore
from rag.index.milvus.tables import PART, Tables
from rag.index.rows import Origin
from rag.types import Document

pytestmark = pytest.mark.milvus
FILE = Origin("/docs/甲.txt", "d1")


def document(name, text):
    return Document(name, f"{name}.txt", f"标题 {name}", text, {"language": "zh"})


@pytest.fixture
def put(milvus_store, indexed):
    """Puts documents into the index, each in the place of its former version."""

    def put_in(*documents):
        milvus_store.replace([(each, FILE, indexed(each)) for each in documents])

    return put_in


@pytest.fixture
def tables(milvus, milvus_index):
    return Tables(milvus, milvus_index)


def versions(tables):
    """Those of the documents whose rows are there, seen or not."""
    where = 'document != ""'
    return sorted(row["version"] for row in tables.milvus.all(tables.records, where, ["version"]))


def test_a_text_longer_than_milvus_takes_comes_back(milvus_store, put):
    long = document("长", "天津有一座桥。😀 A bridge in Tianjin.\n\n" * (PART // 15))
    put(long)

    assert len(long.text) > 2 * PART
    assert milvus_store.document("长") == long
    last = milvus_store.chunk_at("长", milvus_store.document_info("长").chunks - 1)
    assert last.chunk.text == long.text[last.chunk.start : last.chunk.end]
    assert milvus_store.damage() == []


def test_another_process_sees_a_commit_at_once(milvus, milvus_index, milvus_store, put):
    other = MilvusStore.open(milvus, milvus_index)
    put(document("甲", "天津。Tianjin."))

    assert (other.generation, other.counts()) == (1, (1, 1))
    assert other.document("甲").text == "天津。Tianjin."


def test_of_a_commit_that_was_cut_short_nothing_is_seen(milvus_store, put, tables, monkeypatch):
    put(document("甲", "天津。Tianjin."))

    def fail(self, state):
        raise IndexUnavailable("killed here", "")

    with monkeypatch.context() as patched:
        patched.setattr(Tables, "commit", fail)
        with pytest.raises(IndexUnavailable, match="killed here"):
            put(document("甲", "上海。Shanghai."), document("乙", "杭州。Hangzhou."))
    assert (milvus_store.generation, milvus_store.counts()) == (1, (1, 1))
    assert milvus_store.document("甲").text == "天津。Tianjin."
    assert milvus_store.damage() == []
    assert versions(tables) == [1, 2, 3]

    put(document("丙", "厦门。Xiamen."))

    assert sorted(each.id for each in milvus_store.documents()) == ["丙", "甲"]
    assert versions(tables) == [1, 2]
    assert milvus_store.damage() == []


def test_what_a_commit_replaced_is_not_seen_though_its_rows_are_there(
    milvus_store, put, tables, monkeypatch
):
    put(document("甲", "天津。Tianjin."), document("乙", "杭州。Hangzhou."))
    with monkeypatch.context() as patched:
        patched.setattr(Commits, "settle", lambda self, state: state)
        put(document("甲", "上海。Shanghai."))
    assert versions(tables) == [1, 2, 3]
    assert (milvus_store.counts(), milvus_store.chunks([1])) == ((2, 2), {})
    assert milvus_store.document("甲").text == "上海。Shanghai."
    assert set(milvus_store.searchers().lexical.keys.tolist()) == {2, 3}
    assert milvus_store.damage() == []

    milvus_store.compact()

    assert versions(tables) == [2, 3]
    assert milvus_store.damage() == []


def test_another_model_or_length_of_vectors_is_refused(milvus, milvus_index, milvus_store):
    expected = "was built with the model character-pairs, not bge; set WENJU_EMBEDDING_MODEL"
    with pytest.raises(IndexMismatch, match=expected):
        MilvusStore.open(milvus, milvus_index, "bge")
    with pytest.raises(IndexMismatch, match=r"holds vectors of length 64, the model .* makes 32"):
        MilvusStore.create(milvus, milvus_index, "character-pairs", 32)


def test_an_index_that_is_not_there_is_not_made_by_opening_it(milvus):
    with pytest.raises(IndexNotFound, match=r"no index '没有' in Milvus at .*; run: wenju index"):
        MilvusStore.open(milvus, "没有")


def test_an_index_that_was_made_again_is_another(milvus, milvus_index, milvus_store):
    assert not milvus_store.is_replaced
    milvus_store.drop()
    assert milvus_store.is_replaced
    MilvusStore.create(milvus, milvus_index, "character-pairs", 64)
    assert milvus_store.is_replaced
