"""Each person's conversations, shared by threads and processes: in SQLite or PostgreSQL.

A turn holds the answer in its JSON shape, so that its citations are still there after a reload.
Of the owner only a digest is stored: there is nothing to sign in with. A file is for the processes
of one machine, a PostgreSQL database for those of any.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.dialogue.postgres import PostgresDatabase
from rag.dialogue.turns import ConversationInfo, Feedback, Turn, Verdict, feedback_shape
from rag.errors import (
    ConversationNotFound,
    ConversationsDamaged,
    ConversationsUnavailable,
    InvalidInput,
)
from rag.storage import Database, Failures, Row, now

FORMAT = 1
LONGEST_TITLE = 60
LONGEST_NOTE = 2000
BATCH = 100  # rated turns read at once
_SCHEMA = f"""
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
PRAGMA user_version = {FORMAT}
"""
_SHARED_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS conversations_format (format INTEGER NOT NULL);
INSERT INTO conversations_format
    SELECT {FORMAT} WHERE NOT EXISTS (SELECT FROM conversations_format);
CREATE TABLE IF NOT EXISTS conversations (
    key BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL, index_name TEXT NOT NULL, title TEXT NOT NULL DEFAULT '',
    last_turn BIGINT
);
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (owner, last_turn);
CREATE TABLE IF NOT EXISTS turns (
    key BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, id TEXT NOT NULL UNIQUE,
    conversation BIGINT NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, asked_at TEXT NOT NULL, answer BYTEA NOT NULL,
    checksum BIGINT NOT NULL, verdict TEXT, note TEXT, rated_at TEXT,
    UNIQUE (conversation, ordinal)
);
CREATE INDEX IF NOT EXISTS rated_turns ON turns (key) WHERE verdict IS NOT NULL
"""
_TURNS = (
    "SELECT turns.key, turns.id, ordinal, asked_at, answer, checksum, verdict, note, rated_at"
    " FROM turns JOIN conversations ON conversations.key = conversation"
)


