import json
from contextlib import closing

import numpy as np
import pytest

from rag.config import Settings
from rag.errors import (
    DocumentNotFound,
    IndexBusy,
    IndexMismatch,
    IndexNotFound,
    InputNotFound,
    NothingIndexed,
)
from rag.index import maintenance
from rag.index.maintenance import (
    build_index,
    check_index,
    compact_index,
    follow,
    remove_document,
    repair_index,
)
from rag.index.search_files import SearchFiles
from rag.index.store import Store
from rag.index.writing import writing
from rag.models.embedding import PassageVectors

LOBSTER = "加拿大龙虾在天猫上卖出九万只。Canada sold 90,000 lobsters."
CITIES = "Tianjin is one of the 12 cities. 天津是十二个城市之一。"


@pytest.fixture
def settings(tmp_path, embedder, monkeypatch):
    monkeypatch.setattr(maintenance, "open_embedder", lambda _settings: embedder)
    return Settings(tmp_path / "indexes", tmp_path / "models", embedding_model=embedder.name)


@pytest.fixture
def folder(settings):
    return settings.indexes / "default"


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in (("龙虾.txt", LOBSTER), ("cities.txt", CITIES)):
        (folder / name).write_text(text, "utf-8")
    return folder


def written(folder):
    """Keys in the search files of the current generation, None where there are none."""
    files = SearchFiles(folder)
    manifest = files.manifest()
    with closing(Store.open(folder)) as store:
        if manifest is None or manifest.generation != store.generation:
            return None
        live = np.array(store.all_keys())
    held = [segment.keys[segment.kept(live)].tolist() for segment in files.read(manifest)]
    return {key for keys in held for key in keys}


def stored_vectors(folder):
    """(chunks, d), in the order of their documents."""
    with closing(Store.open(folder)) as store:
        chunks = store.chunks(store.all_keys()).values()
        ordered = sorted(chunks, key=lambda each: each.chunk.document_id)
    return np.array([each.vector for each in ordered])


def search_file(folder):
    return next(folder.glob("segment-*/arrays.npz"))


# Built


def test_an_index_is_built_with_its_search_files(settings, docs, folder):
    reports = build_index(settings, [docs])
    assert [(report.source, report.status) for report in reports] == [
        ("cities.txt", "indexed"),
        ("龙虾.txt", "indexed"),
    ]
    assert written(folder) == {1, 2}
    assert check_index(settings) == []


def test_what_is_unchanged_is_not_written_again(settings, docs, folder):
    build_index(settings, [docs])
    before = search_file(folder)
    assert {report.status for report in build_index(settings, [docs])} == {"unchanged"}
    assert search_file(folder) == before


def test_the_next_run_writes_search_files_that_are_missing_or_damaged(settings, docs, folder):
    build_index(settings, [docs])
    search_file(folder).write_bytes(b"x")
    build_index(settings, [docs])
    assert written(folder) == {1, 2}
    (folder / "manifest.json").unlink()
    build_index(settings, [docs])
    assert written(folder) == {1, 2}


def test_a_run_that_is_stopped_writes_the_search_files_too(settings, docs, folder):
    build_index(settings, [docs])
    with closing(Store.open(folder)) as store:
        store.remove("龙虾.txt")
    assert written(folder) is None

    def stopped(_files):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(settings, [docs], progress=stopped)
    assert written(folder) == {1}


def test_an_index_of_another_training_is_embedded_again(
    settings, docs, folder, embedder, monkeypatch
):
    embedder.name = "multilingual-e5-small@1"
    build_index(settings, [docs])
    vectors = stored_vectors(folder)
    (docs / "龙虾.txt").unlink()  # its text is in the index
    embedder.name = "multilingual-e5-small@2"
    embed = embedder.embed_passage

    def embed_otherwise(passage):
        vectors = embed(passage)
        return PassageVectors(-vectors.passage, -vectors.units)

    monkeypatch.setattr(embedder, "embed_passage", embed_otherwise)

    reports = build_index(settings, [docs])

    reason = "the bundled model was trained further"
    assert [(r.source, r.status, r.documents, r.reason) for r in reports] == [
        ("cities.txt", "indexed", 1, reason),
        ("龙虾.txt", "indexed", 1, reason),
        ("cities.txt", "unchanged", 1, ""),
        ("龙虾.txt", "unchanged", 0, "its file is gone; --prune drops it"),
    ]
    assert np.array_equal(stored_vectors(folder), -vectors)
    with closing(Store.open(folder, "multilingual-e5-small@2")) as store:
        assert store.document("龙虾.txt").text == LOBSTER
        assert store.damage() == []
    assert written(folder)


def test_a_renewal_keeps_dates_shows_its_progress_and_brings_nothing_back(
    settings, docs, folder, embedder, monkeypatch
):
    embedder.name = "multilingual-e5-small@1"
    build_index(settings, [docs])
    with closing(Store.open(folder)) as store:
        before = store.documents(), store.origins()
    embedder.name = "multilingual-e5-small@2"
    embed, shown = embedder.embed_passage, []

    def embed_while_another_removes(passage):
        monkeypatch.setattr(embedder, "embed_passage", embed)
        with closing(Store.open(folder)) as other:
            other.remove("cities.txt")
        return embed(passage)

    def progress(ids):
        shown.extend(ids)
        return ids

    monkeypatch.setattr(embedder, "embed_passage", embed_while_another_removes)
    monkeypatch.setattr("rag.storage.now", lambda: "2030-01-01T00:00:00+00:00")
    monkeypatch.setattr("rag.index.store.now", lambda: "2030-01-01T00:00:00+00:00")
    reports = build_index(settings, [docs / "龙虾.txt"], renewal_progress=progress)
    assert [(r.source, r.status) for r in reports] == [
        ("龙虾.txt", "indexed"),
        ("龙虾.txt", "unchanged"),
    ]
    assert shown == ["cities.txt", "龙虾.txt"]
    with closing(Store.open(folder)) as store:
        assert store.documents() == before[0][1:]
        assert store.origins() == {"龙虾.txt": before[1]["龙虾.txt"]}
        assert store.damage() == []


