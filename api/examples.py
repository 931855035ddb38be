"""Examples of requests and responses for /docs, each in Chinese and in English."""

from __future__ import annotations

from typing import Any

Examples = dict[str, Any]


def _both(zh: Any, en: Any) -> Examples:
    return {
        "zh": {"summary": "中文", "value": zh},
        "en": {"summary": "English", "value": en},
    }


_ZH_QUESTION = "跨境电商综合试验区新设在哪12个城市？"
_EN_QUESTION = "which 12 cities got cross-border pilot zones?"
_SHORT = "天津、上海、重庆、合肥、郑州、广州、成都、大连"
_QUOTE = f"入选名单依次是：{_SHORT}。"
_PASSAGE = f"# 十二城\n\n跨境电子商务综合试验区再添一批。{_QUOTE}"
_PLACE = {
    "chunk_id": "twelve-new-zones.md#0",
    "document_id": "twelve-new-zones.md",
    "title": "十二城",
    "source": "twelve-new-zones.md",
    "section": "十二城",
}
_HIT = {"rank": 1, "score": 3.2395, **_PLACE, "text": _PASSAGE, "start": 0, "end": len(_PASSAGE)}
_CITATION = {
    "marker": 1,
    **_PLACE,
    "quote": _QUOTE,
    "start": _PASSAGE.index(_QUOTE),
    "end": len(_PASSAGE),
    "passage": _PASSAGE,
    "highlights": [[_PASSAGE.index(_SHORT), _PASSAGE.index(_SHORT) + len(_SHORT)]],
}
_TIMINGS = {"prepare": 9.71, "retrieve": 23.44, "read": 22.84, "total": 55.99}
_EN_REFUSED = "How many moons does Jupiter have?"


def _answer(question: str, language: str, **others: Any) -> Examples:
    return {
        "question": question,
        "searched": question,
        "language": language,
        "answered": True,
        "answer": f"{_QUOTE}[1]",
        "short_answer": _SHORT,
        "confidence": 0.9065,
        "citations": [_CITATION],
        "hits": [_HIT],
        "refusal": None,
        "dropped": [],
        "fallback": None,
        "mode": "extractive",
        "model": None,
        "index": "default",
        "timings": _TIMINGS,
        **others,
    }


_ANSWER = _answer(_ZH_QUESTION, "zh")
_REFUSED = _answer(
    _EN_REFUSED,
    "en",
    answered=False,
    answer="",
    short_answer=None,
    confidence=0.0312,
    citations=[],
    refusal={
        "reason": "not_in_documents",
        "message": "The documents do not hold the answer.",
        "nearest": [_HIT],
    },
)


def _retrieval(query: str, language: str) -> Examples:
    timings = {"prepare": 9.71, "retrieve": 23.44, "total": 33.15}
    return {"query": query, "language": language, "hits": [_HIT], "timings": timings}


def _document(name: str, title: str, language: str, text: str) -> Examples:
    return {
        "id": name,
        "title": title,
        "source": name,
        "language": language,
        "chunks": 1,
        "characters": len(text),
        "added": "2026-11-21T08:30:00+00:00",
    }


def _chat(question: str, **others: Any) -> Examples:
    return {"model": "wenju", "messages": [{"role": "user", "content": question}], **others}


def _completion(answer: Examples) -> Examples:
    refusal = answer["refusal"]
    content = refusal["message"] if refusal else answer["answer"]
    message = {"role": "assistant", "content": content, "refusal": None}
    return {
        "id": "chatcmpl-5f3c0a9e8d7b6a5f4e3d2c1b",
        "object": "chat.completion",
        "created": 1795249800,
        "model": "wenju",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        "wenju": answer,
    }


def _input(source: str, status: str, documents: int, chunks: int, reason: str = "") -> Examples:
    return {
        "source": source,
        "status": status,
        "documents": documents,
        "chunks": chunks,
        "reason": reason,
    }


def _models(*names: str) -> Examples:
    models = [{"id": name, "object": "model", "created": 0, "owned_by": "wenju"} for name in names]
    return {"object": "list", "data": models}


def _ready(index: str) -> Examples:
    return {"status": "ready", "index": index, "documents": 22, "chunks": 125}


