"""`/v1/check`, and answers in a language model's words, over the sample collection."""

import re
from dataclasses import fields, replace

import pytest
from llm_server import Fails, ModelServer, Says
from prometheus_client.parser import text_string_to_metric_families
from serving import EchoAssistant, EchoLibrary, events, served

from api import schemas
from api.app import create_app
from api.errors import failure_of
from rag.config import Settings
from rag.errors import (
    BadSetting,
    IndexBusy,
    IndexDamaged,
    InvalidInput,
    LLMUnavailable,
    Overloaded,
)
from rag.types import CheckedSentence, Citation

EN = "which 12 cities got cross-border pilot zones?"
ZH = "跨境电商综合试验区新设在哪12个城市？"
CITIES = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州"
RIGHT = {
    "en": "Twelve cities got pilot zones, among them Tianjin and Suzhou.",
    "zh": "入选的有天津、上海和苏州，一共十二座城市。",
}
WRONG = {
    "en": "Thirteen cities got pilot zones, among them Tianjin and Suzhou.",
    "zh": "入选的有天津、上海和苏州，一共十三座城市。",
}


@pytest.fixture(scope="module")
def settings(seed_indexes):
    return replace(Settings.from_environment(), indexes=seed_indexes)


@pytest.fixture(scope="module")
def library(settings, open_library):
    return open_library(settings)


@pytest.fixture(scope="module")
def client(library):
    with served(create_app(library)) as client:
        yield client


def check(client, text, **others):
    response = client.post("/v1/check", json={"text": text, **others})
    assert response.status_code == 200, response.text
    return response.json()["sentences"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_right_and_a_wrong_number_are_told_apart(client, language):
    text = f"🚢 {RIGHT[language]} {WRONG[language]}"
    right, wrong = check(client, text)

    assert list(right) == ["text", "start", "end", "verdict", "reason", "citations"]
    assert (right["verdict"], right["reason"]) == ("supported", None)
    assert wrong["verdict"] == "contradicted"
    number = {"en": ("The number differs", "Thirteen"), "zh": ("数字不符", "十三")}[language]
    assert all(words in wrong["reason"] for words in number)
    for sentence in (right, wrong):
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]
        (citation,) = sentence["citations"]
        assert list(citation) == [field.name for field in fields(Citation)]
        document = client.get(f"/v1/documents/{citation['document_id']}").json()["text"]
        assert document[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["quote"] in citation["passage"]
    assert CITIES in right["citations"][0]["quote"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The moons of Jupiter are 95.", "The documents say nothing of this."),
        ("木星有九十五颗卫星。", "文档中没有相关的内容。"),
    ],
)
def test_what_the_documents_do_not_speak_of_is_unsupported_and_cites_nothing(client, text, reason):
    assert check(client, text) == [
        {
            "text": text,
            "start": 0,
            "end": len(text),
            "verdict": "unsupported",
            "reason": reason,
            "citations": [],
        }
    ]


@pytest.mark.parametrize("text", ["", " 　\n", "……!?", "🚢"])
def test_a_text_without_words_has_no_sentences(client, text):
    assert check(client, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "nul\0 in the text.",
        "<script>alert(1)</script> 十二座城市。",
        "\u202e\u200b\ufeff cities 𠮷.",
        "[1] [2] 天津。",
        "字" * 4_000,
    ],
)
def test_strange_texts_are_texts(client, text):
    for sentence in check(client, text):
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def test_the_index_may_be_named_in_the_body_or_in_the_address(client):
    assert check(client, WRONG["zh"], index="default") == check(client, WRONG["zh"])
    named = client.post("/v1/check?index=default", json={"text": WRONG["zh"]})
    assert named.json()["sentences"] == check(client, WRONG["zh"])


