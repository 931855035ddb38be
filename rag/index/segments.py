"""The segments that search an index: derived from its database, kept on the disk, merged.

Whoever asks writes nothing: what the files lack is derived in memory, a small change in no time.
Who changed documents writes a segment of what is new (`refresh`). Of segments that are smaller than
twice what follows them one is made, so that there are few; `compact` makes large ones of all, and
leaves out what was removed.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.errors import IndexDamaged
from rag.index import schema
from rag.index.rows import CHUNK_COLUMNS, damage_of_chunk
from rag.index.search_files import Entry, Manifest, SearchFiles
from rag.index.searchers import SegmentSearchers
from rag.index.segment import Segment
from rag.storage import Database, Row

_LOG = logging.getLogger(__name__)
_AT_ONCE = 4096  # passages that are merged while somebody waits
_LARGEST = 131_072  # passages of a segment: what is merged lies in memory
_BLOCK = 16_384  # passages that are derived at a time


class Segments:
    """What searches one index; safe to share between threads."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._database = database
        self._files = SearchFiles(folder)
        self._held: SegmentSearchers | None = None
        self._lock = threading.Lock()

    def searchers(self) -> SegmentSearchers:
        """Both arms over all chunks of the current generation; writes nothing."""
        with self._lock:
            generation = schema.number(self._database, "generation")
            if self._held is None or self._held.generation != generation:
                segments = self._held.segments if self._held else self._from_disk()
                self._held = self._brought_up(segments) or self._brought_up(())
            if self._held is None:
                raise self._database.damage("its chunks have no keys")
            return self._held

    def refresh(self) -> None:
        """Write a segment of what is new; all anew where the files are missing or not ours."""
        try:
            manifest = self._ours()
        except IndexDamaged:
            manifest = None
        if manifest is not None and not all(map(self._files.is_whole, manifest.entries)):
            manifest = None
        generation = schema.number(self._database, "generation")
        if manifest is None or manifest.generation != generation:
            self._write_after(manifest)

    def repair(self) -> None:
        """Derive and write all anew."""
        self._write_after(None)

    def compact(self) -> None:
        """Make large segments of all, without what was removed; no file holds that any more."""
        segments: Sequence[Segment] = self.searchers().segments
        live, generation = self._live_and_generation()
        compacted: list[Segment] = []
        for group in _groups(segments, live):
            is_whole = len(group) == 1 and group[0].name and group[0].kept(live).all()
            merged = group[0] if is_whole else Segment.merged(group, live)
            if len(merged):
                compacted.append(merged)
        with self._database.transaction():
            if self._database.is_replaced:
                return
            there = {entry.folder: entry for entry in (self._unless_damaged() or _NONE).entries}
            written = [there.get(segment.name, segment) for segment in compacted]
            stamp = schema.stamp_of(self._database, generation)
            self._files.write(generation, stamp, written, self._about())
        with self._lock:
            self._held = None
        self._database.checkpoint()

    def is_scattered(self) -> bool:
        """Whether compaction is worth its while: a tenth is gone, or there are many segments."""
        manifest = self._unless_damaged()
        if manifest is None:
            return False
        held = sum(entry.passages for entry in manifest.entries)
        _, chunks = counts(self._database)
        return held > 1.1 * chunks or len(manifest.entries) > 8 + held // _LARGEST

    def damage(self) -> list[str]:
        """What is not as it was written, or differs from the database, a line each."""
        try:
            manifest = self._files.manifest()
            if manifest is None:
                return []
            if damaged := self._files.damaged(manifest):
                return [f"{name} is damaged; run: wenju verify --repair" for name in damaged]
            if self._ours() is None:
                return ["the search files are of another index; run: wenju verify --repair"]
            return self._differences(manifest, self._files.read(manifest))
        except IndexDamaged as error:
            return [error.message]

    def _differences(self, manifest: Manifest, segments: Sequence[Segment]) -> list[str]:
        """Where the segments and the database do not agree, for a sound database."""
        live, _ = self._live_and_generation()
        of_them = live[live <= manifest.last_key]
        if not _are_among(of_them, segments):
            return ["the search files lack chunks of the store; run: wenju verify --repair"]
        select = "SELECT vector, terms FROM chunks WHERE key = ?"
        for segment in segments:
            rows, lengths = segment.vectors.all_rows(), segment.postings.lengths
            for place in np.flatnonzero(segment.kept(live)).tolist():
                row = self._database.one(select, int(segment.keys[place]))
                if row is None:
                    continue  # removed meanwhile
                is_same = row[0] == rows[place].tobytes() and len(row[1].split()) == lengths[place]
                if not is_same:
                    return [f"{segment.name} differs from the store; run: wenju verify --repair"]
        return []

    # What is read

    def _ours(self) -> Manifest | None:
        """The manifest, None where there is none that was made from this database."""
        manifest = self._files.manifest()
        if manifest is None or self._database.is_replaced:
            return None
        stamp = schema.stamp_of(self._database, manifest.generation)
        return manifest if stamp == manifest.stamp else None

    def _unless_damaged(self) -> Manifest | None:
        try:
            return self._ours()
        except IndexDamaged:
            return None

    def _from_disk(self) -> Sequence[Segment]:
        """The segments on the disk, none where these cannot be used: all is derived then."""
        former: Manifest | None = None
        while True:
            manifest: Manifest | None = None
            try:
                manifest = self._ours()
                return self._files.read(manifest) if manifest else ()
            except IndexDamaged as error:
                if manifest is None or manifest == former:
                    _LOG.warning("%s; all is derived from the database meanwhile", error)
                    return ()
                former = manifest  # perhaps another process has just put others in their place

    def _brought_up(self, segments: Sequence[Segment]) -> SegmentSearchers | None:
        """The arms of the current generation over these segments and what came after them.

        None where chunks are in the database that should be in the segments and are not.
        """
        last = int(segments[-1].keys[-1]) if segments else 0
        with self._database.snapshot() as connection:
            live, generation = self._live_and_generation()
            if not _are_among(live[live <= last], segments):
                return None
            fresh = list(self._derived(connection, last))
        return SegmentSearchers.over(generation, _tidied([*segments, *fresh], live), live)

    def _live_and_generation(self) -> tuple[np.ndarray, int]:
        with self._database.snapshot():
            keys = self._database.all("SELECT key FROM chunks")
            generation = schema.number(self._database, "generation")
        return np.sort(np.fromiter((key for (key,) in keys), np.int64, len(keys))), generation

    def _derived(self, connection: sqlite3.Connection, after: int) -> Iterator[Segment]:
        """Segments of the chunks with greater keys, within a snapshot or transaction."""
        dimension = schema.number(self._database, "dimension")
        select = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE key > ? ORDER BY key"
        rows: list[tuple[int, list[str], bytes]] = []
        texts: dict[int, str] = {}
        for row in connection.execute(select, (after,)):
            if what := damage_of_chunk(row, dimension):
                raise self._database.damage(what)
            rows.append((row[0], row[6].split(), row[7]))
            if row[2] == 0:
                texts[row[0]] = self._text_of(row)
            if len(rows) == _BLOCK:
                yield _segment(rows, texts, dimension)
                rows, texts = [], {}
        if rows:
            yield _segment(rows, texts, dimension)

    def _text_of(self, row: Row) -> str:
        found = self._database.one("SELECT title, text FROM documents WHERE id = ?", row[1])
        if found is None:
            raise self._database.damage(f"chunk {row[2]} of {row[1]!r} has no document")
        return f"{found[0]}\n{found[1]}"

    # What is written

    def _write_after(self, manifest: Manifest | None) -> None:
        """Write what came after the manifest's segments; these stay as they are."""
        last = manifest.last_key if manifest else 0
        with self._database.snapshot() as connection:
            live, generation = self._live_and_generation()
            fresh = list(self._derived(connection, last))
        kept: list[Entry] = list(manifest.entries) if manifest else []
        sizes = [*(entry.passages for entry in kept), *map(len, fresh)]
        count = _tail(sizes)
        earlier = kept[len(sizes) - count :]
        try:
            loaded = [self._files.load(entry) for entry in earlier]
        except (RuntimeError, OSError, ValueError, KeyError, TypeError):
            return self._write_after(None)  # they are damaged
        kept = kept[: len(kept) - len(loaded)]
        segments = _tidied([*loaded, *fresh], live)
        with self._database.transaction():  # no other process commits or writes files meanwhile
            is_current = schema.number(self._database, "generation") == generation
            if not is_current or self._database.is_replaced:
                return None  # who moved on writes what belongs to it
            if manifest is not None and self._unless_damaged() != manifest:
                return None
            stamp = schema.stamp_of(self._database, generation)
            self._files.write(generation, stamp, [*kept, *segments], self._about())
        return None

    def _about(self) -> dict[str, object]:
        documents, chunks = counts(self._database)
        return {
            "model": schema.meta(self._database, "model"),
            "dimension": schema.number(self._database, "dimension"),
            "documents": documents,
            "chunks": chunks,
        }


