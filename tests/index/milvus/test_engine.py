import builtins

import pytest

from rag.errors import BadSetting, IndexUnavailable
from rag.index.milvus import engine
from rag.index.milvus.engine import Milvus

pytestmark = pytest.mark.milvus


def test_a_server_that_is_not_there_is_said(milvus_uri, monkeypatch):
    monkeypatch.setattr(engine, "_SECONDS", 0.5)
    expected = r"Milvus at http://127\.0\.0\.1:1 cannot be used \(.*\); see that it runs and"
    with pytest.raises(IndexUnavailable, match=expected):
        Milvus("http://127.0.0.1:1")


def test_what_milvus_refuses_is_said_in_one_line(milvus):
    with pytest.raises(IndexUnavailable, match="cannot be used") as raised:
        milvus.all("nothing_of_ours", "key > 0", ["key"])
    assert "\n" not in str(raised.value)


def test_a_package_that_is_missing_is_named(monkeypatch):
    usual = builtins.__import__

    def without(name, *rest):
        if name == "pymilvus":
            raise ImportError(name)
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadSetting, match=r"needs the package pymilvus; run: pip install 'wenju"):
        Milvus("x.db")


def test_more_rows_than_fit_into_a_message_are_read_and_removed(milvus, milvus_index):
    fields = [
        {"name": "key", "kind": "INT64"},
        {"name": "half", "kind": "INT64", "sought": True},
        {"name": "vector", "kind": "FLOAT_VECTOR", "dim": 2},
    ]
    table = f"wenju_test_{abs(hash(milvus_index))}"
    milvus.make(table, fields)
    try:
        rows = [{"key": i, "half": i // 2, "vector": [1.0, 0.0]} for i in range(450)]
        milvus.put(table, rows)
        milvus.put(table, rows[:3])

        assert sorted(row["key"] for row in milvus.all(table, "half >= 0", ["key"])) == [
            *range(450)
        ]
        milvus.delete(table, "half < 200")
        assert {row["key"] for row in milvus.all(table, "key >= 0", ["key"])} == {*range(400, 450)}
        assert milvus.get(table, [449, 1], ["half"])[0]["half"] == 224
    finally:
        milvus.drop(table)