@pytest.mark.parametrize("name", ["没有", "../default", "nul\0"])
def test_an_index_that_is_not_there_is_404(client, name):
    for response in (
        client.post("/v1/check", json={"text": EN, "index": name}),
        client.post("/v1/check", params={"index": name}, json={"text": EN}),
    ):
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "index_not_found"
        assert response.json()["error"]["message"] == f"no index {name!r}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": 12}, "text"),
        ({"text": ["天津"]}, "text"),
        ({"text": "字" * 50_001}, "text: string should have at most 50000 characters"),
        ({"text": "x", "index": 7}, "index"),
    ],
)
def test_a_value_that_makes_no_sense_is_422_and_its_field_is_named(client, body, field):
    response = client.post("/v1/check", json=body)

    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid_request"
    assert response.json()["error"]["message"].startswith(field)
    assert len(response.content) < 1000


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"text": "x"}', "text/plain", 415, "unsupported_media_type"),
        (b"{", "application/json", 400, "invalid_json"),
        (b'{"text": "\\ud800"}', "application/json", 422, "invalid_request"),
        (b'{"text": "' + b"x" * 2_000_000 + b'"}', "application/json", 413, "body_too_large"),
    ],
)
def test_bodies_that_are_no_text_are_told_so(client, content, kind, status, code):
    response = client.post("/v1/check", content=content, headers={"Content-Type": kind})

    assert response.status_code == status
    assert response.json()["error"]["code"] == code


class Checking(EchoAssistant):
    """Finds every word of a text supported, save numbers."""

    def checking(self, text):
        self._work()
        at = 0
        for word in text.split():
            at = text.index(word, at)
            verdict = "contradicted" if word.isdecimal() else "supported"
            reason = "not so many" if word.isdecimal() else None
            yield CheckedSentence(word, at, at + len(word), verdict, reason, ())


def samples(client):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


def test_checked_sentences_are_counted_by_verdict():
    with served(create_app(EchoLibrary(Checking()))) as client:
        check(client, "甲 乙 12 丙")
        found = samples(client)

    assert found["wenju_checked_sentences_total", "supported"] == 3
    assert found["wenju_checked_sentences_total", "contradicted"] == 1
    assert found["wenju_stage_seconds_count", "check"] == 1


@pytest.mark.parametrize(
    ("error", "status", "code", "again"),
    [
        (Overloaded(3), 503, "overloaded", "3"),
        (IndexBusy("writing to /srv/secret", "wait"), 503, "index_busy", "5"),
        (IndexDamaged("/srv/secret is damaged", "delete"), 500, "index_damaged", None),
        (RuntimeError("/srv/secret"), 500, "internal_error", None),
    ],
)
def test_errors_of_the_library_tell_nothing_of_the_inside(error, status, code, again):
    with served(create_app(EchoLibrary(Checking(error=error)))) as client:
        response = client.post("/v1/check", json={"text": "x"})

    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert response.headers.get("retry-after") == again
    assert "secret" not in response.text


def test_a_key_that_only_reads_may_check():
    with served(create_app(EchoLibrary(Checking(), api_keys=("lesen-1:read",)))) as client:
        nobody = client.post("/v1/check", json={"text": "x"})
        headers = {"Authorization": "Bearer lesen-1"}
        reader = client.post("/v1/check", json={"text": "x"}, headers=headers)

    assert (nobody.status_code, nobody.json()["error"]["code"]) == (401, "key_needed")
    assert [each["text"] for each in reader.json()["sentences"]] == ["x"]


def test_the_limit_is_the_librarys():
    from rag.answering.proofreading import LONGEST_TEXT

    assert schemas.LONGEST_TEXT == LONGEST_TEXT


# Answers in a language model's words


@pytest.fixture
def worded(settings, open_library):
    """Opens a client of an API whose answers the given server words, and closes all of it."""

    def opened(server, **others):
        given = {"llm_base_url": server.base_url, "llm_model": "test", **others}
        return served(create_app(open_library(replace(settings, **given))))

    return opened


def ask(client, question, **others):
    response = client.post("/v1/answer", json={"question": question, **others})
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize(("language", "question"), [("en", EN), ("zh", ZH)])
def test_a_sentence_that_is_supported_is_cited_and_one_that_is_not_is_dropped(
    worded, language, question
):
    said = f"{RIGHT[language]} [1] {WRONG[language]} [1] {RIGHT[language]} [99]"
    with ModelServer(Says(said)) as server, worded(server) as client:
        answer = ask(client, question)
        found = samples(client)

    assert (answer["mode"], answer["model"], answer["fallback"]) == ("llm", "test", None)
    assert RIGHT[language] in answer["answer"]
    assert WRONG[language] not in answer["answer"]
    assert set(re.findall(r"\[\d+\]", answer["answer"])) == {"[1]"}
    assert [citation["marker"] for citation in answer["citations"]] == [1]
    assert {"text": WRONG[language], "reason": "number", "marker": None} in answer["dropped"]
    assert {"text": RIGHT[language], "reason": "invented_marker", "marker": 99} in answer["dropped"]
    assert found["wenju_answers_by_mode_total", "llm"] == 1
    assert found["wenju_dropped_sentences_total", "number"] == 1
    assert found["wenju_dropped_sentences_total", "invented_marker"] == 1


