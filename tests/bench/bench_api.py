"""How fast a real server answers over HTTP, alone and under load; run by hand.

    python tests/bench/bench_api.py [--indexes DIR] [--index NAME] [--seconds 60] [--clients 64]

The clients are coroutines of one process over plain sockets, so that they take little of the
machine that is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from rag.config import Settings
from rag.evaluation.gold import read_gold
from rag.library import Library

REPOSITORY = Path(__file__).resolve().parents[2]
PORT = 8765
SERVER = """
import sys, uvicorn
from api.app import create_app
from rag.config import Settings
from rag.library import Library

app = create_app(Library(Settings.from_environment(), sys.argv[1]))
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False)
"""


class Client:
    """One connection that is kept; a response is its status, headers and body."""

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT)

    async def ask(self, question: str, *, until: bytes | None = None) -> tuple[int, dict, bytes]:
        """Post a question; `until` reads a stream up to that event only, and leaves."""
        body = json.dumps({"question": question, "stream": until is not None}).encode()
        self.writer.write(
            b"POST /v1/answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        if until is not None:
            return int(head[0].split()[1]), headers, await self.reader.readuntil(until)
        body = await self.reader.readexactly(int(headers["content-length"]))
        return int(head[0].split()[1]), headers, body

    def close(self) -> None:
        self.writer.close()


@dataclass
class Load:
    """What the clients saw."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    async def ask_until(self, end: float, questions: itertools.cycle, *, patient: bool) -> None:
        """Ask one question after the other; who is `patient` waits as long as he is told."""
        client = Client()
        await client.open()
        while time.monotonic() < end:
            start = time.monotonic()
            try:
                status, headers, _ = await client.ask(next(questions))
            except (OSError, asyncio.IncompleteReadError) as error:
                self.statuses[type(error).__name__] += 1
                await client.open()
                continue
            self.statuses[str(status)] += 1
            if status == 200:
                self.seconds.append(time.monotonic() - start)
            elif patient:
                await asyncio.sleep(float(headers.get("retry-after", 0)))
        client.close()


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    return statistics.quantiles(values, n=1000)[round(share * 1000) - 1] * 1000


def memory(pid: int) -> float:
    """Resident memory in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)


async def load(clients: int, seconds: float, questions: list[str], *, patient: bool) -> Load:
    """`clients` ask for so many seconds."""
    seen, cycle = Load(), itertools.cycle(questions)
    end = time.monotonic() + seconds
    asking = (seen.ask_until(end, cycle, patient=patient) for _ in range(clients))
    await asyncio.gather(*asking)
    return seen


async def first_events(questions: list[str]) -> list[float]:
    """Seconds from a request to its event `hits`, over a connection that is there."""
    seconds = []
    for question in questions:
        client = Client()
        await client.open()
        start = time.perf_counter()
        await client.ask(question, until=b"event: hits")
        seconds.append(time.perf_counter() - start)
        client.close()
        await asyncio.sleep(0.1)  # for the rest of the answer, that nobody waits for
    return seconds


async def whole_answers(questions: list[str]) -> list[float]:
    """Seconds of each request."""
    client, seconds = Client(), []
    await client.open()
    for question in questions:
        start = time.perf_counter()
        await client.ask(question)
        seconds.append(time.perf_counter() - start)
    client.close()
    return seconds


def in_process(settings: Settings, index: str, questions: list[str]) -> list[float]:
    """Seconds of each question without HTTP."""
    library, seconds = Library(settings, index), []
    library.open()
    assert library.assistant().store.counts() > (0, 0), "the index is empty"
    for question in questions:
        start = time.perf_counter()
        library.assistant().ask(question)
        seconds.append(time.perf_counter() - start)
    library.close()
    return seconds


def started(settings: Settings, index: str) -> subprocess.Popen[bytes]:
    """A server process that answers."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, index, str(PORT)],
        env={**os.environ, "WENJU_INDEXES": str(settings.indexes.absolute())},
    )
    for _ in range(600):
        try:
            with urlopen(f"http://127.0.0.1:{PORT}/readyz"):
                return process
        except URLError:
            assert process.poll() is None, "the server has ended"
            time.sleep(0.1)
    raise TimeoutError


def measure(options: argparse.Namespace) -> list[tuple[str, str, str]]:
    """Rows of name, figure and goal."""
    settings = replace(Settings.from_environment(), indexes=options.indexes)
    questions = [row.question for row in read_gold(REPOSITORY / "seeds" / "questions.jsonl")]
    rows = []
    alone = in_process(settings, options.index, questions * 2)[len(questions) :]  # warm
    server = started(settings, options.index)
    try:
        asyncio.run(whole_answers(questions))  # warm
        first = asyncio.run(first_events(questions))
        over_http = asyncio.run(whole_answers(questions))
        overhead = percentile(over_http, 0.5) - percentile(alone, 0.5)
        rows += [
            ("first event, p50 ms", f"{percentile(first, 0.5):.0f}", "≤ 150"),
            ("first event, p95 ms", f"{percentile(first, 0.95):.0f}", ""),
            ("library.ask, p50 ms", f"{percentile(alone, 0.5):.1f}", ""),
            ("POST /v1/answer, p50 ms", f"{percentile(over_http, 0.5):.1f}", ""),
            ("HTTP overhead, p50 ms", f"{overhead:.1f}", "≤ 10"),
        ]
        single = asyncio.run(load(1, options.alone_seconds, questions, patient=True))
        single_rate = len(single.seconds) / options.alone_seconds
        rows.append(("1 client, answers/s", f"{single_rate:.1f}", ""))
        asyncio.run(load(options.clients, 5, questions, patient=True))  # warm at full width
        before = memory(server.pid)
        for patient in (True, False):
            seen = asyncio.run(load(options.clients, options.seconds, questions, patient=patient))
            rate = len(seen.seconds) / options.seconds
            name = f"{options.clients} clients{'' if patient else ' without patience'}"
            errors = sum(n for status, n in seen.statuses.items() if status not in ("200", "503"))
            rows += [
                (f"{name}, answers/s", f"{rate:.1f}", f"≥ {0.8 * single_rate:.1f}"),
                (f"{name}, p50 ms", f"{percentile(seen.seconds, 0.5):.0f}", ""),
                (f"{name}, p95 ms", f"{percentile(seen.seconds, 0.95):.0f}", ""),
                (f"{name}, 503", str(seen.statuses["503"]), ""),
                (f"{name}, other errors", str(errors), "0"),
            ]
        rows.append(("growth of memory, MB", f"{memory(server.pid) - before:.0f}", "≤ 50"))
        rows.append(("memory, MB", f"{memory(server.pid):.0f}", ""))
    finally:
        server.terminate()
        server.wait()
    return rows


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--indexes", type=Path, default=Settings.from_environment().indexes)
    parser.add_argument("--index", default="default")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--alone-seconds", type=float, default=15)
    parser.add_argument("--clients", type=int, default=64)
    rows = measure(parser.parse_args())
    for name, figure, goal in [("", "measured", "goal"), *rows]:
        print(f"{name:<45}{figure:>10}{goal:>12}")


if __name__ == "__main__":
    main()
