"""A server that speaks the OpenAI chat-completions API, rightly or wrongly as a test scripts it."""

import json
import select
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, Protocol, Self

JSON, EVENTS, HTML = "application/json", "text/event-stream; charset=utf-8", "text/html"
PAGE = "<html><head><title>网关 Gateway</title></head><body>nginx</body></html>\n".encode()
DONE, BROKEN = b"data: [DONE]\n\n", b'{"id": "chatcmpl'
REPLY = "The West Lake 西湖 lies in Hangzhou 杭州 [12]."
USAGE = {"prompt_tokens": 12, "completion_tokens": 34, "total_tokens": 46}
SORRY = "The server had an error while processing your request."
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
ROLES = ("system", "developer", "user", "assistant")
OPTIONS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("temperature", "top_p", "presence_penalty"), (int, float)),
    **dict.fromkeys(("max_tokens", "max_completion_tokens", "seed", "n"), (int,)),
    **dict.fromkeys(("stream_options", "response_format"), (dict,)),
    **dict.fromkeys(("user", "reasoning_effort"), (str,)),
    "stream": (bool,),
    "stop": (str, list),
}

Text = str | Callable[[dict[str, Any]], str]
Pause = Callable[[int], float]


@dataclass(frozen=True)
class Received:
    """A request: `headers` ignores case, `body` is None unless JSON, `time` is monotonic."""

    method: str
    path: str
    headers: Message
    body: Any
    time: float


class Behaviour(Protocol):
    """How the server meets one request for a completion."""

    def respond(self, exchange: "Exchange") -> None:
        """Writes the reply; a ConnectionError ends it, once the client is gone."""


@dataclass(frozen=True)
class Says:
    """A right reply: `text`, or what it returns for the request's body.

    A stream brings it in so many pieces, else in at most two characters each, so that `[1]` is
    never whole. `first_delay` comes before the head, `delay` between the pieces; without `usage`
    the server never tells it, even when asked.
    """

    text: Text
    pieces: int | None = None
    delay: float = 0.0
    first_delay: float = 0.0
    usage: bool = True
    finish_reason: str = "stop"

    def respond(self, exchange: "Exchange") -> None:
        exchange.reply(self, lambda index: self.delay if index else self.first_delay)


@dataclass(frozen=True)
class Empty(Says):
    """A right reply with no text."""

    text: Text = ""


@dataclass(frozen=True)
class Truncates(Says):
    """A reply that ends at the limit of tokens."""

    text: Text = REPLY
    finish_reason: str = "length"


@dataclass(frozen=True)
class Filters(Says):
    """A reply that the provider's filter ends, with no text unless given."""

    text: Text = ""
    finish_reason: str = "content_filter"


@dataclass(frozen=True)
class Hangs:
    """Nothing, not even a head, or a stream's first pieces; the rest after so many seconds."""

    seconds: float = 60.0
    after: int = 0
    text: Text = REPLY

    def respond(self, exchange: "Exchange") -> None:
        last = self.after if exchange.streams else 0
        exchange.reply(Says(self.text), lambda index: self.seconds if index == last else 0.0)


@dataclass(frozen=True)
class Fails:
    """An error with this status, as the API words it; `retry_after` is in seconds."""

    status: int
    code: str | None = None
    message: str = SORRY
    retry_after: float | None = None

    def respond(self, exchange: "Exchange") -> None:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        exchange.send_whole(self.status, JSON, self.body(), **headers)

    def body(self) -> bytes:
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        code = self.code or CODES.get(self.status)
        return encoded({"error": {"message": self.message, "type": kind, "code": code}})


@dataclass(frozen=True)
class FailsMidway:
    """The first pieces of a stream, and an error event; or a status of 500."""

    text: Text = REPLY
    after: int = 1
    message: str = SORRY

    def respond(self, exchange: "Exchange") -> None:
        failure = Fails(500, message=self.message)
        if exchange.streams:
            exchange.begin(exchange.pieces(self.text)[: self.after])
            exchange.send_events(b"data: %s\n\n" % failure.body() + DONE, last=True)
        else:
            failure.respond(exchange)


