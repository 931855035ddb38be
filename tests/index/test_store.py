import shutil
import sqlite3
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import installed
import numpy as np
import pytest
from repository import REPOSITORY

from rag import storage
from rag.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexNotFound,
    IndexUnavailable,
    WenjuError,
)
from rag.index.rows import Origin
from rag.index.schema import DATABASE_FILE
from rag.index.store import Store
from rag.types import Document

LOBSTER = Document(
    "news/龙虾.txt",
    "news/龙虾.txt",
    "加拿大龙虾",
    "加拿大龙虾在天猫上卖出九万只。Canada sold 90,000 lobsters. 買家來自天津。",
    {"language": "zh", "date": "2015-11-11"},
)
CITIES = Document("cities", "c.jsonl#cities", "Cities", "Tianjin is one of 12 cities. 天津在内。")
LOBSTER_FILE = Origin("/docs/news/龙虾.txt", "d1")
CITIES_FILE = Origin("/docs/c.jsonl", "d2")
MODEL = "character-pairs"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "索引"


@pytest.fixture
def store(folder):
    opened = Store.create(folder, MODEL, 64)
    yield opened
    opened.close()


@pytest.fixture
def filled(store, indexed):
    store.replace(
        [(LOBSTER, LOBSTER_FILE, indexed(LOBSTER)), (CITIES, CITIES_FILE, indexed(CITIES))]
    )
    return store


def alter(folder, statement, *values):
    with sqlite3.connect(folder / DATABASE_FILE) as connection:
        connection.execute(statement, values)
    connection.close()


# On disk


def test_a_chunk_is_cut_from_its_document_and_stored_nowhere_else(filled, folder):
    with sqlite3.connect(folder / DATABASE_FILE) as connection:
        tables = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'chunks'")
        assert " text TEXT" not in tables.fetchone()[0]
    connection.close()


def test_an_index_opens_as_it_was_closed(filled, folder):
    filled.remember_questions(["哪座城市？"])
    filled.close()
    reopened = Store.open(folder, MODEL)
    assert reopened.document(CITIES.id) == CITIES
    assert (reopened.dimension, reopened.generation, reopened.damage()) == (64, 1, [])
    assert reopened.questions() == ["哪座城市？"]
    reopened.close()


def test_an_index_of_format_1_opens_and_is_found_in(folder, indexed, embedder):
    """`format-1.sql` is a dump of an index that the first version with this format made."""
    folder.mkdir()
    dump = REPOSITORY / "tests" / "index" / "format-1.sql"
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as connection:
        connection.executescript(dump.read_text("utf-8"))
    store = Store.create(folder, MODEL, 64)
    assert (store.generation, store.counts(), store.damage()) == (1, (2, 2), [])
    assert [store.document(each.id) for each in (LOBSTER, CITIES)] == [LOBSTER, CITIES]
    assert store.documents()[0].added == "2026-01-06T08:00:00+00:00"
    assert store.origins() == {LOBSTER.id: LOBSTER_FILE, CITIES.id: CITIES_FILE}
    assert store.questions() == ["哪座城市？"]
    chunk = store.chunks([1])[1]
    assert [chunk.chunk.text[start:end] for start, end in chunk.spans][1:] == [
        "Canada sold 90,000 lobsters.",
        "買家來自天津。",
    ]
    assert np.array_equal(chunk.vector, indexed(LOBSTER)[0].vector)
    cosines = store.searchers().dense.search(embedder.embed_query("龙虾 lobsters"), 2)
    assert max(cosines, key=cosines.__getitem__) == 1
    store.replace([(CITIES, CITIES_FILE, indexed(CITIES))])
    assert (store.generation, store.all_keys()) == (2, [1, 3])
    store.close()


# Several at once