_NONE = Manifest(0, "", ())


def counts(database: Database) -> tuple[int, int]:
    """Number of documents and of chunks."""
    ((documents, chunks),) = database.all(schema.COUNTS)
    return documents, chunks


def _segment(
    rows: Sequence[tuple[int, list[str], bytes]], texts: dict[int, str], dimension: int
) -> Segment:
    keys = np.array([key for key, _, _ in rows], dtype=np.int64)
    vectors = np.frombuffer(b"".join(vector for _, _, vector in rows), dtype=np.float32)
    terms = [terms for _, terms, _ in rows]
    return Segment.build(keys, vectors.reshape(-1, dimension), terms, texts)


def _are_among(keys: np.ndarray, segments: Sequence[Segment]) -> bool:
    held = np.concatenate([np.zeros(0, np.int64), *(segment.keys for segment in segments)])
    return bool(np.isin(keys, held, assume_unique=True).all())


def _tail(sizes: Sequence[int]) -> int:
    """How many of the last segments are to become one: each no larger than twice what follows."""
    count, total = 0, 0
    for size in reversed(sizes):
        if count and (size > 2 * total or total + size > _AT_ONCE):
            break
        count, total = count + 1, total + size
    return count


def _tidied(segments: Sequence[Segment], live: np.ndarray) -> list[Segment]:
    """The same with the last ones merged."""
    count = _tail([len(segment) for segment in segments])
    if count < 2:
        return list(segments)
    merged = Segment.merged(segments[len(segments) - count :], live)
    return [*segments[: len(segments) - count], *([merged] if len(merged) else [])]


def _groups(segments: Sequence[Segment], live: np.ndarray) -> Iterator[list[Segment]]:
    """Neighbours that fit into one segment."""
    group: list[Segment] = []
    size = 0
    for segment in segments:
        count = int(segment.kept(live).sum())
        if group and size + count > _LARGEST:
            yield group
            group, size = [], 0
        group.append(segment)
        size += count
    if group:
        yield group
