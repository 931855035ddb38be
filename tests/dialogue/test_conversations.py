import random
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import installed
import pytest

from rag import storage
from rag.config import Settings
from rag.dialogue import conversations as conversations_module
from rag.dialogue.conversations import Conversations
from rag.dialogue.postgres import PostgresDatabase
from rag.dialogue.turns import ConversationInfo, Feedback, Turn, history
from rag.errors import (
    BadSetting,
    ConversationNotFound,
    ConversationsDamaged,
    ConversationsUnavailable,
    InvalidInput,
    WenjuError,
)
from rag.library import open_conversations

ANNA, BO = "anna@example.org", "小波"


def answer(question="哪12个城市？", text="天津、上海等。[1]", **changes):
    return {
        "question": question, "searched": question, "answered": True, "answer": text,
        "citations": [{"marker": 1, "quote": "Tianjin 天津\udcb0", "start": 3, "end": 5}],
        "refusal": None, "index": "news", "confidence": 0.75,
    } | changes  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "对话 100%#?" / "conversations.db"


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.process)])
def open_them(request, path):
    """Opens the same conversations, wherever they are."""
    if request.param == "file":
        return lambda: Conversations.open(path)
    url = request.getfixturevalue("postgres_url")
    return lambda: Conversations.connect(url)


@pytest.fixture
def conversations(open_them):
    opened = open_them()
    yield opened
    opened.close()


@pytest.fixture
def in_file(path):
    opened = Conversations.open(path)
    yield opened
    opened.close()


@pytest.fixture
def execute(path):
    """Runs a statement on the file, beside the conversations that are open."""

    def run(statement):
        with closing(sqlite3.connect(path)) as connection, connection:
            return connection.execute(statement).fetchall()

    return run


@pytest.fixture
def at(monkeypatch):
    """Sets the clock."""

    def set_to(moment):
        monkeypatch.setattr(conversations_module, "now", lambda: moment)

    set_to("2026-01-06T08:00:00+00:00")
    return set_to


# Round trip


def test_what_was_added_is_there_after_a_reload(conversations, open_them, at):
    conversation = conversations.start(ANNA, "news")
    first = conversations.add(ANNA, conversation, answer())
    at("2026-01-06T08:05:00+00:00")
    second = conversations.add(ANNA, conversation, answer("And when?", "In 2016. [1]"))
    conversations.close()
    reopened = open_them()
    assert reopened.turns(ANNA, conversation) == [first, second]
    assert reopened.turn(ANNA, second.id) == second
    assert first == Turn(first.id, 0, "2026-01-06T08:00:00+00:00", answer())
    assert (second.ordinal, second.asked_at) == (1, "2026-01-06T08:05:00+00:00")
    reopened.close()


def test_highlights_of_citations_are_kept(conversations, open_them):
    conversation = conversations.start(ANNA, "news")
    quoted = {"marker": 1, "quote": "Tianjin 天津", "start": 3, "end": 13}
    now = answer(citations=[{**quoted, "highlights": [[11, 13]]}], short_answer="天津")
    before = answer(citations=[quoted], short_answer=None)
    for each in (now, before):
        conversations.add(ANNA, conversation, each)
    conversations.close()
    reopened = open_them()
    assert [turn.answer for turn in reopened.turns(ANNA, conversation)] == [now, before]
    reopened.close()


def test_the_list_has_the_one_last_added_to_first(conversations, at):
    older, newer, empty = (conversations.start(ANNA, name) for name in ("news", "论文", "news"))
    conversations.add(ANNA, older, answer("  哪12个\n城市？ "))
    conversations.add(ANNA, newer, answer("Who is Ma?"))
    assert [info.id for info in conversations.list(ANNA)] == [newer, older]
    assert conversations.latest(ANNA) == newer
    at("2026-01-06T08:05:00+00:00")
    conversations.add(ANNA, older, answer("And when?"))
    assert conversations.list(ANNA) == [
        ConversationInfo(older, "哪12个 城市？", "news", 2, "2026-01-06T08:05:00+00:00"),
        ConversationInfo(newer, "Who is Ma?", "论文", 1, "2026-01-06T08:00:00+00:00"),
    ]
    assert conversations.latest(ANNA) == older
    assert conversations.turns(ANNA, empty) == []