@dataclass(frozen=True)
class Cuts:
    """The first pieces and half an event, or half a whole reply, and the connection closes.

    A stream that ends `quietly` ends after the pieces, rightly for HTTP: only the want of a
    finish_reason and of `[DONE]` tells.
    """

    text: Text = REPLY
    after: int = 1
    quietly: bool = False

    def respond(self, exchange: "Exchange") -> None:
        exchange.close_connection = True
        if exchange.streams:
            exchange.begin(exchange.pieces(self.text)[: self.after])
            exchange.wfile.write(b"0\r\n\r\n" if self.quietly else b"80\r\ndata: " + BROKEN)
        else:
            exchange.send_head(200, JSON, **{"Content-Length": "500"})
            exchange.wfile.write(BROKEN)


@dataclass(frozen=True)
class Nonsense:
    """A gateway's HTML page; or, given `after`, so many pieces and then broken JSON."""

    after: int | None = None
    status: int = 200
    text: Text = REPLY

    def respond(self, exchange: "Exchange") -> None:
        if self.after is None:
            exchange.send_whole(self.status, HTML, PAGE)
        elif exchange.streams:
            exchange.begin(exchange.pieces(self.text)[: self.after])
            exchange.send_events(b"data: %s\n\n" % BROKEN + DONE, last=True)
        else:
            exchange.send_whole(self.status, JSON, BROKEN)


class ModelServer(ThreadingTCPServer):
    """Serves in a thread until the block ends, and raises there what a behaviour raised.

    with ModelServer(Fails(503), Says("杭州 Hangzhou")) as server:
        client = OpenAI(base_url=server.base_url, api_key="any")

    `requests` are all so far; `disconnected` is set once a client leaves a reply unfinished.
    What the API would refuse is refused, and uses up no behaviour.
    """

    request_queue_size = 64

    def __init__(
        self, *behaviours: Behaviour, key: str | None = None, models: tuple[str, ...] = ("test",)
    ) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}/v1"
        self.key, self.models = key, models
        self.requests: list[Received] = []
        self.disconnected = threading.Event()
        self.closing = False
        self._behaviours = deque(behaviours)
        self._errors: list[BaseException] = []
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    def next_behaviour(self) -> Behaviour:
        """What the present call meets: the behaviours in turn, and the last from then on."""
        with self._lock:
            return self._behaviours.popleft() if len(self._behaviours) > 1 else self._behaviours[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.closing = True
        self.shutdown()
        self._thread.join()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        if self._errors:
            raise self._errors[0]

    def get_request(self) -> Any:
        connection, address = super().get_request()
        self._connections.append(connection)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError):
            self._errors.append(error)


