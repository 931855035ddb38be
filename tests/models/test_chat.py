import json
import socket
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import pytest
from installed import python
from llm_server import (
    DONE,
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

from rag.config import Settings
from rag.errors import LLMUnavailable
from rag.models.breaker import Breaker
from rag.models.chat import OpenAIChat, open_llm
from rag.models.chat_stream import without_thoughts

KEY = "sk-secret-钥匙".encode().hex()
MESSAGES = [{"role": "system", "content": "Cite."}, {"role": "user", "content": "西湖在哪里？"}]
REPLY = "西湖 lies in 杭州 [1]。"


@dataclass(frozen=True)
class Streams:
    """Events as they are, and the right end of a stream."""

    events: tuple[bytes, ...]
    pause: float = 0.0

    def respond(self, exchange):
        exchange.begin([])
        for event in self.events:
            exchange.wait(self.pause)
            exchange.send_events(event)
        exchange.send_events(DONE, last=True)


def delta(finish_reason=None, **fields):
    choice = {"index": 0, "delta": fields, "finish_reason": finish_reason}
    return b"data: %s\n\n" % json.dumps({"choices": [choice]}, ensure_ascii=False).encode()


def streams(*contents):
    return Streams((*(delta(content=content) for content in contents), delta("stop")))


@contextmanager
def model_of(*behaviours, name="test", key=KEY, breaker=None, server_key=None):
    with (
        ModelServer(*behaviours, key=server_key) as server,
        closing(OpenAIChat(server.base_url, name, key, breaker)) as model,
    ):
        yield server, model


def complete(model, seconds=5.0):
    return model.complete(MESSAGES, max_tokens=200, seconds=seconds)


def failure(model, seconds=5.0):
    """The pieces until the model was unavailable, the error, and after how many seconds."""
    begun, said, reply = (
        time.monotonic(),
        "",
        model.stream(MESSAGES, max_tokens=200, seconds=seconds),
    )
    try:
        for piece in reply:
            said += piece
    except LLMUnavailable as raised:
        error = raised
    else:
        pytest.fail(f"it said {said}")
    told = [str(error), repr(error), str(vars(error)), *traceback.format_exception(error)]
    assert KEY not in "".join(told)
    assert "\n" not in str(error)
    assert error.message.startswith(f"the language model at {model.host} ")
    return said, error, time.monotonic() - begun


def remedy_of(error):
    return error.reason, error.message.partition(" at ")[2].partition(" ")[2], error.remedy


# Replies


def test_a_reply_comes_in_pieces():
    with model_of(Says(REPLY, pieces=5)) as (server, model):
        pieces = list(model.stream(MESSAGES, max_tokens=200, seconds=5.0))
        request = server.requests[0]

    assert [piece for piece in pieces if piece] == ["西湖 ", "lies", " in", " 杭州 ", "[1]。"]
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "test",
        "messages": MESSAGES,
        "max_tokens": 200,
        "temperature": 0,
        "stream": True,
    }
    assert model.host == f"127.0.0.1:{server.server_address[1]}"


def test_a_reply_is_whole_too():
    with model_of(Says(REPLY), server_key=KEY) as (_, model):
        assert complete(model) == REPLY


def test_pieces_come_as_they_are_made():
    with model_of(Says("一二三四", pieces=4, delay=0.1)) as (_, model):
        reply = model.stream(MESSAGES, max_tokens=9, seconds=5.0)
        times = [time.monotonic() for piece in reply if piece]

    assert times[3] - times[0] > 0.25


@pytest.mark.parametrize("ending", ["/v1", "/v1/"])
def test_the_address_may_end_in_a_slash(ending):
    with ModelServer(Says(REPLY)) as server:
        base_url = server.base_url.removesuffix("/v1") + ending
        with closing(OpenAIChat(base_url, "test")) as model:
            assert complete(model) == REPLY
        assert server.requests[0].headers["Authorization"] == "Bearer none"


def test_many_threads_share_a_model():
    def echo(body):
        return body["messages"][-1]["content"]

    with model_of(Says(echo, delay=0.002)) as (_, model), ThreadPoolExecutor(8) as threads:
        texts = [f"第 {number} 问" * 3 for number in range(24)]
        asked = [[{"role": "user", "content": text}] for text in texts]
        assert (
            list(threads.map(lambda m: model.complete(m, max_tokens=9, seconds=5), asked)) == texts
        )


