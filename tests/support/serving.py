"""An app served over real HTTP, and a library that computes little, for the tests of the API."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from rag.config import Settings
from rag.errors import DocumentNotFound, IndexNotFound
from rag.gate import Gate
from rag.reasons import Reason
from rag.types import (
    Answer,
    CheckedSentence,
    Document,
    DocumentInfo,
    Found,
    InputReport,
    Refusal,
    Retrieval,
    Token,
)

JSON = {"Content-Type": "application/json"}


@contextmanager
def served(app, **headers):
    """A client of the app, which is served in a thread until the block ends."""
    config = uvicorn.Config(app, port=0, log_level="critical", server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30
        ) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def events(response):
    """Name and data of each Server-Sent Event of a response."""
    found = []
    for block in response.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if fields:
            found.append((fields.get("event"), json.loads(fields["data"])))
    return found


@contextmanager
def serving(indexes, *arguments, **environment):
    """The address of a `wenju serve` of its own, which ends with the block."""
    environment["WENJU_INDEXES"] = str(indexes)
    with installed("serve", "--port", "0", *arguments, environment=environment) as process:
        try:
            yield address_of(process)
        finally:
            process.terminate()


def address_of(process):
    """Where a `wenju serve` says that it serves."""
    line = process.stdout.readline()
    assert "http://" in line, "the server did not start"
    return re.search(r"http://\S+?(?=/$)", line).group()


@contextmanager
def installed(*arguments, environment, **options):
    """A process of the installed `wenju`, in an empty folder and without the sources at hand."""
    others = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        subprocess.Popen(
            [sys.executable, "-P", Path(sys.executable).with_name("wenju"), *arguments],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=elsewhere,
            env={**others, **environment},
            **options,
        ) as process,
    ):
        try:
            yield process
        except BaseException:
            process.kill()  # or leaving the block would wait for it
            raise


class EchoAssistant:
    """Answers with the question's own words; `stop` is awaited before the second event."""

    def __init__(self, stop=None, error=None):
        self.stop, self.error = stop, error
        self.texts = {}
        self.store = self

    def search(self, query, top_k=5, **options):
        self._work()
        return Retrieval(query, "en", (), {"total": 1.0})

    def ask(self, question, history=(), **options):
        return list(self.stream(question, history, **options))[-1]

    def stream(self, question, history=(), **options):
        yield Found(question, "en", ())
        self._work()
        for word in question.split():
            yield Token(f"{word} ")
        refusal = Refusal(Reason.NOT_IN_DOCUMENTS, "echo", ())
        yield Answer(question, question, "en", False, "", None, 0.0, (), (), refusal)

    def checking(self, text, language=None):
        self._work()
        yield CheckedSentence(text, 0, len(text), "unsupported", "echo", ())

    def _work(self):
        if self.stop is not None:
            self.stop.wait(20)
        if self.error is not None:
            raise self.error

    def documents(self):
        return [self.document_info(name) for name in sorted(self.texts)]

    def document_info(self, name):
        text = self.document(name).text
        return DocumentInfo(name, name, name, "en", 1, len(text), "2026-11-21T00:00:00+00:00")

    def document(self, name):
        if name not in self.texts:
            raise DocumentNotFound(f"no document {name!r}", "see: wenju list")
        return Document(name, name, name, self.texts[name])

    def counts(self):
        self._work()
        return len(self.texts), len(self.texts)

    def add(self, uploads):
        for upload in uploads:
            self.texts[upload.name] = upload.path.read_text("utf-8")
        return [InputReport(upload.name, "indexed", 1, 1) for upload in uploads]

    def remove(self, name):
        self.document(name)
        del self.texts[name]


class EchoLibrary:
    """A library with one index, `default`, that is an EchoAssistant's."""

    default = "default"

    def __init__(self, assistant=None, **settings):
        self.settings = Settings(**{"audit": os.devnull, **settings})
        self.questions = Gate(self.settings.concurrency, patience=self.settings.wait_seconds)
        self.checks = Gate(1)
        self.writes = Gate(1, patience=5)
        self.echo = assistant or EchoAssistant()
        self.is_open = False

    def open(self):
        self.is_open = True

    def close(self):
        self.questions.close()
        self.checks.close()
        self.writes.close()
        self.is_open = False

    def assistant(self, name=None):
        if name not in (None, "", "default"):
            raise IndexNotFound(f"no index at /srv/secret/{name}", "run: wenju index")
        return self.echo

    async def ready(self, name=None):
        await asyncio.to_thread(self.assistant, name)

    def names(self):
        return ["default"]
