"""Places, streams and shutdown: what happens when clients leave, crowd in, or the server ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from repository import TESTS
from serving import EchoAssistant, EchoLibrary, events, served

from api.app import create_app
from api.body import BodyLimit
from rag.config import Settings
from rag.types import CheckedSentence, Found, Token

SERVER = """
import sys, time, uvicorn
from api.app import create_app
from serving import EchoAssistant, EchoLibrary

class Slow:
    def wait(self, seconds):
        time.sleep(1)

app = create_app(EchoLibrary(EchoAssistant(stop=Slow()), concurrency=2))
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", timeout_graceful_shutdown=20)
"""


def is_up(url):
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def eventually(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


@pytest.fixture
def process():
    """A server in a process of its own, which takes a second for each answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = os.pathsep.join([str(TESTS / "support"), str(TESTS.parent)])
    started = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
    )
    started.url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: is_up(started.url), 30)
        yield started
    finally:
        started.kill()
        started.wait()
        started.stderr.close()


def test_a_server_that_is_told_to_end_finishes_what_it_has_begun(process):
    def ask(stream):
        body = {"question": "哪 12 个城市", "stream": stream}
        return httpx.post(f"{process.url}/v1/answer", json=body, timeout=20)

    with ThreadPoolExecutor(2) as threads:
        whole, streamed = threads.submit(ask, False), threads.submit(ask, True)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert not is_up(process.url)  # nothing new is taken on
        assert whole.result().json()["question"] == "哪 12 个城市"
        names = [name for name, _ in events(streamed.result())]

    assert names == ["hits", "token", "token", "token", "citations", "done"]
    assert process.wait(10) in (0, -signal.SIGTERM)
    assert b"Traceback" not in process.stderr.read()


def test_an_upload_that_breaks_off_leaves_nothing_behind(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    library = EchoLibrary()
    head = (
        b"POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf a f'
    )
    with served(create_app(library)) as client:
        address = (client.base_url.host, client.base_url.port)
        with socket.create_connection(address) as connection:
            connection.sendall(head)
            eventually(lambda: list(tmp_path.glob("*/0.txt")))
        eventually(lambda: not list(tmp_path.iterdir()))
        metrics = client.get("/metrics").text

    assert library.echo.texts == {}
    assert 'route="/v1/documents",status="499"} 1.0' in metrics
    assert caplog.records == []


# Places


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


def in_use(library):
    return library.settings.concurrency - library.questions._free._value


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

    said = 0

    def stream(self, question, history=(), **options):
        yield Found(question, "en", ())
        for _ in range(12_000):
            time.sleep(0.005)
            self.said += 1
            yield Token("字")

    def checking(self, text):
        for _ in range(12_000):
            time.sleep(0.005)
            self.said += 1
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
        assert library.echo.said < 1000


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
    places = getattr(library, gate)._free
    with served(create_app(library)) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(path, json=body, timeout=httpx.Timeout(10, read=0.5))
        eventually(lambda: places._value == 1)
        assert 0 < library.echo.said < 6000


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


def test_health_is_told_while_all_places_are_taken(stop):
    library = EchoLibrary(EchoAssistant(stop=stop), concurrency=1, wait_seconds=5)
    with served(create_app(library)) as client, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client.post, "/v1/answer", json={"question": "x"})
        eventually(lambda: in_use(library) == 1)
        start = time.monotonic()
        assert client.get("/healthz").status_code == 200
        assert time.monotonic() - start < 4
        stop.set()
        assert asked.result().status_code == 200


# Bodies that stall


def raw(client, request):
    """What the server answers to bytes that are not sent on."""
    with socket.create_connection((client.base_url.host, client.base_url.port)) as connection:
        connection.settimeout(10)
        connection.sendall(request)
        received = b""
        while not received.endswith(b"}}"):
            received += connection.recv(65536)
        return received.decode()


def test_a_body_that_stalls_is_given_up(monkeypatch):
    monkeypatch.setattr(BodyLimit.__init__, "__defaults__", (0.2,))
    head = (
        b"POST /v1/answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100\r\n\r\n"
    )
    with served(create_app(EchoLibrary())) as client:
        answer = raw(client, head + b'{"question": "x')
        stalled = raw(client, head)
        # The time is that of the body, not that of the answer.
        slow = EchoAssistant(stop=threading.Event())
        threading.Timer(0.6, slow.stop.set).start()
    with served(create_app(EchoLibrary(slow))) as client:
        body = {"question": "哪 12", "stream": True}
        names = [name for name, _ in events(client.post("/v1/answer", json=body))]

    for response in (answer, stalled):
        status, body = response.split("\r\n", 1)[0], response.split("\r\n\r\n")[1]
        assert status == "HTTP/1.1 408 Request Timeout"
        assert json.loads(body)["error"]["code"] == "body_timeout"
    assert names == ["hits", "token", "token", "citations", "done"]


def test_the_settings_bound_an_upload():
    limit = BodyLimit(None, Settings(upload_mb=2, upload_files=3))

    assert limit._most_upload == 7 << 20
