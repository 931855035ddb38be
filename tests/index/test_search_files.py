import json
import shutil
from contextlib import closing

import numpy as np
import pytest

from rag import storage
from rag.errors import IndexBusy, IndexDamaged, IndexUnavailable
from rag.index import search_files
from rag.index.dense import DenseIndex
from rag.index.lexical import LexicalIndex
from rag.index.rows import Origin
from rag.index.search_files import ALIASES_FILE, MANIFEST_FILE, Searchers, SearchFiles
from rag.index.store import Store
from rag.language.term_groups import Group
from rag.types import Document

FILE = Origin("/docs/x", "d")
TEXTS = {
    "lobster": "加拿大龙虾在天猫上卖出九万只。",
    "cities": "Tianjin is one of the 12 cities with a pilot zone.",
    "zone": "天津和其他十一个城市设立综合试验区。",
    "clinton": "Clinton spoke of small business in Canada.",
}
LOBSTER = Group((("龙虾", 1.0), ("lobster", 1.0)))
WRONG_TYPES = [
    '{"generation": "1", "folder": "derived-1-x", "sha256": {"a": "b"}}',
    '{"generation": 1, "folder": 7, "sha256": {"a": "b"}}',
    '{"generation": 1, "folder": "../elsewhere", "sha256": {"a": "b"}}',
    '{"generation": 1, "folder": "derived-1-x", "sha256": ["a"]}',
    '{"generation": 1, "folder": "derived-1-x", "sha256": {}}',
    '{"generation": 1, "folder": "derived-1-x"}',
    "[1, 2]",
    "null",
    '{"generation": 1,',
    "不是清单",
    "",
]


@pytest.fixture
def store(tmp_path, indexed):
    opened = Store.create(tmp_path / "index", "character-pairs", 64)
    put(opened, indexed, TEXTS)
    yield opened
    opened.close()


def put(store, indexed, texts):
    documents = [Document(name, name, name, text) for name, text in texts.items()]
    store.replace([(document, FILE, indexed(document)) for document in documents])


def derived_folders(store):
    return sorted(path.name for path in store.folder.glob("derived-*"))


def is_current(store):
    return SearchFiles(store.folder).are_sound(store.generation)


def manifest(store):
    return json.loads((store.folder / MANIFEST_FILE).read_text("utf-8"))


def results(held, embedder):
    """Everything that a question gets from both arms."""
    query = embedder.embed_query("龙虾 lobster")
    cosines = held.dense.search(query, 10)
    return (
        held.generation,
        cosines,
        held.dense.standardise(held.dense.scales(query), cosines),
        held.lexical.keys.tolist(),
        held.lexical.scores([LOBSTER]).tolist(),
        held.lexical.ideal([LOBSTER]),
    )


# Saved and loaded


def test_what_was_written_gives_the_same_results(store, embedder):
    derived = store.searchers()
    store.refresh()
    assert is_current(store)
    read = SearchFiles(store.folder).read(1)
    assert results(read, embedder) == results(derived, embedder)
    assert max(results(read, embedder)[1].items(), key=lambda item: item[1])[0] == 1
    assert [score > 0 for score in read.lexical.scores([LOBSTER])] == [True, False, False, False]


def test_without_files_the_store_is_enough_and_reading_writes_none(store):
    before = sorted(store.folder.iterdir())
    assert not is_current(store)
    assert SearchFiles(store.folder).read(1) is None
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    assert sorted(store.folder.iterdir()) == before


def test_files_that_are_current_are_not_written_again(store):
    store.refresh()
    before = derived_folders(store)
    store.refresh()
    assert derived_folders(store) == before
    store.repair()
    assert derived_folders(store) != before


def test_the_manifest_says_what_is_there(store):
    store.refresh()
    written = manifest(store)
    (folder,) = derived_folders(store)
    assert written["folder"] == folder
    assert (written["generation"], written["documents"], written["chunks"]) == (1, 4, 4)
    assert (written["model"], written["dimension"]) == ("character-pairs", 64)
    files = {path for path in (store.folder / folder).rglob("*") if path.is_file()}
    assert {store.folder / folder / name for name in written["sha256"]} == files
    assert {"dense/han.faiss", "dense/other.faiss", "lexical/keys.npy"} < set(written["sha256"])


