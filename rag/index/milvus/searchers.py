"""Both arms over an index in Milvus, which finds what is near or holds the words.

How all other passages compare – the mean and the covariance of their vectors, how many hold a term,
how long they are – is said by a sample of them that lies in memory: all where there are no more
than `SAMPLE`, so that what a smaller index finds is what the local store does.

A sparse vector adds up all alternatives of a group, of which the best alone should count, and
lengths are compared with a nominal one. So more are asked for, and scored again by their terms.
"""

from __future__ import annotations

import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.index.candidates import Candidates, spread
from rag.index.dense import DenseIndex
from rag.index.lexical import K1, B, LexicalIndex
from rag.index.milvus.engine import Row
from rag.index.milvus.tables import DRAWS, State, Tables, among, unpacked
from rag.index.postings import Postings
from rag.index.segment import Segment, aliases_among
from rag.index.vectors import HAN, OTHER, Vectors
from rag.language.aliases import Aliases
from rag.language.term_groups import Group

SAMPLE = 50_000  # passages: 75 MB of vectors of 384 numbers
_MARGIN = 3  # times as many passages as are wanted are scored by their terms
_RARE, _COUNTED = 10, 2_000  # a term held by fewer of the sample is counted, up to so many
_NOMINAL = 100  # terms of a passage
_COLUMNS = ["han", "terms"]
_SEGMENTS = 8


def weights_of(terms: Sequence[str]) -> dict[int, float]:
    """A passage's terms as a sparse vector: BM25 without the idf; never empty."""
    norm = K1 * (1 - B + B * len(terms) / _NOMINAL)
    found = {0: 1e-6}  # Milvus takes no empty one; no term has this place
    for term, often in Counter(terms).items():
        place = _place(term)
        found[place] = found.get(place, 0.0) + often / (often + norm)
    return found


def _place(term: str) -> int:
    return 1 + zlib.crc32(term.encode("utf-8", "surrogatepass")) % (2**32 - 2)


class SampledLexical(LexicalIndex):
    """What terms are worth among all passages, said by a sample of them."""

    def __init__(
        self,
        parts: Sequence[tuple[np.ndarray, Postings]],
        kept: Sequence[np.ndarray],
        passages: int,
        count: Callable[[Sequence[str]], dict[str, int]],
    ) -> None:
        """From the sample; `passages` is the number of all, `count` says how many hold terms."""
        super().__init__(parts, kept)
        self._all = max(passages, len(self.keys))
        self._count = count
        self._counted: dict[str, int] = {}

    @property
    def passages(self) -> int:
        """The number of all passages."""
        return self._all

    def among_all(self, term: str, held: int) -> int:
        """How many of all hold a term that `held` of the sample do."""
        if self._all == len(self.keys):
            return held
        if held >= _RARE:
            return round(held * self._all / len(self.keys))
        if term not in self._counted:
            self._learn([term])
        return max(held, self._counted[term])

    def know(self, groups: Sequence[Group]) -> None:
        """Count the rare terms of a question at once."""
        if self._all == len(self.keys):
            return
        terms = {term for group in groups for term, _ in group.alternatives}
        rare = [term for term in sorted(terms - set(self._counted)) if self.held(term) < _RARE]
        if rare:
            self._learn(rare)

    def _learn(self, terms: Sequence[str]) -> None:
        counted = self._count(terms)
        for term in terms:
            guess = round(max(self.held(term), 0.5) * self._all / max(len(self.keys), 1))
            self._counted[term] = counted.get(term, guess)

    def scores_of(self, groups: Sequence[Group], passages: Sequence[Sequence[str]]) -> np.ndarray:
        """BM25 (n,) of passages by their terms."""
        counts = [Counter(terms) for terms in passages]
        lengths = np.array([len(terms) for terms in passages], dtype=np.float64)
        norms = K1 * (1 - B + B * lengths / self.mean_length)
        total = np.zeros(len(passages))
        for group in groups:
            best = np.zeros(len(passages))
            for term, weight in group.alternatives:
                often = np.array([count[term] for count in counts], dtype=np.float64)
                best = np.maximum(best, weight * self.idf(term) * often / (often + norms))
            total += group.weight * best
        return total