def test_a_stream_in_a_models_words_has_no_empty_event(worded):
    with (
        ModelServer(Says(f"{RIGHT['en']} [1] {WRONG['en']} [1]")) as server,
        worded(server) as http,
    ):
        streamed = events(http.post("/v1/answer", json={"question": EN, "stream": True}))
        message = {"role": "user", "content": EN}
        chat = {"model": "wenju", "messages": [message], "stream": True}
        chunks = re.findall(
            r'"content": "([^"]*)"', http.post("/v1/chat/completions", json=chat).text
        )

    names = [name for name, _ in streamed]
    tokens = [data["text"] for name, data in streamed if name == "token"]
    done = streamed[-1][1]
    assert (names[0], names[-2:]) == ("hits", ["citations", "done"])
    assert "" not in tokens
    assert "".join(tokens) == done["answer"]
    assert done["mode"] == "llm"
    assert chunks[0] == ""  # names the role, as OpenAI's own do
    assert "" not in chunks[1:]


def test_where_nothing_that_was_said_is_supported_the_answer_is_refused(worded):
    with ModelServer(Says(f"{WRONG['en']} [1]")) as server, worded(server) as client:
        answer = ask(client, EN)
        found = samples(client)

    assert (answer["answered"], answer["refusal"]["reason"]) == (False, "not_supported")
    assert len(answer["refusal"]["nearest"]) == 3
    assert answer["dropped"] == [{"text": WRONG["en"], "reason": "number", "marker": None}]
    assert found["wenju_answers_total", "not_supported"] == 1


@pytest.mark.parametrize("mode", ["auto", "llm"])
def test_a_model_that_fails_is_answered_for_and_that_is_told(worded, mode):
    with ModelServer(Fails(401)) as server, worded(server) as client:
        answer = ask(client, EN, mode=mode)
        found = samples(client)
        extractive = ask(client, EN, mode="extractive")

    assert (answer["mode"], answer["model"]) == ("extractive", None)
    assert answer["fallback"] == {"reason": "llm_rejected"}
    assert CITIES in answer["answer"]
    assert extractive["fallback"] is None
    assert found["wenju_fallbacks_total", "llm_rejected"] == 1
    assert found["wenju_answers_by_mode_total", "extractive"] == 1


def test_a_reader_who_leaves_ends_the_models_work(worded):
    says = Says(f"{RIGHT['en']} [1] " * 200, delay=0.02)
    with ModelServer(says) as server, worded(server) as client:
        body = {"question": EN, "stream": True}
        with client.stream("POST", "/v1/answer", json=body) as response:
            assert "event: token" in response.iter_lines()  # the model is at work
        assert server.disconnected.wait(60)


def test_what_a_client_sent_and_cannot_be_used_is_422_and_a_setting_is_the_servers_own_fault():
    failure = failure_of(InvalidInput("the text is longer than 9 characters", "check it in parts"))
    assert (failure.status_code, failure.code) == (422, "invalid_input")
    assert (failure.message, failure.remedy) == (
        "the text is longer than 9 characters",
        "check it in parts",
    )

    failure = failure_of(BadSetting("WENJU_X=7 is wrong", "unset it"))
    assert (failure.status_code, failure.code) == (500, "internal_error")
    assert "WENJU_X" not in str(failure.shape)


def test_a_model_that_gives_no_answer_is_an_error_that_names_no_host():
    error = LLMUnavailable("llm_timeout", "the language model at 10.0.0.7 is slow", "wait")
    failure = failure_of(error)

    assert (failure.status_code, failure.code) == (503, "llm_unavailable")
    assert "10.0.0.7" not in str(failure.shape)


def test_the_description_names_every_reason(client):
    schemas_of = client.get("/openapi.json").json()["components"]["schemas"]

    assert "not_supported" in schemas_of["Refusal"]["description"]
    for reason in "llm_unreachable llm_timeout llm_over_quota llm_resting".split():
        assert reason in schemas_of["Fallback"]["description"]
    for reason in "number date name negation swapped nothing_near invented_marker".split():
        assert reason in schemas_of["Dropped"]["description"]
