"""How an index grows: building, asking, changing, memory and disk; run by hand.

    python tests/bench/bench_scale.py [SIZES …] [--corpus FILE.jsonl] [--real N]

Passages are drawn from the first N of the corpus (by `wenju setup`'s model, once), each with noise
on its vector and words exchanged for those of another; without a corpus both are drawn at random.
Printed for each size: seconds to write the database and the search files; milliseconds of a
question after its embedding (both arms and their fusion), 50th and 95th percentile; of a change,
from its commit until another connection finds it; what the processor worked for either; recall@10
of the dense arm against brute force; the memory that searching takes, and the room on the disk.
"""

from __future__ import annotations

import os

# One thread: on a busy machine the threads of one product wait for each other.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from rag.config import Settings
from rag.documents.chunks import chunk
from rag.index.fusion import Search, fuse
from rag.index.pieces import pieces_of
from rag.index.rows import IndexedChunk, Origin
from rag.index.store import Store
from rag.language.term_groups import Group
from rag.models.embedding import open_embedder
from rag.types import Chunk, Document

MODEL, DIMENSION = "drawn", 384
_BATCH, _QUESTIONS, _CHANGES = 1000, 60, 12
_WORDS, _TERMS = 50_000, 90  # of a collection drawn at random; of one of its passages


class Drawn:
    """Passages like those of a sample: vectors (n, d) of unit length, and their terms."""

    def __init__(self, vectors: np.ndarray, terms: Sequence[Sequence[str]]) -> None:
        self._vectors, self._terms = vectors, terms
        self._draw = np.random.default_rng(1)

    @classmethod
    def at_random(cls, count: int = 2000) -> Drawn:
        """Without any corpus: words as often as natural ones are."""
        draw = np.random.default_rng(0)
        vectors = draw.normal(size=(count, DIMENSION)).astype(np.float32)
        numbers = np.minimum(draw.zipf(1.2, size=(count, _TERMS)), _WORDS)
        return cls(_unit(vectors + 2), [[f"词{number}" for number in row] for row in numbers])

    @classmethod
    def from_corpus(cls, corpus: Path, count: int) -> Drawn:
        """The first passages of a corpus file, embedded by the bundled model."""
        embedder = open_embedder(Settings.from_environment())
        pieces: list[IndexedChunk] = []
        with corpus.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                document = Document(str(row["id"]), "", str(row.get("title", "")), row["text"])
                if chunk(document):
                    pieces += pieces_of(document, embedder)
                if len(pieces) >= count:
                    break
        return cls(np.array([each.vector for each in pieces]), [each.terms for each in pieces])

    def passages(self, count: int) -> tuple[np.ndarray, list[list[str]]]:
        """So many: a vector of the sample with noise, half of the terms another's."""
        rows = self._draw.integers(len(self._vectors), size=(2, count))
        noise = self._draw.normal(scale=0.3 / DIMENSION**0.5, size=(count, DIMENSION))
        terms = [
            [*self._terms[one][::2], *self._terms[other][1::2]]
            for one, other in zip(*rows.tolist(), strict=True)
        ]
        return _unit(self._vectors[rows[0]] + noise.astype(np.float32)), terms


def documents(drawn: Drawn, first: int, count: int) -> Iterator[tuple[Document, IndexedChunk]]:
    """Documents of one passage each, numbered from `first`."""
    vectors, terms = drawn.passages(count)
    for place in range(count):
        name, text = f"d{first + place}", "".join(terms[place])[:400] or "x"
        piece = Chunk(f"{name}#0", name, "", text, 0, len(text), 0)
        vector = vectors[place]
        indexed = IndexedChunk(piece, terms[place], vector, [(0, len(text))], vector[None])
        yield Document(name, name, name, text), indexed


def add(store: Store, pairs: Sequence[tuple[Document, IndexedChunk]]) -> None:
    """One commit."""
    store.replace([(document, Origin("/drawn", "x"), [indexed]) for document, indexed in pairs])


