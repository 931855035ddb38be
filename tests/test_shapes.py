"""The JSON shapes against the contract, written out in full."""

import json
from dataclasses import replace

from passages import hit_of

from rag.reasons import Reason
from rag.shapes import shape
from rag.types import (
    Answer,
    Chunk,
    Citation,
    DocumentInfo,
    Documents,
    DocumentText,
    Dropped,
    Fallback,
    InputReport,
    Refusal,
    Retrieval,
)

CHUNK = Chunk("letter.txt#2", "letter.txt", "人才", "驱动力和人才。 Talent.", 40, 56, 2)
HIT = hit_of(CHUNK, 1.234567, 1, "公开信", "letter.txt")
HIT_SHAPE = {
    "rank": 1,
    "score": 1.2346,
    "chunk_id": "letter.txt#2",
    "document_id": "letter.txt",
    "title": "公开信",
    "source": "letter.txt",
    "section": "人才",
    "text": "驱动力和人才。 Talent.",
    "start": 40,
    "end": 56,
    "page": None,
    "ocr": False,
}
CITATION = Citation(
    1, "letter.txt", "letter.txt#2", "公开信", "letter.txt", "人才", "驱动力", 40, 43, CHUNK.text,
    ((40, 42), (42, 43)), page=3, ocr=True, file_gone=True,
)  # fmt: skip


def test_a_hit():
    assert shape(HIT) == HIT_SHAPE


def test_an_answer():
    answer = Answer(
        question="它要什么？",
        searched="创业要什么？ 它要什么？",
        language="zh",
        answered=True,
        answer="驱动力[1]",
        short_answer="驱动力",
        confidence=0.87654321,
        citations=(CITATION,),
        hits=(HIT,),
        refusal=None,
        dropped=(Dropped("Said nobody.", Reason.NUMBER), Dropped("[7]", Reason.INVENTED_MARKER, 7)),
        fallback=Fallback(Reason.LLM_TIMEOUT),
        index="letters",
        timings={"embed": 6.66666, "total": 10.0},
    )

    assert shape(answer) == {
        "question": "它要什么？",
        "searched": "创业要什么？ 它要什么？",
        "language": "zh",
        "answered": True,
        "answer": "驱动力[1]",
        "short_answer": "驱动力",
        "confidence": 0.8765,
        "citations": [
            {
                "marker": 1,
                "document_id": "letter.txt",
                "chunk_id": "letter.txt#2",
                "title": "公开信",
                "source": "letter.txt",
                "section": "人才",
                "quote": "驱动力",
                "start": 40,
                "end": 43,
                "passage": "驱动力和人才。 Talent.",
                "highlights": [[40, 42], [42, 43]],
                "header": "",
                "page": 3,
                "ocr": True,
                "file_gone": True,
            }
        ],
        "hits": [HIT_SHAPE],
        "refusal": None,
        "short_answer_translation": None,
        "dropped": [
            {"text": "Said nobody.", "reason": "number", "marker": None},
            {"text": "[7]", "reason": "invented_marker", "marker": 7},
        ],
        "fallback": {"reason": "llm_timeout"},
        "mode": "extractive",
        "model": None,
        "index": "letters",
        "timings": {"embed": 6.67, "total": 10.0},
    }


def test_a_citation_without_a_short_answer_has_no_highlights():
    made = shape(replace(CITATION, highlights=()))

    assert made["highlights"] == []
    assert list(made)[-5:] == ["highlights", "header", "page", "ocr", "file_gone"]


def test_a_refusal():
    refusal = Refusal(Reason.NOT_IN_DOCUMENTS, "The documents do not hold the answer.", (HIT,))
    answer = Answer("Who?", "Who?", "en", False, "", None, 0.1, (), (HIT,), refusal)

    made = shape(answer)

    assert made["refusal"] == {
        "reason": "not_in_documents",
        "message": "The documents do not hold the answer.",
        "nearest": [HIT_SHAPE],
    }
    assert (made["answered"], made["answer"], made["citations"]) == (False, "", [])
    assert (made["short_answer"], made["fallback"], made["dropped"]) == (None, None, [])
    assert json.loads(json.dumps(made)) == made


def test_what_search_list_and_index_show():
    assert shape(Retrieval("人才 talent", "zh", (HIT,), {"total": 1.005})) == {
        "query": "人才 talent",
        "language": "zh",
        "hits": [HIT_SHAPE],
        "timings": {"total": 1.0},
    }
    info = DocumentInfo("a.md", "题", "a.md", "zh", 3, 900, "2026-01-02T03:04:05+00:00")
    assert shape(DocumentText(**shape(info), text="全文")) == {**shape(info), "text": "全文"}
    assert shape(Documents((info,))) == {"documents": [shape(info)]}
    assert shape(info) == {
        "id": "a.md",
        "title": "题",
        "source": "a.md",
        "language": "zh",
        "chunks": 3,
        "characters": 900,
        "added": "2026-01-02T03:04:05+00:00",
    }
    assert shape(InputReport("b.png", "skipped", reason="unsupported format .png")) == {
        "source": "b.png",
        "status": "skipped",
        "documents": 0,
        "chunks": 0,
        "reason": "unsupported format .png",
    }
