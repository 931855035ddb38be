"""What an index in Milvus consists of: two collections, and the texts in one of them.

Milvus changes one row at a time. So rows of a commit are written under new numbers (`version`, and
`key` for a passage), which readers do not see yet; then the one row that holds the `State` is
exchanged, which is the commit; then what is gone is removed. A text that is longer than Milvus
takes lies in several rows.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.errors import IndexDamaged, IndexMismatch, InvalidInput
from rag.index.milvus.engine import Milvus, Row

FORMAT = 1
PART = 15_000  # characters, of four bytes at most: Milvus takes 65,535 bytes
DRAWS = 2**31
_PREFIX, _LONGEST = "wenju_", 200
_STATE = "state"
_COLUMNS = ["name", "parts", "text"]
_FILTERED = 500  # values in an expression
_TEXT = {"kind": "VARCHAR", "max_length": 65_535}
_RECORDS = (
    {"name": "name", "kind": "VARCHAR", "max_length": 64},
    {"name": "version", "kind": "INT64", "sought": True},
    {"name": "document", "kind": "VARCHAR", "max_length": 64, "sought": True},
    {"name": "parts", "kind": "INT64"},
    {"name": "text", **_TEXT},
    {"name": "unused", "kind": "FLOAT_VECTOR", "dim": 2},  # Milvus wants one in each collection
)
_PASSAGES = (
    {"name": "key", "kind": "INT64"},
    {"name": "version", "kind": "INT64", "sought": True},
    {"name": "document", "kind": "VARCHAR", "max_length": 64, "sought": True},
    {"name": "han", "kind": "BOOL"},
    {"name": "draw", "kind": "INT64", "sought": True},
    {"name": "named", "kind": "BOOL"},
    {"name": "terms", **_TEXT},
    {"name": "weights", "kind": "SPARSE_FLOAT_VECTOR"},
)


@dataclass(frozen=True, slots=True)
class State:
    """What an index says of itself, as of one commit.

    `version` and `key` are the last that were given away; `gone` is the note of the versions that
    are no more, though their rows may still be there, `questions` and `glossaries` are notes too,
    0 for none.
    """

    stamp: str
    model: str
    dimension: int
    format: int = FORMAT
    generation: int = 0
    version: int = 0
    key: int = 0
    documents: int = 0
    chunks: int = 0
    gone: int = 0
    questions: int = 0
    glossaries: int = 0


class Tables:
    """The collections of one index."""

    def __init__(self, milvus: Milvus, index: str) -> None:
        name = table_name(index)
        self.milvus, self.index = milvus, index
        self.records, self.passages = f"{name}__records", f"{name}__passages"

    def make(self, dimension: int) -> None:
        """Make them, if they are not there."""
        vector = {"name": "vector", "kind": "FLOAT_VECTOR", "dim": dimension}
        self.milvus.make(self.passages, (*_PASSAGES, vector))
        self.milvus.make(self.records, _RECORDS)

    def are_there(self) -> bool:
        """Whether there is such an index."""
        return {self.records, self.passages} <= set(self.milvus.tables())

    def load(self) -> None:
        """Have them ready to be read."""
        self.milvus.load(self.records)
        self.milvus.load(self.passages)

    def state(self) -> State | None:
        """What the index says of itself, None where it was never made or is gone."""
        rows = self.milvus.get(self.records, [_STATE], ["text"])
        if not rows:
            return None
        held = json.loads(rows[0]["text"])
        if held["format"] > FORMAT:
            raise IndexMismatch(
                f"the index {self.index!r} has format {held['format']}, "
                f"this Wenju reads up to {FORMAT}",
                "use the newer Wenju that made it",
            )
        return State(**held)

    def commit(self, state: State) -> None:
        """Have readers see what was written."""
        self.milvus.put(self.records, [_row(_STATE, 0, json.dumps(asdict(state)))])

    def clear(self, where: str) -> None:
        """Remove the rows of both of which this is true."""
        self.milvus.delete(self.passages, where)
        self.milvus.delete(self.records, where)

    def write(self, name: str, version: int, text: str, document: str = "") -> list[Row]:
        """The rows of a text, to be written; `document` is the mark of one whose head it is."""
        parts = [text[start : start + PART] for start in range(0, len(text), PART)] or [""]
        first, *others = parts
        rows = [_row(f"{name}/{i}", version, part) for i, part in enumerate(others, start=1)]
        return [*rows, _row(f"{name}/0", version, first, document, len(parts))]

    def read(self, names: Collection[str]) -> dict[str, str]:
        """Name → text, of those that are (still) there as a whole."""
        return self._whole(self.milvus.get(self.records, [f"{name}/0" for name in names], _COLUMNS))

    def _whole(self, firsts: Sequence[Row]) -> dict[str, str]:
        """Name → text, of those of which these are the first parts."""
        rest = [
            f"{row['name'].removesuffix('/0')}/{number}"
            for row in firsts
            for number in range(1, row["parts"])
        ]
        others = {row["name"]: row for row in self.milvus.get(self.records, rest, _COLUMNS)}
        found = {}
        for row in firsts:
            name = row["name"].removesuffix("/0")
            names = [f"{name}/{number}" for number in range(1, row["parts"])]
            if all(each in others for each in names):
                found[name] = row["text"] + "".join(others[each]["text"] for each in names)
        return found

    def heads(self, visible: str, documents: Collection[str] | None = None) -> dict[str, str]:
        """Name → text of the heads of all documents, or of those with these marks."""
        if documents is None:
            where = f'document != "" and {visible}'
            return self._whole(self.milvus.all(self.records, where, _COLUMNS))
        found: dict[str, str] = {}
        marks = sorted(documents)
        for start in range(0, len(marks), _FILTERED):
            among = json.dumps(marks[start : start + _FILTERED])
            where = f"document in {among} and {visible}"
            found |= self._whole(self.milvus.few(self.records, where, _COLUMNS))
        return found

    def damage(self, what: str) -> IndexDamaged:
        """The error for an index whose data cannot be trusted."""
        return IndexDamaged(
            f"the index {self.index!r} in Milvus is damaged ({what})",
            f"put a backup of Milvus back, or run: wenju index PATH --index {self.index}",
        )


def _row(name: str, version: int, text: str, document: str = "", parts: int = 1) -> Row:
    values = {"name": name, "version": version, "document": document, "parts": parts}
    return {**values, "text": text, "unused": [0.0, 1.0]}


def mark(document_id: str) -> str:
    """A document's id in a form that every expression takes."""
    return hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).hexdigest()