def test_nothing_of_the_client_s_own_variables_is_sent(monkeypatch):
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "foreign")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://foreign.invalid/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: foreign\nX-Foreign: foreign")
    monkeypatch.setenv("HTTP_PROXY", "http://foreign.invalid:1")

    for key, sent in ((KEY, KEY), ("", "none")):
        with model_of(Says(REPLY), key=key) as (server, model):
            assert complete(model) == REPLY
            assert "foreign" not in str(server.requests[0].headers)
            assert server.requests[0].headers["Authorization"] == f"Bearer {sent}"


# Thoughts


def test_thoughts_are_left_out():
    reply = Streams(
        (
            delta(reasoning_content="想一想", content=None),
            delta(reasoning="hm", content=""),
            delta(content=REPLY),
            delta("stop"),
        )
    )
    with model_of(reply, streams("<th", "ink>西", "湖?</thi", "nk>\n", "\n杭", "州")) as (_, model):
        assert complete(model) == REPLY
        assert complete(model) == "杭州"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("<think>\n西湖？\n</think>\n\n杭州 [1]", "杭州 [1]"),
        ("  \n<think></think>杭州", "杭州"),
        (" 杭州\n 西湖 ", "杭州\n 西湖 "),
        ("杭州 <think>不</think>", "杭州 <think>不</think>"),
        ("<thin> ice", "<thin> ice"),
        ("<th", "<th"),
        ("<think>never ends", ""),
        ("<think>杭州</think> ", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_thoughts_are_cut_out_wherever_the_pieces_end(text, rest, size):
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    found = list(without_thoughts(pieces))
    assert "".join(found) == rest
    assert len(pieces) <= len(found) <= len(pieces) + 1


def test_who_waits_hears_of_the_thoughts_and_can_leave():
    thinking = Says("<think>" + "嗯" * 400, pieces=400, delay=0.02)
    with model_of(thinking) as (server, model):
        with closing(model.stream(MESSAGES, max_tokens=200, seconds=60.0)) as pieces:
            assert [next(pieces) for _ in range(5)] == [""] * 5
        assert server.disconnected.wait(60)


def test_a_reply_of_thoughts_alone_is_empty():
    with model_of(streams("<think>西湖", "？</think>\n")) as (_, model):
        pieces, error, _ = failure(model)
    assert (pieces, error.reason) == ("", "llm_nonsense")


# Failures


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status):
    with model_of(Fails(status), Says(REPLY)) as (server, model):
        assert complete(model) == REPLY
        first, second = server.requests
        assert 0.15 <= second.time - first.time < 2


def test_it_is_tried_three_times_in_all():
    with model_of(Fails(503)) as (server, model):
        _, error, _ = failure(model)
        first, second, third = (request.time for request in server.requests)

    assert 0.15 <= second - first < 2
    assert 0.45 <= third - second < 2
    assert remedy_of(error) == ("llm_failed", "failed (503)", "try again, or look after the server")


def test_it_waits_as_long_as_it_is_told_to():
    with model_of(Fails(429, retry_after=0.7), Says(REPLY)) as (server, model):
        assert complete(model) == REPLY
        first, second = server.requests
        assert 0.7 <= second.time - first.time < 2


@pytest.mark.parametrize(
    ("behaviour", "named"),
    [
        (Fails(429, retry_after=20), "429 rate_limit_exceeded"),
        (Fails(429, "insufficient_quota"), "429 insufficient_quota"),
        (Fails(402, "Insufficient Balance"), "402"),
    ],
    ids=repr,
)
def test_a_quota_that_lasts_is_not_tried_again(behaviour, named):
    with model_of(behaviour) as (server, model):
        _, error, _ = failure(model)

    assert remedy_of(error) == (
        "llm_over_quota",
        f"takes no more requests now ({named})",
        "wait, or raise the quota of the account",
    )
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "what", "remedy"),
    [
        (
            Fails(400, "context_length_exceeded", message=f"{KEY} 太长"),
            "does not accept the request to test (400 context_length_exceeded)",
            "lower WENJU_LLM_CONTEXT_TOKENS, or correct WENJU_LLM_MODEL",
        ),
        (
            Fails(422),
            "does not accept the request to test (422)",
            "lower WENJU_LLM_CONTEXT_TOKENS, or correct WENJU_LLM_MODEL",
        ),
        (
            Fails(401, message=f"Incorrect API key provided: {KEY}"),
            "does not accept the key (401 invalid_api_key)",
            "correct WENJU_LLM_API_KEY",
        ),
        (
            Fails(403),
            "does not allow test with this key (403)",
            "correct WENJU_LLM_API_KEY or WENJU_LLM_MODEL",
        ),
        (
            Nonsense(status=404),
            "has no chat completions at that address (404)",
            "correct WENJU_LLM_BASE_URL, which mostly ends in /v1",
        ),
        (
            Nonsense(status=302),
            "has no chat completions at that address (302)",
            "correct WENJU_LLM_BASE_URL, which mostly ends in /v1",
        ),
    ],
    ids=repr,
)
def test_a_rejection_names_the_setting_and_is_not_tried_again(behaviour, what, remedy):
    with model_of(behaviour) as (server, model):
        _, error, _ = failure(model)

    assert remedy_of(error) == ("llm_rejected", what, remedy)
    assert len(server.requests) == 1


