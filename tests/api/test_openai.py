"""The chat endpoints, as the official client of OpenAI sees them."""

from dataclasses import replace

import openai
import pytest
from serving import EchoAssistant, EchoLibrary, served

from api.app import create_app
from rag.config import Settings
from rag.errors import IndexDamaged

EN = "which 12 cities got cross-border pilot zones?"
ZH = "跨境电商综合试验区新设在哪12个城市？"


@pytest.fixture(scope="module")
def http(seed_indexes, open_library):
    settings = replace(Settings.from_environment(), indexes=seed_indexes)
    with served(create_app(open_library(settings))) as client:
        yield client


@pytest.fixture(scope="module")
def client(http):
    with openai.OpenAI(base_url=f"{http.base_url}/v1", api_key="none", max_retries=0) as client:
        yield client


def chat(client, *contents, model="wenju", **options):
    """A completion for messages by the user and the assistant in turn."""
    roles = ["user", "assistant"] * len(contents)
    messages = [
        {"role": role, "content": content} for role, content in zip(roles, contents, strict=False)
    ]
    return client.chat.completions.create(model=model, messages=messages, **options)


def test_the_indexes_are_the_models(client):
    assert [model.id for model in client.models.list()] == ["wenju"]


@pytest.mark.parametrize("name", ["wenju", "wenju/default"])
def test_a_model_can_be_looked_up(client, name):
    assert client.models.retrieve(name).to_dict() == {
        "id": name,
        "object": "model",
        "created": 0,
        "owned_by": "wenju",
    }


@pytest.mark.parametrize("name", ["gpt-9", "wenju/没有", "wenju/a/b", "Wenju"])
def test_a_model_that_there_is_not_cannot(client, name):
    with pytest.raises(openai.NotFoundError) as failed:
        client.models.retrieve(name)

    assert (failed.value.code, failed.value.body["message"]) == (
        "model_not_found",
        f"no model {name!r}",
    )


def test_a_slash_behind_an_address_is_no_other_address(http):
    body = {"model": "wenju", "messages": [{"role": "user", "content": EN}]}
    chatted = http.post("/v1/chat/completions/", json=body)

    assert chatted.json()["wenju"]["answered"]
    assert http.get("/v1/models/").json() == http.get("/v1/models").json()
    assert http.get("/v1/models/wenju/").json() == http.get("/v1/models/wenju").json()
    assert http.post("/v1/chat/completions/", content=b"{}").status_code == 415


@pytest.mark.parametrize(
    "options", [{"n": 1}, {"n": 1.0}, {"n": None}, {"response_format": {"type": "text"}}]
)
def test_what_an_answer_always_is_may_be_asked_for(client, options):
    assert chat(client, "hello", **options).choices[0].message.content


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 2}, "n: input should be 1"),
        ({"response_format": {"type": "json_object"}}, "response_format.type: input should be"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}},
            "response_format.type: input should be 'text'",
        ),
    ],
)
def test_what_an_answer_never_is_is_refused_and_not_ignored(client, options, message):
    with pytest.raises(openai.UnprocessableEntityError, match=message):
        chat(client, EN, **options)


def tail_of(answer):
    """What says the short answer in the language of the question, where it is another one."""
    translation = answer["short_answer_translation"]
    assert (translation is None) == (answer["language"] == "zh")
    return f"\n\nIn short, translated: {translation}" if translation else ""


@pytest.mark.parametrize("question", [EN, ZH])
def test_a_completion_holds_the_answer_and_rides_with_its_citations(client, http, question):
    completion = chat(client, question)

    assert completion.object == "chat.completion"
    assert completion.model == "wenju"
    assert completion.id.startswith("chatcmpl-")
    (choice,) = completion.choices
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert "天津、上海、重庆" in choice.message.content
    assert completion.usage.total_tokens == 0
    answer = http.post("/v1/answer", json={"question": question}).json()
    assert {**completion.wenju, "timings": None} == {**answer, "timings": None}
    assert choice.message.content == answer["answer"] + tail_of(answer)


