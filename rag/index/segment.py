"""A part of what searches an index: some passages with all that is derived of them.

A segment never changes. Chunks are never changed either and their keys never used again, so a
segment stays true for as long as any of its chunks is left; which are is asked of the store.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rag.index.postings import Postings
from rag.index.vectors import Moments, Vectors
from rag.language.aliases import Aliases, aliases_of
from rag.language.terms import is_mostly_han

_ARRAYS_FILE, _WORDS_FILE = "arrays.npz", "words.json"


@dataclass(frozen=True, slots=True)
class Segment:
    """Passages by their vectors and terms; `keys` (n,) int64, ascending.

    `aliases` holds the names that a document writes in both languages under the key of the
    document's first chunk. `name` is that of its folder, "" where it is not on the disk.
    """

    vectors: Vectors = field(repr=False)
    postings: Postings = field(repr=False)
    aliases: Mapping[int, Aliases] = field(repr=False)
    name: str = ""

    @classmethod
    def build(
        cls,
        keys: np.ndarray,
        vectors: np.ndarray,
        terms: Sequence[list[str]],
        texts: Mapping[int, str],
    ) -> Segment:
        """From keys (n,) int64, unit vectors (n, d) float32 and the terms of each chunk.

        `texts` are those of the documents with their titles, by the key of the first chunk.
        """
        is_han = np.array([is_mostly_han(chunk) for chunk in terms], dtype=bool)
        found = {key: aliases_of([text]) for key, text in texts.items()}
        aliases = {key: each for key, each in found.items() if each}
        return cls(Vectors.build(keys, vectors, is_han), Postings.build(terms), aliases)

    @classmethod
    def merged(cls, segments: Sequence[Segment], live: np.ndarray) -> Segment:
        """All of these in one, without what is not among the `live` keys."""
        kept = [segment.kept(live) for segment in segments]
        pairs = list(zip(segments, kept, strict=True))
        keys = np.concatenate([segment.keys[keeps] for segment, keeps in pairs])
        rows = np.concatenate([segment.vectors.all_rows()[keeps] for segment, keeps in pairs])
        numbers = np.concatenate([segment.vectors.numbers[keeps] for segment, keeps in pairs])
        left = set(keys.tolist())
        aliases = {
            key: each
            for segment in segments
            for key, each in segment.aliases.items()
            if key in left
        }
        postings = Postings.merged([segment.postings for segment in segments], kept)
        return cls(Vectors.build(keys, rows, numbers == 0), postings, aliases)

    @property
    def keys(self) -> np.ndarray:
        """Keys of all its passages, (n,) int64, ascending."""
        return self.vectors.keys

    def __len__(self) -> int:
        return len(self.vectors)

    def kept(self, live: np.ndarray) -> np.ndarray:
        """(n,) bool: which of its passages are among the `live` keys, which are ascending."""
        places = np.searchsorted(live, self.keys)
        found = places < len(live)
        found[found] = live[places[found]] == self.keys[found]
        return found

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True)
        self.vectors.save(folder)
        moments = {
            f"moments_{number}_{name}": getattr(each, name)
            for number, each in enumerate(self.vectors.moments)
            for name in ("count", "total", "outer")
        }
        arrays = {**self.postings.arrays(), **moments}
        np.savez(folder / _ARRAYS_FILE, allow_pickle=False, **arrays)
        aliases = {
            key: {name: sorted(others) for name, others in each.items()}
            for key, each in self.aliases.items()
        }
        words = {"terms": list(self.postings.vocabulary), "aliases": aliases}
        (folder / _WORDS_FILE).write_text(json.dumps(words, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """From a folder written by `save`; raises RuntimeError, OSError, ValueError or KeyError."""
        words = json.loads((folder / _WORDS_FILE).read_text("utf-8"))
        try:
            with np.load(folder / _ARRAYS_FILE) as held:
                arrays = {name: held[name] for name in held.files}
        except zipfile.BadZipFile as error:
            raise ValueError(f"{folder / _ARRAYS_FILE}: {error}") from error
        moments = [
            Moments(
                int(arrays.pop(f"moments_{number}_count")),
                arrays.pop(f"moments_{number}_total"),
                arrays.pop(f"moments_{number}_outer"),
            )
            for number in (0, 1)
        ]
        vocabulary = {term: number for number, term in enumerate(words["terms"])}
        aliases = {
            int(key): {name: frozenset(others) for name, others in each.items()}
            for key, each in words["aliases"].items()
        }
        vectors = Vectors.load(folder, moments)
        return cls(vectors, Postings(vocabulary, **arrays), aliases, folder.name)


def aliases_among(segments: Sequence[Segment], live: np.ndarray) -> Aliases:
    """The names that the documents of the `live` keys write in both languages."""
    found: dict[str, frozenset[str]] = {}
    for each in _documents_among(segments, live):
        for name, others in each.items():
            found[name] = found.get(name, frozenset()) | others
    return found


def _documents_among(segments: Sequence[Segment], live: np.ndarray) -> Iterator[Aliases]:
    for segment in segments:
        keys = np.array(sorted(segment.aliases), dtype=np.int64)
        for key in np.intersect1d(keys, live, assume_unique=True).tolist():
            yield segment.aliases[key]
