"""Whether an index outlives its writers, killed at random moments; run by hand (not on Windows).

    python tests/bench/bench_kills.py [COUNT] [--seed N]

Each round a process writes – adds, replaces, removes, embeds again, compacts, repairs – and is
killed (SIGKILL) while it does, or finds that files may grow no further, as on a full disk. Then the
index has to open, `verify` to find nothing, both arms to hold every passage, and every document to
be as the last commit that was reported had it, or the one then under way: that one whole. Every
tenth round an index of format 1 is opened for the first time by the process that is killed.
"""

from __future__ import annotations

import os

# One thread: a process that is forked has none of the others.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import argparse
import json
import random
import resource
import shutil
import signal
import sqlite3
import tempfile
import time
import traceback
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from small_collection import HashEmbedder, text_of

from rag.documents.files import InputFile
from rag.documents.load import load
from rag.errors import IndexUnavailable
from rag.index.indexer import Indexer
from rag.index.repair import repair
from rag.index.store import Store
from rag.index.writing import writing

FORMAT_1 = Path(__file__).parents[1] / "index" / "format-1.sql"
State = dict[str, int]  # document id → version
_DOCUMENTS = 30


def run(count: int, seed: int, folder: Path) -> Counter[str]:
    """Kill so many writers; counts what came of it, and prints each fault."""
    draw, state = random.Random(seed), State()
    counts = Counter(dict.fromkeys(("kills", "commits", "full disks", "upgrades", "faults"), 0))
    index = folder / "index"
    for number in range(count):
        if number % 10 == 9:
            fault = _upgraded(folder / "former", draw)
        else:
            if number % 25 == 0:  # the making of an index is cut short, too
                shutil.rmtree(index, ignore_errors=True)
                state = State()
            is_full = number % 10 == 4
            lines = _killed(folder, index, state, draw, is_full=is_full)
            counts["full disks" if is_full else "kills"] += 1
            counts["commits"] += sum(line.get("done", False) for line in lines)
            states, broken = _possible(state, lines)
            state, fault = _examined(index, states)
            fault = broken or fault
        counts["upgrades"] += number % 10 == 9
        if fault:
            counts["faults"] += 1
            print(f"round {number}: {fault}", flush=True)
        if number % 50 == 49 and number + 1 < count:
            print(_line(counts), flush=True)
    return counts


def _killed(
    folder: Path, index: Path, state: State, draw: random.Random, *, is_full: bool
) -> list[dict[str, Any]]:
    """What a process said of its work until it was killed."""
    seed, delay, room = draw.random(), draw.uniform(0, 0.5), draw.randrange(4096, 400_000)
    reading, writing_end = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _write(folder, index, dict(state), seed, writing_end, room if is_full else None)
    os.close(writing_end)
    begun = os.read(reading, 1) if draw.random() < 0.9 else b""  # else it is killed at its start
    if is_full:
        _wait(child, 20)
    else:
        time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as said:
        lines = (begun.decode() + said.read()).split("\n")
    return [json.loads(line) for line in lines[:-1]]  # the last may be cut


def _wait(child: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.02)


def _write(
    folder: Path, index: Path, state: State, seed: float, out: int, room: int | None
) -> None:
    """Work without end; never returns."""

    def say(**line: object) -> None:
        os.write(out, (json.dumps(line) + "\n").encode())

    try:
        if room is not None:
            held = max((each.stat().st_size for each in index.rglob("*")), default=0)
            resource.setrlimit(resource.RLIMIT_FSIZE, (held + room, held + room))
        _work(folder, index, state, random.Random(seed), say)
    except IndexUnavailable:
        os._exit(0)
    except BaseException:  # noqa: BLE001 (all of it is to be told)
        say(broken=traceback.format_exc())
    os._exit(1)


def _work(folder: Path, index: Path, state: State, draw: random.Random, say: Any) -> None:
    embedder = HashEmbedder()
    with closing(Store.create(index, embedder.name, embedder.dimension)) as store:
        while True:
            kind = draw.choice(["put", "put", "put", "remove", "renew", "compact", "repair"])
            say(kind=kind)
            if kind == "put":
                names = {f"文件{draw.randrange(_DOCUMENTS)}.txt" for _ in range(draw.randint(1, 5))}
                change = {name: draw.randrange(10**6) for name in sorted(names)}
                files = []
                for name, version in change.items():
                    path = folder / f"{version}-{name}"
                    path.write_text(text_of(0, version), "utf-8")
                    files.append(InputFile(path, name, name, f"upload:{name}"))
                say(change=change)
                with writing(index):
                    Indexer(store, embedder).add(files)
                    say(done=True)
                    store.refresh()
                for file in files:
                    file.path.unlink()
                state |= change
            elif kind == "remove" and state:
                name = draw.choice(sorted(state))
                say(change={name: None})
                with writing(index):
                    store.remove(name)
                    say(done=True)
                    store.refresh()
                del state[name]
            elif kind == "renew":
                with writing(index):
                    Indexer(store, embedder).renew()
                    store.refresh()
            elif kind == "compact":
                with writing(index):
                    store.compact()
            elif kind == "repair":
                with writing(index):
                    repair(index, HashEmbedder, load)


def _possible(state: State, lines: list[dict[str, Any]]) -> tuple[list[State], str]:
    """The states that the index may be in, and what went wrong in the process itself."""
    state, pending, broken = dict(state), None, ""
    for line in lines:
        if "change" in line:
            pending = line["change"]
        elif line.get("done"):
            state, pending = _changed(state, pending), None
        broken = line.get("broken", broken)
    return [state, *([_changed(state, pending)] if pending else [])], broken


def _changed(state: State, change: dict[str, int | None]) -> State:
    return {name: version for name, version in (state | change).items() if version is not None}


def _examined(index: Path, states: list[State]) -> tuple[State, str]:
    """The state that the index is in, and what is wrong with it."""
    if not (index / "wenju.db").exists():
        return State(), "" if State() in states else "the index is gone"
    embedder = HashEmbedder()
    try:
        with writing(index), closing(Store.create(index, embedder.name, 32)) as store:
            texts = {info.id: store.document(info.id).text for info in store.documents()}
            keys = set(store.all_keys())
            damage = store.damage()
            if damage or store.searchers().dense.keys != keys:
                return states[-1], f"damage {damage[:2]}, keys {len(keys)}"
    except Exception as error:  # noqa: BLE001 (whatever it is, it is a fault)
        return states[-1], f"{type(error).__name__}: {error}"
    for state in states:
        if texts == {name: text_of(0, version) for name, version in state.items()}:
            return state, ""
    return states[-1], f"another state than {len(states)} possible ones"


def _upgraded(folder: Path, draw: random.Random) -> str:
    """What is wrong with an index of format 1 whose first opening was cut short."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with closing(sqlite3.connect(folder / "wenju.db")) as database:
        database.executescript(FORMAT_1.read_text("utf-8"))
    delay = draw.uniform(0, 0.02)
    child = os.fork()
    if not child:
        Store.open(folder)
        os._exit(0)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with closing(Store.open(folder)) as store:
        damage = store.damage()
        return "" if (store.counts(), damage) == ((2, 2), []) else f"after an upgrade: {damage}"


def main(count: int, seed: int) -> None:
    """Kill, print."""
    with tempfile.TemporaryDirectory() as folder:
        counts = run(count, seed, Path(folder))
    print(_line(counts))


def _line(counts: Counter[str]) -> str:
    return "; ".join(f"{name} {number}" for name, number in counts.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    main(options.count, options.seed)
