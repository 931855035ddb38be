import hashlib
import sqlite3
import threading
from contextlib import closing

import pytest

from rag import storage
from rag.errors import IndexBusy, IndexDamaged, IndexUnavailable
from rag.storage import Database, Failures, file_digest, flush

FAILURES = Failures(
    "the box 箱", IndexBusy, IndexUnavailable, IndexDamaged, "throw it away and begin with none"
)
SCHEMA = "CREATE TABLE words (word TEXT); PRAGMA user_version = 3"
FILLED = f"{SCHEMA}; INSERT INTO words VALUES (:word)"
SPACE = "; see to its permissions and to the space left on the disk"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "箱 100%#?.db"


@pytest.fixture
def database(path):
    opened = Database(path, FAILURES)
    opened.make(FILLED, word="一")
    yield opened
    opened.close()


def add(database, word):
    with database.transaction() as connection:
        connection.execute("INSERT INTO words VALUES (?)", (word,))


def words(database):
    return [word for (word,) in database.all("SELECT word FROM words")]


# Made


def test_a_file_is_made_once_in_write_ahead_mode_and_filled(path, database):
    database.make("CREATE TABLE others (x)")

    assert (words(database), database.is_blank) == (["一"], False)
    assert database.all("SELECT name FROM sqlite_master") == [("words",)]
    pragmas = ("journal_mode", "user_version", "synchronous", "foreign_keys")
    assert [database.one(f"PRAGMA {each}") for each in pragmas] == [("wal",), (3,), (2,), (1,)]


def test_further_pragmas_are_set_for_each_connection(path):
    with closing(Database(path, FAILURES, "cache_size = 77")) as database:
        assert database.one("PRAGMA cache_size") == (77,)


def test_a_file_whose_making_failed_is_blank(path):
    with closing(Database(path, FAILURES)) as database:
        assert database.is_blank
        with pytest.raises(sqlite3.ProgrammingError, match="word"):
            database.make(FILLED, another="一")
        assert database.is_blank
        database.make(SCHEMA)
        assert words(database) == []


def test_those_that_make_it_at_once_make_one(path):
    made = []
    start = threading.Barrier(6)

    def make():
        start.wait()
        database = Database(path, FAILURES)
        database.make(FILLED, word="一")
        made.append(database)

    makers = [threading.Thread(target=make) for _ in range(6)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert [words(each) for each in made] == [["一"]] * 6
    for each in made:
        each.close()


# Transactions


def test_a_transaction_is_all_or_nothing(database):
    def stop_halfway():
        with database.transaction() as connection:
            connection.execute("INSERT INTO words VALUES ('二')")
            raise RuntimeError("the mains failed")

    with pytest.raises(RuntimeError, match="the mains"):
        stop_halfway()
    assert words(database) == ["一"]
    add(database, "三")
    assert words(database) == ["一", "三"]


def test_a_snapshot_is_of_one_moment(path, database):
    with closing(Database(path, FAILURES)) as reader:
        with reader.snapshot():
            assert words(reader) == ["一"]
            add(database, "二")
            assert words(reader) == ["一"]
        assert words(reader) == ["一", "二"]


def test_a_row_is_given_or_none(database):
    assert database.one("SELECT word FROM words WHERE word = ?", "一") == ("一",)
    assert database.one("SELECT word FROM words WHERE word = ?", "二") is None


# What goes wrong is the owner's error


def test_another_process_that_writes_is_waited_for_and_then_said(path, monkeypatch):
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    with closing(Database(path, FAILURES)) as one, closing(Database(path, FAILURES)) as other:
        one.make(SCHEMA)
        expected = "another process is writing to the box 箱; wait until it ends and try again"
        with one.transaction(), pytest.raises(IndexBusy, match=expected):
            add(other, "二")
        add(other, "三")
        assert words(one) == ["三"]


def test_a_full_disk_is_refused_and_leaves_what_was(database):
    (pages,) = database.one("PRAGMA page_count")
    database.one(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(IndexUnavailable, match=r"the box 箱 cannot be used \(.* full\)" + SPACE):
        add(database, "很长。Long. " * 20_000)
    add(database, "二")
    assert words(database) == ["一", "二"]


def test_a_file_that_cannot_be_written_can_be_read(database):
    database.one("PRAGMA query_only = ON")
    with pytest.raises(IndexUnavailable, match=r"cannot be used \(.*readonly.*\)" + SPACE):
        add(database, "二")
    assert words(database) == ["一"]


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path):
    with pytest.raises(IndexUnavailable, match="unable to open"):
        Database(tmp_path, FAILURES)


def test_an_error_of_the_system_is_refused_too(database):
    def write_elsewhere():
        with database.transaction():
            raise OSError(28, "No space left on device")

    with pytest.raises(IndexUnavailable, match=r"\(No space left on device\)" + SPACE):
        write_elsewhere()


def test_a_file_that_is_no_database_is_damaged(path):
    path.write_text("不是数据库。Not a database. " * 100)
    expected = r"the box 箱 is damaged \(file is not a database\); throw it away"
    with pytest.raises(IndexDamaged, match=expected):
        Database(path, FAILURES).make(SCHEMA)


def test_a_closed_one_is_a_mistake_of_the_caller(database):
    database.close()
    with pytest.raises(sqlite3.ProgrammingError):
        words(database)


def test_what_is_raised_while_it_is_prepared_closes_it(database):
    with pytest.raises(RuntimeError, match="unfit"), database.closed_on_error():
        raise RuntimeError("unfit")
    with pytest.raises(sqlite3.ProgrammingError):
        words(database)


def test_a_file_put_in_its_place_is_noticed(path, database):
    assert not database.is_replaced
    path.rename(path.with_suffix(".former"))
    assert database.is_replaced
    path.touch()
    assert database.is_replaced


# Files


def test_the_digest_of_a_file_is_its_sha256(path):
    path.write_bytes("证据".encode())
    flush(path)
    assert file_digest(path) == hashlib.sha256("证据".encode()).hexdigest()
