"""The commits of an index in Milvus: what readers see, and what a cut-short one leaves.

See `rag.index.milvus.tables` for what a commit is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.index.milvus.documents import Documents, Head
from rag.index.milvus.tables import State, Tables, among, packed, unpacked
from rag.index.rows import IndexedChunk
from rag.types import Document

_KEPT = 8  # notes in memory


class Commits:
    """The state of one index, and the notes that it names; one thread writes at a time."""

    def __init__(self, tables: Tables, documents: Documents) -> None:
        self._tables = tables
        self._documents = documents
        self._notes: dict[int, str] = {}

    @property
    def state(self) -> State:
        """That of the last commit; raises IndexDamaged where there is none."""
        state = self._tables.state()
        if state is None:
            raise self._tables.damage("it says nothing of itself")
        return state

    def visible(self, state: State) -> str:
        """An expression that is true of the rows of a state."""
        gone = self.gone(state)
        return f"version <= {state.version}" + (f" and version not in {gone}" if gone else "")

    def gone(self, state: State) -> list[int]:
        """Versions that a state has replaced."""
        return [int(each) for each in unpacked(self.note(state.gone) or "[]")]

    def note(self, number: int) -> str:
        """A note, which never changes, "" for none."""
        if number and number not in self._notes:
            text = self._tables.read([f"n{number}"]).get(f"n{number}", "")
            if text:
                self._notes = {number: text, **dict(list(self._notes.items())[:_KEPT])}
            return text
        return self._notes.get(number, "")

    def settled(self) -> State:
        """The state, once nothing is left of a commit that was cut short."""
        state = self.state
        self._tables.clear(f"version > {state.version}")
        return self.settle(state) if state.gone else state

    def settle(self, state: State) -> State:
        """Remove what the last commit has replaced."""
        if not state.gone:
            return state
        for each in among("version", self.gone(state)):
            self._tables.clear(each)
        settled = replace(state, gone=0)
        self._tables.commit(settled)
        self._tables.clear(f"version == {state.gone}")
        return settled

    def write_note(self, number: int, text: str) -> None:
        """Write a note under a number that nobody sees yet."""
        rows = self._tables.write(f"n{number}", number, text)
        self._tables.milvus.put(self._tables.records, rows)

    def make(
        self,
        state: State,
        additions: Sequence[tuple[Head, tuple[Document, Sequence[IndexedChunk]]]],
        former: Sequence[Head],
    ) -> None:
        """Put new versions in the place of former ones."""
        version, key = state.version, state.key
        prepared = []
        for head, (document, chunks) in additions:  # whatever fails does so before any is written
            version += 1
            prepared.append(self._documents.rows(head.at(version, key + 1), document, chunks))
            key += len(chunks)
        milvus, tables = self._tables.milvus, self._tables
        milvus.put(tables.passages, [row for _, passages in prepared for row in passages])
        milvus.put(tables.records, [row for records, _ in prepared for row in records])
        gone = [head.version for head in former]
        if gone:
            version += 1
            self.write_note(version, packed(gone))
        committed = replace(
            state,
            generation=state.generation + 1,
            version=version,
            key=key,
            documents=state.documents + len(additions) - len(former),
            chunks=state.chunks + key - state.key - sum(head.chunks for head in former),
            gone=version if gone else 0,
        )
        self._tables.commit(committed)
        self.settle(committed)