def test_readers_see_one_commit_whole_while_a_writer_commits(filled, folder, indexed):
    versions = []
    for number in range(2):
        texts = f"第{number}版。Version {number}.", f"天津{number}。Tianjin {number}."
        documents = [Document(f"d{i}", "s", "t", text) for i, text in enumerate(texts)]
        versions.append([(document, CITIES_FILE, indexed(document)) for document in documents])
    filled.replace(versions[0])
    stopped = threading.Event()
    seen, torn = set(), []

    def read():
        with_own_connection = Store.open(folder)
        while not stopped.is_set():
            chunks = with_own_connection.chunks(with_own_connection.keys_of(["d0", "d1"]))
            texts = sorted(item.chunk.text for item in chunks.values())
            seen.add(tuple(texts))
            torn.extend(text for text in texts if text not in allowed)
        with_own_connection.close()

    allowed = {document.text for version in versions for document, _, _ in version}
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for round_number in range(60):
        filled.replace(versions[round_number % 2])
    stopped.set()
    for reader in readers:
        reader.join()
    assert torn == []
    assert len(seen) > 1


def test_a_chunk_never_meets_the_text_of_another_version(filled, folder, indexed, monkeypatch):
    """Another process replaces the document just after the row of its chunk was read."""
    reader, (key,) = Store.open(folder), filled.keys_of([CITIES.id])
    newer = Document(CITIES.id, CITIES.source, CITIES.title, f"新的开头。New. {CITIES.text}")
    read_document = reader.document

    def commit_first(document_id):
        filled.replace([(newer, CITIES_FILE, indexed(newer))])
        return read_document(document_id)

    monkeypatch.setattr(reader, "document", commit_first)
    assert reader.chunks([key])[key].chunk.text == "Tianjin is one of 12 cities. 天津在内。"
    reader.close()


def test_searchers_are_of_one_generation(filled, folder, indexed, monkeypatch):
    """Another process commits whenever the generation was just read."""
    reader, generation = Store.open(folder), Store.generation.fget

    def read_then_commit(store):
        number = generation(store)
        if store is reader:
            filled.replace([(CITIES, CITIES_FILE, indexed(CITIES))])
        return number

    monkeypatch.setattr(Store, "generation", property(read_then_commit))
    searchers = reader.searchers()
    assert searchers.dense.keys == {1, searchers.generation + 1}
    assert searchers.lexical.keys.tolist() == [1, searchers.generation + 1]
    reader.close()


