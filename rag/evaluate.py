"""Gold questions put to an assistant, each answer judged, and the figures over all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag import hiding, metrics
from rag.errors import BadGold, BadSetting, DocumentNotFound
from rag.gold import GoldRow, is_relevant, relevance
from rag.metrics import Mean, Refusals, Retrieval, Share, judge_hits, mean, percentile, share
from rag.reliability import Reliability, reliability
from rag.text import detect_language, han_share
from rag.types import Answer, Citation, Hit

Turn = Mapping[str, str]
Progress = Callable[[int, int], None]

KEPT_HITS = 5  # how many hits a result keeps, for the report


class Listed(Protocol):
    """One of the documents that can be asked about."""

    @property
    def id(self) -> str:
        """What `hidden` and `gold_ids` call it."""
        ...


class Assistant(Protocol):
    """What is evaluated: it answers, it searches, and it shows its documents."""

    def ask(
        self, question: str, history: Sequence[Turn] = (), *, hidden: Collection[str] = ()
    ) -> Answer:
        """The answer or refusal, using no document of `hidden`; `hits` best first."""
        ...

    def retrieve(self, query: str, top_k: int = 10, *, hidden: Collection[str] = ()) -> list[Hit]:
        """The best passages for `query`, using no document of `hidden`."""
        ...

    def documents(self) -> Sequence[Listed]:
        """All documents, each once."""
        ...

    def document_text(self, document_id: str) -> str:
        """The text that offsets count in; raises DocumentNotFound."""
        ...


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
    `cited` whether a verbatim citation shows the evidence; `used_hidden` applies where documents
    were hidden; `confidence` lies in 0..1, `latency` is in milliseconds.
    """

    row: GoldRow
    searched: str
    direction: str
    should_answer: bool
    answered: bool
    confidence: float
    text: str
    short_answer: str | None
    refusal: str | None
    citations: tuple[CheckedCitation, ...]
    markers_agree: bool
    cited: bool | None
    hits: tuple[Hit, ...]
    retrieval: Retrieval | None
    match: bool | None
    exact: bool | None
    f1: float | None
    used_hidden: bool | None
    latency: float

    @property
    def right(self) -> bool | None:
        """Whether the answer given is right; None for a refusal.

        An answer to what should be refused is wrong, whatever it says.
        """
        return (self.should_answer and self.match is True) if self.answered else None

    @property
    def verbatim(self) -> bool | None:
        """Whether all citations are verbatim and go with the markers; None for a refusal."""
        if not self.answered and not self.text and not self.citations:
            return None
        found = bool(self.citations) and all(checked.verbatim for checked in self.citations)
        return found and self.markers_agree

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the result; empty when nothing is."""
        found = {
            "not refused": self.answered and not self.should_answer,
            "refused wrongly": not self.answered and self.should_answer,
            "wrong answer": self.answered and self.should_answer and self.match is False,
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
    answerable; `match_answered`: over those of them that were answered. `cited`, `verbatim`:
    over the answered; `quotes`: over citations; `reliability`: over the answered, those that
    should have been refused among them. `latency_*` in milliseconds, `length` the median of an
    answer's characters, markers not counted.
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
    exact: Share
    f1: Mean
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


def evaluate(
    assistant: Assistant,
    rows: Sequence[GoldRow],
    *,
    without_gold: bool = False,
    only_gold: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Evaluation:
    """Every row asked, with its history, and judged; the first is asked once before, untimed.

    `without_gold` hides the row's gold documents from each question, which must then be
    refused; `only_gold` hides all others. `progress` is called with (done, total); `clock`
    gives seconds. Raises BadGold where there is nothing to ask, to hide or to keep, and
    BadSetting for both kinds of hiding at once.
    """
    asked, hide = _plan(assistant, rows, without_gold, only_gold)
    if not asked:
        raise BadGold("no gold rows to ask", "give rows with id, question and answers")
    languages: dict[str, str] = {}
    _ask(assistant, asked[0], hide(asked[0]), clock)
    results: list[RowResult] = []
    for row in asked:
        hidden = hide(row)
        answer, latency = _ask(assistant, row, hidden, clock)
        due = row.answerable and not without_gold
        results.append(_judge(assistant, row, answer, latency, hidden, due, languages))
        if progress:
            progress(len(results), len(asked))
    return Evaluation(
        results=tuple(results),
        overall=aggregate("all", results),
        by_direction=_grouped(results, lambda result: result.direction),
        by_type=_grouped(results, lambda result: result.row.type),
        without_gold=without_gold,
        only_gold=only_gold,
        left_out=len(rows) - len(asked),
    )


def aggregate(name: str, results: Sequence[RowResult]) -> Aggregate:
    """The figures over `results`; a figure that applies to none of them has a total of 0."""
    found = [result.retrieval for result in results if result.retrieval]
    latencies = [result.latency for result in results]
    lengths = [len(metrics.without_markers(r.text).strip()) for r in results if r.answered]
    due = [result for result in results if result.should_answer]
    return Aggregate(
        name=name,
        questions=len(results),
        answered=share(result.answered for result in results),
        hit_at_1=share(each.hit_at(1) for each in found),
        hit_at_5=share(each.hit_at(5) for each in found),
        reciprocal_rank=mean(each.reciprocal_rank for each in found),
        ndcg=mean(each.ndcg for each in found),
        recall_at_1=share(each.recall_at(1) for each in found),
        recall_at_5=share(each.recall_at(5) for each in found),
        match=share(result.match for result in due),
        match_answered=share(result.match for result in results if result.answered),
        exact=share(result.exact for result in due),
        f1=mean(result.f1 for result in due),
        cited=share(result.cited for result in results),
        verbatim=share(result.verbatim for result in results),
        quotes=share(checked.verbatim for result in results for checked in result.citations),
        refusals=metrics.refusals((result.should_answer, result.answered) for result in results),
        reliability=reliability(
            (result.confidence, result.right) for result in results if result.right is not None
        ),
        used_hidden=share(result.used_hidden for result in results),
        latency_p50=percentile(latencies, 50),
        latency_p95=percentile(latencies, 95),
        length=percentile(lengths, 50),
    )


def _grouped(
    results: Sequence[RowResult], name: Callable[[RowResult], str]
) -> tuple[Aggregate, ...]:
    groups: dict[str, list[RowResult]] = {}
    for result in results:
        if name(result):
            groups.setdefault(name(result), []).append(result)
    return tuple(aggregate(key, group) for key, group in groups.items())


def _plan(
    assistant: Assistant, rows: Sequence[GoldRow], without_gold: bool, only_gold: bool
) -> hiding.Plan:
    if without_gold and only_gold:
        raise BadSetting(
            f"{hiding.WITHOUT_GOLD} and {hiding.ONLY_GOLD} exclude each other", "use one of them"
        )
    if without_gold:
        return hiding.without_gold(rows)
    if only_gold:
        return hiding.only_gold(rows, [document.id for document in assistant.documents()])
    return hiding.nothing(rows)


def _ask(
    assistant: Assistant,
    row: GoldRow,
    hidden: Collection[str] | None,
    clock: Callable[[], float],
) -> tuple[Answer, float]:
    """The answer to the row's question, after its history, and its milliseconds alone."""
    hidden = hidden or frozenset()
    history: list[Turn] = []
    for earlier in row.history:
        reply = assistant.ask(earlier, tuple(history), hidden=hidden)
        history.append({"role": "user", "content": earlier})
        history.append({"role": "assistant", "content": reply.text})
    start = clock()
    answer = assistant.ask(row.question, tuple(history), hidden=hidden)
    return answer, (clock() - start) * 1000