@pytest.mark.parametrize("question", [EN, ZH])
def test_a_stream_holds_the_same_words_and_its_last_chunk_the_answer(client, question):
    *chunks, last = chat(client, question, stream=True)

    assert {chunk.object for chunk in [*chunks, last]} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in [*chunks, last]}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len(chunks) > 3
    said = "".join(chunk.choices[0].delta.content for chunk in chunks)
    assert said == chat(client, question).choices[0].message.content
    assert said == last.wenju["answer"] + tail_of(last.wenju)
    assert last.choices[0].finish_reason == "stop"
    assert last.wenju["citations"][0]["document_id"] == "twelve-new-zones.md"


def test_a_stream_tells_the_usage_behind_all_where_that_is_asked(client):
    *_, end, last = chat(client, EN, stream=True, stream_options={"include_usage": True})

    assert end.choices[0].finish_reason == "stop"
    assert last.choices == []
    assert last.usage.total_tokens == 0
    assert last.wenju["answered"]


@pytest.mark.parametrize("stream", [True, False])
def test_a_refusal_is_said_in_words(client, stream):
    completion = chat(client, "How many moons does Jupiter have?", stream=stream)

    if stream:
        chunks = list(completion)
        said = "".join(c.choices[0].delta.content or "" for c in chunks)
        answer = chunks[-1].wenju
    else:
        said, answer = completion.choices[0].message.content, completion.wenju
    assert said == answer["refusal"]["message"] == "The documents do not hold the answer."
    assert answer["answered"] is False


def test_earlier_messages_are_history_and_system_messages_are_not(client):
    completion = client.chat.completions.create(
        model="wenju",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": ZH},
            {"role": "assistant", "content": None},
            {"role": "user", "content": [{"type": "text", "text": "那里要建设哪两个平台？"}]},
        ],
        temperature=0.7,
        max_tokens=10,
        user="x",
    )

    assert completion.wenju["question"] == "那里要建设哪两个平台？"
    assert completion.wenju["searched"] != completion.wenju["question"]
    assert "pirate" not in completion.wenju["searched"]


def test_parts_of_a_message_are_joined_and_pictures_left_out(client):
    parts = [
        {"type": "text", "text": "which 12 cities got"},
        {"type": "image_url", "image_url": {"url": "https://example.org/x.png"}},
        {"type": "text", "text": "cross-border pilot zones?"},
    ]

    answer = chat(client, parts).wenju
    assert answer["question"] == "which 12 cities got\ncross-border pilot zones?"


def test_an_answer_behind_the_question_does_not_hide_it(client):
    assert chat(client, EN, "They are").wenju["question"] == EN
    silent = client.chat.completions.create(
        model="wenju", messages=[{"role": "system", "content": "x"}]
    )
    assert silent.wenju["refusal"]["reason"] == "empty_question"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("model", ["gpt-9", "wenju/", "wenju/没有", "wenju/a/b", "Wenju", ""])
def test_another_model_is_not_found(client, model, stream):
    with pytest.raises(openai.NotFoundError) as failed:
        chat(client, EN, model=model, stream=stream)

    assert failed.value.code in ("model_not_found", "index_not_found")
    assert failed.value.body["remedy"]


def test_a_stream_that_fails_is_an_error_for_the_client_too():
    library = EchoLibrary(EchoAssistant(error=IndexDamaged("/srv/secret", "x")))
    with served(create_app(library)) as http:
        base = f"{http.base_url}/v1"
        with openai.OpenAI(base_url=base, api_key="none", max_retries=0) as client:
            with pytest.raises(openai.APIError) as failed:
                list(chat(client, EN, stream=True))
            with pytest.raises(openai.InternalServerError) as refused:
                chat(client, EN)

    assert failed.value.code == refused.value.code == "index_damaged"
    assert "secret" not in str(failed.value) + str(refused.value)


def test_the_index_may_be_named_in_full(client):
    assert chat(client, EN, model="wenju/default").wenju["index"] == "default"


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user"}],
        [{"role": "user", "content": None}],
        [{"role": "nobody", "content": "x"}],
        [{"role": "user", "content": "x" * 10_001}],
        [{"role": "user", "content": [{"type": "text", "text": "x" * 6_000}] * 2}],
        [{"role": "user", "content": "x"}] * 201,
    ],
)
def test_messages_that_make_no_sense_are_refused(client, messages):
    with pytest.raises(openai.UnprocessableEntityError) as failed:
        client.chat.completions.create(model="wenju", messages=messages)

    assert "messages" in failed.value.body["message"]