@dataclass(frozen=True, slots=True)
class MilvusSearchers:
    """Both arms as of one generation; `visible` is true of the rows of that."""

    generation: int
    lexical: SampledLexical
    aliases: Aliases
    dense: DenseIndex = field(repr=False)
    tables: Tables = field(repr=False)
    visible: str = field(repr=False)

    def candidates(self, query: np.ndarray, groups: Sequence[Group], wanted: int) -> Candidates:
        """The best `wanted` of each partition by vector (d,), and of all by terms."""
        rows: dict[int, Row] = {}
        cosines: dict[int, float] = {}
        for is_han in ("true", "false"):
            near = self._near(query, wanted, f"han == {is_han}")
            rows |= {key: row for key, _, row in near}
            cosines |= {key: cosine for key, cosine, _ in near}
        by_vector = sorted(cosines, key=lambda key: -cosines[key])
        self.lexical.know(groups)
        rows |= self._holding(groups, _MARGIN * wanted)
        keys = sorted(rows)
        scores = self.lexical.scores_of(groups, [rows[key]["terms"].split() for key in keys])
        score = dict(zip(keys, scores.tolist(), strict=True))
        by_terms = [key for key in sorted(keys, key=lambda key: -score[key]) if score[key] > 0]
        by_terms = by_terms[:wanted]
        for only in among("key", [key for key in by_terms if key not in cosines]):
            cosines |= {key: cosine for key, cosine, _ in self._near(query, wanted, only)}
        partitions = [HAN if rows[key]["han"] else OTHER for key in cosines]
        of_all = self.lexical.scores(groups)
        means, deviation = spread(of_all, self.dense.partitions_of(self.lexical.keys))
        share = self.lexical.passages / max(len(self.dense), 1)
        return Candidates(
            np.fromiter(cosines, np.int64, len(cosines)),
            np.array(partitions, dtype=np.int8),
            np.fromiter(cosines.values(), np.float64, len(cosines)),
            np.array([score[key] for key in cosines]),
            by_vector,
            [key for key in by_terms if key in cosines],
            [round(size * share) for size in self.dense.sizes],
            self.dense.scales(query),
            means,
            deviation,
        )

    def _near(self, query: np.ndarray, wanted: int, where: str) -> list[tuple[int, float, Row]]:
        passages, where = self.tables.passages, f"{where} and {self.visible}"
        vector = query.astype(np.float32).tolist()
        return self.tables.milvus.nearest(passages, "vector", vector, wanted, where, _COLUMNS)

    def _holding(self, groups: Sequence[Group], wanted: int) -> dict[int, Row]:
        """Passages that hold terms of the groups: more than those that are best."""
        sought: dict[int, float] = {}
        for group in groups:
            for term, weight in group.alternatives:
                worth = group.weight * weight * self.lexical.idf(term)
                sought[_place(term)] = max(sought.get(_place(term), 0.0), worth)
        return _sparse(self.tables, self.visible, sought, wanted)


def _sparse(tables: Tables, visible: str, sought: dict[int, float], wanted: int) -> dict[int, Row]:
    sought = {place: worth for place, worth in sought.items() if worth > 0}
    if not sought:
        return {}
    found = tables.milvus.nearest(tables.passages, "weights", sought, wanted, visible, _COLUMNS)
    return {key: row for key, _, row in found}


class Sample:
    """The passages that stand for all; safe to share between threads."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._segments: list[Segment] = []
        self._below = 0  # the draws of those in the sample
        self._held: MilvusSearchers | None = None
        self._lock = threading.Lock()

    def searchers(self, state: State, visible: str) -> MilvusSearchers:
        """Both arms as of that state; what is new since they were last asked for is read."""
        with self._lock:
            if self._held is None or self._held.generation != state.generation:
                self._held = self._brought_up(state, visible)
            return self._held

    def _brought_up(self, state: State, visible: str) -> MilvusSearchers:
        below = DRAWS if state.chunks <= SAMPLE else DRAWS * SAMPLE // state.chunks
        is_near = below // 2 <= self._below <= below * 2 and (below < DRAWS or self._below == DRAWS)
        if not is_near:
            self._segments, self._below = [], below
        last = int(self._segments[-1].keys[-1]) if self._segments else 0
        milvus, passages = self._tables.milvus, self._tables.passages
        drawn = f"draw < {self._below} and {visible}"
        columns = ["key", "han", "named", "terms", "vector"]
        fresh = milvus.all(passages, f"{drawn} and key > {last}", columns)
        keys = [row["key"] for row in milvus.all(passages, drawn, ["key"])]
        live = np.sort(np.array(keys, dtype=np.int64))
        if fresh:
            self._segments.append(self._segment(sorted(fresh, key=lambda row: int(row["key"]))))
        if len(self._segments) > _SEGMENTS:
            self._segments = [Segment.merged(self._segments, live)]
        self._segments = [each for each in self._segments if len(each)]
        kept = [segment.kept(live) for segment in self._segments]
        lexical = SampledLexical(
            [(segment.keys, segment.postings) for segment in self._segments],
            kept,
            state.chunks,
            lambda terms: self._counts(terms, visible),
        )
        return MilvusSearchers(
            state.generation,
            lexical,
            aliases_among(self._segments, live),
            DenseIndex([segment.vectors for segment in self._segments], kept),
            self._tables,
            visible,
        )

    def _segment(self, rows: Sequence[Row]) -> Segment:
        keys = np.array([row["key"] for row in rows], dtype=np.int64)
        vectors = np.array([row["vector"] for row in rows], dtype=np.float32)
        is_han = np.array([row["han"] for row in rows], dtype=bool)
        names = self._tables.read([f"a{row['key']}" for row in rows if row["named"]])
        aliases = {int(name[1:]): _aliases(unpacked(text)) for name, text in names.items()}
        terms = [row["terms"].split() for row in rows]
        return Segment(Vectors.build(keys, vectors, is_han), Postings.build(terms), aliases)

    def _counts(self, terms: Sequence[str], visible: str) -> dict[str, int]:
        """How many of all passages hold each term, {} where these are too many to be read."""
        sought = {_place(term): 1.0 for term in terms}
        rows = _sparse(self._tables, visible, sought, _COUNTED)
        if len(rows) == _COUNTED:
            return {}
        held = Counter(term for row in rows.values() for term in set(row["terms"].split()))
        return {term: held[term] for term in terms}


def _aliases(pairs: Iterable[tuple[str, list[str]]]) -> Aliases:
    return {name: frozenset(others) for name, others in pairs}
