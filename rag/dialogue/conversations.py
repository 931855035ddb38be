"""Each person's conversations in one SQLite file, shared by threads and processes.

A turn holds the answer in its JSON shape, so that its citations are still there after a reload.
Every change is one transaction in a write-ahead log: killed at any moment, the file opens at its
last good state. Of the owner only a digest is stored: the file holds nothing to sign in with.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.dialogue.turns import ConversationInfo, Feedback, Turn, Verdict, feedback_shape
from rag.errors import (
    ConversationNotFound,
    ConversationsDamaged,
    ConversationsUnavailable,
    InvalidInput,
)
from rag.storage import BUSY_SECONDS, cause, transaction

FORMAT = 1
LONGEST_TITLE = 60
LONGEST_NOTE = 2000
_BATCH = 100
_SCHEMA = """
CREATE TABLE conversations (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
    index_name TEXT NOT NULL, title TEXT NOT NULL DEFAULT '', last_turn INTEGER
);
CREATE INDEX conversations_by_owner ON conversations (owner, last_turn);
CREATE TABLE turns (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, asked_at TEXT NOT NULL, answer BLOB NOT NULL,
    checksum INTEGER NOT NULL, verdict TEXT, note TEXT, rated_at TEXT,
    UNIQUE (conversation, ordinal)
);
CREATE INDEX rated_turns ON turns (key) WHERE verdict IS NOT NULL;
"""
_TABLES = {"conversations", "turns"}
_TURN_COLUMNS = "turns.key, turns.id, ordinal, asked_at, answer, checksum, verdict, note, rated_at"


Turns = list[Turn]  # within the class, `list` is the method
ConversationInfos = list[ConversationInfo]
Rows = list[tuple[Any, ...]]


class Conversations:
    """The conversations of all people; safe to share between threads and processes.

    What belongs to another owner raises ConversationNotFound, just as what does not exist.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path) -> Conversations:
        """The conversations in the file `path`, made if it is not there.

        Raises ConversationsDamaged or ConversationsUnavailable.
        """
        with _file_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # what people asked is nobody else's business
            connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        conversations = cls(path, connection)
        try:
            conversations._prepare()
        except BaseException:
            conversations.close()
            raise
        return conversations

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def start(self, owner: str, index: str) -> str:
        """Id of a new conversation with the index; nobody can guess it."""
        conversation_id = secrets.token_urlsafe(16)
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO conversations (id, owner, index_name) VALUES (?, ?, ?)",
                (conversation_id, _digest(owner), _writable(index)),
            )
        return conversation_id

    def list(self, owner: str) -> ConversationInfos:
        """The owner's conversations that hold a turn, the one last added to first."""
        rows = self._all(
            "SELECT conversations.id, title, index_name, ordinal + 1, asked_at"
            " FROM conversations JOIN turns ON turns.key = last_turn"
            " WHERE owner = ? ORDER BY last_turn DESC",
            _digest(owner),
        )
        return [ConversationInfo(*row) for row in rows]

    def latest(self, owner: str) -> str | None:
        """Id of the conversation last added to, None where there is none with a turn."""
        rows = self._all(
            "SELECT id FROM conversations WHERE owner = ? AND last_turn IS NOT NULL"
            " ORDER BY last_turn DESC LIMIT 1",
            _digest(owner),
        )
        return str(rows[0][0]) if rows else None

    def turns(self, owner: str, conversation_id: str) -> Turns:
        """All turns of a conversation, oldest first; raises ConversationNotFound."""
        with self._transaction("DEFERRED"):
            key = self._key(owner, conversation_id)
            rows = self._all(
                f"SELECT {_TURN_COLUMNS} FROM turns WHERE conversation = ? ORDER BY ordinal", key
            )
        return [self._turn(row) for row in rows]

    def turn(self, owner: str, turn_id: str) -> Turn:
        """One turn by id; raises ConversationNotFound."""
        return self._turn(self._row_of_turn(owner, turn_id))

    def add(self, owner: str, conversation_id: str, answer: Mapping[str, Any]) -> Turn:
        """Append an answer to a conversation; raises ConversationNotFound."""
        data = json.dumps(dict(answer), ensure_ascii=False).encode("utf-8", "surrogatepass")
        title = _shortened(str(answer["question"]))
        turn_id, asked_at = secrets.token_urlsafe(16), _now()
        with self._transaction() as connection:
            key = self._key(owner, conversation_id)
            ((ordinal,),) = self._all(
                "SELECT coalesce(max(ordinal) + 1, 0) FROM turns WHERE conversation = ?", key
            )
            cursor = connection.execute(
                "INSERT INTO turns (id, conversation, ordinal, asked_at, answer, checksum)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (turn_id, key, ordinal, asked_at, data, zlib.crc32(data)),
            )
            connection.execute(
                "UPDATE conversations SET last_turn = ?, title = iif(?, title, ?) WHERE key = ?",
                (cursor.lastrowid, ordinal, title, key),
            )
        return Turn(turn_id, ordinal, asked_at, json.loads(data))

    def rate(self, owner: str, turn_id: str, verdict: Verdict | None, note: str = "") -> None:
        """Keep what the owner thinks of an answer; None takes it back.

        Of `note`, the first 2,000 characters are kept. Raises ConversationNotFound.
        """
        if verdict not in ("up", "down", None):
            raise InvalidInput(f"{verdict!r} is not a verdict", "use 'up', 'down' or None")
        values = (verdict, _writable(note[:LONGEST_NOTE]), _now()) if verdict else (None,) * 3
        with self._transaction() as connection:
            key = self._row_of_turn(owner, turn_id)[0]
            connection.execute(
                "UPDATE turns SET verdict = ?, note = ?, rated_at = ? WHERE key = ?",
                (*values, key),
            )

    def feedback(self) -> Iterator[dict[str, Any]]:
        """All rated turns for the maintainers, oldest first, without their owners.

        `question`, `answer`, `answered`, `verdict`, `note`, `time` (ISO, UTC) and `index`.
        """
        last = 0
        while True:
            rows = self._all(
                f"SELECT {_TURN_COLUMNS} FROM turns WHERE verdict IS NOT NULL AND key > ?"
                f" ORDER BY key LIMIT {_BATCH}",
                last,
            )
            if not rows:
                return
            for row in rows:
                turn = self._turn(row)
                if turn.feedback is not None:
                    yield feedback_shape(turn.answer, turn.feedback)
            last = rows[-1][0]

    def delete(self, owner: str, conversation_id: str) -> None:
        """Remove a conversation with its turns and ratings; raises ConversationNotFound."""
        with self._transaction() as connection:
            key = self._key(owner, conversation_id)
            connection.execute("DELETE FROM conversations WHERE key = ?", (key,))

    def _prepare(self) -> None:
        with self._lock, _file_errors(self.path):
            for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            if self._look() == (0, set()):
                self._make()
            form, tables = self._look()
        if form > FORMAT:
            raise ConversationsUnavailable(
                f"{self.path} has format {form}, this Wenju reads up to {FORMAT}",
                "update Wenju, or move the file away",
            )
        if form != FORMAT or not tables >= _TABLES:
            raise _damaged(self.path, "it holds something else than conversations")

    def _make(self) -> None:
        self._write_ahead()
        with self._transaction() as connection:
            if self._format_and_tables() != (0, set()):
                return  # another process was faster
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _write_ahead(self) -> None:
        """Switch the journal; SQLite does not wait here for another process that does the same."""
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.01)

    def _look(self) -> tuple[int, set[str]]:
        with self._transaction("DEFERRED"):  # else another process may make it in between
            return self._format_and_tables()

    def _format_and_tables(self) -> tuple[int, set[str]]:
        ((form,),) = self._all("PRAGMA user_version")
        rows = self._all("SELECT name FROM sqlite_master WHERE type = 'table'")
        return int(form), {str(name) for (name,) in rows if not name.startswith("sqlite_")}

    def _key(self, owner: str, conversation_id: str) -> int:
        rows = self._all(
            "SELECT key FROM conversations WHERE id = ? AND owner = ?",
            _writable(conversation_id),
            _digest(owner),
        )
        if not rows:
            raise _not_found("conversation", conversation_id)
        return int(rows[0][0])

    def _row_of_turn(self, owner: str, turn_id: str) -> tuple[Any, ...]:
        rows = self._all(
            f"SELECT {_TURN_COLUMNS} FROM turns"
            " JOIN conversations ON conversations.key = conversation"
            " WHERE turns.id = ? AND owner = ?",
            _writable(turn_id),
            _digest(owner),
        )
        if not rows:
            raise _not_found("turn", turn_id)
        return rows[0]

    def _turn(self, row: tuple[Any, ...]) -> Turn:
        _, turn_id, ordinal, asked_at, data, checksum, verdict, note, rated_at = row
        if not isinstance(data, bytes) or zlib.crc32(data) != checksum:
            raise _damaged(self.path, f"the turn {turn_id} is not what was written")
        feedback = Feedback(verdict, note, rated_at) if verdict else None
        return Turn(turn_id, ordinal, asked_at, json.loads(data), feedback)

    def _all(self, statement: str, *values: object) -> Rows:
        with self._lock, _file_errors(self.path):
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        with (
            self._lock,
            _file_errors(self.path),
            transaction(self._connection, kind) as connection,
        ):
            yield connection


