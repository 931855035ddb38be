import itertools
import json
import shutil
import zlib
from contextlib import closing

import numpy as np
import pytest
from cosines import standardise

from rag import storage
from rag.errors import IndexBusy, IndexUnavailable
from rag.index import search_files, segments
from rag.index.postings import Postings
from rag.index.rows import Origin
from rag.index.search_files import MANIFEST_FILE, SearchFiles
from rag.index.segment import Segment
from rag.index.store import Store
from rag.index.vectors import Vectors
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
SEGMENT = {"folder": "segment-1x", "last_key": 1, "passages": 1, "files": {"a": [1, "b"]}}
SOUND = {"format": 2, "generation": 1, "stamp": "x", "segments": [SEGMENT]}


def with_checksum(fields):
    return json.dumps(
        fields | {"checksum": zlib.crc32(json.dumps(fields, sort_keys=True).encode())}
    )


WRONG_TYPES = [
    json.dumps(SOUND),
    json.dumps(SOUND | {"checksum": 1}),
    *(
        with_checksum(SOUND | changed)
        for changed in (
            {"generation": "1"},
            {"stamp": 7},
            {"format": None},
            {"segments": 7},
            {"segments": ["a"]},
            {"segments": [SEGMENT | {"folder": "../elsewhere"}]},
            {"segments": [SEGMENT | {"files": {}}]},
            {"segments": [SEGMENT | {"files": {"a": "b"}}]},
            {"segments": [SEGMENT | {"last_key": None}]},
        )
    ),
    '{"format": 2, "generation": 1}',
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


def folders(store):
    """The segments on the disk, in the order of the manifest where there is one."""
    return sorted(path.name for path in store.folder.glob("segment-*"))


def is_current(store):
    """Whether another process finds all in the files."""
    held = SearchFiles(store.folder).manifest()
    return held is not None and held.generation == store.generation


def read(store):
    """What the next process makes of the files."""
    with closing(Store.open(store.folder)) as other:
        return other.searchers()


def none_derived(monkeypatch):
    """Whoever builds a segment from here on fails."""
    monkeypatch.setattr(Segment, "build", None)


def manifest(store):
    return json.loads((store.folder / MANIFEST_FILE).read_text("utf-8"))


def results(held, embedder):
    """Everything that a question gets from both arms."""
    query = embedder.embed_query("龙虾 lobster")
    cosines = held.dense.search(query, 10)
    return (
        held.generation,
        cosines,
        standardise(held.dense, query, cosines),
        held.lexical.keys.tolist(),
        held.lexical.scores([LOBSTER]).tolist(),
        held.lexical.ideal([LOBSTER]),
    )


# Saved and loaded


def test_what_was_written_gives_the_same_results(store, embedder, monkeypatch):
    derived = store.searchers()
    store.refresh()
    assert is_current(store)
    none_derived(monkeypatch)
    found = read(store)
    assert results(found, embedder) == results(derived, embedder)
    assert max(results(found, embedder)[1].items(), key=lambda item: item[1])[0] == 1
    assert [score > 0 for score in found.lexical.scores([LOBSTER])] == [True, False, False, False]
    assert found.aliases == derived.aliases


def test_without_files_the_store_is_enough_and_reading_writes_none(store):
    before = sorted(store.folder.iterdir())
    assert SearchFiles(store.folder).manifest() is None
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    assert sorted(store.folder.iterdir()) == before


def test_files_that_are_current_are_not_written_again(store):
    store.refresh()
    before = folders(store)
    store.refresh()
    assert folders(store) == before
    store.repair()
    assert folders(store) != before


def test_the_manifest_says_what_is_there(store):
    store.refresh()
    written = manifest(store)
    (segment,) = written["segments"]
    assert folders(store) == [segment["folder"]]
    assert (written["generation"], written["documents"], written["chunks"]) == (1, 4, 4)
    assert (written["model"], written["dimension"]) == ("character-pairs", 64)
    assert (segment["last_key"], segment["passages"]) == (4, 4)
    files = list((store.folder / segment["folder"]).iterdir())
    assert {path.name: path.stat().st_size for path in files} == {
        name: size for name, (size, _) in segment["files"].items()
    }
    assert set(segment["files"]) == {"han.faiss", "other.faiss", "arrays.npz", "words.json"}


def test_a_change_writes_what_is_new_and_leaves_the_rest(store, indexed, monkeypatch):
    put(store, indexed, {f"d{number}": f"第{number}座桥。Bridge {number}." for number in range(40)})
    store.refresh()
    (before,) = folders(store)
    built, build = [], Segment.build.__func__

    def counted(cls, keys, *others):
        built.append(keys.tolist())
        return build(cls, keys, *others)

    monkeypatch.setattr(Segment, "build", classmethod(counted))
    put(store, indexed, {"new": "新的一篇。A new one."})
    store.refresh()
    assert built == [[45]]
    assert [each["passages"] for each in manifest(store)["segments"]] == [44, 1]
    assert manifest(store)["segments"][0]["folder"] == before
    built.clear()
    assert store.searchers().dense.keys == {*range(1, 46)}
    assert built == []


def test_small_segments_become_one_so_that_there_are_few(store, indexed, embedder):
    for number in range(70):
        put(store, indexed, {f"d{number}": f"第{number}座桥。Bridge {number}."})
        store.refresh()
    sizes = [each["passages"] for each in manifest(store)["segments"]]
    assert sum(sizes) == 74
    assert len(sizes) <= 6
    assert all(size > 2 * after for size, after in itertools.pairwise(sizes))
    in_parts = read(store)
    store.repair()
    whole = read(store)
    groups = [Group((("桥", 1.0), ("bridg", 0.5))), LOBSTER]
    assert in_parts.lexical.scores(groups).tolist() == whole.lexical.scores(groups).tolist()
    query = embedder.embed_query("第7座桥 Bridge 7")
    cosines = whole.dense.search(query, 100)
    assert in_parts.dense.search(query, 100) == cosines
    expected = standardise(whole.dense, query, cosines)
    found = standardise(in_parts.dense, query, cosines)
    assert found == pytest.approx(expected, abs=1e-5)


def test_save_keeps_no_other_folder_and_no_unfinished_manifest(store, indexed):
    store.refresh()
    (store.folder / "derived-0-killed").mkdir()
    (store.folder / "segment-killed").mkdir()
    (store.folder / f".{MANIFEST_FILE}-killed").touch()
    put(store, indexed, {"new": "新的一篇。A new one."})
    store.refresh()
    assert folders(store) == sorted(each["folder"] for each in manifest(store)["segments"])
    assert list(store.folder.glob("derived-*")) == list(store.folder.glob(".*")) == []


def test_an_index_without_passages_is_saved_too(tmp_path):
    store = Store.create(tmp_path / "empty", "character-pairs", 64)
    store.refresh()
    loaded = store.searchers()
    assert (len(loaded.dense), len(loaded.lexical), store.damage()) == (0, 0, [])
    store.compact()
    store.close()


# Out of date


def test_files_of_an_older_generation_are_brought_up_to_date_in_memory(store, indexed):
    store.refresh()
    put(store, indexed, {"new": "新的一篇。A new one."})
    store.remove("zone")
    before = manifest(store)
    assert not is_current(store)
    assert read(store).dense.keys == {1, 2, 4, 5}
    assert (manifest(store), store.damage()) == (before, [])


def test_files_made_from_another_past_of_the_index_are_not_used(store, indexed, embedder):
    """The database was put back from a copy; the keys that came after it come about again."""
    store.close()
    copy = (store.folder / "wenju.db").read_bytes()
    with closing(Store.open(store.folder)) as first:
        put(first, indexed, {"ferry": "渡轮每天三次。"})
        first.refresh()
    (store.folder / "wenju.db").write_bytes(copy)
    with closing(Store.open(store.folder)) as second:
        put(second, indexed, {"museum": "博物馆九点开门。"})
        assert second.generation == manifest(second)["generation"]
        searchers = second.searchers()
        assert searchers.lexical.knows("博物馆")
        assert not searchers.lexical.knows("渡轮")
        assert second.damage() == [
            "the search files are of another index; run: wenju verify --repair"
        ]
        second.refresh()
        assert second.damage() == []


def test_search_files_that_are_out_of_date_are_not_written(store, indexed, monkeypatch):
    """Another process commits while the arms are derived."""
    other, build = Store.open(store.folder), Postings.build

    def commit_meanwhile(terms):
        put(other, indexed, {"new": "新的一篇。A new one."})
        return build(terms)

    monkeypatch.setattr(Postings, "build", commit_meanwhile)
    store.refresh()
    assert folders(store) == []
    assert not (store.folder / MANIFEST_FILE).exists()
    other.close()


def test_files_of_another_index_in_its_place_are_neither_used_nor_replaced(
    store, indexed, tmp_path
):
    moved = store.folder.rename(tmp_path / "gone")
    with closing(Store.create(tmp_path / "index", "character-pairs", 64)) as other:
        put(other, indexed, {"new": "新的一篇。A new one."})
        other.refresh()
        before = folders(other)
        assert store.generation == other.generation
        assert store.searchers().dense.keys == {1, 2, 3, 4}
        store.repair()
        store.compact()
        assert folders(other) == before
    shutil.rmtree(moved)


# Removed


def test_vectors_do_not_survive_the_deletion_of_their_document(store, embedder):
    store.refresh()
    store.replace([], ["lobster"])
    store.refresh()
    for loaded in (store.searchers(), read(store)):
        assert loaded.dense.keys == {2, 3, 4}
        assert set(loaded.dense.search(embedder.embed_query("龙虾"), 10)) == {2, 3, 4}
        assert loaded.lexical.scores([LOBSTER]).tolist() == [0, 0, 0]
        assert not loaded.lexical.knows("龙虾")
    assert store.damage() == []


def test_what_is_left_is_scored_as_if_the_rest_had_never_been(store, indexed, embedder, tmp_path):
    store.refresh()
    store.remove("lobster")
    with closing(Store.create(tmp_path / "fresh", "character-pairs", 64)) as fresh:
        put(fresh, indexed, {name: text for name, text in TEXTS.items() if name != "lobster"})
        query, groups = embedder.embed_query("天津 zone"), [Group((("天津", 1.0),))]
        expected, found = fresh.searchers(), read(store)
        assert found.lexical.scores(groups).tolist() == expected.lexical.scores(groups).tolist()
        assert found.lexical.ideal(groups) == expected.lexical.ideal(groups)
        scales = zip(found.dense.scales(query), expected.dense.scales(query), strict=True)
        for one, other in scales:
            assert (one.mean, one.deviation) == pytest.approx(
                (other.mean, other.deviation), abs=1e-6
            )


def test_after_compaction_no_file_holds_what_was_removed(store, indexed):
    secret = "秘密配方 Ganglamedo (甘格拉梅朵) elixir"
    put(store, indexed, {"secret": f"{secret}。It is not for everyone."})
    store.refresh()
    assert len(holding(store, secret, "甘格", "ganglamedo")) >= 2
    store.remove("secret")
    store.compact()
    assert holding(store, secret, "甘格", "ganglamedo", "secret") == []
    assert read(store).dense.keys == {1, 2, 3, 4}
    assert store.damage() == []


def holding(store, *words):
    """Names of the files of an index that hold one of the words."""
    needles = [word.encode() for word in words]
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]


