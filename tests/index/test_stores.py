import json
from contextlib import closing

import pytest

from rag.config import Settings
from rag.errors import DocumentNotFound, InvalidInput
from rag.index import maintenance
from rag.index.maintenance import build_index, check_index, remove_document, repair_index
from rag.index.stores import index_names, open_store
from rag.index.transport import export_index, import_index


@pytest.mark.parametrize(
    ("doing", "command"),
    [
        ("exported", export_index),
        ("imported", import_index),
        ("repaired", lambda settings, path: repair_index(settings)),
    ],
)
def test_what_only_files_allow_is_said_in_a_line(tmp_path, doing, command):
    settings = Settings(tmp_path, store="milvus", milvus_uri=str(tmp_path / "x.db"))
    expected = f"an index in Milvus cannot be {doing} by Wenju; use milvus-backup for that, or"
    with pytest.raises(InvalidInput, match=expected):
        command(settings, tmp_path / "export.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.milvus
def test_an_index_in_milvus_is_made_searched_and_changed(
    tmp_path, milvus_uri, milvus_index, embedder, monkeypatch
):
    monkeypatch.setattr(maintenance, "open_embedder", lambda _settings: embedder)
    settings = Settings(tmp_path / "indexes", store="milvus", milvus_uri=milvus_uri)
    docs = tmp_path / "文档"
    docs.mkdir()
    rows = [{"id": f"r{i}", "text": f"天津有{i}座桥。Bridges: {i}."} for i in range(3)]
    (docs / "桥.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")

    reports = build_index(settings, [docs], milvus_index)

    assert [(each.status, each.documents) for each in reports] == [("indexed", 3)]
    assert [each.status for each in build_index(settings, [docs], milvus_index)] == ["unchanged"]
    assert milvus_index in index_names(settings)
    assert not settings.indexes.exists()
    remove_document(settings, "r1", milvus_index)
    with pytest.raises(DocumentNotFound):
        remove_document(settings, "r1", milvus_index)
    with closing(open_store(settings, milvus_index, embedder.name)) as store:
        assert [each.id for each in store.documents()] == ["r0", "r2"]
    assert check_index(settings, milvus_index) == []