class Conversations:
    """The conversations of all people; safe to share between threads and processes.

    What belongs to another owner raises ConversationNotFound, just as what does not exist.
    """

    def __init__(self, database: Database | PostgresDatabase) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Conversations:
        """The conversations in the file `path`, made if it is not there.

        Raises ConversationsDamaged or ConversationsUnavailable.
        """
        failures = Failures(
            f"the file of conversations {path}",
            busy=ConversationsUnavailable,
            unavailable=ConversationsUnavailable,
            damaged=ConversationsDamaged,
            remedy="restore a copy of that file, or move it away to begin with none",
        )
        with failures.translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # what people asked is nobody else's business
        database = Database(path, failures, "secure_delete = ON")
        with database.closed_on_error():
            database.make(_SCHEMA)
            _verify(database)
        return cls(database)

    @classmethod
    def connect(cls, url: str) -> Conversations:
        """The conversations in a PostgreSQL database, whose tables are made if need be.

        Raises BadSetting for what is no address of one, and ConversationsUnavailable.
        """
        database = PostgresDatabase(url)
        with database.closed_on_error():
            with database.transaction() as connection:
                for statement in _SHARED_SCHEMA.split(";"):
                    connection.execute(statement)
            ((form,),) = database.all("SELECT format FROM conversations_format")
            _check_format(database.name, form, "make another database")
        return cls(database)

    def close(self) -> None:
        """Release the file or the connections."""
        self._database.close()

    def start(self, owner: str, index: str) -> str:
        """Id of a new conversation with the index; nobody can guess it."""
        conversation_id = secrets.token_urlsafe(16)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO conversations (id, owner, index_name) VALUES (?, ?, ?)",
                (conversation_id, _digest(owner), _writable(index)),
            )
        return conversation_id

    def list(self, owner: str) -> Sequence[ConversationInfo]:
        """The owner's conversations that hold a turn, the one last added to first."""
        rows = self._database.all(
            "SELECT conversations.id, title, index_name, ordinal + 1, asked_at"
            " FROM conversations JOIN turns ON turns.key = last_turn"
            " WHERE owner = ? ORDER BY last_turn DESC",
            _digest(owner),
        )
        return [ConversationInfo(*row) for row in rows]

    def latest(self, owner: str) -> str | None:
        """Id of the conversation last added to, None where there is none with a turn."""
        return next((info.id for info in self.list(owner)), None)

    def turns(self, owner: str, conversation_id: str) -> Sequence[Turn]:
        """All turns of a conversation, oldest first; raises ConversationNotFound."""
        with self._database.snapshot():
            key = self._key(owner, conversation_id)
            rows = self._database.all(f"{_TURNS} WHERE conversation = ? ORDER BY ordinal", key)
        return [self._turn(row) for row in rows]

    def turn(self, owner: str, turn_id: str) -> Turn:
        """One turn by id; raises ConversationNotFound."""
        return self._turn(self._row_of_turn(owner, turn_id))

    def add(self, owner: str, conversation_id: str, answer: Mapping[str, Any]) -> Turn:
        """Append an answer to a conversation; raises ConversationNotFound."""
        data = json.dumps(dict(answer), ensure_ascii=False).encode("utf-8", "surrogatepass")
        title = _shortened(str(answer["question"]))
        turn_id, asked_at = secrets.token_urlsafe(16), now()
        with self._database.transaction() as connection:
            key = self._key(owner, conversation_id)
            ((ordinal,),) = connection.execute(
                "SELECT coalesce(max(ordinal) + 1, 0) FROM turns WHERE conversation = ?", (key,)
            ).fetchall()
            ((added,),) = connection.execute(
                "INSERT INTO turns (id, conversation, ordinal, asked_at, answer, checksum)"
                " VALUES (?, ?, ?, ?, ?, ?) RETURNING key",
                (turn_id, key, ordinal, asked_at, data, zlib.crc32(data)),
            ).fetchall()
            connection.execute("UPDATE conversations SET last_turn = ? WHERE key = ?", (added, key))
            if ordinal == 0:
                connection.execute("UPDATE conversations SET title = ? WHERE key = ?", (title, key))
        return Turn(turn_id, ordinal, asked_at, json.loads(data))

    def rate(self, owner: str, turn_id: str, verdict: Verdict | None, note: str = "") -> None:
        """Keep what the owner thinks of an answer; None takes it back.

        Of `note`, the first 2,000 characters are kept. Raises ConversationNotFound.
        """
        if verdict not in ("up", "down", None):
            raise InvalidInput(f"{verdict!r} is not a verdict", "use 'up', 'down' or None")
        values = (verdict, _writable(note[:LONGEST_NOTE]), now()) if verdict else (None,) * 3
        with self._database.transaction() as connection:
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
        while rows := self._database.all(
            f"{_TURNS} WHERE verdict IS NOT NULL AND turns.key > ? ORDER BY turns.key LIMIT ?",
            last,
            BATCH,
        ):
            for turn in map(self._turn, rows):
                if turn.feedback is not None:
                    yield feedback_shape(turn.answer, turn.feedback)
            last = rows[-1][0]

    def delete(self, owner: str, conversation_id: str) -> None:
        """Remove a conversation with its turns and ratings; raises ConversationNotFound."""
        with self._database.transaction() as connection:
            key = self._key(owner, conversation_id)
            connection.execute("DELETE FROM conversations WHERE key = ?", (key,))

    def _key(self, owner: str, conversation_id: str) -> int:
        select = "SELECT key FROM conversations WHERE conversations.id = ? AND owner = ?"
        return int(self._owned("conversation", select, owner, conversation_id)[0])

    def _row_of_turn(self, owner: str, turn_id: str) -> Row:
        return self._owned("turn", f"{_TURNS} WHERE turns.id = ? AND owner = ?", owner, turn_id)

    def _owned(self, what: str, select: str, owner: str, identifier: str) -> Row:
        row = self._database.one(select, _writable(identifier), _digest(owner))
        if row is None:
            raise ConversationNotFound(
                f"no {what} {identifier!r}", "it may have been deleted; start a new conversation"
            )
        return row

    def _turn(self, row: Row) -> Turn:
        _, turn_id, ordinal, asked_at, data, checksum, verdict, note, rated_at = row
        if not isinstance(data, bytes) or zlib.crc32(data) != checksum:
            raise self._database.damage(f"the turn {turn_id} is not what was written")
        feedback = Feedback(verdict, note, rated_at) if verdict else None
        return Turn(turn_id, ordinal, asked_at, json.loads(data), feedback)


def _verify(database: Database) -> None:
    ((form,),) = database.all("PRAGMA user_version")
    _check_format(str(database.path), form, "move the file away")
    tables = {name for (name,) in database.all("SELECT name FROM sqlite_master")}
    if form != FORMAT or not tables >= {"conversations", "turns"}:
        raise database.damage("it holds something else than conversations")


def _check_format(what: str, form: int, remedy: str) -> None:
    if form > FORMAT:
        raise ConversationsUnavailable(
            f"{what} has format {form}, this Wenju reads up to {FORMAT}",
            f"update Wenju, or {remedy}",
        )


def _shortened(question: str) -> str:
    title = _writable(" ".join(question.split()))
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def _digest(owner: str) -> str:
    if not owner:
        raise InvalidInput("a conversation needs an owner", "pass a name that is not empty")
    return hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()


def _writable(text: str) -> str:
    """`text` with a mark for each lone surrogate and NUL, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