def test_an_index_is_scattered_once_a_tenth_of_it_is_gone(store, indexed):
    put(store, indexed, {f"d{number}": f"第{number}座桥。Bridge {number}." for number in range(40)})
    store.refresh()
    assert not store.is_scattered
    store.replace([], [f"d{number}" for number in range(5)])
    store.refresh()
    assert store.is_scattered
    store.compact()
    assert not store.is_scattered
    assert [each["passages"] for each in manifest(store)["segments"]] == [39]


def test_compaction_makes_segments_of_a_size_that_fits_in_memory(store, indexed, monkeypatch):
    monkeypatch.setattr(segments, "_LARGEST", 10)
    put(store, indexed, {f"d{number}": f"第{number}座桥。Bridge {number}." for number in range(21)})
    store.refresh()
    for number in range(5):
        store.remove(f"d{number}")
        store.refresh()
    store.compact()
    assert [each["passages"] for each in manifest(store)["segments"]] == [20]
    assert read(store).dense.keys == {1, 2, 3, 4, *range(10, 26)}


# Damaged


def test_a_flipped_byte_in_any_file_is_found_and_named_and_all_is_found_without_it(store, caplog):
    store.refresh()
    (segment,) = manifest(store)["segments"]
    folder = store.folder / segment["folder"]
    for name in segment["files"]:
        path = folder / name
        sound = path.read_bytes()
        middle = len(sound) // 2
        path.write_bytes(sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :])
        line = f"{folder.name}/{name} is damaged; run: wenju verify --repair"
        assert store.damage() == [line]
        caplog.clear()
        assert read(store).dense.keys == {1, 2, 3, 4}
        expected = f"{folder.name}/{name} in {store.folder} is damaged"
        assert [expected in message for message in caplog.messages] == [True]
        path.write_bytes(sound)
    assert store.damage() == []