class Exchange(BaseHTTPRequestHandler):
    """The requests of one connection: `body` is the present one, and the methods reply to it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: ModelServer
    body: Any
    streams: bool

    def do_POST(self) -> None:
        try:
            self._route()
        except ConnectionError:
            self.close_connection = True
            if not self.server.closing:
                self.server.disconnected.set()

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def _route(self) -> None:
        server, self.body = self.server, None
        data = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.headers.get_content_type() == JSON:
            with suppress(ValueError):
                self.body = json.loads(data)
        received = Received(self.command, self.path, self.headers, self.body, time.monotonic())
        server.requests.append(received)
        if server.key is not None and self.headers["Authorization"] != f"Bearer {server.key}":
            Fails(401, message="Incorrect API key provided.").respond(self)
        elif (self.command, self.path) == ("GET", "/v1/models"):
            rest = {"object": "model", "created": 0, "owned_by": "test"}
            models = {"object": "list", "data": [{"id": name, **rest} for name in server.models]}
            self.send_whole(200, JSON, encoded(models))
        elif (self.command, self.path) != ("POST", "/v1/chat/completions"):
            Fails(404, "unknown_url", f"Invalid URL ({self.command} {self.path})").respond(self)
        elif fault := fault_of(self.body):
            Fails(400, message=fault).respond(self)
        elif self.body["model"] not in server.models:
            Fails(404, message=f"The model `{self.body['model']}` does not exist.").respond(self)
        else:
            self.streams = bool(self.body.get("stream"))
            server.next_behaviour().respond(self)

    def pieces(self, text: Text, count: int | None = None) -> list[str]:
        """The text for the present request, in so many pieces, else of two characters at most."""
        said = text(self.body) if callable(text) else text
        count = (len(said) + 1) // 2 if count is None else count
        ends = [len(said) * index // count for index in range(1, count + 1)]
        return [said[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def wait(self, seconds: float = 0.0) -> None:
        """Returns after so many seconds; raises ConnectionError once the client is gone."""
        readable = select.select([self.connection], [], [], seconds)[0]
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionAbortedError("the client is gone")

    def reply(self, says: Says, pause: Pause) -> None:
        """A right reply, after a pause before each piece, the first of them before the head."""
        pieces = self.pieces(says.text, says.pieces)
        self.wait(pause(0))
        if self.streams:
            self.begin(pieces, pause)
            end = self._event({"delta": {}, "finish_reason": says.finish_reason})
            if says.usage and (self.body.get("stream_options") or {}).get("include_usage"):
                end += self._event(usage=USAGE)
            self.send_events(end + DONE, last=True)
        else:
            message = {"role": "assistant", "content": "".join(pieces), "refusal": None}
            choice = {"message": message, "finish_reason": says.finish_reason}
            usage = {"usage": USAGE} if says.usage else {}
            self.send_whole(200, JSON, self._encoded("chat.completion", choice, **usage))

    def begin(self, pieces: list[str], pause: Pause = lambda index: 0.0) -> None:
        """A stream's head, role and pieces, with a pause before each piece but the first."""
        self.send_head(200, EVENTS, **{"Transfer-Encoding": "chunked"})
        self.send_events(self._event({"delta": {"role": "assistant", "content": ""}}))
        for index, piece in enumerate(pieces):
            self.wait(pause(index) if index else 0.0)
            self.send_events(self._event({"delta": {"content": piece}}))

    def send_events(self, data: bytes, last: bool = False) -> None:
        """Cuts anywhere, even inside a character; the last go at once, as clients leave early."""
        self.wait()
        for part in (data,) if last else (data[: len(data) // 2], data[len(data) // 2 :]):
            end = b"0\r\n\r\n" if last else b""
            self.wfile.write(b"%X\r\n%s\r\n%s" % (len(part), part, end))

    def send_head(self, status: int, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "X-Request-Id": "req-1", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def send_whole(self, status: int, kind: str, data: bytes, **headers: str) -> None:
        self.send_head(status, kind, **{"Content-Length": str(len(data))}, **headers)
        self.wfile.write(data)

    def _event(self, *choices: dict[str, Any], **more: Any) -> bytes:
        return b"data: %s\n\n" % self._encoded("chat.completion.chunk", *choices, **more)

    def _encoded(self, kind: str, *choices: dict[str, Any], **more: Any) -> bytes:
        listed = [{"index": 0, "finish_reason": None, **choice} for choice in choices]
        head = {"id": "chatcmpl-1", "object": kind, "created": 0, "model": self.body["model"]}
        return encoded({**head, "choices": listed, **more})


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def fault_of(body: Any) -> str | None:
    """What the API finds wrong with a request's body, None if nothing."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "you must provide a model parameter"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "Invalid 'messages': expected an array with at least one message."
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            return f"Invalid value: 'messages[{index}].role'."
        if not isinstance(message.get("content"), str):
            return f"Invalid type for 'messages[{index}].content'."
    for name, value in body.items():
        if name not in ("model", "messages", *OPTIONS):
            return f"Unknown parameter: '{name}'."
        if name in OPTIONS and value is not None and type(value) not in OPTIONS[name]:
            return f"Invalid type for '{name}'."
    if body.get("stream_options") and not body.get("stream"):
        return "The 'stream_options' parameter is only allowed when 'stream' is enabled."
    return None
