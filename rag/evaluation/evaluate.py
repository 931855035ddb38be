"""Gold questions put to an assistant, each answer judged, and the figures over all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from rag.errors import BadGold, DocumentNotFound, InvalidInput
from rag.evaluation import hiding, matching, metrics
from rag.evaluation.gold import GoldRow, is_relevant, relevance
from rag.evaluation.metrics import (
    Retrieval,
    judge_hits,
)
from rag.evaluation.results import CheckedCitation, Evaluation, RowResult, aggregate, grouped
from rag.language.text import detect_language, han_share
from rag.types import Answer, Citation, Document, DocumentInfo, Hit

Turn = Mapping[str, str]
Progress = Callable[[int, int], None]

KEPT_HITS = 5  # how many hits a result keeps, for the report


class Documents(Protocol):
    """The documents that can be asked about."""

    def documents(self) -> Sequence[DocumentInfo]:
        """All of them, each once."""
        ...

    def document(self, document_id: str) -> Document:
        """The one whose text offsets count in; raises DocumentNotFound."""
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

    @property
    def store(self) -> Documents:
        """Its documents."""
        ...


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
    InvalidInput for both kinds of hiding at once.
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
        by_direction=grouped(results, lambda result: result.direction),
        by_type=grouped(results, lambda result: result.row.type),
        without_gold=without_gold,
        only_gold=only_gold,
        left_out=len(rows) - len(asked),
    )


def _plan(
    assistant: Assistant, rows: Sequence[GoldRow], without_gold: bool, only_gold: bool
) -> hiding.Plan:
    if without_gold and only_gold:
        raise InvalidInput(
            f"{hiding.WITHOUT_GOLD} and {hiding.ONLY_GOLD} exclude each other", "use one of them"
        )
    if without_gold:
        return hiding.without_gold(rows)
    if only_gold:
        return hiding.only_gold(rows, [document.id for document in assistant.store.documents()])
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
        history.append({"role": "assistant", "content": reply.answer})
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
    spoken = answer.answer if answer.answered else ""
    short = (answer.short_answer or "") if answer.answered else ""
    return RowResult(
        row=row,
        searched=answer.searched,
        direction=_direction(assistant, row, answer, languages),
        should_answer=should_answer,
        answered=answer.answered,
        confidence=float(answer.confidence),
        text=answer.answer,
        short_answer=answer.short_answer,
        refusal=answer.refusal.reason if answer.refusal else None,
        citations=citations,
        markers_agree=matching.markers(answer.answer) == {c.marker for c in answer.citations},
        cited=_cited(row, citations) if should_answer and answer.answered else None,
        hits=answer.hits[:KEPT_HITS],
        retrieval=_retrieval(row, answer.hits) if should_answer else None,
        match=matching.answer_match(row.answers, spoken, short) if row.answerable else None,
        exact=matching.exact_match(row.answers, short) if should_answer else None,
        f1=matching.f1(row.answers, short) if should_answer else None,
        used_hidden=None if hidden is None else _uses(answer, hidden),
        latency=latency,
    )


def _checked(assistant: Assistant, citation: Citation) -> CheckedCitation:
    try:
        text = assistant.store.document(citation.document_id).text
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
    documents = [hit.document_id for hit in hits]
    return judge_hits(relevance(row, hits), documents, row.gold_ids, passages=row.has_evidence)


def _uses(answer: Answer, hidden: Collection[str]) -> bool:
    nearest = answer.refusal.nearest if answer.refusal else ()
    used = {hit.document_id for hit in (*answer.hits, *nearest)}
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
                languages[document_id] = detect_language(assistant.store.document(document_id).text)
            except DocumentNotFound:
                continue
        return f"{asked}→{languages[document_id]}"
    rank = metrics.first_rank(relevance(row, answer.hits))
    evidence = " ".join((*row.evidence, *row.references))
    if rank is None and (han_share(evidence) or len(evidence.split()) > 3):
        return f"{asked}→{detect_language(evidence)}"
    hit = answer.hits[(rank or 1) - 1] if answer.hits else None
    return f"{asked}→{detect_language(hit.text) if hit else '?'}"