def test_a_file_that_is_gone_or_cut_short_is_damage_and_the_next_writer_mends_it(store):
    store.refresh()
    path = store.folder / folders(store)[0] / "han.faiss"
    path.unlink()
    assert store.damage() == [
        f"{path.parent.name}/han.faiss is damaged; run: wenju verify --repair"
    ]
    assert read(store).dense.keys == {1, 2, 3, 4}
    store.refresh()
    assert store.damage() == []


def test_a_folder_that_is_gone_is_derived(store):
    store.refresh()
    shutil.rmtree(store.folder / folders(store)[0])
    assert read(store).dense.keys == {1, 2, 3, 4}


@pytest.mark.parametrize("text", WRONG_TYPES)
def test_a_manifest_that_is_none_is_damage_and_saving_mends_it(store, text):
    store.refresh()
    (store.folder / MANIFEST_FILE).write_text(text, "utf-8")
    assert read(store).dense.keys == {1, 2, 3, 4}
    (line,) = store.damage()
    assert line.startswith("manifest.json (")
    assert folders(store) != []
    store.refresh()
    assert is_current(store)
    assert store.damage() == []


def test_a_manifest_that_is_no_text_is_damage(store):
    (store.folder / MANIFEST_FILE).write_bytes(b"\xff\xfe\x00")
    assert "manifest" in store.damage()[0]
    assert read(store).dense.keys == {1, 2, 3, 4}