def _judge(
    assistant: Assistant,
    row: GoldRow,
    answer: Answer,
    latency: float,
    hidden: Collection[str] | None,
    should_answer: bool,
    languages: dict[str, str],
) -> RowResult:
    citations = tuple(_checked(assistant, citation) for citation in answer.citations)
    spoken = answer.text if answer.answered else ""
    short = (answer.short_answer or "") if answer.answered else ""
    return RowResult(
        row=row,
        searched=answer.searched,
        direction=_direction(assistant, row, answer, languages),
        should_answer=should_answer,
        answered=answer.answered,
        confidence=float(answer.confidence),
        text=answer.text,
        short_answer=answer.short_answer,
        refusal=answer.refusal.reason if answer.refusal else None,
        citations=citations,
        markers_agree=metrics.markers(answer.text) == {c.marker for c in answer.citations},
        cited=_cited(row, citations) if should_answer and answer.answered else None,
        hits=answer.hits[:KEPT_HITS],
        retrieval=_retrieval(row, answer.hits) if should_answer else None,
        match=metrics.answer_match(row.answers, spoken, short) if row.answerable else None,
        exact=metrics.exact_match(row.answers, short) if should_answer else None,
        f1=metrics.f1(row.answers, short) if should_answer else None,
        used_hidden=None if hidden is None else _uses(answer, hidden),
        latency=latency,
    )


def _checked(assistant: Assistant, citation: Citation) -> CheckedCitation:
    try:
        text = assistant.document_text(citation.document_id)
    except DocumentNotFound:
        return CheckedCitation(citation, verbatim=False)
    inside = 0 <= citation.start < citation.end <= len(text)
    return CheckedCitation(
        citation, inside and text[citation.start : citation.end] == citation.quote
    )


def _cited(row: GoldRow, citations: Iterable[CheckedCitation]) -> bool | None:
    if not row.has_target:
        return None
    return any(
        checked.verbatim
        and is_relevant(
            row, checked.citation.document_id, checked.citation.passage or checked.citation.quote
        )
        for checked in citations
    )


def _retrieval(row: GoldRow, hits: Sequence[Hit]) -> Retrieval | None:
    if not row.has_target:
        return None
    documents = [hit.chunk.document_id for hit in hits]
    return judge_hits(relevance(row, hits), documents, row.gold_ids, passages=row.has_evidence)


def _uses(answer: Answer, hidden: Collection[str]) -> bool:
    nearest = answer.refusal.nearest if answer.refusal else ()
    used = {hit.chunk.document_id for hit in (*answer.hits, *nearest)}
    used.update(citation.document_id for citation in answer.citations)
    return not used.isdisjoint(hidden)


def _direction(
    assistant: Assistant, row: GoldRow, answer: Answer, languages: dict[str, str]
) -> str:
    """Question language → language of the document that holds the answer, `?` if unknown.

    Asked in turn: the gold documents, the first relevant hit, the evidence itself where it
    is long enough to tell, the first hit.
    """
    asked = row.lang or detect_language(row.question)
    for document_id in row.gold_ids:
        if document_id not in languages:
            try:
                languages[document_id] = detect_language(assistant.document_text(document_id))
            except DocumentNotFound:
                continue
        return f"{asked}→{languages[document_id]}"
    rank = metrics.first_rank(relevance(row, answer.hits))
    evidence = " ".join((*row.evidence, *row.references))
    if rank is None and (han_share(evidence) or len(evidence.split()) > 3):
        return f"{asked}→{detect_language(evidence)}"
    hit = answer.hits[(rank or 1) - 1] if answer.hits else None
    return f"{asked}→{detect_language(hit.chunk.text) if hit else '?'}"