@dataclass(frozen=True)
class Redirects:
    """Sends the client elsewhere."""

    location: str

    def respond(self, exchange):
        exchange.send_whole(307, "text/html", b"", Location=self.location)


def test_the_text_goes_nowhere_else():
    with (
        ModelServer(Says(REPLY)) as other,
        model_of(Redirects(f"{other.base_url}/chat/completions")) as (_, model),
    ):
        assert failure(model)[1].reason == "llm_rejected"
        assert other.requests == []


def test_a_model_that_is_not_there_is_named():
    with model_of(Says(REPLY), name="千问") as (_, model):
        _, error, _ = failure(model)
    what = "has no model 千问 (404 model_not_found)"
    assert remedy_of(error) == ("llm_rejected", what, "correct WENJU_LLM_MODEL")


def test_a_key_of_another_is_rejected():
    with model_of(Says(REPLY), key=KEY, server_key="other") as (_, model):
        assert failure(model)[1].remedy == "correct WENJU_LLM_API_KEY"


def test_a_port_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with closing(OpenAIChat(f"http://127.0.0.1:{port}/v1", "test", KEY)) as model:
        _, error, seconds = failure(model)

    assert remedy_of(error) == (
        "llm_unreachable",
        "cannot be reached",
        "start it, or correct WENJU_LLM_BASE_URL",
    )
    assert 0.6 <= seconds < 4


@dataclass(frozen=True)
class Leaves:
    """Closes the connection before a head, or within an error of this status."""

    status: int = 0

    def respond(self, exchange):
        exchange.close_connection = True
        if self.status:
            exchange.send_head(self.status, "text/html", **{"Content-Length": "500"})


@pytest.mark.parametrize("behaviour", [Leaves(), Leaves(503)], ids=repr)
def test_a_connection_that_closes_before_a_reply_is_tried_again(behaviour):
    with model_of(behaviour, Says(REPLY)) as (server, model):
        assert complete(model) == REPLY
        assert len(server.requests) == 2


# Time


@dataclass(frozen=True)
class Stalls:
    """A head of this status, and then nothing, or a comment now and again."""

    status: int = 200
    pause: float = 60.0

    def respond(self, exchange):
        exchange.send_head(self.status, "text/event-stream", **{"Transfer-Encoding": "chunked"})
        for _ in range(50):
            exchange.wait(self.pause)
            exchange.send_events(b": waiting\n\n")


@pytest.mark.parametrize(
    ("behaviour", "pieces"),
    [
        (Hangs(), ""),
        (Stalls(), ""),
        (Stalls(status=503), ""),
        (Stalls(pause=0.05), ""),
        (Stalls(status=500, pause=0.05), ""),
        (Hangs(after=2, text=REPLY), REPLY[:4]),
        (Says("杭" * 200, pieces=200, delay=0.05), None),
    ],
    ids=repr,
)
def test_a_reply_that_takes_too_long_is_ended_in_time(behaviour, pieces):
    with model_of(behaviour) as (server, model):
        said, error, seconds = failure(model, seconds=0.5)
        assert server.disconnected.wait(60)

    assert remedy_of(error) == (
        "llm_timeout",
        "did not end its reply within 0.5 s",
        "raise WENJU_LLM_SECONDS, or use a faster model",
    )
    assert 0.5 <= seconds < 30  # the server would have gone on for a minute, or sent it all
    assert said == pieces if pieces is not None else len(said) < 12
    assert len(server.requests) == 1


