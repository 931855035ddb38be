import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from repository import REPOSITORY

from rag.errors import (
    DocumentNotFound,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexNotFound,
    IndexUnavailable,
    InvalidInput,
    WenjuError,
)
from rag.index import store as store_module
from rag.index.rows import Origin
from rag.index.schema import DATABASE_FILE, index_folder
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


# Round trip


def test_what_was_put_in_comes_out(filled, indexed):
    (written,) = indexed(LOBSTER)
    (key,) = filled.keys_of([LOBSTER.id])
    read = filled.chunks([key])[key]
    assert read.chunk == written.chunk
    assert read.chunk.text == LOBSTER.text[read.chunk.start : read.chunk.end]
    quotes = [read.chunk.text[start:end] for start, end in read.spans]
    assert quotes == [
        "加拿大龙虾在天猫上卖出九万只。",
        "Canada sold 90,000 lobsters.",
        "買家來自天津。",
    ]
    assert read.terms == written.terms
    assert np.array_equal(read.vector, written.vector)
    assert np.allclose(read.unit_vectors, written.unit_vectors, atol=1e-3)  # kept as float16
    assert filled.document(LOBSTER.id) == LOBSTER
    assert filled.origins() == {LOBSTER.id: LOBSTER_FILE, CITIES.id: CITIES_FILE}


def test_a_chunk_is_cut_from_its_document_and_stored_nowhere_else(filled, folder):
    with sqlite3.connect(folder / DATABASE_FILE) as connection:
        tables = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'chunks'")
        assert " text TEXT" not in tables.fetchone()[0]
    connection.close()


def test_documents_are_listed_by_id(filled):
    cities, lobster = filled.documents()
    assert (cities.id, cities.language, cities.chunks, cities.characters) == ("cities", "", 1, 34)
    assert (lobster.title, lobster.language) == ("加拿大龙虾", "zh")
    assert lobster.characters == len(LOBSTER.text)
    assert filled.counts() == (2, 2)


def test_a_document_that_is_not_there_is_named(filled):
    with pytest.raises(DocumentNotFound, match="no document '没有'; see: wenju list"):
        filled.document("没有")


def test_an_index_opens_as_it_was_closed(filled, folder):
    filled.close()
    reopened = Store.open(folder, MODEL)
    assert reopened.document(CITIES.id) == CITIES
    assert (reopened.dimension, reopened.generation, reopened.damage()) == (64, 1, [])
    reopened.close()


def test_search_rows_are_all_chunks_in_order(filled, indexed):
    generation, keys, vectors, terms = filled.search_rows()
    assert (generation, keys.tolist()) == (1, [1, 2])
    assert np.array_equal(vectors[1], indexed(CITIES)[0].vector)
    assert terms[0][:4] == ["加拿", "加拿大", "龙虾", "^加拿"]


def test_an_empty_index_has_no_rows(store):
    generation, keys, vectors, terms = store.search_rows()
    assert (generation, keys.shape, vectors.shape, terms) == (0, (0,), (0, 64), [])


def test_a_path_that_is_not_utf8_is_kept(store, indexed):
    origin = Origin("/docs/\udcb0\udcc4.txt", "d")
    store.replace([(CITIES, origin, indexed(CITIES))])
    assert store.origins() == {"cities": origin}


# Changes


def test_generation_grows_with_changes_and_only_with_them(filled, indexed):
    assert filled.generation == 1
    filled.replace([], [], [(CITIES.id, Origin("/docs/c.jsonl", "d3"))])
    assert filled.generation == 1
    assert filled.origins()[CITIES.id].digest == "d3"
    filled.documents()
    filled.replace([], [CITIES.id])
    assert filled.generation == 2


def test_replace_is_all_or_nothing(filled, indexed):
    class Broken:
        @property
        def chunk(self):
            raise RuntimeError("the disk is gone")

    changed = Document(LOBSTER.id, LOBSTER.source, "改", "改写。Rewritten.")
    with pytest.raises(RuntimeError, match="the disk is gone"):
        filled.replace(
            [
                (changed, LOBSTER_FILE, indexed(changed)),
                (CITIES, CITIES_FILE, [*indexed(CITIES), Broken()]),
            ],
            removals=[CITIES.id],
        )
    assert filled.document(LOBSTER.id) == LOBSTER
    assert filled.document(CITIES.id) == CITIES
    assert (filled.generation, filled.all_keys(), filled.damage()) == (1, [1, 2], [])


def test_a_key_is_never_used_twice(filled, indexed):
    (last,) = filled.keys_of([CITIES.id])
    filled.replace([], [CITIES.id])
    assert filled.chunks([last]) == {}
    filled.replace([(CITIES, CITIES_FILE, indexed(CITIES))])
    assert filled.keys_of([CITIES.id]) == {last + 1}
    assert filled.chunks([last]) == {}


def test_removing_a_document_removes_its_chunks(filled):
    filled.replace([], [LOBSTER.id])
    assert filled.all_keys() == [2]
    assert filled.counts() == (1, 1)


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


def test_search_rows_are_of_one_generation(filled, folder, monkeypatch):
    """Another process removes a document just after the generation was read."""
    reader = Store.open(folder)

    def read_then_remove(store):
        number = store._number("generation")
        filled.replace([], [CITIES.id])
        return number

    monkeypatch.setattr(Store, "generation", property(read_then_remove))
    generation, keys, _, _ = reader.search_rows()
    assert (generation, keys.tolist()) == (1, [1, 2])
    reader.close()


