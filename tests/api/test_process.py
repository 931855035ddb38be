"""Places, streams and shutdown: what happens when clients leave, crowd in, or the server ends."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest
from repository import TESTS
from serving import EchoAssistant, EchoLibrary, events, served

from api.app import create_app
from api.body import BodyLimit
from rag.config import Settings
from rag.index.store import Store
from rag.types import CheckedSentence, Found, Token

pytestmark = pytest.mark.process

SERVER = """
import sys, time, uvicorn
from pathlib import Path
from api.app import create_app
from serving import EchoAssistant, EchoLibrary

class UntilTold:
    def wait(self, seconds):
        while not Path(sys.argv[2]).exists():
            time.sleep(0.02)

app = create_app(EchoLibrary(EchoAssistant(stop=UntilTold()), concurrency=2))
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", timeout_graceful_shutdown=300)
"""


def is_up(url):
    try:
        return httpx.get(f"{url}/healthz", timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def eventually(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


@pytest.fixture
def process(tmp_path):
    """A server in a process of its own, which answers once the file `go` is there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port), str(tmp_path / "go")],
        env={**os.environ, "PYTHONPATH": str(TESTS / "support"), "PYTHONSAFEPATH": "1"},
        stderr=subprocess.PIPE,
    )
    started.url = f"http://127.0.0.1:{port}"
    started.go = tmp_path / "go"
    try:
        eventually(lambda: is_up(started.url))
        yield started
    finally:
        started.kill()
        started.wait()
        started.stderr.close()


def test_a_server_that_is_told_to_end_finishes_what_it_has_begun(process):
    def ask(stream):
        body = {"question": "哪 12 个城市", "stream": stream}
        return httpx.post(f"{process.url}/v1/answer", json=body, timeout=120)

    def in_flight():
        return httpx.get(f"{process.url}/metrics", timeout=60).text

    with ThreadPoolExecutor(2) as threads:
        whole, streamed = threads.submit(ask, False), threads.submit(ask, True)
        eventually(lambda: "wenju_http_requests_in_flight 3.0" in in_flight())  # one is this one
        process.send_signal(signal.SIGTERM)
        eventually(lambda: not is_up(process.url))  # nothing new is taken on
        assert not whole.done()
        process.go.touch()
        assert whole.result().json()["question"] == "哪 12 个城市"
        names = [name for name, _ in events(streamed.result())]

    assert names == ["hits", "token", "token", "token", "citations", "done"]
    assert process.wait(120) in (0, -signal.SIGTERM)
    assert b"Traceback" not in process.stderr.read()


UPLOAD = (
    b"POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf a f'
)


def connected(client, request):
    """A connection on which the request, or its beginning, was sent."""
    connection = socket.create_connection((client.base_url.host, client.base_url.port))
    connection.settimeout(120)
    connection.sendall(request)
    return connection


def uploads(client):
    """How many uploads were answered, and how many broke off."""
    found = client.get("/metrics").text
    route = 'wenju_http_requests_total{method="POST",route="/v1/documents",status='
    return [found.count(f'{route}"{status}"}} 1.0') for status in (200, 499)]


