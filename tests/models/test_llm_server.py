"""Every behaviour of the model server, as the official client sees it."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import openai
import pytest
from llm_server import (
    REPLY,
    Behaviour,
    Cuts,
    Empty,
    Fails,
    FailsMidway,
    Filters,
    Hangs,
    ModelServer,
    Nonsense,
    Says,
    Truncates,
)

MESSAGES = [{"role": "user", "content": "西湖在哪里?"}]
TEXT = "《西湖》 lies in 杭州 [1][12]。"
both = pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])


@contextmanager
def serving(*behaviours: Behaviour, **options: Any) -> Iterator[tuple[ModelServer, openai.OpenAI]]:
    """A server that behaves so, and a client of it that takes nothing from the environment."""
    settings = {"api_key": "any", "max_retries": 0, "timeout": 5.0, **options.pop("client", {})}
    with (
        ModelServer(*behaviours, **options) as server,
        httpx2.Client(trust_env=False) as http,
        openai.OpenAI(base_url=server.base_url, http_client=http, **settings) as client,
    ):
        yield server, client


def asked(client: openai.OpenAI, stream: bool, pieces: list[str] | None = None, **body: Any) -> Any:
    """The text, finish_reason and usage of a reply; `pieces` keeps what came before a failure."""
    pieces = [] if pieces is None else pieces
    body = {"model": "test", "messages": MESSAGES} | body
    create: Any = client.chat.completions.create
    if not stream:
        whole = create(**body)
        return whole.choices[0].message.content, whole.choices[0].finish_reason, whole.usage
    reason, usage = None, None
    for chunk in create(**body, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            pieces.append(choice.delta.content or "")
            reason = choice.finish_reason or reason
    return "".join(pieces), reason, usage


@both
@pytest.mark.parametrize(
    ("behaviour", "text", "reason"),
    [
        (Says(TEXT), TEXT, "stop"),
        (Says(TEXT, pieces=3, delay=0.01, first_delay=0.01), TEXT, "stop"),
        (Says(lambda body: body["messages"][-1]["content"]), "西湖在哪里?", "stop"),
        (Hangs(0.05), REPLY, "stop"),
        (Hangs(0.05, after=2), REPLY, "stop"),
        (Empty(), "", "stop"),
        (Truncates(TEXT), TEXT, "length"),
        (Filters(), "", "content_filter"),
    ],
    ids=lambda value: re.sub(" at 0x[0-9a-f]+", "", repr(value)),  # the same in each process
)
def test_replies(behaviour: Behaviour, text: str, reason: str, stream: bool) -> None:
    with serving(behaviour) as (server, client):
        said, ended, usage = asked(client, stream)
    assert (said, ended, usage.total_tokens) == (text, reason, 46)
    assert not server.disconnected.is_set()


def test_markers_come_in_pieces() -> None:
    pieces: list[str] = []
    with serving(Says(TEXT, usage=False), Says(TEXT, pieces=2)) as (_, client):
        assert asked(client, True, pieces) == (TEXT, "stop", None)
        assert all(len(piece) <= 2 for piece in pieces)
        asked(client, True, pieces := [])
        half = len(TEXT) // 2
        assert pieces == ["", TEXT[:half], TEXT[half:], ""]


@both
@pytest.mark.parametrize(
    ("behaviour", "error", "code"),
    [
        (Fails(401), openai.AuthenticationError, "invalid_api_key"),
        (Fails(404), openai.NotFoundError, "model_not_found"),
        (Fails(429, retry_after=7), openai.RateLimitError, "rate_limit_exceeded"),
        (Fails(429, code="insufficient_quota"), openai.RateLimitError, "insufficient_quota"),
        (Fails(500), openai.InternalServerError, None),
        (Fails(503, message="忙 busy"), openai.InternalServerError, None),
        (Nonsense(status=502), openai.InternalServerError, None),
    ],
    ids=repr,
)
def test_statuses(behaviour: Any, error: Any, code: str | None, stream: bool) -> None:
    with serving(behaviour) as (_, client), pytest.raises(error) as raised:
        asked(client, stream)
    assert raised.value.status_code == behaviour.status
    assert raised.value.code == code
    assert getattr(behaviour, "message", "Error code") in raised.value.message
    waits = getattr(behaviour, "retry_after", None)
    assert raised.value.response.headers.get("retry-after") == (waits and str(waits))


def test_retries_meet_the_behaviours_in_turn() -> None:
    behaviours = Fails(429, retry_after=0.1), Fails(503, retry_after=0.1), Says("one"), Says("two")
    with serving(*behaviours, client={"max_retries": 2}) as (server, client):
        assert [asked(client, True)[0] for _ in range(3)] == ["one", "two", "two"]
    times = [request.time for request in server.requests]
    assert len(times) == 5
    assert times[1] - times[0] >= 0.1
    assert times[2] - times[1] >= 0.1


@both
@pytest.mark.parametrize(
    ("behaviour", "errors"),
    [
        (Cuts(after=3), (openai.APIConnectionError, openai.APIConnectionError)),
        (Hangs(after=3), (openai.APITimeoutError, openai.APITimeoutError)),
        (Hangs(), (openai.APITimeoutError, openai.APITimeoutError)),
        (Nonsense(after=3), (json.JSONDecodeError, json.JSONDecodeError)),
        (FailsMidway(after=3), (openai.APIError, openai.InternalServerError)),
    ],
    ids=repr,
)
def test_breaks(behaviour: Any, errors: Any, stream: bool) -> None:
    pieces: list[str] = []
    seconds = 1.0 if isinstance(behaviour, Hangs) else 30.0
    with serving(behaviour, client={"timeout": seconds}) as (server, client):
        with pytest.raises(errors[0] if stream else errors[1]) as raised:
            asked(client, stream, pieces)
        if isinstance(behaviour, Hangs):
            assert server.disconnected.wait(60)
    assert type(raised.value) is (errors[0] if stream else errors[1])
    assert "".join(pieces) == (REPLY[: 2 * behaviour.after] if stream else "")


def test_what_a_stream_does_not_tell() -> None:
    with serving(Cuts(after=3, quietly=True)) as (_, client):
        assert asked(client, True) == (REPLY[:6], None, None)
    with serving(Nonsense()) as (_, client):
        assert asked(client, True) == ("", None, None)
    with serving(Nonsense()) as (_, client):
        body: Any = {"model": "test", "messages": MESSAGES}
        page: Any = client.chat.completions.create(**body)
        assert page.startswith("<html>")


def begun(client: openai.OpenAI) -> Any:
    """A stream whose first chunk has come."""
    body: Any = {"model": "test", "messages": MESSAGES, "stream": True}
    stream = client.chat.completions.create(**body)
    next(stream)
    return stream


def test_a_client_may_leave() -> None:
    with serving(Says(TEXT, delay=0.05)) as (server, client):
        begun(client).close()
        assert server.disconnected.wait(60)


def test_a_server_may_close_under_a_call() -> None:
    start = time.monotonic()
    with openai.OpenAI(api_key="any", http_client=httpx2.Client(trust_env=False)) as client:
        with ModelServer(Hangs(after=1)) as server:
            stream = begun(client.with_options(base_url=server.base_url))
        with pytest.raises(openai.APIConnectionError):
            list(stream)
    assert time.monotonic() - start < 60
    assert not server.disconnected.is_set()


def test_requests_are_kept_and_keys_checked() -> None:
    with serving(Says(TEXT), key="right", models=("a", "b")) as (server, client):
        with pytest.raises(openai.AuthenticationError):
            client.models.list()
        right = client.with_options(api_key="right")
        assert [model.id for model in right.models.list()] == ["a", "b"]
        assert asked(right, False, model="b")[0] == TEXT
        with pytest.raises(openai.NotFoundError):
            asked(right, False)
    got = server.requests[2]
    assert (got.method, got.path) == ("POST", "/v1/chat/completions")
    assert got.headers["authorization"] == "Bearer right"
    assert got.body == {"model": "b", "messages": MESSAGES}


@pytest.mark.parametrize(
    "body",
    [
        {"model": None},
        {"messages": []},
        {"messages": [{"role": "human", "content": "?"}]},
        {"messages": [{"role": "user", "content": 3}]},
        {"temperature": "0"},
        {"max_tokens": 3.5},
        {"stream_options": {"include_usage": True}},
        {"extra_body": {"temprature": 0}},
    ],
    ids=repr,
)
def test_wrong_requests(body: dict[str, Any]) -> None:
    with serving(Says(TEXT)) as (_, client), pytest.raises(openai.BadRequestError):
        asked(client, False, **body)


def test_a_behaviour_that_raises() -> None:
    with (
        pytest.raises(ZeroDivisionError),
        serving(Says(lambda body: str(1 / 0))) as (_, client),
        pytest.raises(openai.APIConnectionError),
    ):
        asked(client, False)
