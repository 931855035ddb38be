"""`/v1/retrieve` and `/v1/answer` over the sample collection: shapes, words, streams, limits."""

import re
from dataclasses import replace

import pytest
from contract import CITATION, HIT
from pydantic import TypeAdapter, ValidationError
from serving import EchoAssistant, EchoLibrary, events, served

from api.app import create_app
from rag.config import Settings
from rag.errors import IndexBusy, IndexDamaged, IndexingStopped, IndexUnavailable, Overloaded
from rag.shapes import shape
from rag.types import Answer, Citation, Found, Token

CITIES = "天津 上海 重庆 合肥 郑州 广州 成都 大连 宁波 青岛 深圳 苏州".split()
EN = "which 12 cities got cross-border pilot zones?"
ZH = "跨境电商综合试验区新设在哪12个城市？"
ANSWER = [
    "question",
    "searched",
    "language",
    "answered",
    "answer",
    "short_answer",
    "confidence",
    "citations",
    "hits",
    "refusal",
    "short_answer_translation",
    "dropped",
    "fallback",
    "mode",
    "model",
    "index",
    "timings",
]


@pytest.fixture(scope="module")
def library(seed_indexes, open_library):
    return open_library(replace(Settings.from_environment(), indexes=seed_indexes))


@pytest.fixture(scope="module")
def client(library):
    with served(create_app(library)) as client:
        yield client


def ask(client, question, **others):
    response = client.post("/v1/answer", json={"question": question, **others})
    assert response.status_code == 200, response.text
    return response.json()


def types(shape):
    return {name: type(value) for name, value in shape.items()}


def without_timings(shape):
    return {**shape, "timings": None}


@pytest.mark.parametrize("question", [EN, ZH])
def test_the_first_question_is_answered_in_either_language(client, question):
    answer = ask(client, question)

    assert list(answer) == ANSWER
    assert answer["answered"]
    assert answer["refusal"] is None
    assert all(city in answer["answer"] for city in CITIES)
    assert answer["citations"][0]["document_id"] == "twelve-new-zones.md"
    assert answer["language"] == ("en" if question == EN else "zh")
    assert (answer["question"], answer["searched"], answer["index"]) == (
        question,
        question,
        "default",
    )
    assert answer["timings"].keys() == {"prepare", "retrieve", "read", "tables", "total"}


def test_each_field_has_the_type_of_the_contract(client):
    answer = ask(client, EN)

    assert types(answer["hits"][0]) == HIT
    assert types(answer["citations"][0]) == CITATION
    assert 0 <= answer["confidence"] <= 1
    assert (answer["dropped"], answer["fallback"], answer["model"]) == ([], None, None)