def test_a_lock_that_does_not_open_is_busy_and_not_damage(filled, folder, monkeypatch):
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    writer = Store.open(folder)
    other = sqlite3.connect(folder / DATABASE_FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(IndexBusy, match=r"another process is writing to .*; wait until it ends"):
        writer.replace([], [CITIES.id])
    assert writer.document(CITIES.id) == CITIES
    other.execute("ROLLBACK")
    other.close()
    writer.replace([], [CITIES.id])
    assert writer.counts() == (1, 1)
    writer.close()


READ_ONLY = """
import os, sys
from pathlib import Path
from rag.errors import WenjuError
from rag.index.store import Store
import rag.index.indexer

"".encode("cp437")  # what zip files load late may lie where only this user reads
if os.getuid() == 0:
    os.setuid(65534)  # whom the permissions hold for
try:
    store = Store.open(Path(sys.argv[1]))
    print(store.counts(), store.damage(), sorted(store.searchers().dense.keys))
    store.replace([], ["cities"])
except WenjuError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def visible():
    """A folder that other users may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_an_index_in_a_folder_that_cannot_be_written_to_opens_for_reading(visible, indexed):
    with closing(Store.create(visible / "index", MODEL, 64)) as store:
        store.replace([(CITIES, CITIES_FILE, indexed(CITIES))])
        store.refresh()
    (visible / "index").chmod(0o555)
    done = installed.python(READ_ONLY, visible / "index", check=True, encoding="utf-8")
    counts, refusal = done.stdout.splitlines()
    assert counts == "(1, 1) [] [1]"
    assert refusal.startswith("IndexUnavailable the index at")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_folder_that_cannot_be_written_to_and_lacks_its_last_commits_is_not_read(
    visible, indexed
):
    """They lie in the log, which cannot be read there: an earlier state would be shown."""
    with closing(Store.create(visible / "index", MODEL, 64)) as store:
        store.replace([(CITIES, CITIES_FILE, indexed(CITIES))])
        shutil.copytree(visible / "index", visible / "copy")
    (visible / "copy" / "wenju.db-shm").unlink()
    (visible / "copy").chmod(0o555)
    done = installed.python(READ_ONLY, visible / "copy", check=True, encoding="utf-8")
    assert done.stdout.startswith("IndexUnavailable the index at")


def test_an_index_of_format_1_that_cannot_be_written_to_says_so(folder, monkeypatch):
    folder.mkdir()
    dump = REPOSITORY / "tests" / "index" / "format-1.sql"
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as connection:
        connection.executescript(dump.read_text("utf-8"))
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(IndexUnavailable, match="earlier format and cannot be written to; run"):
        Store.open(folder)


# Killed (and more of it in test_reliability)


def test_an_index_whose_making_was_cut_short_is_made_again(folder):
    folder.mkdir()
    (folder / DATABASE_FILE).touch()
    with pytest.raises(IndexNotFound, match=r"no index at .*索引; run: wenju index PATH"):
        Store.open(folder)
    store = Store.create(folder, MODEL, 64)
    assert (store.counts(), store.generation) == ((0, 0), 0)
    store.close()


def test_two_that_make_the_same_index_make_one(folder):
    stores, errors = [], []

    def make():
        try:
            stores.append(Store.create(folder, MODEL, 64))
        except WenjuError as error:
            errors.append(error)

    makers = [threading.Thread(target=make) for _ in range(6)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    for store in stores:
        assert store.counts() == (0, 0)
        store.close()
    assert errors == []


# Damage


def test_no_index_names_the_command(folder):
    with pytest.raises(IndexNotFound, match=r"no index at .*; run: wenju index PATH --index 索引"):
        Store.open(folder)
    assert not folder.exists()


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1])
def test_a_truncated_database_is_damaged(filled, folder, share):
    filled.close()
    path = folder / DATABASE_FILE
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(IndexDamaged, match=f"{folder} is damaged .*; delete {folder} and run"):
        Store.open(folder)


def test_a_large_database_that_was_cut_short_is_damaged_too(filled, folder, monkeypatch):
    monkeypatch.setattr("rag.index.schema.QUICKLY_READ", 0)
    filled.close()
    Store.open(folder).close()
    path = folder / DATABASE_FILE
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(IndexDamaged, match=f"{folder} is damaged"):
        Store.open(folder)


def test_a_database_cut_to_nothing_is_damaged_where_search_files_show_what_it_was(filled, folder):
    filled.close()
    (folder / "manifest.json").write_text("{}")
    (folder / DATABASE_FILE).write_bytes(b"")
    for open_it in (lambda: Store.open(folder), lambda: Store.create(folder, MODEL, 64)):
        with pytest.raises(IndexDamaged, match=r"wenju\.db is empty"):
            open_it()


def test_a_file_that_is_no_database_is_damaged(folder):
    folder.mkdir()
    (folder / DATABASE_FILE).write_text("不是数据库。Not a database. " * 100)
    with pytest.raises(IndexDamaged, match="file is not a database"):
        Store.open(folder)