def test_an_upload_that_breaks_off_leaves_nothing_behind(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    library = EchoLibrary()
    with served(create_app(library)) as client:
        with connected(client, UPLOAD + b"x" * 200_000):  # more than is held in memory
            eventually(lambda: "wenju_http_requests_in_flight 2.0" in client.get("/metrics").text)
        eventually(lambda: uploads(client) == [0, 1])

    assert library.echo.texts == {}
    assert list(tmp_path.iterdir()) == []
    assert caplog.records == []


def test_more_uploads_at_once_than_are_read_are_turned_away():
    file = {"files": ("a.txt", "甲")}
    with served(create_app(EchoLibrary())) as client:
        with ExitStack() as stalled:
            for _ in range(8):
                stalled.enter_context(connected(client, UPLOAD))
            eventually(lambda: "wenju_http_requests_in_flight 9.0" in client.get("/metrics").text)
            turned_away = client.post("/v1/documents", files=file)
        eventually(lambda: client.post("/v1/documents", files=file).status_code == 200)

    assert turned_away.status_code == 503
    assert turned_away.json()["error"]["code"] == "overloaded"
    assert turned_away.headers["retry-after"] == "1"


# Places


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


def in_use(library):
    return library.questions.places - library.questions.free


def test_a_stream_whose_reader_has_gone_frees_its_place(stop):
    library = EchoLibrary(EchoAssistant(stop=stop), concurrency=1, wait_seconds=0.2)
    messages = [{"role": "user", "content": "哪里 where"}]
    with served(create_app(library)) as client:
        for path, body in [
            ("/v1/answer", {"question": "哪 12 个城市", "stream": True}),
            ("/v1/chat/completions", {"model": "wenju", "messages": messages, "stream": True}),
        ]:
            with client.stream("POST", path, json=body) as response:
                said = response.iter_text()
                first = next(said)  # sent before the answer is made
                assert first.startswith(("event: hits", "data: "))
                assert in_use(library) == 1
                busy = client.post("/v1/answer", json={"question": "x"})
                assert busy.status_code == 503
                assert busy.headers["retry-after"] == "1"
            stop.set()
            eventually(lambda: in_use(library) == 0)
            stop.clear()
        stop.set()
        assert client.post("/v1/answer", json={"question": "x"}).status_code == 200


class Talkative(EchoAssistant):
    """Says a word every five milliseconds, for a minute."""

    most, said = 12_000, 0

    def _words(self):
        while self.said < self.most:
            time.sleep(0.005)
            self.said += 1
            yield Token("字")

    def stream(self, question, history=(), **options):
        yield Found(question, "en", ())
        yield from self._words()

    def checking(self, text):
        for _ in self._words():
            yield CheckedSentence(text, 0, len(text), "supported", None, ())


def test_nothing_more_is_said_to_a_reader_who_has_gone():
    library = EchoLibrary(Talkative(), concurrency=1)
    body = {"question": "x", "stream": True}
    with served(create_app(library)) as client:
        with client.stream("POST", "/v1/answer", json=body) as response:
            said = response.iter_text()  # dropped, it would close the connection
            next(said)
            eventually(lambda: library.echo.said > 10)
        eventually(lambda: in_use(library) == 0)
        assert library.echo.said < library.echo.most


@pytest.mark.parametrize(
    ("path", "body", "gate"),
    [
        ("/v1/answer", {"question": "x"}, "questions"),
        (
            "/v1/chat/completions",
            {"model": "wenju", "messages": [{"role": "user", "content": "x"}]},
            "questions",
        ),
        ("/v1/check", {"text": "x"}, "checks"),
    ],
)
def test_work_ends_with_the_client_that_waits_for_all_of_it(path, body, gate):
    library = EchoLibrary(Talkative(), concurrency=1)
    with served(create_app(library)) as client:
        with connected(client, posted(path, body)):
            eventually(lambda: library.echo.said > 0)
        eventually(lambda: getattr(library, gate).free == 1)
        assert library.echo.said < library.echo.most


class Verbose(EchoAssistant):
    """Says 30 MB, more than the buffers on the way hold."""

    def stream(self, question, history=(), **options):
        yield Found(question, "en", ())
        for _ in range(1000):
            yield Token("字" * 10_000)


def test_a_slow_reader_holds_no_place():
    library = EchoLibrary(Verbose(), concurrency=1, wait_seconds=2.0)
    body = {"question": "x", "stream": True}
    with (
        served(create_app(library)) as client,
        client.stream("POST", "/v1/answer", json=body) as slow,
    ):
        said = slow.iter_raw()
        next(said)
        eventually(lambda: in_use(library) == 0)
        assert client.post("/v1/retrieve", json={"query": "x"}).status_code == 200


def test_a_crowd_is_answered_or_turned_away_and_nothing_else(stop):
    library = EchoLibrary(EchoAssistant(stop=stop), concurrency=2, wait_seconds=0.3)

    def ask(client):
        return client.post("/v1/answer", json={"question": "哪里 where"}).status_code

    with served(create_app(library)) as client, ThreadPoolExecutor(20) as threads:
        asked = [threads.submit(ask, client) for _ in range(20)]
        eventually(lambda: sum(future.done() for future in asked) == 18)
        stop.set()
        statuses = [future.result() for future in asked]
        metrics = client.get("/metrics").text

    assert sorted(statuses) == [200] * 2 + [503] * 18
    assert "wenju_turned_away_total 18.0" in metrics


class Occupied(EchoAssistant):
    """Answers when it is told to, and says at once what it holds."""

    def counts(self):
        return (1, 1)


def test_what_needs_no_model_waits_for_no_question(stop):
    library = EchoLibrary(Occupied(stop=stop), concurrency=1, wait_seconds=3600)
    library.echo.texts["甲.txt"] = "甲"
    with served(create_app(library)) as client, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client.post, "/v1/answer", json={"question": "x"})
        eventually(lambda: in_use(library) == 1)
        for path in (
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi.json",
            "/v1/models",
            "/v1/documents",
            "/v1/documents/甲.txt",
        ):
            assert client.get(path).status_code == 200
        assert client.post("/v1/documents", files={"files": ("a", "乙")}).status_code == 200
        assert client.delete("/v1/documents/a").status_code == 200
        assert in_use(library) == 1
        stop.set()
        assert asked.result().status_code == 200