def test_there_is_no_latest_without_a_turn(conversations):
    conversations.start(ANNA, "news")
    assert conversations.latest(ANNA) is None
    assert conversations.list(ANNA) == []


def test_a_long_question_is_shortened_to_a_title(conversations):
    for question in ("城" * 60, "市" * 61, "a\udcb0b"):
        conversations.add(ANNA, conversations.start(ANNA, "news"), answer(question))
    titles = [info.title for info in conversations.list(ANNA)]
    assert titles == ["a?b", "市" * 59 + "…", "城" * 60]


def test_an_answer_that_is_no_json_leaves_nothing(conversations):
    conversation = conversations.start(ANNA, "news")
    with pytest.raises(TypeError):
        conversations.add(ANNA, conversation, answer(extra=object()))
    with pytest.raises(KeyError):
        conversations.add(ANNA, conversation, {"answer": "no question"})
    assert conversations.turns(ANNA, conversation) == []


def test_ids_cannot_be_guessed(conversations):
    ids = {conversations.start(ANNA, "news") for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"[\w-]{22}", each) for each in ids)


# Owners


def test_another_owner_sees_the_same_as_where_there_is_nothing(conversations):
    conversation = conversations.start(ANNA, "news")
    turn = conversations.add(ANNA, conversation, answer())
    for owner, an_id, a_turn in ((BO, conversation, turn.id), (ANNA, "不在\udcb0", "不在\udcb0")):
        for call in (
            lambda owner=owner, an_id=an_id: conversations.turns(owner, an_id),
            lambda owner=owner, an_id=an_id: conversations.add(owner, an_id, answer()),
            lambda owner=owner, an_id=an_id: conversations.delete(owner, an_id),
        ):
            expected = re.escape(f"no conversation {an_id!r}; it may have been deleted; start a")
            with pytest.raises(ConversationNotFound, match=expected):
                call()
        for call in (
            lambda owner=owner, a_turn=a_turn: conversations.turn(owner, a_turn),
            lambda owner=owner, a_turn=a_turn: conversations.rate(owner, a_turn, "up", ""),
        ):
            expected = re.escape(f"no turn {a_turn!r}; it may have been deleted")
            with pytest.raises(ConversationNotFound, match=expected):
                call()
    assert (conversations.list(BO), conversations.latest(BO)) == ([], None)
    assert conversations.turns(ANNA, conversation) == [turn]


def test_an_owner_needs_a_name(conversations):
    conversation = conversations.start(ANNA, "news")
    for call in (
        lambda: conversations.start("", "news"),
        lambda: conversations.list(""),
        lambda: conversations.latest(""),
        lambda: conversations.turns("", conversation),
        lambda: conversations.add("", conversation, answer()),
        lambda: conversations.turn("", "x"),
        lambda: conversations.rate("", "x", "up", ""),
        lambda: conversations.delete("", conversation),
    ):
        with pytest.raises(InvalidInput, match="a conversation needs an owner; pass a name"):
            call()


@pytest.mark.parametrize("owner", ["'; DROP TABLE turns; --", "a\0b", "\udcb0", " ", "马" * 5000])
def test_owners_are_any_strings(conversations, owner):
    conversation = conversations.start(owner, "news")
    conversations.add(owner, conversation, answer())
    conversations.start(owner + "x", "news")
    assert [info.id for info in conversations.list(owner)] == [conversation]


def test_the_file_does_not_name_the_owner_and_is_for_one_account(in_file, path):
    in_file.add(ANNA, in_file.start(ANNA, "news"), answer())
    in_file.close()
    assert ANNA.encode() not in path.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_deleted_conversation_is_gone_from_the_file(in_file, path):
    kept, gone = in_file.start(ANNA, "news"), in_file.start(ANNA, "news")
    in_file.add(ANNA, kept, answer("留下 kept?"))
    turn = in_file.add(ANNA, gone, answer("秘密 secret?"))
    in_file.rate(ANNA, turn.id, "down", "错 wrong")
    in_file.delete(ANNA, gone)
    assert [info.id for info in in_file.list(ANNA)] == [kept]
    assert list(in_file.feedback()) == []
    with pytest.raises(ConversationNotFound):
        in_file.turn(ANNA, turn.id)
    in_file.close()
    data = path.read_bytes()
    assert "留下 kept?".encode() in data
    assert "秘密 secret?".encode() not in data