_ZH_TEXT = "马云第一次上网是在西雅图。"
_EN_TEXT = "The maritime museum in Bergen opens at nine."
_ZH_DOCUMENT = _document("信.txt", "一封信", "zh", _ZH_TEXT)
_EN_DOCUMENT = _document("museum.txt", "The maritime museum", "en", _EN_TEXT)


_LIGHTHOUSE = "灯塔高42米，由林月设计。"
_SUPPORTED = "灯塔由林月设计。"
_CONTRADICTED = "它高45米。"
_HELD_AGAINST = {
    "marker": 1,
    "document_id": "island.txt",
    "chunk_id": "island.txt#0",
    "title": "灰岩岛",
    "source": "island.txt",
    "section": "",
    "quote": _LIGHTHOUSE,
    "start": 0,
    "end": len(_LIGHTHOUSE),
    "passage": _LIGHTHOUSE,
    "highlights": [],
}
_UNSUPPORTED = "Jupiter has 95 moons."


def _sentence(text: str, start: int, verdict: str, reason: str | None, **others: Any) -> Examples:
    return {
        "text": text,
        "start": start,
        "end": start + len(text),
        "verdict": verdict,
        "reason": reason,
        "citations": [],
        **others,
    }


_CHECKED = [
    _sentence(_SUPPORTED, 0, "supported", None, citations=[_HELD_AGAINST]),
    _sentence(
        _CONTRADICTED,
        len(_SUPPORTED),
        "contradicted",
        "数字不符：此处为“45米”，文档为“42米”。",
        citations=[_HELD_AGAINST],
    ),
]
_UNKNOWN = _sentence(_UNSUPPORTED, 0, "unsupported", "The documents say nothing of this.")


# By path and method: examples of the request, and of the response.
EXAMPLES: dict[tuple[str, str], tuple[Examples | None, Examples]] = {
    ("/v1/retrieve", "post"): (
        _both({"query": _ZH_QUESTION}, {"query": _EN_QUESTION, "top_k": 3}),
        _both(_retrieval(_ZH_QUESTION, "zh"), _retrieval(_EN_QUESTION, "en")),
    ),
    ("/v1/answer", "post"): (
        _both(
            {
                "question": "那里要建设哪两个平台？",
                "history": [
                    {"role": "user", "content": _ZH_QUESTION},
                    {"role": "assistant", "content": f"{_QUOTE}[1]"},
                ],
            },
            {"question": _EN_QUESTION},
        ),
        _both(_ANSWER, _REFUSED),
    ),
    ("/v1/check", "post"): (
        _both(
            {"text": f"{_SUPPORTED}{_CONTRADICTED}"},
            {"text": _UNSUPPORTED, "index": "default"},
        ),
        _both({"sentences": _CHECKED}, {"sentences": [_UNKNOWN]}),
    ),
    ("/v1/documents", "get"): (
        None,
        _both({"documents": [_ZH_DOCUMENT]}, {"documents": [_EN_DOCUMENT]}),
    ),
    ("/v1/documents", "post"): (
        _both({"files": ["信.txt"]}, {"files": ["museum.txt"], "index": "default"}),
        _both(
            {"inputs": [_input("信.txt", "indexed", 1, 1)]},
            {"inputs": [_input("photo.png", "skipped", 0, 0, "unsupported format .png")]},
        ),
    ),
    ("/v1/documents/{document_id}", "get"): (
        None,
        _both({**_ZH_DOCUMENT, "text": _ZH_TEXT}, {**_EN_DOCUMENT, "text": _EN_TEXT}),
    ),
    ("/v1/documents/{document_id}", "delete"): (
        None,
        _both(
            {"inputs": [_input("信.txt", "removed", 1, 0)]},
            {"inputs": [_input("museum.txt", "removed", 1, 0)]},
        ),
    ),
    ("/v1/models", "get"): (None, _both(_models("wenju", "wenju/论文"), _models("wenju"))),
    ("/v1/chat/completions", "post"): (
        _both(_chat(_ZH_QUESTION), _chat(_EN_QUESTION, stream=True)),
        _both(_completion(_ANSWER), _completion(_REFUSED)),
    ),
    ("/readyz", "get"): (None, _both(_ready("默认"), _ready("default"))),
}
