import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from rag.config import Settings
from rag.errors import IndexDamaged, InputNotFound, InvalidInput
from rag.index.indexer import Indexer
from rag.index.store import Store
from rag.index.transport import export_index, import_index

LOBSTER = "加拿大龙虾在天猫上卖出九万只。Canada sold 90,000 lobsters."


@pytest.fixture
def settings(tmp_path, embedder):
    """Settings with an index `default` of one document, which is open for writing."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "龙虾.txt").write_text(LOBSTER, "utf-8")
    settings = Settings(tmp_path / "indexes", tmp_path / "models")
    with closing(Store.create(settings.indexes / "default", embedder.name, 64)) as store:
        Indexer(store, embedder).index([docs])
        store.remember_questions(["多少只？"])
        yield settings


def test_an_index_travels_as_one_file(settings, tmp_path):
    assert export_index(settings, tmp_path / "a.wenju") == (1, 1)
    elsewhere = replace(settings, indexes=tmp_path / "elsewhere")
    assert import_index(elsewhere, tmp_path / "a.wenju", "news") == (1, 1)
    assert sorted(path.name for path in tmp_path.glob("*a.wenju*")) == ["a.wenju"]
    with closing(Store.open(elsewhere.indexes / "news", "character-pairs")) as store:
        assert store.document("龙虾.txt").text == LOBSTER
        assert (store.questions(), store.damage()) == (["多少只？"], [])
        assert store.searchers().dense.keys == {1}


def test_what_is_committed_later_is_not_in_the_file(settings, tmp_path):
    export_index(settings, tmp_path / "a.wenju")
    with closing(Store.open(settings.indexes / "default")) as store:
        store.remove("龙虾.txt")
    assert import_index(settings, tmp_path / "a.wenju", "before") == (1, 1)


def test_a_file_that_was_altered_makes_no_index(settings, tmp_path):
    file = tmp_path / "a.wenju"
    export_index(settings, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE documents SET text = '别'")
    with pytest.raises(IndexDamaged, match="not what was written"):
        import_index(settings, file, "news")
    file.write_text("不是索引")
    with pytest.raises(IndexDamaged):
        import_index(settings, file, "news")
    assert not (settings.indexes / "news" / "wenju.db").exists()


def test_nothing_is_overwritten(settings, tmp_path):
    file = tmp_path / "a.wenju"
    export_index(settings, file)
    with pytest.raises(InvalidInput, match="is there already; name a new file"):
        export_index(settings, file)
    with pytest.raises(InvalidInput, match="there is an index 'default' already"):
        import_index(settings, file)
    with pytest.raises(InputNotFound):
        import_index(settings, tmp_path / "b.wenju", "news")
