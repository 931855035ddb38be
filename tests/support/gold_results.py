"""Results of gold questions, made by hand: a right one, a wrong one, and an evaluation of some."""

import dataclasses

from passages import hit_of

from rag.evaluation.gold import GoldRow
from rag.evaluation.metrics import RetrievalMetrics
from rag.evaluation.results import CheckedCitation, Evaluation, RowResult, aggregate
from rag.types import Answer, Chunk, Citation


def citation(**fields):
    whole = {
        "marker": 1,
        "document_id": "002",
        "chunk_id": "002#0",
        "title": "ZF Max",
        "source": "002.txt",
        "section": "龙虾",
        "quote": "9万多只新斯科舍龙虾",
        "start": 40,
        "end": 50,
    }
    return Citation(**{**whole, **fields})


def result(number, **fields):
    row = GoldRow(
        id=f"p{number:03}",
        question="ZF Max卖了多少只龙虾？",
        answers=(("9万", "90,000"),),
        evidence=("9万多只",),
        type="number",
    )
    chunk = Chunk("002#0", "002", "龙虾", "ZF Max卖了9万多只新斯科舍龙虾。", 33, 52, 0)
    answer = Answer(
        question=row.question,
        searched=row.question,
        language="zh",
        answered=True,
        answer="9万多只新斯科舍龙虾[1]",
        short_answer="9万",
        confidence=0.95,
        citations=(),
        hits=(hit_of(chunk, 1.5, 1),),
        refusal=None,
    )
    right = RowResult(
        row=row,
        answer=dataclasses.replace(answer, **parts_of(Answer, fields)),
        direction="zh→zh",
        should_answer=True,
        citations=(CheckedCitation(citation(), verbatim=True),),
        markers_agree=True,
        cited=True,
        retrieval=RetrievalMetrics(1, None, False, 1.0, 1.0),
        match=True,
        exact=True,
        f1=1.0,
        used_hidden=None,
        latency=20.0,
    )
    return dataclasses.replace(right, **parts_of(RowResult, fields))


def parts_of(kind, fields):
    """Those of `fields` that are fields of `kind`; citations are those that were checked."""
    names = {each.name for each in dataclasses.fields(kind)}
    names -= {"citations"} if kind is Answer else {"answer"}
    return {name: value for name, value in fields.items() if name in names}


def wrong(number, **fields):
    said = {"answer": "12座城市[1]", "short_answer": "12", "confidence": 0.65}
    judged = {"match": False, "exact": False, "f1": 0.0, "direction": "en→zh", "latency": 40.0}
    return result(number, **{**said, **judged, **fields})


def evaluation(*results, **fields):
    directions = dict.fromkeys(each.direction for each in results)
    return Evaluation(
        results=results,
        overall=aggregate("all", results),
        by_direction=tuple(
            aggregate(name, [each for each in results if each.direction == name])
            for name in directions
        ),
        **{"by_type": (aggregate("number", results),), **fields},
    )