class TwoIndexes(EchoLibrary):
    """Has a second index, `other`, which takes its time to open."""

    def __init__(self, opening):
        super().__init__(concurrency=1, wait_seconds=3600)
        self.opening, self.is_opening = opening, threading.Event()

    def assistant(self, name=None):
        if name == "other":
            self.is_opening.set()
            self.opening.wait(120)
            name = None
        return super().assistant(name)


def test_an_index_that_is_being_opened_holds_up_no_question_to_another(stop):
    library = TwoIndexes(stop)
    other = {"question": "x", "index": "other"}
    with served(create_app(library)) as client, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client.post, "/v1/answer", json=other)
        assert library.is_opening.wait(120)
        assert client.post("/v1/answer", json={"question": "x"}).status_code == 200
        assert not asked.done()
        stop.set()
        assert asked.result().status_code == 200


def test_many_questions_to_an_index_that_is_being_opened_hold_up_no_list(
    seed_indexes, open_library, tmp_path, monkeypatch, stop
):
    for name in ("default", "cold"):
        shutil.copytree(seed_indexes / "default", tmp_path / name)
    environment = Settings.from_environment()
    settings = replace(environment, indexes=tmp_path, wait_seconds=0.5, concurrency=6)
    library = open_library(settings)
    opening, open_store = threading.Event(), Store.open

    def slow(folder, model=None):
        if folder.name == "cold":
            opening.set()
            stop.wait(120)
        return open_store(folder, model)

    monkeypatch.setattr(Store, "open", slow)
    cold = {"query": "x", "index": "cold"}
    with served(create_app(library)) as client, ThreadPoolExecutor(7) as threads:
        asked = [threads.submit(client.post, "/v1/retrieve", json=cold) for _ in range(6)]
        asked.append(threads.submit(client.get, "/v1/documents?index=cold"))
        assert opening.wait(120)
        time.sleep(0.7)  # longer than anyone waits for a place
        others = [client.get(f"/v1/documents{query}").status_code for query in ("", "?index=nix")]
        stop.set()
        assert others == [200, 404]
        assert [each.result().status_code for each in asked] == [200] * 7


@pytest.mark.parametrize("stream", [True, False])
def test_an_index_that_is_not_there_is_told_while_all_places_are_taken(stop, stream):
    library = EchoLibrary(EchoAssistant(stop=stop), concurrency=1, wait_seconds=3600)
    body = {"question": "x", "index": "没有", "stream": stream}
    with served(create_app(library)) as client, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client.post, "/v1/answer", json={"question": "x"})
        eventually(lambda: in_use(library) == 1)
        assert client.post("/v1/answer", json=body).status_code == 404
        assert not asked.done()
        stop.set()


# Bodies that stall


def posted(path, body):
    """A whole request as it is sent."""
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def received(connection, end):
    """What comes until `end`."""
    said = b""
    while not said.endswith(end):
        more = connection.recv(65536)
        assert more, said
        said += more
    return said.decode()


def test_a_body_that_stalls_is_given_up():
    app = BodyLimit(create_app(EchoLibrary()), Settings(), stall_seconds=0.2)
    head, _, body = posted("/v1/answer", {"question": "x"}).partition(b"{")
    with served(app) as client:
        for begun in (head, head + b"{" + body[:-1]):
            with connected(client, begun) as connection:
                told, _, error = received(connection, b"}}").partition("\r\n\r\n")
            assert told.startswith("HTTP/1.1 408 Request Timeout")
            assert json.loads(error)["error"]["code"] == "body_timeout"


def test_the_time_for_a_body_is_not_that_of_its_answer(stop):
    library = EchoLibrary(EchoAssistant(stop=stop))
    app = BodyLimit(create_app(library), Settings(), stall_seconds=0.2)
    body = {"question": "哪 12", "stream": True}
    with (
        served(app) as client,
        connected(client, posted("/v1/answer", body)) as connection,
    ):
        begun = received(connection, b"}\n\n\r\n")
        time.sleep(0.4)  # longer than a body may pause
        stop.set()
        rest = received(connection, b"0\r\n\r\n")

    assert re.findall(r"event: (\w+)", begun + rest) == [
        *("hits", "token", "token", "citations", "done")
    ]