# Feedback


def test_a_rating_can_be_changed_and_taken_back(conversations, at):
    turn = conversations.add(ANNA, conversations.start(ANNA, "news"), answer())
    conversations.rate(ANNA, turn.id, "down", "错 wrong")
    rated = conversations.turn(ANNA, turn.id)
    assert rated.feedback == Feedback("down", "错 wrong", "2026-01-06T08:00:00+00:00")
    at("2026-01-07T08:00:00+00:00")
    conversations.rate(ANNA, turn.id, "up", "对" * 2001)
    rated = conversations.turn(ANNA, turn.id)
    assert rated.feedback == Feedback("up", "对" * 2000, "2026-01-07T08:00:00+00:00")
    assert rated.answer == turn.answer
    conversations.rate(ANNA, turn.id, None, "not kept")
    assert conversations.turn(ANNA, turn.id) == turn


def test_of_a_rating_that_was_taken_back_nothing_is_kept(in_file, execute):
    turn = in_file.add(ANNA, in_file.start(ANNA, "news"), answer())
    in_file.rate(ANNA, turn.id, "down", "错 wrong")
    in_file.rate(ANNA, turn.id, None, "not kept")
    assert execute("SELECT note, rated_at FROM turns") == [(None, None)]


def test_a_verdict_is_up_or_down(conversations):
    turn = conversations.add(ANNA, conversations.start(ANNA, "news"), answer())
    with pytest.raises(InvalidInput, match="'好' is not a verdict; use 'up', 'down' or None"):
        conversations.rate(ANNA, turn.id, "好", "")
    assert conversations.turn(ANNA, turn.id) == turn


def test_feedback_of_all_people_names_none(conversations, at):
    turns = []
    for owner, question in ((ANNA, "哪12个城市？"), (BO, "Who?"), (ANNA, "未评 unrated")):
        conversation = conversations.start(owner, "news")
        turns.append(conversations.add(owner, conversation, answer(question)))
    refused = answer("市长?", "", answered=False, index="论文")
    turns.append(conversations.add(BO, conversation := conversations.start(BO, "论文"), refused))
    for owner, number, verdict in ((BO, 3, "down"), (ANNA, 0, "up"), (BO, 1, "down")):
        conversations.rate(owner, turns[number].id, verdict, f"说明 {number}")
    common = {"time": "2026-01-06T08:00:00+00:00"}
    text = "天津、上海等。[1]"
    assert list(conversations.feedback()) == [
        {"question": "哪12个城市？", "answer": text, "answered": True, "verdict": "up",
         "note": "说明 0", "index": "news", **common},
        {"question": "Who?", "answer": text, "answered": True, "verdict": "down",
         "note": "说明 1", "index": "news", **common},
        {"question": "市长?", "answer": "", "answered": False, "verdict": "down",
         "note": "说明 3", "index": "论文", **common},
    ]  # fmt: skip


def test_feedback_comes_in_batches_and_others_may_write_meanwhile(conversations, monkeypatch):
    monkeypatch.setattr(conversations_module, "BATCH", 2)
    conversation = conversations.start(ANNA, "news")
    for number in range(5):
        turn = conversations.add(ANNA, conversation, answer(f"第{number}问"))
        conversations.rate(ANNA, turn.id, "up", "")
    questions = []
    for row in conversations.feedback():
        questions.append(row["question"])
        conversations.start(BO, "news")
    assert questions == ["第0问", "第1问", "第2问", "第3问", "第4问"]


# Several at once


def test_turns_added_at_once_are_numbered_one_after_the_other(conversations, open_them):
    conversation = conversations.start(ANNA, "news")
    other = open_them()

    def add(number):
        return (conversations, other)[number % 2].add(ANNA, conversation, answer(f"{number}？"))

    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(add, range(40)))
    assert sorted(turn.ordinal for turn in added) == list(range(40))
    assert conversations.turns(ANNA, conversation) == sorted(added, key=lambda turn: turn.ordinal)
    other.close()


