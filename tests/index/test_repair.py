import sqlite3
from contextlib import closing

import pytest

from rag.documents.load import load
from rag.errors import IndexDamaged, IndexMismatch
from rag.index.indexer import Indexer
from rag.index.repair import repair
from rag.index.store import Store

LOBSTER = "加拿大龙虾在天猫上卖出九万只。Canada sold 90,000 lobsters."
CITIES = "Tianjin is one of the 12 cities. 天津是十二个城市之一。"


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in (("龙虾.txt", LOBSTER), ("cities.txt", CITIES)):
        (folder / name).write_text(text, "utf-8")
    row = '{"id": "row", "text": "渡轮每天三次。The ferry leaves three times a day."}'
    other = row.replace("row", "other").replace("渡轮", "火车")
    (folder / "rows.jsonl").write_text(f"{row}\n{other}\n", "utf-8")
    return folder


@pytest.fixture
def folder(docs, tmp_path, embedder):
    with closing(Store.create(tmp_path / "index", embedder.name, 64)) as store:
        Indexer(store, embedder).index([docs])
        store.refresh()
    return tmp_path / "index"


@pytest.fixture
def mend(folder, embedder):
    """Repair; what was said, and what each document says then."""

    def run():
        lines = repair(folder, lambda: embedder, load)
        with closing(Store.open(folder)) as store:
            assert store.damage() == []
            return lines, {each.id: store.document(each.id).text for each in store.documents()}

    return run


def alter(folder, *statements):
    with closing(sqlite3.connect(folder / "wenju.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def damage(folder):
    with closing(Store.open(folder)) as store:
        return store.damage()


def test_a_sound_index_is_left_as_it_is(mend):
    lines, texts = mend()
    assert lines == []
    assert texts["cities.txt"] == CITIES


def test_passages_are_embedded_again_and_the_date_stays(folder, mend):
    alter(folder, "UPDATE documents SET added = '2020-01-01T00:00:00+00:00'")
    assert len(damage(folder)) == 4
    mend()
    alter(folder, "UPDATE chunks SET vector = zeroblob(256) WHERE document_id = '龙虾.txt'")
    assert "chunk 0 of '龙虾.txt' was altered" in damage(folder)[0]
    assert mend()[0] == ["龙虾.txt was embedded again"]
    with closing(Store.open(folder)) as store:
        assert {each.added for each in store.documents()} == {"2020-01-01T00:00:00+00:00"}


@pytest.mark.parametrize("name", ["龙虾.txt", "row"])
def test_a_document_is_read_again_from_its_file(folder, mend, name):
    before = mend()[1]
    alter(
        folder, f"UPDATE documents SET text = replace(text, '每', '某') || '改' WHERE id = '{name}'"
    )
    assert mend() == ([f"{name} was read again from its file"], before)


def test_a_document_without_its_file_is_lost_and_named(folder, mend, docs):
    (docs / "cities.txt").unlink()
    alter(folder, "UPDATE documents SET text = 'x' WHERE id = 'cities.txt'")
    lines, texts = mend()
    assert lines[0] == "cities.txt is lost and was removed; index its file again"
    assert set(texts) == {"龙虾.txt", "row", "other"}


@pytest.mark.parametrize("name", ["cities.txt", "row"])
def test_a_row_that_is_gone_is_found_by_the_passages_and_read_again(folder, mend, name):
    before = mend()[1]
    alter(folder, "PRAGMA foreign_keys = OFF", f"DELETE FROM documents WHERE id = '{name}'")
    assert mend() == ([f"{name} was read again from its file"], before)


def test_an_id_that_was_altered_is_set_again(folder, mend):
    before = mend()[1]
    alter(folder, "UPDATE documents SET id = 'x' WHERE id = 'cities.txt'")
    assert mend() == (["cities.txt has its id again"], before)


@pytest.mark.parametrize("key", ["format", "model", "dimension", "generation", "counts"])
def test_what_the_index_says_of_itself_is_set_again(folder, mend, key):
    before = mend()[1]
    for statement in (
        "UPDATE meta SET value = 'x' WHERE",
        "UPDATE meta SET checksum = 1 WHERE",
        "DELETE FROM meta WHERE",
    ):
        alter(folder, f"{statement} key = '{key}'")
        with closing(sqlite3.connect(folder / "wenju.db")) as connection:
            assert connection.execute("SELECT count(*) FROM meta").fetchone()[0] in (6, 7)
        assert mend()[1] == before


def test_a_row_that_is_no_text_any_more_is_left_out_and_made_again(folder, mend):
    before = mend()[1]
    path = folder / "wenju.db"
    data = path.read_bytes()
    terms = "龙虾 ^龙虾".encode()
    assert terms in data
    path.write_bytes(data.replace(terms, b"\xff" * len(terms)))
    assert "Could not decode" in damage(folder)[0]
    lines, texts = mend()
    assert lines[0].startswith("the database was damaged: ")
    assert texts == before


def test_pages_that_are_gone_leave_the_rest(folder, mend):
    before = mend()[1]
    path = folder / "wenju.db"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3 // 4096 * 4096])
    lines, texts = mend()
    assert lines[0].startswith("the database was damaged: ")
    assert texts == before


def test_a_file_that_is_no_database_stays_and_says_what_to_do(folder, embedder):
    (folder / "wenju.db").write_text("不是数据库。" * 100)
    with pytest.raises(IndexDamaged, match=r"file is not a database.*; delete .* and run"):
        repair(folder, lambda: embedder, load)
    assert (folder / "wenju.db").read_text().startswith("不是数据库")


def test_passages_are_not_embedded_by_another_model(folder, embedder):
    alter(folder, "UPDATE chunks SET vector = zeroblob(256) WHERE document_id = 'row'")
    embedder.name = "another"
    with pytest.raises(IndexMismatch, match="set WENJU_EMBEDDING_MODEL=character-pairs"):
        repair(folder, lambda: embedder, load)