def test_there_is_no_other_try_for_which_no_time_is_left():
    with model_of(Fails(500), Fails(503, retry_after=4), Says(REPLY)) as (server, model):
        _, error, seconds = failure(model, seconds=4.0)

    assert (error.message[-12:], len(server.requests)) == ("failed (503)", 2)
    assert seconds < 4


def test_another_try_has_the_time_that_is_left():
    with model_of(Fails(500), Hangs()) as (server, model):
        _, error, seconds = failure(model, seconds=2.0)

    assert (error.reason, len(server.requests)) == ("llm_timeout", 2)
    assert 2 <= seconds < 30


def test_no_time_is_no_call():
    with model_of(Says(REPLY)) as (server, model):
        _, error, _ = failure(model, seconds=0.0)
        assert (error.reason, error.counts, server.requests) == ("llm_timeout", False, [])


# Replies that are none


@pytest.mark.parametrize(
    ("behaviour", "pieces", "reason", "what"),
    [
        (Cuts(REPLY, after=2), REPLY[:4], "llm_cut", "broke off in its reply"),
        (Cuts(REPLY, after=0), "", "llm_cut", "broke off in its reply"),
        (Cuts(REPLY, after=2, quietly=True), REPLY[:4], "llm_cut", "broke off in its reply"),
        (Truncates(REPLY), REPLY, "llm_cut", "reached the limit of its length"),
        (FailsMidway(REPLY, after=2), REPLY[:4], "llm_failed", "reported an error in its reply"),
        (Filters(), "", "llm_nonsense", "has a filter that stopped the reply"),
        (Filters(REPLY), REPLY, "llm_nonsense", "has a filter that stopped the reply"),
        (Empty(), "", "llm_nonsense", "gave an empty reply"),
        (Says(" \n "), "", "llm_nonsense", "gave an empty reply"),
        (Nonsense(), "", "llm_nonsense", "does not speak the OpenAI API"),
        (Nonsense(after=2, text=REPLY), REPLY[:4], "llm_nonsense", "does not speak the OpenAI API"),
        (Streams((b"data: [1]\n\n",)), "", "llm_nonsense", "does not speak the OpenAI API"),
        (
            Streams((b'data: {"choices": "abc"}\n\n',)),
            "",
            "llm_nonsense",
            "does not speak the OpenAI API",
        ),
        (
            Streams(("data: {'西湖'}\n\n".encode("gbk"),)),
            "",
            "llm_nonsense",
            "does not speak the OpenAI API",
        ),
    ],
    ids=repr,
)
def test_what_is_no_whole_reply_is_told_after_its_pieces(behaviour, pieces, reason, what):
    with model_of(behaviour, Says("again")) as (server, model):
        said, error, _ = failure(model)

    assert (said, error.reason, remedy_of(error)[1]) == (pieces, reason, what)
    assert len(server.requests) == 1  # for text must not come twice


def test_chunks_without_choices_or_text_are_no_harm():
    odd = Streams(
        (
            b'data: {"choices": []}\n\n',
            b'data: {"choices": null}\n\n',
            b'data: {"choices": [{"delta": null}]}\n\n',
            delta(content=["not", "text"]),
            delta(content=REPLY),
            delta("stop"),
            b'data: {"choices": [], "usage": {"total_tokens": 46}}\n\n',
        )
    )
    with model_of(odd) as (_, model):
        assert complete(model) == REPLY


# Parameters


@dataclass(frozen=True)
class Reasons:
    """A model that refuses what OpenAI's reasoning models refuse."""

    def respond(self, exchange):
        fault = {
            "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model."
            " Use 'max_completion_tokens' instead.",
            "temperature": "Unsupported value: 'temperature' does not support 0 with this model.",
        }
        for name, message in fault.items():
            if name in exchange.body:
                return Fails(400, message=message).respond(exchange)
        return Says(REPLY).respond(exchange)


def test_parameters_that_a_model_refuses_are_not_sent_again():
    with model_of(Reasons()) as (server, model):
        assert complete(model) == REPLY
        assert len(server.requests) == 3
        assert complete(model) == REPLY
        last = server.requests[-1].body

    assert len(server.requests) == 4
    assert last["max_completion_tokens"] == 200
    assert last.keys().isdisjoint({"max_tokens", "temperature"})


