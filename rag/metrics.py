"""Measures of retrieval, answers and refusals: pure functions over plain values."""

from __future__ import annotations

import functools
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rag.text import HAN, to_simplified

Groups = Sequence[Sequence[str]]

_PINYIN_NOTE = re.compile(r"(?<=[\u3400-\u9fff])\([a-zü\u00e0-\u01dc'’]{1,7}\)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,300}>")
_NOT_A_WORD = re.compile(r"[^\w.%]|_|(?<!\d)\.|\.(?!\d)")
_TOKEN = re.compile(f"[{HAN}]|[^{HAN}]+")
_MARKER = re.compile(r"\[(\d+)\]")
_ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`; `value` is their ratio, or None where there was nothing to count."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The ratio, 0..1."""
        return self.count / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Mean:
    """An average over `total` values; `value` is None where there were none."""

    value: float | None
    total: int


def share(outcomes: Iterable[bool | None]) -> Share:
    """How many of `outcomes` are true; None means "does not apply" and is not counted.

    >>> share([True, False, None, True])
    Share(count=2, total=3)
    """
    known = [outcome for outcome in outcomes if outcome is not None]
    return Share(sum(known), len(known))


def mean(values: Iterable[float | None]) -> Mean:
    """The average of `values`; None means "does not apply" and is not counted."""
    known = [value for value in values if value is not None]
    return Mean(math.fsum(known) / len(known) if known else None, len(known))


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The `percent`-th percentile, between neighbours by straight line; None without values.

    >>> percentile([10, 20, 30, 40], 50), percentile([10, 20, 30, 40], 95)
    (25.0, 38.5)
    """
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def first_rank(relevant: Iterable[bool]) -> int | None:
    """Rank, from 1, of the first relevant item of a list that runs best first; None without one."""
    return next((rank for rank, good in enumerate(relevant, 1) if good), None)


def hit_at(rank: int | None, k: int) -> bool:
    """Whether something relevant stands among the first `k`; `rank` is that of the first."""
    return rank is not None and rank <= k


def reciprocal_rank(rank: int | None, k: int = 10) -> float:
    """1/`rank` of the first relevant item, 0 where it stands below `k` or is missing."""
    return 1 / rank if rank is not None and rank <= k else 0.0


def ndcg(gains: Iterable[bool], relevant: int = 1, k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `k`, 0..1, with gains of 0 or 1.

    `gains` says, best first, which items count; `relevant` is how many could count at best.
    Source: Järvelin and Kekäläinen, 2002, with the discount 1/log2(rank + 1).
    """
    found = math.fsum(
        1 / math.log2(rank + 1) for rank, good in enumerate(itertools.islice(gains, k), 1) if good
    )
    best = math.fsum(1 / math.log2(rank + 1) for rank in range(1, min(relevant, k) + 1))
    return found / best if best else 0.0


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Where the evidence stood among the hits of one question.

    `rank` is that of the first relevant hit; `document_rank` that of the first gold document
    among the distinct documents of the hits, None also where no document is named
    (`has_documents`). `reciprocal_rank` and `ndcg` look at the first 10 hits.
    """

    rank: int | None
    document_rank: int | None
    has_documents: bool
    reciprocal_rank: float
    ndcg: float

    def hit_at(self, k: int) -> bool:
        """Whether one of the first `k` hits is relevant."""
        return hit_at(self.rank, k)

    def recall_at(self, k: int) -> bool | None:
        """Whether a gold document is among the first `k` documents; None where none is named."""
        return hit_at(self.document_rank, k) if self.has_documents else None


def judge_hits(
    relevant: Sequence[bool], documents: Sequence[str], gold: Collection[str], *, passages: bool
) -> Retrieval:
    """How well a ranking did, from each hit's relevance and document, best first.

    nDCG: where `passages` are sought, one is enough and the first relevant hit counts; else
    each of the documents `gold` counts once, at its first hit.
    """
    rank = first_rank(relevant)
    distinct = list(dict.fromkeys(documents))
    if passages:
        gains = [place == rank for place in range(1, len(relevant) + 1)]
    else:
        gains = [
            good and document not in documents[:place]
            for place, (good, document) in enumerate(zip(relevant, documents, strict=True))
        ]
    return Retrieval(
        rank=rank,
        document_rank=first_rank(document in gold for document in distinct),
        has_documents=bool(gold),
        reciprocal_rank=reciprocal_rank(rank),
        ndcg=ndcg(gains, 1 if passages else len(set(gold))),
    )


def _plain(text: str) -> str:
    text = _PINYIN_NOTE.sub("", unicodedata.normalize("NFKC", text))
    return to_simplified(_TAG.sub("", text))


@functools.lru_cache(maxsize=8192)
def comparable(text: str) -> str:
    """The words of `text` in the form in which gold rows are compared.

    NFKC; pinyin notes and tags out; simplified script; then letters, digits, `%` and decimal
    points alone, in lower case.

    >>> comparable("時(shí)隔半年多，") == comparable("时隔 半年多"), comparable("43.2%.")
    (True, '43.2%')
    """
    return _NOT_A_WORD.sub("", _plain(text)).lower()


def without_markers(text: str) -> str:
    """`text` without citation markers such as `[1]`, whose digits would join the words' own."""
    return _MARKER.sub("", text)


def markers(text: str) -> set[int]:
    """The numbers of the citation markers in `text`.

    >>> sorted(markers("Seattle [2], 1995 [1][2]."))
    [1, 2]
    """
    return {int(number) for number in _MARKER.findall(text)}


def answer_match(groups: Groups, *texts: str) -> bool:
    """Whether each group has an alternative that is contained in one of `texts`.

    No groups, no match: an unanswerable question is judged by its refusal.
    """
    folded = [comparable(without_markers(text)) for text in texts]
    return bool(groups) and all(
        any(comparable(alternative) in text for alternative in group for text in folded)
        for group in groups
    )


def answer_tokens(text: str) -> list[str]:
    """Each Han character, and each word or number of other scripts, without English articles.

    >>> answer_tokens("The 130% growth，增长 1,000万")
    ['130%', 'growth', '增', '长', '1000', '万']
    """
    words = [_NOT_A_WORD.sub("", piece).lower() for piece in _plain(text).split()]
    tokens = [token for word in words for token in _TOKEN.findall(word)]
    return [token for token in tokens if token not in _ARTICLES] or tokens


def token_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over tokens, counted with repetition, 0..1.

    Source: the SQuAD evaluation script, version 1.1.
    """
    if not expected or not predicted:
        return 0.0
    common = (Counter(expected) & Counter(predicted)).total()
    return 2 * common / (len(expected) + len(predicted))


def _candidates(groups: Groups, predicted: Sequence[str]) -> list[list[str]]:
    """What a full answer could say: each alternative; for several groups, the best of each."""
    split = [[answer_tokens(alternative) for alternative in group] for group in groups]
    if len(split) == 1:
        return split[0]
    available = Counter(predicted)

    def covered(tokens: list[str]) -> tuple[float, int]:
        common = (Counter(tokens) & available).total()
        return (common / len(tokens) if tokens else 0.0, common)

    return [[token for group in split for token in max(group, key=covered)]]


def f1(groups: Groups, text: str) -> float:
    """Token F1 of `text` against the gold answer that suits it best, 0..1.

    One group: the best of its alternatives. Several groups: their answers in a row, each
    group giving the alternative that `text` covers best.
    """
    predicted = answer_tokens(without_markers(text))
    if not groups:
        return 0.0
    return max(token_f1(candidate, predicted) for candidate in _candidates(groups, predicted))


def exact_match(groups: Groups, text: str) -> bool:
    """Whether `text` is a gold answer, token for token; several groups may come in any order."""
    predicted = answer_tokens(without_markers(text))
    if not groups or not predicted:
        return False
    candidates = _candidates(groups, predicted)
    if len(groups) == 1:
        return predicted in candidates
    return any(Counter(candidate) == Counter(predicted) for candidate in candidates)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How well refusing is aimed.

    `recall`: refused among the unanswerable; `precision`: unanswerable among the refused;
    `false`: refused among the answerable.
    """

    recall: Share
    precision: Share
    false: Share


def refusals(outcomes: Iterable[tuple[bool, bool]]) -> Refusals:
    """Refusal figures from pairs (answerable, answered), one a question."""
    pairs = list(outcomes)
    return Refusals(
        recall=share(not answered for answerable, answered in pairs if not answerable),
        precision=share(not answerable for answerable, answered in pairs if not answered),
        false=share(not answered for answerable, answered in pairs if answerable),
    )
