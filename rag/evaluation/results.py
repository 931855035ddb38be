"""What became of gold questions: a row each, and their aggregates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.evaluation import matching, metrics
from rag.evaluation.gold import GoldRow
from rag.evaluation.metrics import Mean, Refusals, RetrievalMetrics, Share, mean, percentile, share
from rag.evaluation.overlap import Overlap
from rag.evaluation.reliability import Reliability, reliability
from rag.types import Answer, Citation

KEPT_HITS = 5  # how many hits of a question a report shows


@dataclass(frozen=True, slots=True)
class CheckedCitation:
    """A citation, and whether its document says its quote at its offsets."""

    citation: Citation
    verbatim: bool


@dataclass(frozen=True, slots=True)
class RowResult:
    """One question, what came back, and the verdicts; None is "does not apply".

    `direction` is question language → document language; `should_answer` is false for
    unanswerable rows, and for all rows when their gold documents were hidden; `match`,
    `exact` and `f1` judge the answer (a refusal of an answerable question scores nothing),
    `brief`, `in_short` and `translated` what else the row asks for, which `match` includes;
    `cited` whether a verbatim citation shows the evidence; `used_hidden` applies where documents
    were hidden; `latency` is in milliseconds; `overlap` is that of an answer given with free
    text that was expected.
    """

    row: GoldRow
    answer: Answer
    direction: str
    should_answer: bool
    citations: tuple[CheckedCitation, ...]
    markers_agree: bool
    cited: bool | None
    retrieval: RetrievalMetrics | None
    match: bool | None
    exact: bool | None
    f1: float | None
    used_hidden: bool | None
    latency: float
    brief: bool | None = None
    in_short: bool | None = None
    translated: bool | None = None
    overlap: Overlap | None = None

    @property
    def right(self) -> bool | None:
        """Whether the answer given is right; None for a refusal.

        An answer to what should be refused is wrong, whatever it says.
        """
        return (self.should_answer and self.match is True) if self.answer.answered else None

    @property
    def verbatim(self) -> bool | None:
        """Whether all citations are verbatim and go with the markers; None for a refusal."""
        answer = self.answer
        if not answer.answered and not answer.answer and not self.citations:
            return None
        found = bool(self.citations) and all(checked.verbatim for checked in self.citations)
        return found and self.markers_agree

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the result; empty when nothing is."""
        answered = self.answer.answered
        found = {
            "not refused": answered and not self.should_answer,
            "refused wrongly": not answered and self.should_answer,
            "wrong answer": answered and self.should_answer and self.match is False,
            "too long": self.brief is False,
            "not in the short answer": self.in_short is False,
            "not translated": self.translated is False,
            "not verbatim": self.verbatim is False,
            "evidence not cited": self.cited is False,
            "not in first 5": self.retrieval is not None and not self.retrieval.hit_at(5),
            "hidden document used": self.used_hidden is True,
        }
        return tuple(fault for fault, present in found.items() if present)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The figures over a group of questions.

    `hit_at_*`, `reciprocal_rank`, `ndcg`: over the questions whose evidence is known;
    `recall_at_*` (documents): over those with `gold_ids`. `match`, `exact`, `f1`: over the
    answerable; `match_answered`: over those of them that were answered; `brief`, `in_short` and
    `translated`: over those of these that ask for it; `answer_f1`, `rouge_l`: over those of these
    that expect free text. `cited`, `verbatim`: over the answered; `quotes`: over citations;
    `reliability`: over the answered, those that should have been refused among them.
    `latency_*` in milliseconds, `length` the median of an answer's characters, markers not counted.
    """

    name: str
    questions: int
    answered: Share
    hit_at_1: Share
    hit_at_5: Share
    reciprocal_rank: Mean
    ndcg: Mean
    recall_at_1: Share
    recall_at_5: Share
    match: Share
    match_answered: Share
    brief: Share
    in_short: Share
    translated: Share
    exact: Share
    f1: Mean
    answer_f1: Mean
    rouge_l: Mean
    cited: Share
    verbatim: Share
    quotes: Share
    refusals: Refusals
    reliability: Reliability
    used_hidden: Share
    latency_p50: float | None
    latency_p95: float | None
    length: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All results in the order of the gold rows, and the figures over them.

    `left_out` counts unanswerable rows that name no document to hide (`without_gold`) or to
    keep (`only_gold`).
    """

    results: tuple[RowResult, ...]
    overall: Aggregate
    by_direction: tuple[Aggregate, ...]
    by_type: tuple[Aggregate, ...]
    without_gold: bool = False
    only_gold: bool = False
    left_out: int = 0


def aggregate(name: str, results: Sequence[RowResult]) -> Aggregate:
    """The figures over `results`; a figure that applies to none of them has a total of 0."""
    found = [result.retrieval for result in results if result.retrieval]
    due = [result for result in results if result.should_answer]
    answered = [result for result in results if result.answer.answered]
    latencies = [result.latency for result in results]
    lengths = [len(matching.without_markers(each.answer.answer).strip()) for each in answered]
    return Aggregate(
        name=name,
        questions=len(results),
        answered=share(result.answer.answered for result in results),
        hit_at_1=share(each.hit_at(1) for each in found),
        hit_at_5=share(each.hit_at(5) for each in found),
        reciprocal_rank=mean(each.reciprocal_rank for each in found),
        ndcg=mean(each.ndcg for each in found),
        recall_at_1=share(each.recall_at(1) for each in found),
        recall_at_5=share(each.recall_at(5) for each in found),
        match=share(result.match for result in due),
        match_answered=share(result.match for result in answered),
        brief=share(result.brief for result in results),
        in_short=share(result.in_short for result in results),
        translated=share(result.translated for result in results),
        exact=share(result.exact for result in due),
        f1=mean(result.f1 for result in due),
        answer_f1=mean(result.overlap.f1 for result in due if result.overlap),
        rouge_l=mean(result.overlap.rouge_l for result in due if result.overlap),
        cited=share(result.cited for result in results),
        verbatim=share(result.verbatim for result in results),
        quotes=share(checked.verbatim for result in results for checked in result.citations),
        refusals=metrics.refusals((r.should_answer, r.answer.answered) for r in results),
        reliability=reliability((r.answer.confidence, r.right is True) for r in answered),
        used_hidden=share(result.used_hidden for result in results),
        latency_p50=percentile(latencies, 50),
        latency_p95=percentile(latencies, 95),
        length=percentile(lengths, 50),
    )


def grouped(
    results: Sequence[RowResult], name: Callable[[RowResult], str]
) -> tuple[Aggregate, ...]:
    """The rows aggregated by what `name` says of each, as they appear; "" is left out."""
    groups: dict[str, list[RowResult]] = {}
    for result in results:
        groups.setdefault(name(result), []).append(result)
    return tuple(aggregate(key, group) for key, group in groups.items() if key)