@pytest.mark.parametrize("question", [EN, ZH, "中国人网购的美国猪肉产自哪里？"])
def test_every_quote_is_verbatim_in_the_document_that_is_served(client, question):
    answer = ask(client, question)

    markers = [int(marker) for marker in re.findall(r"\[(\d+)\]", answer["answer"])]
    assert markers == [citation["marker"] for citation in answer["citations"]] != []
    for citation in answer["citations"]:
        text = client.get(f"/v1/documents/{citation['document_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["quote"] in citation["passage"]
    for hit in answer["hits"]:
        text = client.get(f"/v1/documents/{hit['document_id']}").json()["text"]
        assert text[hit["start"] : hit["end"]] == hit["text"]


def test_an_answer_is_what_the_library_says(client, library):
    said = shape(library.assistant().ask(EN))

    assert without_timings(ask(client, EN)) == without_timings(said)


class ShortAssistant(EchoAssistant):
    """Answers with the question, its last word the short answer."""

    def stream(self, question, history=(), **options):
        start, end = 40, 40 + len(question)
        short = question.split()[-1]
        citation = Citation(
            1, "d", "d#0", "t", "s", "", question, start, end, question, ((end - len(short), end),)
        )
        yield Found(question, "en", ())
        yield Token(f"{question}[1]")
        yield Answer(
            question, question, "en", True, f"{question}[1]", short, 0.9, (citation,), (), None
        )


@pytest.mark.parametrize(
    ("question", "short_answer", "highlights"),
    [("它在 🚢 天津", "天津", [[45, 47]]), ("it is 𠮷 here", "here", [[48, 52]])],
)
def test_highlights_say_where_in_the_quote_the_short_answer_is(question, short_answer, highlights):
    chat = {"model": "wenju", "messages": [{"role": "user", "content": question}]}
    with served(create_app(EchoLibrary(ShortAssistant()))) as client:
        whole = ask(client, question)
        streamed = client.post("/v1/answer", json={"question": question, "stream": True})
        completion = client.post("/v1/chat/completions", json=chat).json()

    (citation,) = whole["citations"]
    assert whole["short_answer"] == short_answer
    assert citation["highlights"] == highlights
    assert [citation["quote"][a - 40 : b - 40] for a, b in highlights] == [short_answer]
    assert dict(events(streamed))["citations"] == {"citations": [citation]}
    assert completion["wenju"]["citations"] == [citation]
    valid = TypeAdapter(Answer).validate_python(whole)
    assert valid.citations[0].highlights == (tuple(highlights[0]),)


@pytest.mark.parametrize("highlights", [None, [[1]], [[1, 2, 3]], [["a", 2]], [1, 2]])
def test_highlights_are_pairs_of_numbers(highlights):
    citation = dict.fromkeys(CITATION, "") | {
        "marker": 1, "start": 0, "end": 4, "page": 3, "ocr": True, "file_gone": False,
    }  # fmt: skip
    valid = TypeAdapter(Citation)
    valid.validate_python({**citation, "highlights": [[0, 2], [3, 4]]})

    with pytest.raises(ValidationError, match="highlights"):
        valid.validate_python({**citation, "highlights": highlights})


def test_what_is_not_in_the_documents_is_refused_with_the_nearest_passages(client):
    answer = ask(client, "How many moons does Jupiter have?", top_k=7)

    assert (answer["answered"], answer["answer"], answer["short_answer"]) == (False, "", None)
    assert answer["citations"] == []
    assert answer["refusal"]["reason"] == "not_in_documents"
    assert answer["refusal"]["message"] == "The documents do not hold the answer."
    assert answer["refusal"]["nearest"] == answer["hits"][:3]
    assert len(answer["hits"]) == 7


@pytest.mark.parametrize(
    ("question", "reason"),
    [("", "empty_question"), (" 　\n", "empty_question"), ("你好", "small_talk")],
)
def test_a_question_that_asks_nothing_is_refused_not_an_error(client, question, reason):
    assert ask(client, question)["refusal"]["reason"] == reason


def test_a_follow_up_is_searched_with_what_it_leans_on(client):
    history = [
        {"role": "user", "content": ZH},
        {"role": "assistant", "content": ""},
    ]

    answer = ask(client, "那里要建设哪两个平台？", history=history)

    assert answer["question"] == "那里要建设哪两个平台？"
    assert answer["searched"] != answer["question"]


def test_without_a_language_model_the_other_mode_answers_and_says_so(client):
    answer = ask(client, EN, mode="llm")

    assert answer["answered"]
    assert answer["fallback"] == {"reason": "llm_not_configured"}
    assert (answer["mode"], answer["model"]) == ("extractive", None)
    assert ask(client, EN, mode="extractive")["fallback"] is None


def test_a_retrieval_is_ranked_and_as_long_as_asked_for(client):
    found = client.post("/v1/retrieve", json={"query": ZH}).json()

    assert list(found) == ["query", "language", "hits", "timings"]
    assert (found["query"], found["language"]) == (ZH, "zh")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3, 4, 5]
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert types(found["hits"][0]) == HIT
    one = client.post("/v1/retrieve", json={"query": ZH, "top_k": 1}).json()
    assert one["hits"] == found["hits"][:1]
    assert client.post("/v1/retrieve", json={"query": " ?"}).json()["hits"] == []


def test_a_filter_names_the_documents_that_are_asked(client):
    everything = client.post("/v1/retrieve", json={"query": ZH, "top_k": 50}).json()["hits"]
    first = everything[0]["document_id"]
    others = {hit["document_id"] for hit in everything} - {first}

    one = {"query": ZH, "top_k": 50, "filter": {"documents": [first]}}
    assert {hit["document_id"] for hit in client.post("/v1/retrieve", json=one).json()["hits"]} == {
        first
    }
    rest = {"question": EN, "top_k": 50, "filter": {"documents": sorted(others)}}
    answer = client.post("/v1/answer", json=rest).json()
    assert {hit["document_id"] for hit in answer["hits"]} <= others
    nowhere = client.post("/v1/answer", json={**rest, "filter": {"folders": ["nowhere/"]}})
    assert nowhere.status_code == 404
    error = nowhere.json()["error"]
    assert (error["code"], error["message"]) == ("document_not_found", "no document is in nowhere/")