def test_overwritten_bytes_never_give_other_words(filled, folder, indexed):
    """Wherever the bytes fall: an error on opening, or damage, or they lay in unused space."""
    for number in range(20):
        document = Document(f"d{number}", "s", "t", f"{number}。{LOBSTER.text * 20}")
        filled.replace([(document, CITIES_FILE, indexed(document))])
    before = {info.id: filled.document(info.id) for info in filled.documents()}
    filled.close()
    path = folder / DATABASE_FILE
    sound, found = path.read_bytes(), 0
    for tenth in range(1, 10):
        middle = len(sound) * tenth // 10
        path.write_bytes(sound[:middle] + b"\x00\xff" * 150 + sound[middle + 300 :])
        try:
            store = Store.open(folder)
        except IndexDamaged:
            found += 1
            continue
        try:
            found += bool(store.damage())
            for document_id, document in before.items():
                assert store.document(document_id) == document
            chunks = store.chunks(store.all_keys()).values()
            assert all(before[c.chunk.document_id].text.count(c.chunk.text) for c in chunks)
        except IndexDamaged:
            pass
        finally:
            store.close()
    assert found >= 7


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET text = replace(text, '90,000', '80,000')",
        "UPDATE documents SET title = 'Ein Titel'",
        'UPDATE documents SET meta = \'{"date": "1999"}\'',
        "UPDATE documents SET meta = 'no json'",
        "UPDATE documents SET meta = '[1, 2]'",
        "UPDATE documents SET text = x'ff00'",
    ],
)
def test_an_altered_document_is_damaged(filled, folder, statement):
    alter(folder, f"{statement} WHERE id = ?", LOBSTER.id)
    (key,) = filled.keys_of([LOBSTER.id])
    expected = f"{folder} is damaged .*'news/龙虾.txt' is not what was written.*; delete {folder}"
    with pytest.raises(IndexDamaged, match=expected):
        filled.document(LOBSTER.id)
    with pytest.raises(IndexDamaged, match=expected):
        filled.chunks([key])
    assert len(filled.damage()) == 1
    assert filled.document(CITIES.id) == CITIES


@pytest.mark.parametrize(
    "change",
    ["start = start + 1", '"end" = 5', "terms = 'x'", "vector = zeroblob(256)", "section = '别'"],
)
def test_an_altered_chunk_is_damaged(filled, folder, change):
    (key,) = filled.keys_of([LOBSTER.id])
    alter(folder, f"UPDATE chunks SET {change} WHERE key = ?", key)
    expected = "chunk 0 of 'news/龙虾.txt' was altered"
    with pytest.raises(IndexDamaged, match=expected):
        filled.chunks([key])
    with pytest.raises(IndexDamaged, match=expected):
        filled.searchers()
    assert [expected in line for line in filled.damage()] == [True]


@pytest.mark.parametrize("key", ["generation", "dimension"])
def test_a_number_of_the_index_that_is_none_is_damage(filled, folder, key):
    alter(folder, "UPDATE meta SET value = '很多' WHERE key = ?", key)
    with pytest.raises(IndexDamaged, match=f"its {key} is '很多'"):
        getattr(filled, key)


# Another index than expected


def test_another_model_is_named_with_the_one_the_index_has(filled, folder):
    for open_it in (
        lambda: Store.open(folder, "bge-m3"),
        lambda: Store.create(folder, "bge-m3", 64),
    ):
        with pytest.raises(
            IndexMismatch,
            match="built with the model character-pairs, not bge-m3; "
            "set WENJU_EMBEDDING_MODEL=character-pairs",
        ):
            open_it()


BUNDLED, TRAINED = "multilingual-e5-small", "multilingual-e5-small@12345678"


@pytest.mark.parametrize(
    "built_with", [BUNDLED, "multilingual-e5-small@87654321", "intfloat/multilingual-e5-small"]
)
def test_another_training_of_the_bundled_model_is_renewed_before_it_is_read(
    filled, folder, built_with
):
    filled.renewed_with(built_with)

    with pytest.raises(
        IndexMismatch,
        match=r"another training of the bundled model; run: wenju index PATH --index 索引 \(embeds",
    ):
        Store.open(folder, TRAINED)
    with pytest.raises(IndexMismatch, match="another training"):
        Store.create(folder, TRAINED, 64)
    with closing(Store.create(folder, TRAINED, 64, is_renewed=True)) as store:
        assert store.model == built_with
        store.renewed_with(TRAINED)
    Store.open(folder, TRAINED).close()


def test_a_model_that_now_has_another_length_is_refused(filled, folder):
    with pytest.raises(IndexMismatch, match=r"vectors of length 64, the model .* makes 384"):
        Store.create(folder, MODEL, 384)


def test_another_format_is_named(filled, folder):
    alter(folder, "UPDATE meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(
        IndexMismatch, match=f"format 99, .* reads up to 2; use the newer .* delete {folder}"
    ):
        Store.open(folder)