def test_an_index_that_is_renewed_in_part_is_not_searched_and_renewed_by_the_next_run(
    settings, docs, folder, embedder, monkeypatch
):
    embedder.name = "multilingual-e5-small@1"
    build_index(settings, [docs])
    before = stored_vectors(folder)
    embedder.name = "multilingual-e5-small@2"

    def killed(passage):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(embedder, "embed_passage", killed)
        with pytest.raises(KeyboardInterrupt):
            build_index(settings, [docs])

    for name in ("multilingual-e5-small@1", "multilingual-e5-small@2"):
        with pytest.raises(IndexMismatch, match="another training"):
            Store.open(folder, name)
    build_index(settings, [docs])
    with closing(Store.open(folder, "multilingual-e5-small@2")):
        assert np.array_equal(stored_vectors(folder), before)


def test_a_path_that_is_not_there_leaves_no_index_behind(settings, docs, folder):
    with pytest.raises(InputNotFound):
        build_index(settings, [docs / "没有"])
    assert not folder.exists()


def test_an_index_of_nothing_has_no_search_files(settings, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingIndexed):
        build_index(settings, [tmp_path / "empty"])
    assert not (folder / "manifest.json").exists()


# Followed


def test_what_changes_is_indexed_and_nothing_else_is_read(settings, docs, folder, monkeypatch):
    build_index(settings, [docs])
    read, digest = [], maintenance.Indexer.index.__globals__["file_digest"]
    monkeypatch.setattr(
        "rag.index.indexer.file_digest", lambda path: (read.append(path.name), digest(path))[1]
    )

    def changes():
        (docs / "new.txt").write_text("渡轮每天三次。The ferry leaves.", "utf-8")
        yield {str(docs / "new.txt")}
        (docs / "cities.txt").unlink()
        yield {str(docs / "cities.txt")}
        monkeypatch.setattr("rag.index.writing.PATIENCE", 0.05)
        (docs / "龙虾.txt").write_text(f"{LOBSTER} 改", "utf-8")
        with writing(folder):
            yield {str(docs / "龙虾.txt")}
        yield set()

    reports = [
        [(report.source, report.status) for report in each]
        for each in follow(settings, [docs], "default", changes())
    ]

    assert reports == [
        [("new.txt", "indexed")],
        [("cities.txt", "removed")],
        [("龙虾.txt", "indexed")],
    ]
    assert read == ["new.txt", "龙虾.txt"]
    with closing(Store.open(folder)) as store:
        assert [each.id for each in store.documents()] == ["new.txt", "龙虾.txt"]
    assert check_index(settings) == []


# Removed


def test_a_removed_document_is_gone_from_the_search_files(settings, docs, folder):
    build_index(settings, [docs])
    remove_document(settings, "cities.txt")
    assert written(folder) == {2}
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["documents"] == 1
    with pytest.raises(DocumentNotFound, match=r"no document 'cities\.txt'; see: wenju list"):
        remove_document(settings, "cities.txt")


# Checked


@pytest.mark.parametrize("spoil", [True, False])
def test_a_damaged_search_file_is_found_and_repaired(settings, docs, folder, spoil):
    build_index(settings, [docs])
    path = search_file(folder)
    path.write_bytes(b"x") if spoil else path.unlink()
    expected = f"{path.parent.name}/arrays.npz is damaged; run: wenju verify --repair"
    assert check_index(settings) == [expected]
    assert repair_index(settings) == []
    assert check_index(settings) == []
    assert written(folder) == {1, 2}


def test_a_repair_beside_a_writer_is_refused(settings, docs, folder, monkeypatch):
    build_index(settings, [docs])
    monkeypatch.setattr("rag.index.writing.PATIENCE", 0.05)
    with writing(folder):
        for use in (
            lambda: repair_index(settings),
            lambda: build_index(settings, [docs]),
            lambda: remove_document(settings, "cities.txt"),
            lambda: compact_index(settings),
        ):
            with pytest.raises(IndexBusy, match=f"another process is writing to .* {folder}; wait"):
                use()
        assert check_index(settings) == []


def test_what_was_removed_is_in_no_file_after_compaction(settings, docs, folder):
    build_index(settings, [docs])
    remove_document(settings, "cities.txt")
    compact_index(settings)
    held = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert any("龙虾".encode() in each for each in held)
    assert not any(b"Tianjin" in each or b"tianjin" in each for each in held)


@pytest.mark.parametrize("use", [check_index, repair_index, lambda s: remove_document(s, "x")])
def test_an_index_that_is_not_there_is_named(settings, use):
    with pytest.raises(IndexNotFound, match="run: wenju index PATH --index default"):
        use(settings)