def draw(key: int) -> int:
    """A number below `DRAWS` that says nothing of the passage: a part by it is a fair sample."""
    return zlib.crc32(key.to_bytes(8, "big")) % DRAWS


def among(field: str, values: Sequence[int]) -> list[str]:
    """Expressions that together are true of the rows with one of these values."""
    return [
        f"{field} in {list(values[start : start + _FILTERED])}"
        for start in range(0, len(values), _FILTERED)
    ]


def packed(values: Sequence[Any]) -> str:
    """Values of a row as text, bytes among them."""
    return json.dumps(
        values, ensure_ascii=False, default=lambda each: {"": base64.b64encode(each).decode()}
    )


def unpacked(text: str) -> list[Any]:
    """The values again."""
    values: list[Any] = json.loads(
        text, object_hook=lambda held: base64.b64decode(held[""]) if set(held) == {""} else held
    )
    return values


def table_name(index: str) -> str:
    """The name of an index as Milvus takes it: letters, digits, and bytes in hexadecimal."""
    name = _PREFIX + re.sub(
        r"[^a-zA-Z0-9]", lambda found: "".join(f"_{b:02x}" for b in found[0].encode()), index
    )
    if len(name) > _LONGEST:
        raise InvalidInput(f"the name {index!r} is too long for Milvus", "choose a shorter one")
    return name


def index_names(tables: Collection[str]) -> list[str]:
    """The indexes of which these are the collections."""
    names = [
        table.removeprefix(_PREFIX).removesuffix("__records")
        for table in tables
        if table.startswith(_PREFIX) and table.endswith("__records")
    ]
    return sorted(
        re.sub(
            "(_[0-9a-f]{2})+",
            lambda found: bytes.fromhex(found[0].replace("_", "")).decode("utf-8", "replace"),
            name,
        )
        for name in names
    )