def test_save_keeps_exactly_one_folder_and_no_unfinished_manifest(store, indexed):
    store.refresh()
    (store.folder / "derived-0-killed").mkdir()
    (store.folder / f".{MANIFEST_FILE}-killed").touch()
    put(store, indexed, {"new": "新的一篇。A new one."})
    store.refresh()
    assert derived_folders(store) == [manifest(store)["folder"]]
    assert manifest(store)["folder"].startswith("derived-2-")
    assert list(store.folder.glob(".*")) == []


def test_an_index_without_passages_is_saved_too(tmp_path):
    store = Store.create(tmp_path / "empty", "character-pairs", 64)
    store.refresh()
    loaded = store.searchers()
    assert (len(loaded.dense), len(loaded.lexical), store.damage()) == (0, 0, [])
    store.close()


# Out of date


def test_files_of_an_older_generation_are_not_used(store, indexed):
    store.refresh()
    put(store, indexed, {"new": "新的一篇。A new one."})
    assert not is_current(store)
    assert store.searchers().dense.keys == {1, 2, 3, 4, 5}
    assert store.damage() == []


def test_searchers_that_are_out_of_date_are_not_written(store, indexed, monkeypatch):
    """Another process commits while the arms are derived."""
    other, build = Store.open(store.folder), LexicalIndex.build

    def commit_meanwhile(keys, terms):
        put(other, indexed, {"new": "新的一篇。A new one."})
        return build(keys, terms)

    monkeypatch.setattr(LexicalIndex, "build", commit_meanwhile)
    store.refresh()
    assert derived_folders(store) == []
    assert not (store.folder / MANIFEST_FILE).exists()
    other.close()


def test_files_of_another_index_in_its_place_are_neither_used_nor_replaced(
    store, indexed, tmp_path
):
    moved = store.folder.rename(tmp_path / "gone")
    with closing(Store.create(tmp_path / "index", "character-pairs", 64)) as other:
        put(other, indexed, {"new": "新的一篇。A new one."})
        other.refresh()
        before = derived_folders(other)
        assert store.generation == other.generation
        assert store.searchers().dense.keys == {1, 2, 3, 4}
        store.repair()
        assert derived_folders(other) == before
    shutil.rmtree(moved)


def test_vectors_do_not_survive_the_deletion_of_their_document(store, embedder):
    store.refresh()
    store.replace([], ["lobster"])
    store.refresh()
    loaded = store.searchers()
    assert loaded.dense.keys == {2, 3, 4}
    assert loaded.lexical.scores([LOBSTER]).tolist() == [0, 0, 0]
    assert store.damage() == []


# Damaged


def test_a_flipped_byte_in_any_file_is_found_and_named(store):
    store.refresh()
    folder = store.folder / derived_folders(store)[0]
    files = [folder / name for name in manifest(store)["sha256"]]
    assert len(files) >= 7
    for path in files:
        sound = path.read_bytes()
        middle = len(sound) // 2
        path.write_bytes(sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :])
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        assert store.damage() == [f"{name} is damaged; run: wenju verify --repair"]
        with pytest.raises(
            IndexDamaged,
            match=f"{name} in {store.folder} is damaged; run: wenju verify --repair --index index",
        ):
            store.searchers()
        assert store.damage() == [f"{name} is damaged; run: wenju verify --repair"]
        assert not is_current(store)
        path.write_bytes(sound)
    assert store.damage() == []


def test_a_file_that_is_gone_is_damage(store):
    store.refresh()
    folder = store.folder / derived_folders(store)[0]
    (folder / "dense" / "han.faiss").unlink()
    with pytest.raises(IndexDamaged, match=r"dense/han\.faiss in .* is damaged"):
        store.searchers()


def test_a_folder_that_is_gone_is_derived(store):
    store.refresh()
    shutil.rmtree(store.folder / derived_folders(store)[0])
    assert store.searchers().dense.keys == {1, 2, 3, 4}


@pytest.mark.parametrize("text", WRONG_TYPES)
def test_a_manifest_that_is_none_is_damage_and_saving_mends_it(store, text):
    store.refresh()
    (store.folder / MANIFEST_FILE).write_text(text, "utf-8")
    message = r"manifest\.json \(.*\) in .* is damaged; run: wenju verify --repair --index index"
    with pytest.raises(IndexDamaged, match=message):
        store.searchers()
    (line,) = store.damage()
    assert line.startswith("manifest.json (")
    assert not is_current(store)
    store.refresh()
    assert is_current(store)
    assert store.damage() == []


def test_a_manifest_that_is_no_text_is_damage(store):
    (store.folder / MANIFEST_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexDamaged, match="manifest"):
        store.searchers()


