import json
import shutil

import numpy as np
import pytest

from rag.errors import IndexDamaged
from rag.index import search_files
from rag.index.rows import Origin
from rag.index.search_files import MANIFEST_FILE, damaged_files, derive, is_saved, load, save
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


def manifest(store):
    return json.loads((store.folder / MANIFEST_FILE).read_text("utf-8"))


def results(held, embedder):
    """Everything that a question gets from both arms."""
    query = embedder.embed_query("龙虾 lobster")
    cosines = held.dense.search(query, 10)
    return (
        held.generation,
        cosines,
        held.dense.standardise(query, cosines),
        held.lexical.keys.tolist(),
        held.lexical.scores([LOBSTER]).tolist(),
        held.lexical.ideal([LOBSTER]),
    )


# Saved and loaded


def test_what_was_saved_gives_the_same_results(store, embedder):
    made = derive(store)
    save(store, made)
    assert is_saved(store)
    loaded = load(store)
    assert results(loaded, embedder) == results(made, embedder)
    assert max(results(loaded, embedder)[1].items(), key=lambda item: item[1])[0] == 1
    assert [score > 0 for score in loaded.lexical.scores([LOBSTER])] == [True, False, False, False]


def test_without_files_the_store_is_enough(store, embedder):
    assert not is_saved(store)
    assert results(load(store), embedder) == results(derive(store), embedder)
    assert derived_folders(store) == []


def test_the_manifest_says_what_is_there(store):
    save(store, derive(store))
    written = manifest(store)
    (folder,) = derived_folders(store)
    assert written["folder"] == folder
    assert (written["generation"], written["documents"], written["chunks"]) == (1, 4, 4)
    assert (written["model"], written["dimension"]) == ("character-pairs", 64)
    files = {path for path in (store.folder / folder).rglob("*") if path.is_file()}
    assert {store.folder / folder / name for name in written["sha256"]} == files
    assert {"dense/han.faiss", "dense/other.faiss", "lexical/keys.npy"} < set(written["sha256"])


def test_save_keeps_exactly_one_folder_and_no_unfinished_manifest(store, indexed):
    save(store, derive(store))
    (store.folder / "derived-0-killed").mkdir()
    (store.folder / f".{MANIFEST_FILE}-killed").touch()
    put(store, indexed, {"new": "新的一篇。A new one."})
    save(store, derive(store))
    assert derived_folders(store) == [manifest(store)["folder"]]
    assert manifest(store)["folder"].startswith("derived-2-")
    assert list(store.folder.glob(".*")) == []


def test_an_index_without_passages_is_saved_too(tmp_path):
    store = Store.create(tmp_path / "empty", "character-pairs", 64)
    save(store, derive(store))
    loaded = load(store)
    assert (len(loaded.dense), len(loaded.lexical), search_files.damage(store)) == (0, 0, [])
    store.close()


# Out of date


def test_files_of_an_older_generation_are_not_used(store, indexed):
    save(store, derive(store))
    put(store, indexed, {"new": "新的一篇。A new one."})
    assert not is_saved(store)
    assert load(store).dense.keys == {1, 2, 3, 4, 5}
    assert search_files.damage(store) == []


def test_searchers_that_are_out_of_date_are_not_saved(store, indexed):
    old = derive(store)
    put(store, indexed, {"new": "新的一篇。A new one."})
    save(store, old)
    assert derived_folders(store) == []
    assert not (store.folder / MANIFEST_FILE).exists()


def test_vectors_do_not_survive_the_deletion_of_their_document(store, embedder):
    save(store, derive(store))
    store.replace([], ["lobster"])
    save(store, derive(store))
    loaded = load(store)
    assert loaded.dense.keys == {2, 3, 4}
    assert loaded.lexical.scores([LOBSTER]).tolist() == [0, 0, 0]
    assert search_files.damage(store) == []


# Damaged


def test_a_flipped_byte_in_any_file_is_found_and_named(store):
    save(store, derive(store))
    folder = store.folder / derived_folders(store)[0]
    files = [folder / name for name in manifest(store)["sha256"]]
    assert len(files) >= 7
    for path in files:
        sound = path.read_bytes()
        middle = len(sound) // 2
        path.write_bytes(sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :])
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        assert damaged_files(store.folder) == [name]
        with pytest.raises(
            IndexDamaged,
            match=f"{name} in {store.folder} is damaged; run: wenju check --repair --index index",
        ):
            load(store)
        assert search_files.damage(store) == [f"{name} is damaged; run: wenju check --repair"]
        assert not is_saved(store)
        path.write_bytes(sound)
    assert damaged_files(store.folder) == []