@pytest.mark.parametrize("name", ["han.faiss", "arrays.npz", "words.json"])
def test_a_file_that_cannot_be_read_is_damage_even_if_its_digest_is_right(store, name):
    store.refresh()
    written = manifest(store)
    (segment,) = written["segments"]
    path = store.folder / segment["folder"] / name
    path.write_bytes(b"not what it should be")
    segment["files"][name] = [len(path.read_bytes()), storage.file_digest(path)]
    del written["checksum"]
    written["checksum"] = zlib.crc32(json.dumps(written, sort_keys=True).encode())
    (store.folder / MANIFEST_FILE).write_text(json.dumps(written))
    assert store.damage() == [f"{segment['folder']} in {store.folder} is damaged"]
    assert read(store).dense.keys == {1, 2, 3, 4}


def test_files_of_an_earlier_version_are_no_damage_and_are_written_again(store):
    former = {"format": 1, "generation": 1, "folder": "derived-1-x", "sha256": {"a": "b"}}
    (store.folder / "derived-1-x").mkdir()
    (store.folder / MANIFEST_FILE).write_text(json.dumps(former))
    assert store.damage() == []
    assert read(store).dense.keys == set(store.all_keys())
    assert manifest(store) == former
    store.refresh()
    assert manifest(store)["format"] == 2
    assert not (store.folder / "derived-1-x").exists()


def test_segments_that_differ_from_the_store_are_damage(store):
    (whole,), files = store.searchers().segments, SearchFiles(store.folder)
    with closing(Store.open(store.folder)) as other:
        other.refresh()
    stamp = manifest(store)["stamp"]
    eye = Vectors.build(np.arange(1, 5), np.eye(4, 64, dtype=np.float32), np.zeros(4, bool))
    files.write(1, stamp, [Segment(eye, whole.postings, {})], {})
    assert "differs from the store" in store.damage()[0]
    files.write(1, stamp, [Segment(whole.vectors, Postings.build([["龙虾"]] * 4), {})], {})
    assert "differs from the store" in store.damage()[0]
    three = Segment.merged([whole], np.array([1, 2, 4]))
    files.write(1, stamp, [three], {})
    assert store.damage() == [
        "the search files lack chunks of the store; run: wenju verify --repair"
    ]
    assert read(store).dense.keys == {1, 2, 3, 4}  # it is noticed, and all derived
    store.repair()
    assert store.damage() == []


# Several at once


@pytest.mark.parametrize("is_removed", [True, False])  # the former folder, or only one of its files
def test_files_replaced_by_another_process_while_they_are_read(store, monkeypatch, is_removed):
    store.refresh()
    other, load = Store.open(store.folder), Vectors.load
    rounds = iter([True, True])

    def replace_just_before(folder, *others):
        if next(rounds, False):
            other.repair()
            if not is_removed:
                folder.mkdir(parents=True)
        return load(folder, *others)

    monkeypatch.setattr(Vectors, "load", replace_just_before)
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    assert next(rounds, None) is None
    other.close()


def test_files_that_vanish_while_their_digests_are_taken_are_no_damage(store, monkeypatch, caplog):
    store.refresh()
    other, file_digest = Store.open(store.folder), search_files.file_digest

    def replace_just_before(path):
        monkeypatch.setattr(search_files, "file_digest", file_digest)
        other.repair()
        return file_digest(path)

    monkeypatch.setattr(search_files, "file_digest", replace_just_before)
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    assert caplog.messages == []
    other.close()


def test_a_commit_between_the_manifest_and_the_files_is_seen(store, indexed, monkeypatch):
    store.refresh()
    other, load = Store.open(store.folder), Vectors.load

    def commit_just_before(folder, *others):
        monkeypatch.setattr(Vectors, "load", load)
        put(other, indexed, {"new": "新的一篇。A new one."})
        other.refresh()
        return load(folder, *others)

    monkeypatch.setattr(Vectors, "load", commit_just_before)
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
    assert SearchFiles(store.folder).manifest() is None
    assert store.searchers().dense.keys == {1, 2, 3, 4}
    monkeypatch.undo()
    store.refresh()
    assert len(folders(store)) == 1