@pytest.mark.parametrize("question", [EN, ZH])
def test_a_stream_tells_hits_then_words_then_citations_then_all(client, question):
    body = {"question": question, "stream": True, "top_k": 3}
    response = client.post("/v1/answer", json=body)

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    (first, hits), *tokens, (before, citations), (last, done) = events(response)
    assert (first, before, last) == ("hits", "citations", "done")
    assert {name for name, _ in tokens} == {"token"}
    assert list(hits) == ["searched", "language", "hits"]
    assert (
        [hit["rank"] for hit in hits["hits"]] == [hit["rank"] for hit in done["hits"]] == [1, 2, 3]
    )
    assert done["hits"][0]["chunk_id"] == done["citations"][0]["chunk_id"]
    assert "".join(token["text"] for _, token in tokens) == done["answer"]
    assert citations == {"citations": done["citations"]}
    assert without_timings(done) == without_timings(ask(client, question, top_k=3))


def test_a_refused_stream_has_no_words(client):
    body = {"question": "How many moons does Jupiter have?", "stream": True}
    names, data = zip(*events(client.post("/v1/answer", json=body)), strict=True)

    assert names == ("hits", "citations", "done")
    assert data[1] == {"citations": []}
    assert data[2]["refusal"]["reason"] == "not_in_documents"


def test_the_index_may_be_named_in_the_body_or_in_the_address(client):
    assert ask(client, EN, index="default")["index"] == "default"
    named = client.post("/v1/answer?index=default", json={"question": EN})
    assert named.json()["index"] == "default"
    assert client.post("/v1/retrieve?index=default", json={"query": EN}).status_code == 200


@pytest.mark.parametrize(
    "name", ["没有", "a/b", "../default", "/etc", "nul\0", "x" * 200, "%2e%2e"]
)
@pytest.mark.parametrize("stream", [True, False])
def test_an_index_that_is_not_there_is_404_and_its_place_on_disk_untold(client, name, stream):
    body = {"question": EN, "index": name, "stream": stream}
    for response in (
        client.post("/v1/answer", json=body),
        client.post("/v1/retrieve", json={"query": EN, "index": name}),
        client.post("/v1/answer", params={"index": name}, json={"question": EN, "stream": stream}),
        client.get("/v1/documents", params={"index": name}),
        client.get("/v1/documents/twelve-new-zones.md", params={"index": name}),
        client.delete("/v1/documents/twelve-new-zones.md", params={"index": name}),
    ):
        assert response.status_code == 404
        assert response.json()["error"] == {
            "code": "index_not_found",
            "message": f"no index {name!r}",
            "remedy": "GET /v1/models names the indexes that there are",
        }