def test_a_file_that_is_gone_is_damage(store):
    save(store, derive(store))
    folder = store.folder / derived_folders(store)[0]
    (folder / "dense" / "han.faiss").unlink()
    with pytest.raises(IndexDamaged, match=r"dense/han\.faiss in .* is damaged"):
        load(store)


def test_a_folder_that_is_gone_is_made_anew(store, embedder):
    save(store, derive(store))
    shutil.rmtree(store.folder / derived_folders(store)[0])
    assert results(load(store), embedder) == results(derive(store), embedder)


@pytest.mark.parametrize("text", WRONG_TYPES)
def test_a_manifest_that_is_none_is_damage_and_saving_mends_it(store, text):
    save(store, derive(store))
    (store.folder / MANIFEST_FILE).write_text(text, "utf-8")
    message = r"manifest\.json \(.*\) in .* is damaged; run: wenju check --repair --index index"
    for use in (load, lambda store: damaged_files(store.folder)):
        with pytest.raises(IndexDamaged, match=message):
            use(store)
    (line,) = search_files.damage(store)
    assert line.startswith("manifest.json (")
    assert not is_saved(store)
    save(store, derive(store))
    assert is_saved(store)
    assert search_files.damage(store) == []


def test_a_manifest_that_is_no_text_is_damage(store):
    (store.folder / MANIFEST_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexDamaged, match="manifest"):
        load(store)


def test_a_file_that_faiss_cannot_read_is_damage_even_if_its_digest_is_right(store):
    save(store, derive(store))
    path = store.folder / derived_folders(store)[0] / "dense" / "han.faiss"
    path.write_bytes(b"not faiss")
    written = manifest(store)
    written["sha256"]["dense/han.faiss"] = search_files.file_digest(path)
    (store.folder / MANIFEST_FILE).write_text(json.dumps(written))
    with pytest.raises(IndexDamaged, match=f"{written['folder']} in .* is damaged"):
        load(store)


def test_arms_that_hold_other_chunks_than_the_store_are_damage(store):
    whole = derive(store)
    _, keys, vectors, terms = store.search_rows()
    part = search_files.DenseIndex.build(keys[1:], vectors[1:], np.zeros(3, dtype=bool))
    save(store, search_files.Searchers(whole.generation, part, whole.lexical))
    assert search_files.damage(store) == ["the dense index and the store hold different chunks"]
    other = search_files.LexicalIndex.build(keys[1:], terms[1:])
    save(store, search_files.Searchers(whole.generation, whole.dense, other))
    assert search_files.damage(store) == ["the lexical index and the store hold different chunks"]


# Several at once


def test_files_replaced_by_another_process_while_they_are_read(store, embedder, monkeypatch):
    """The folder vanishes between the manifest and the files: another has taken its place."""
    save(store, derive(store))
    other = Store.open(store.folder)
    read_manifest = search_files._read_manifest
    saves = iter([True, True])

    def save_just_after(folder):
        found = read_manifest(folder)
        if next(saves, False):
            (folder / found.folder / "dense" / "han.faiss").unlink()
            save(other, derive(other))
            (folder / found.folder).mkdir(exist_ok=True)  # its removal is not done yet
        return found

    monkeypatch.setattr(search_files, "_read_manifest", save_just_after)
    assert results(load(store), embedder) == results(derive(store), embedder)
    other.close()


def test_a_commit_between_the_manifest_and_the_files_is_seen(store, indexed, monkeypatch):
    save(store, derive(store))
    read = search_files._read

    def commit_just_before(folder, found):
        monkeypatch.setattr(search_files, "_read", read)
        put(store, indexed, {"new": "新的一篇。A new one."})
        save(store, derive(store))
        return read(folder, found)

    monkeypatch.setattr(search_files, "_read", commit_just_before)
    loaded = load(store)
    assert (loaded.generation, loaded.dense.keys) == (2, {1, 2, 3, 4, 5})


def test_nobody_commits_while_files_are_saved(store, monkeypatch):
    from rag.errors import IndexBusy
    from rag.index import store as store_module

    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.05)
    other = Store.open(store.folder)
    flush = search_files.flush

    def commit_meanwhile(path):
        with pytest.raises(IndexBusy):
            other.replace([], ["lobster"])
        flush(path)

    monkeypatch.setattr(search_files, "flush", commit_meanwhile)
    save(store, derive(store))
    assert is_saved(store)
    other.close()