def test_a_lock_that_does_not_open_is_busy_and_not_damage(filled, folder, monkeypatch):
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.05)
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


def test_a_closed_store_is_a_mistake_of_the_caller_and_not_damage(filled):
    filled.close()
    with pytest.raises(sqlite3.ProgrammingError):
        filled.counts()


def test_a_full_disk_is_not_damage(filled, folder, indexed):
    pages = filled._one("PRAGMA page_count")[0]
    filled._one(f"PRAGMA max_page_count = {pages}")
    long = Document("long", "long", "长", "很长的文章。A long text.\n" * 20_000)
    with pytest.raises(IndexUnavailable, match=r"full.*see to its permissions and to the space"):
        filled.replace([(long, CITIES_FILE, indexed(CITIES))])
    assert filled.counts() == (2, 2)
    filled.replace([], [CITIES.id])
    assert filled.counts() == (1, 1)


# Killed

WRITER = """
import sys
from pathlib import Path
import numpy as np
from rag import searchers
from rag.index.store import IndexedChunk, Origin, Store
from rag.types import Chunk, Document

folder, version = Path(sys.argv[1]), int(sys.argv[2])
store = Store.create(folder, "character-pairs", 64)
vector = np.full(64, 0.125, dtype=np.float32)
print("ready", flush=True)
while True:
    version += 1
    additions = []
    for number in range(12):
        sentence = f"第{version}版的天津。Version {version} of Tianjin. "
        document = Document(f"d{number}", "s", "t", sentence * (1 + (version + number) % 7))
        size = len(sentence)
        chunks = [
            IndexedChunk(
                Chunk(f"d{number}#{i}", document.id, "", sentence, i * size, (i + 1) * size, i),
                ["天津", "tianjin"], vector, [(0, size)], vector[None],
            )
            for i in range(len(document.text) // size)
        ]
        additions.append((document, Origin("/docs/x", str(version)), chunks))
    store.replace(additions)
    searchers.save(store, searchers.derive(store))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_killed_at_any_moment_leaves_its_last_commit(folder):
    from rag.index import search_files

    delays = random.Random(9)
    last = 0
    for _ in range(10):
        command = [sys.executable, "-c", WRITER, str(folder), str(last)]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(delays.uniform(0, 0.12))
            process.send_signal(signal.SIGKILL)
        store = Store.open(folder, MODEL)
        assert store.damage() == []
        keys = store.all_keys()
        versions = set()
        for indexed_chunk in store.chunks(keys).values():
            chunk = indexed_chunk.chunk
            document = store.document(chunk.document_id)
            version = int(chunk.text[1 : chunk.text.index("版")])
            assert chunk.text == f"第{version}版的天津。Version {version} of Tianjin. "
            assert document.text[chunk.start : chunk.end] == chunk.text
            versions.add(version)
        assert len(versions) == (1 if keys else 0)
        assert store.generation >= max(versions, default=0) >= last
        last = max(versions, default=last)
        assert search_files.damage(store) == []
        assert search_files.load(store).dense.keys == set(keys)
        store.close()
    assert last > 3


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
        filled.search_rows()
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


def test_a_model_that_now_has_another_length_is_refused(filled, folder):
    with pytest.raises(IndexMismatch, match=r"vectors of length 64, the model .* makes 384"):
        Store.create(folder, MODEL, 384)


def test_another_format_is_named(filled, folder):
    alter(folder, "UPDATE meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(IndexMismatch, match=f"has format 99, .* reads 1; delete {folder}"):
        Store.open(folder)


@pytest.mark.parametrize(
    "name", ["../x", "", "a/b", "a\\b", "..", ".a", "-a", "a b", "a\n", "长" * 65]
)
def test_bad_index_names_are_refused(tmp_path, name):
    with pytest.raises(InvalidInput, match="is not an index name; use letters, digits"):
        index_folder(tmp_path, name)


@pytest.mark.parametrize("name", ["default", "电商", "v1.2-b_c", "7"])
def test_good_index_names_are_folders_of_that_name(tmp_path, name):
    assert index_folder(tmp_path, name) == tmp_path / name


# What the chat asks of it


def test_one_document_is_told_of_as_in_the_list(filled):
    infos = filled.documents()
    assert [filled.document_info(info.id) for info in infos] == infos
    with pytest.raises(DocumentNotFound, match="no document '没有'"):
        filled.document_info("没有")


def test_sections_come_once_each_in_the_order_of_the_passages(store, indexed):
    text = "# 港口\n\n## 渡轮\n\n渡轮每天三次。\n\n## 潮水\n\n潮水一日两回。"
    document = Document("h", "h.md", "港口", text, {"language": "zh"})
    store.replace([(document, CITIES_FILE, indexed(document) * 1)])

    assert store.sections() == [("h", "港口", "港口 > 渡轮"), ("h", "港口", "港口 > 潮水")]


def test_questions_are_remembered_in_the_place_of_former_ones(store, folder):
    assert store.questions() == []
    store.remember_questions(["渡轮几点开？", "When?"])
    store.remember_questions(["潮水几回？"])

    assert store.questions() == ["潮水几回？"]
    again = Store.open(folder)
    assert again.questions() == ["潮水几回？"]
    again.close()


def test_a_file_put_in_the_place_of_the_opened_one_is_noticed(store, folder):
    assert not store.is_replaced
    (folder / DATABASE_FILE).rename(folder / "gone.db")
    assert store.is_replaced
    (folder / DATABASE_FILE).write_bytes(b"")
    assert store.is_replaced