# What does not fit


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": None}, "question"),
        ({"question": 12}, "question"),
        ({"question": ["which"]}, "question"),
        ({"question": "问" * 10_001}, "question"),
        ({"question": EN, "top_k": 0}, "top_k"),
        ({"question": EN, "top_k": 51}, "top_k"),
        ({"question": EN, "top_k": "5"}, "top_k"),
        ({"question": EN, "top_k": 2.5}, "top_k"),
        ({"question": EN, "top_k": True}, "top_k"),
        ({"question": EN, "top_k": 10**40}, "top_k"),
        ({"question": EN, "mode": "magic"}, "mode"),
        ({"question": EN, "stream": "yes"}, "stream"),
        ({"question": EN, "index": 7}, "index"),
        ({"question": EN, "history": {}}, "history"),
        ({"question": EN, "history": [{"role": "user"}]}, "history.0.content"),
        ({"question": EN, "history": [{"role": "root", "content": ""}]}, "history.0.role"),
        ({"question": EN, "history": [{"role": "user", "content": "x" * 20_001}]}, "history.0"),
        ({"question": EN, "history": [{"role": "user", "content": ""}] * 201}, "history"),
    ],
)
def test_a_value_that_makes_no_sense_is_422_and_its_field_is_named(client, body, field):
    response = client.post("/v1/answer", json=body)

    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "invalid_request"
    assert error["message"].startswith(field)
    assert error["remedy"]
    assert len(response.content) < 1000  # what was sent is not sent back


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"question"', 422),
        (b"{", 400),
        (b"\xff\xfe{", 400),
        (b'{"question": NaN}', 422),
        (b'{"question": "x", "top_k": Infinity}', 422),
        (b'{"question": "x", "top_k": 1e999}', 422),
        (b'{"question": "\\ud800"}', 422),
        (b'{"question": "x", "history": [{"role": "user", "content": "\\udfff"}]}', 422),
        (b'{"question": "x", "index": "\\ud800"}', 422),
        (b'{"question": "x", "top_k": ' + b"9" * 5000 + b"}", 400),
        (b'{"question": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"question": "' + b"x" * 2_000_000 + b'"}', 413),
    ],
)
def test_bodies_that_are_no_request_are_told_so(client, content, status):
    response = client.post(
        "/v1/answer", content=content, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == status
    assert response.json().keys() == {"error"}
    assert response.json()["error"].keys() == {"code", "message", "remedy"}


def test_a_body_that_grows_beyond_the_limit_is_cut_off(client):
    pieces = iter([b'{"question": "', *[b"x" * 100_000] * 20, b'"}'])
    response = client.post(
        "/v1/answer", content=pieces, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 413
    assert response.json()["error"]["code"] == "body_too_large"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
def test_a_body_of_another_kind_is_415(client, kind):
    headers = {"Content-Type": kind}
    response = client.post("/v1/answer", content=b'{"question": "x"}', headers=headers)

    assert response.status_code == 415
    assert response.json()["error"]["remedy"] == "send the header Content-Type: application/json"


@pytest.mark.parametrize(
    "question",
    [
        "nul\0 in the question",
        "<script>alert(1)</script> which cities?",
        "' OR 1=1; DROP TABLE documents; --",
        "哪".ljust(10_000, "城"),
        "word " * 2000,
        "\u202e\u200b\ufeff cities?",
        "🏙️🌏 cities 𠮷?",
        "[1] [2] [1]",
    ],
)
def test_strange_questions_are_questions(client, question):
    answer = ask(client, question)

    assert answer["question"] == question
    assert answer["answered"] is (answer["refusal"] is None)


def test_an_integral_number_is_an_integer(client):
    assert len(ask(client, EN, top_k=2.0)["hits"]) == 2


# When the library cannot


@pytest.mark.parametrize(
    ("error", "status", "code", "again"),
    [
        (Overloaded(3), 503, "overloaded", "3"),
        (IndexBusy("writing to /srv/secret", "wait"), 503, "index_busy", "5"),
        (IndexingStopped("/srv/secret", "send"), 503, "stopping", "30"),
        (IndexUnavailable("/srv/secret is full", "see"), 503, "index_unavailable", None),
        (IndexDamaged("/srv/secret is damaged", "delete"), 500, "index_damaged", None),
        (RuntimeError("/srv/secret"), 500, "internal_error", None),
    ],
)
def test_errors_of_the_library_tell_nothing_of_the_inside(error, status, code, again, caplog):
    library = EchoLibrary(EchoAssistant(error=error))
    with served(create_app(library)) as client:
        whole = client.post("/v1/answer", json={"question": "x"})
        found = client.post("/v1/retrieve", json={"query": "x"})
        begun = client.post("/v1/answer", json={"question": "x", "stream": True})

    for response in (whole, found):
        assert response.status_code == status
        assert response.json()["error"]["code"] == code
        assert response.json()["error"]["remedy"]
        assert response.headers.get("retry-after") == again
        assert "secret" not in response.text
    assert begun.status_code == 200
    (first, _), (last, data) = events(begun)
    assert (first, last) == ("hits", "error")
    assert data == whole.json()
    # The operator reads of it what the client does not.
    is_told = code != "overloaded"
    assert ("/srv/secret" in caplog.text) is is_told


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Overloaded(3), "the server is overloaded"),
        (
            IndexingStopped("stop", "send"),
            "the server is shutting down; the files were not indexed",
        ),
    ],
)
def test_a_server_that_takes_nothing_now_says_why(error, message):
    with served(create_app(EchoLibrary(EchoAssistant(error=error)))) as client:
        response = client.post("/v1/retrieve", json={"query": "x"})

    assert response.json()["error"]["message"] == message