def measure(folder: Path, size: int, drawn: Drawn) -> dict[str, float]:
    """All figures of one size."""
    figures: dict[str, float] = {"passages": size}
    with closing(Store.create(folder, MODEL, DIMENSION)) as store:
        start = time.monotonic()
        for first in range(0, size, _BATCH):
            add(store, list(documents(drawn, first, min(_BATCH, size - first))))
        figures["database s"] = time.monotonic() - start
        start = time.monotonic()
        store.refresh()
        store.compact()
        figures["search files s"] = time.monotonic() - start
        figures |= _asked(store, drawn)
        figures |= _changed(store, folder, size, drawn)
    figures["MB in memory"] = _memory(folder)
    figures["MB on disk"] = sum(path.stat().st_size for path in folder.rglob("*")) / 1e6
    return figures


def _asked(store: Store, drawn: Drawn) -> dict[str, float]:
    searchers = store.searchers()
    vectors, terms = drawn.passages(_QUESTIONS)
    rows = np.concatenate([segment.vectors.all_rows() for segment in searchers.segments])
    keys = np.concatenate([segment.keys for segment in searchers.segments])
    took, worked, recalls = [], [], []
    for vector, words in zip(vectors, terms, strict=True):
        groups = [Group(((word, 1.0),)) for word in words[:12]]
        start, work = time.monotonic(), time.process_time()
        fuse(Search("", vector, groups), searchers, 10)
        took.append(1000 * (time.monotonic() - start))
        worked.append(1000 * (time.process_time() - work))
        exact = set(keys[np.argsort(-(rows @ vector))[:10]].tolist())
        found = sorted(searchers.dense.search(vector, 10).items(), key=lambda each: -each[1])[:10]
        recalls.append(len(exact & {key for key, _ in found}) / len(exact))
    p50, p95 = np.percentile(took, [50, 95])
    work = float(np.median(worked))
    figures = {"question p50 ms": p50, "p95 ms": p95, "its processor ms": work}
    return {**figures, "recall@10": float(np.mean(recalls))}


def _changed(store: Store, folder: Path, size: int, drawn: Drawn) -> dict[str, float]:
    """Until a reader of another connection, as of another process, finds what was added."""
    until, worked, files = [], [], []
    with closing(Store.open(folder)) as reader:
        reader.searchers()
        for number in range(_CHANGES):
            (pair,) = documents(drawn, size + number, 1)
            word = f"新词{number}"
            document, indexed = pair
            add(store, [(document, replace(indexed, terms=[*indexed.terms, word]))])
            start, work = time.monotonic(), time.process_time()
            search = Search("", np.asarray(indexed.vector), [Group(((word, 1.0),))])
            (best, *_) = fuse(search, reader.searchers(), 10)
            assert reader.chunks([best.key])[best.key].chunk.document_id == document.id
            until.append(1000 * (time.monotonic() - start))
            worked.append(1000 * (time.process_time() - work))
            start = time.monotonic()
            store.refresh()
            files.append(1000 * (time.monotonic() - start))
    return {
        "change p50 ms": float(np.median(until)),
        "change max ms": max(until),
        "its processor ms at most": max(worked),
        "its files ms": float(np.median(files)),
    }


_MEMORY = """
import sys
from pathlib import Path
from rag.index.store import Store

def peak():
    fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(fields["VmHWM"].split()[0]) / 1000

store = Store.open(Path(sys.argv[1]))
before = peak()
searchers = store.searchers()
print(peak() - before)
"""


def _memory(folder: Path) -> float:
    """Of a process that opens the index to search it, at the most, beside what it had before."""
    if not Path("/proc/self/status").exists():
        return float("nan")
    command = [sys.executable, "-W", "ignore", "-c", _MEMORY, str(folder)]
    return float(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)


def _unit(vectors: np.ndarray) -> np.ndarray:
    made: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made.astype(np.float32)


def main(sizes: Sequence[int], corpus: Path | None, real: int) -> None:
    """Draw, measure, print."""
    drawn = Drawn.from_corpus(corpus, real) if corpus else Drawn.at_random()
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(Path(folder) / "index", size, drawn)
        print("; ".join(f"{name} {value:,.4g}" for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--corpus", type=Path, help="a corpus file, such as crud-news-12k's")
    parser.add_argument("--real", type=int, default=2_000, help="passages of it that are embedded")
    options = parser.parse_args()
    main(options.sizes, options.corpus, options.real)
