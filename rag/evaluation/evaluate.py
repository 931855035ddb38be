"""Gold questions put to an assistant, each answer judged, and the figures over all of them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.errors import BadGold, DocumentNotFound
from rag.evaluation import hiding, matching, metrics
from rag.evaluation.gold import GoldRow, is_relevant, relevance
from rag.evaluation.overlap import overlap
from rag.evaluation.results import CheckedCitation, Evaluation, RowResult, aggregate, grouped
from rag.language.question_kinds import kind_of
from rag.language.text import detect_language, han_share
from rag.types import Answer, Citation, Hit

if TYPE_CHECKING:
    from rag.assistant import Assistant

Turn = Mapping[str, str]
Progress = Callable[[Sequence[GoldRow]], Iterable[GoldRow]]


def evaluate(
    assistant: Assistant,
    rows: Sequence[GoldRow],
    *,
    without_gold: bool = False,
    only_gold: bool = False,
    progress: Progress = iter,
    clock: Callable[[], float] = time.perf_counter,
) -> Evaluation:
    """Every row asked, with its history, and judged; the first is asked once before, untimed.

    `without_gold` hides the row's gold documents from each question, which must then be
    refused; `only_gold` hides all others. `progress` passes on the rows that are asked; `clock`
    gives seconds. Raises BadGold where there is nothing to ask, to hide or to keep, and
    InvalidInput for both kinds of hiding at once.
    """
    ids = [document.id for document in assistant.store.documents()]
    asked, hide = hiding.plan(rows, ids, without_gold=without_gold, only_gold=only_gold)
    if not asked:
        raise BadGold("no gold rows to ask", "give rows with id, question and answers")
    language_of = functools.cache(functools.partial(_language, assistant))
    _ask(assistant, asked[0], hide(asked[0]), clock)
    results: list[RowResult] = []
    for row in progress(asked):
        hidden = hide(row)
        answer, latency = _ask(assistant, row, hidden, clock)
        due = row.answerable and not without_gold
        seeks = due and row.has_target
        short = (answer.short_answer or "") if answer.answered else ""
        spoken = answer.answer if answer.answered else ""
        asked_for = _asked_for(row, answer) if due and answer.answered else {}
        matches = matching.answer_match(row.answers, spoken, short)
        citations = tuple(_checked(assistant, citation) for citation in answer.citations)
        results.append(
            RowResult(
                row=row,
                answer=answer,
                direction=_direction(row, answer, language_of),
                should_answer=due,
                citations=citations,
                markers_agree=(
                    matching.markers(answer.answer) == {each.marker for each in answer.citations}
                ),
                cited=_cited(row, citations) if seeks and answer.answered else None,
                retrieval=_retrieval(row, answer.hits) if seeks else None,
                match=matches and False not in asked_for.values() if row.answerable else None,
                exact=matching.exact_match(row.answers, short) if due else None,
                f1=matching.f1(row.answers, short) if due else None,
                used_hidden=None if hidden is None else _uses(answer, hidden),
                latency=latency,
                overlap=overlap(row.answers, spoken) if due and answer.answered else None,
                **asked_for,
            )
        )
    return Evaluation(
        results=tuple(results),
        overall=aggregate("all", results),
        by_direction=grouped(results, lambda result: result.direction),
        by_type=grouped(results, _type_of(results)),
        without_gold=without_gold,
        only_gold=only_gold,
        left_out=len(rows) - len(asked),
    )


def _type_of(results: Sequence[RowResult]) -> Callable[[RowResult], str]:
    """What groups rows by type: of questions answered in free text without types, their kind."""
    if any(each.row.type for each in results) or not any(each.overlap for each in results):
        return lambda result: result.row.type
    return lambda result: kind_of(result.row.question).value


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


def _asked_for(row: GoldRow, answer: Answer) -> dict[str, bool | None]:
    """What a row asks of an answer besides its words, None where it does not."""
    length = len(matching.without_markers(answer.answer).strip())
    short, translation = answer.short_answer or "", answer.short_answer_translation or ""
    return {
        "brief": length <= row.longest if row.longest else None,
        "in_short": matching.answer_match(row.answers, short) if row.short else None,
        "translated": matching.answer_match(row.english, translation) if row.english else None,
    }


def _checked(assistant: Assistant, citation: Citation) -> CheckedCitation:
    try:
        text = assistant.store.document(citation.document_id).text
    except DocumentNotFound:
        return CheckedCitation(citation, verbatim=False)
    inside = 0 <= citation.start < citation.end <= len(text)
    quoted = text[citation.start : citation.end]
    return CheckedCitation(citation, verbatim=inside and quoted == citation.quote)


def _cited(row: GoldRow, citations: Iterable[CheckedCitation]) -> bool:
    shown = [each.citation for each in citations if each.verbatim]
    return any(is_relevant(row, each.document_id, each.passage or each.quote) for each in shown)


def _retrieval(row: GoldRow, hits: Sequence[Hit]) -> metrics.RetrievalMetrics:
    documents = [hit.document_id for hit in hits]
    return metrics.judge_hits(
        relevance(row, hits), documents, row.gold_ids, passages=row.has_evidence
    )


def _uses(answer: Answer, hidden: Collection[str]) -> bool:
    nearest = answer.refusal.nearest if answer.refusal else ()
    used = {hit.document_id for hit in (*answer.hits, *nearest)}
    used.update(citation.document_id for citation in answer.citations)
    return not used.isdisjoint(hidden)


def _language(assistant: Assistant, document_id: str) -> str:
    """The language of a document, "" where it is not there."""
    try:
        return detect_language(assistant.store.document(document_id).text)
    except DocumentNotFound:
        return ""


def _direction(row: GoldRow, answer: Answer, language_of: Callable[[str], str]) -> str:
    """Question language → language of the document that holds the answer, `?` if unknown.

    Asked in turn: the gold documents, the first relevant hit, the evidence itself where it
    is long enough to tell, the first hit.
    """
    held = next(filter(None, map(language_of, row.gold_ids)), "")
    if not held:
        rank = metrics.first_rank(relevance(row, answer.hits))
        evidence = " ".join((*row.evidence, *row.references))
        if rank is None and (han_share(evidence) or len(evidence.split()) > 3):
            held = detect_language(evidence)
        elif answer.hits:
            held = detect_language(answer.hits[(rank or 1) - 1].text)
    return f"{row.lang or detect_language(row.question)}→{held or '?'}"