def test_a_file_that_faiss_cannot_read_is_damage_even_if_its_digest_is_right(store):
    store.refresh()
    path = store.folder / derived_folders(store)[0] / "dense" / "han.faiss"
    path.write_bytes(b"not faiss")
    written = manifest(store)
    written["sha256"]["dense/han.faiss"] = storage.file_digest(path)
    (store.folder / MANIFEST_FILE).write_text(json.dumps(written))
    with pytest.raises(IndexDamaged, match=f"{written['folder']} in .* is damaged"):
        store.searchers()


def test_files_of_an_earlier_version_are_no_damage_and_are_written_again(store):
    store.repair()
    written = manifest(store)
    del written["sha256"][ALIASES_FILE]
    (store.folder / written["folder"] / ALIASES_FILE).unlink()
    (store.folder / MANIFEST_FILE).write_text(json.dumps(written))

    assert store.searchers().dense.keys == set(store.all_keys())
    assert manifest(store) == written

    store.refresh()
    assert ALIASES_FILE in manifest(store)["sha256"]


def test_aliases_are_those_of_the_documents(store):
    expected = store.searchers().aliases
    store.repair()

    assert SearchFiles(store.folder).read(store.generation).aliases == expected


def test_arms_that_hold_other_chunks_than_the_store_are_damage(store):
    whole, files = store.searchers(), SearchFiles(store.folder)
    dense = DenseIndex.build(
        np.array([1, 2, 3]), np.eye(3, 64, dtype=np.float32), np.zeros(3, bool)
    )
    files.write(Searchers(1, dense, whole.lexical, {}), {})
    assert store.damage() == ["the dense index and the store hold different chunks"]
    lexical = LexicalIndex.build(np.array([1, 2, 3]), [["龙虾"], [], []])
    files.write(Searchers(1, whole.dense, lexical, {}), {})
    assert store.damage() == ["the lexical index and the store hold different chunks"]
    store.repair()
    assert store.damage() == []


# Several at once


@pytest.mark.parametrize("is_removed", [True, False])  # the former folder, or only one of its files
def test_files_replaced_by_another_process_while_they_are_read(store, monkeypatch, is_removed):
    store.refresh()
    other, load = Store.open(store.folder), DenseIndex.load
    rounds = iter([True, True])

    def replace_just_before(folder):
        if next(rounds, False):
            other.repair()
            if not is_removed:
                folder.mkdir(parents=True)
        return load(folder)

    monkeypatch.setattr(DenseIndex, "load", replace_just_before)
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    assert next(rounds, None) is None
    other.close()


def test_files_that_vanish_while_their_digests_are_taken_are_no_damage(store, monkeypatch):
    store.refresh()
    other, file_digest = Store.open(store.folder), search_files.file_digest

    def replace_just_before(path):
        monkeypatch.setattr(search_files, "file_digest", file_digest)
        other.repair()
        return file_digest(path)

    monkeypatch.setattr(search_files, "file_digest", replace_just_before)
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    other.close()


def test_a_commit_between_the_manifest_and_the_files_is_seen(store, indexed, monkeypatch):
    store.refresh()
    other, load = Store.open(store.folder), DenseIndex.load

    def commit_just_before(folder):
        monkeypatch.setattr(DenseIndex, "load", load)
        put(other, indexed, {"new": "新的一篇。A new one."})
        other.refresh()
        return load(folder)

    monkeypatch.setattr(DenseIndex, "load", commit_just_before)
    searchers = store.searchers()
    assert (searchers.generation, searchers.dense.keys) == (2, {1, 2, 3, 4, 5})
    other.close()


def test_nobody_commits_while_files_are_written(store, monkeypatch):
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    other, flush = Store.open(store.folder), search_files.flush

    def commit_meanwhile(path):
        with pytest.raises(IndexBusy):
            other.replace([], ["lobster"])
        flush(path)

    monkeypatch.setattr(search_files, "flush", commit_meanwhile)
    store.refresh()
    assert is_current(store)
    other.close()


def test_a_full_disk_is_said_and_the_documents_are_still_found(store, monkeypatch):
    def fail(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(search_files, "flush", fail)
    expected = r"cannot be used \(No space left on device\); see to its permissions"
    with pytest.raises(IndexUnavailable, match=expected):
        store.refresh()
    assert not is_current(store)
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    monkeypatch.undo()
    store.refresh()
    assert len(derived_folders(store)) == 1