def _shortened(question: str) -> str:
    title = _writable(" ".join(question.split()))
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def _digest(owner: str) -> str:
    if not owner:
        raise InvalidInput("a conversation needs an owner", "pass a name that is not empty")
    return hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()


def _writable(text: str) -> str:
    """`text` with a mark for each lone surrogate, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _not_found(what: str, identifier: str) -> ConversationNotFound:
    return ConversationNotFound(
        f"no {what} {identifier!r}", "it may have been deleted; start a new conversation"
    )


def _damaged(path: Path, what: str) -> ConversationsDamaged:
    return ConversationsDamaged(
        f"the conversations in {path} are damaged ({what})",
        "restore a copy of that file, or move it away to begin with none",
    )


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the system as ours; misuse of the library stays what it is."""
    refused = "see to its permissions and to the space left on the disk"
    try:
        yield
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise ConversationsUnavailable(
            f"the conversations in {path} cannot be used ({what})", refused
        ) from error
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        why = cause(error)
        if why == "busy":
            raise ConversationsUnavailable(
                f"another process is writing to {path}", "wait until it ends and try again"
            ) from error
        if why == "refused":
            raise ConversationsUnavailable(
                f"the conversations in {path} cannot be used ({error})", refused
            ) from error
        raise _damaged(path, str(error)) from error