@pytest.mark.parametrize("attempt", range(10))  # it is a race
def test_those_that_open_it_first_at_once_make_one(path, attempt):
    opened, errors = [], []

    def open_it():
        try:
            opened.append(Conversations.open(path))
        except WenjuError as error:
            errors.append(error)

    openers = [threading.Thread(target=open_it) for _ in range(8)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert errors == []
    conversation = opened[0].start(ANNA, "news")
    for each in opened:
        assert each.turns(ANNA, conversation) == []
        each.close()


def test_readers_do_not_wait_for_a_writer(in_file, path):
    conversation = in_file.start(ANNA, "news")
    turn = in_file.add(ANNA, conversation, answer())
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("DELETE FROM turns")
    assert in_file.turns(ANNA, conversation) == [turn]
    writer.execute("ROLLBACK")
    writer.close()


def test_a_lock_that_does_not_open_is_said(path, monkeypatch):
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    conversations = Conversations.open(path)
    conversation = conversations.start(ANNA, "news")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    expected = "another process is writing to .*; wait until it ends and try again"
    with pytest.raises(ConversationsUnavailable, match=expected):
        conversations.add(ANNA, conversation, answer())
    other.execute("ROLLBACK")
    other.close()
    assert conversations.add(ANNA, conversation, answer()).ordinal == 0
    conversations.close()


# Killed

WRITER = """
import sys
from pathlib import Path
from rag.dialogue.conversations import Conversations

conversations = Conversations.open(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    conversation = conversations.start("anna", "news")
    for number in range(5):
        text = f"第{number}答。Answer {number}. " * 400
        shape = {"question": f"{number}？", "answered": True, "answer": text, "index": "news"}
        turn = conversations.add("anna", conversation, shape)
        conversations.rate("anna", turn.id, "up", text[:20])
        print(turn.id, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_killed_at_any_moment_leaves_whole_turns(path):
    delays, before, pace = random.Random(5), 0, 0.01
    for number in range(8):
        command = [installed.PYTHON, "-c", WRITER, path]
        with installed.started(*command, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"ready\n"
            if number % 2:  # each second one keeps three first, and says how long that takes here
                start = time.monotonic()
                kept = [process.stdout.readline() for _ in range(3)]
                pace = (time.monotonic() - start) / len(kept)
            time.sleep(delays.uniform(0, 4 * pace))
            process.send_signal(signal.SIGKILL)
        conversations = Conversations.open(path)
        infos, count = conversations.list("anna"), 0
        for info in infos:
            turns = conversations.turns("anna", info.id)
            assert [turn.ordinal for turn in turns] == list(range(info.turns))
            for turn in turns:
                text = f"第{turn.ordinal}答。Answer {turn.ordinal}. " * 400
                assert turn.answer["answer"] == text
            assert all(turn.feedback for turn in turns[:-1])
            count += len(turns)
        assert count >= before
        before = count
        conversations.close()
    assert before > 8


# What the system refuses


def test_a_folder_that_cannot_be_is_said(tmp_path):
    (tmp_path / "file").touch()
    expected = "file.db cannot be used .*; see to its permissions and to the space left"
    with pytest.raises(ConversationsUnavailable, match=expected):
        Conversations.open(tmp_path / "file" / "file.db")
    with pytest.raises(ConversationsUnavailable, match="cannot be used"):
        Conversations.open(tmp_path)


def test_a_newer_format_is_refused(in_file, path, execute):
    in_file.close()
    execute("PRAGMA user_version = 2")
    expected = r"conversations.db has format 2, this Wenju reads up to 1; update Wenju"
    with pytest.raises(ConversationsUnavailable, match=expected):
        Conversations.open(path)


def test_closed_ones_are_a_mistake_of_the_caller(in_file):
    in_file.close()
    with pytest.raises(sqlite3.ProgrammingError):
        in_file.list(ANNA)


# PostgreSQL


def test_settings_lead_to_the_database_or_the_file(postgres_url, tmp_path):
    shared = Settings(tmp_path / "indexes", database_url=postgres_url)
    with closing(open_conversations(shared)) as one, closing(open_conversations(shared)) as other:
        turn = one.add(ANNA, one.start(ANNA, "news"), answer())
        assert other.turn(ANNA, turn.id) == turn
    assert not (tmp_path / "indexes").exists()
    with closing(open_conversations(Settings(tmp_path / "indexes"))) as alone:
        assert alone.list(ANNA) == []
    assert (tmp_path / "indexes" / "conversations.db").is_file()


def test_a_newer_format_in_a_database_is_refused(postgres_url):
    Conversations.connect(postgres_url).close()
    with closing(PostgresDatabase(postgres_url)) as database, database.transaction() as connection:
        connection.execute("UPDATE conversations_format SET format = ?", (2,))
    expected = "the database 'postgres' at this machine has format 2, this Wenju reads up to 1"
    with pytest.raises(ConversationsUnavailable, match=expected):
        Conversations.connect(postgres_url)


def test_a_turn_that_was_altered_in_a_database_is_damaged(postgres_url):
    with closing(Conversations.connect(postgres_url)) as conversations:
        turn = conversations.add(ANNA, conversations.start(ANNA, "news"), answer())
        with closing(PostgresDatabase(postgres_url)) as other, other.transaction() as connection:
            connection.execute("UPDATE turns SET checksum = checksum + 1")
        with pytest.raises(ConversationsDamaged, match="is not what was written"):
            conversations.turn(ANNA, turn.id)


def test_a_database_that_is_not_there_is_said(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(ConversationsUnavailable, match="see that it runs and who may use it"):
        Conversations.connect(f"postgresql://wenju@/none?host={tmp_path}")


@pytest.mark.parametrize("url", ["天津", "//host/name"])
def test_what_is_no_address_of_a_database_is_said(url):
    pytest.importorskip("sqlalchemy")
    with pytest.raises(BadSetting, match="WENJU_DATABASE_URL is no address of a database"):
        Conversations.connect(url)


# Damage


def test_a_file_that_is_no_database_is_damaged(path):
    path.parent.mkdir()
    path.write_text("不是数据库。Not a database. " * 100)
    expected = "is damaged .file is not a database.; restore a copy of that file, or move it away"
    with pytest.raises(ConversationsDamaged, match=expected):
        Conversations.open(path)


@pytest.mark.parametrize("version", [0, 1])
def test_another_database_is_not_taken_over(path, version):
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.executescript(f"CREATE TABLE documents (id); PRAGMA user_version = {version};")
    other.close()
    with pytest.raises(ConversationsDamaged, match="holds something else than conversations"):
        Conversations.open(path)


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1])
def test_a_truncated_file_never_gives_half_a_turn(in_file, path, share):
    conversation = in_file.start(ANNA, "news")
    for number in range(20):
        in_file.add(ANNA, conversation, answer(text=f"第{number}答。Answer. " * 500))
    in_file.close()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ConversationsDamaged, match="restore a copy"):
        Conversations.open(path).turns(ANNA, conversation)


@pytest.mark.parametrize(
    "change",
    [
        "answer = cast(replace(answer, '天', '上') AS BLOB)",
        "answer = 'x'",
        "answer = x'7b7d'",
        "checksum = 'x'",
    ],
)
def test_an_altered_turn_is_damaged(in_file, execute, change):
    conversation = in_file.start(ANNA, "news")
    turn = in_file.add(ANNA, conversation, answer(citations=[]))
    in_file.rate(ANNA, turn.id, "up", "")
    execute(f"UPDATE turns SET {change}")
    expected = f"the turn {turn.id} is not what was written"
    for call in (
        lambda: in_file.turns(ANNA, conversation),
        lambda: in_file.turn(ANNA, turn.id),
        lambda: list(in_file.feedback()),
    ):
        with pytest.raises(ConversationsDamaged, match=expected):
            call()


# History


def test_history_is_what_follow_ups_need():
    refusal = answer("市长？", "左右 left", answered=False, refusal={"reason": "not_in_documents"})
    turns = [Turn("a", 0, "", answer()), Turn("b", 1, "", refusal)]
    assert history(turns) == [
        {"role": "user", "content": "哪12个城市？"},
        {"role": "assistant", "content": "天津、上海等。[1]"},
        {"role": "user", "content": "市长？"},
        {"role": "assistant", "content": ""},
    ]


def test_history_ends_with_the_last_twelve_turns():
    turns = [Turn(str(n), n, "", answer(f"Question {n}？")) for n in range(13)]
    questions = [each["content"] for each in history(turns) if each["role"] == "user"]
    assert questions == [f"Question {n}？" for n in range(1, 13)]
    assert history([]) == []