def test_too_long_a_prompt_is_not_taken_for_a_refused_parameter():
    message = "'max_tokens' or 'max_completion_tokens' is too large: 200"
    with model_of(Fails(400, message=message)) as (server, model):
        assert failure(model)[1].reason == "llm_rejected"
        assert failure(model)[1].reason == "llm_rejected"
        assert all("max_tokens" in request.body for request in server.requests)


# Leaving early


def test_closing_a_reply_early_tells_the_server():
    with model_of(Says("杭" * 400, pieces=400, delay=0.02)) as (server, model):
        with closing(model.stream(MESSAGES, max_tokens=200, seconds=5.0)) as pieces:
            assert next(filter(None, pieces)) == "杭"
        assert server.disconnected.wait(60)
    for timer in threading.enumerate():
        if isinstance(timer, threading.Timer):
            timer.join(60)
            assert not timer.is_alive()


def test_a_reply_that_is_never_read_is_never_asked_for():
    with model_of(Says(REPLY)) as (server, model):
        model.stream(MESSAGES, max_tokens=200, seconds=5.0).close()
        assert server.requests == []


# Rests


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


def test_a_server_that_keeps_failing_is_left_alone_for_a_while():
    clock = Clock()
    behaviours = (*[Fails(401)] * 3, Fails(403), Says(REPLY))
    with model_of(*behaviours, breaker=Breaker(clock=clock)) as (server, model):
        assert [failure(model)[1].reason for _ in range(4)] == [
            *["llm_rejected"] * 3,
            "llm_resting",
        ]
        assert len(server.requests) == 3
        clock.seconds = 30
        assert [failure(model)[1].reason for _ in range(2)] == ["llm_rejected", "llm_resting"]
        clock.seconds = 89
        _, error, _ = failure(model)
        clock.seconds = 90
        assert [complete(model), complete(model)] == [REPLY, REPLY]

    assert remedy_of(error) == (
        "llm_resting",
        "does not allow test with this key (403), several times, and is asked again in 1 s",
        "correct WENJU_LLM_API_KEY or WENJU_LLM_MODEL",
    )


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Hangs(), "llm_timeout"),
        (Fails(501), "llm_failed"),
        (Cuts(), "llm_cut"),
        (FailsMidway(), "llm_failed"),
        (Nonsense(), "llm_nonsense"),
        (Empty(), "llm_nonsense"),
        (Fails(404), "llm_rejected"),
        (Fails(429, "insufficient_quota"), "llm_over_quota"),
    ],
    ids=repr,
)
def test_what_speaks_against_the_server_counts(behaviour, reason):
    with model_of(behaviour) as (_, model):
        seconds = 0.2 if reason == "llm_timeout" else 30.0
        reasons = [failure(model, seconds)[1].reason for _ in range(4)]
    assert reasons == [reason, reason, reason, "llm_resting"]


@pytest.mark.parametrize("behaviour", [Truncates(), Filters(), Fails(400), Fails(422)], ids=repr)
def test_what_depends_on_the_question_does_not_count(behaviour):
    with model_of(*[behaviour] * 4, Says(REPLY)) as (_, model):
        assert "llm_resting" not in [failure(model)[1].reason for _ in range(4)]
        assert complete(model) == REPLY


def test_those_who_go_away_do_not_count():
    with model_of(Says(REPLY)) as (_, model):
        for _ in range(4):
            with closing(model.stream(MESSAGES, max_tokens=200, seconds=5.0)) as pieces:
                next(pieces)
        assert complete(model) == REPLY


# Settings


def test_there_is_a_model_where_one_is_configured():
    settings = Settings(
        llm_base_url="http://127.0.0.1:11434/v1", llm_model="qwen3:4b", llm_api_key=KEY
    )
    assert open_llm(Settings()) is None
    assert open_llm(replace(settings, llm=False)) is None
    with closing(open_llm(settings)) as model:
        assert (model.name, model.host) == ("qwen3:4b", "127.0.0.1:11434")
        assert KEY not in repr(model) + repr(settings)
    with closing(open_llm(replace(settings, llm_base_url=""))) as model:
        assert model.host == "api.openai.com"


def test_the_client_is_imported_only_when_needed():
    code = (
        "import sys; from rag.models.chat import Settings, open_llm; open_llm(Settings());"
        "print('openai' in sys.modules)"
    )
    assert python(code).stdout == b"False\n"
