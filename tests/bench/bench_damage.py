"""How much damage `wenju verify` finds and `--repair` mends; run by hand.

    python tests/bench/bench_damage.py [COUNT] [--seed N]

Each round copies an index, damages one thing of it – a value of a row, a row, a page of the file, a
byte of a search file – and asks: is it found, is the index sound after the repair, has every
document its words again, and are those named that have not?
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from small_collection import HashEmbedder, build, write_documents

from rag.documents.load import load
from rag.errors import IndexDamaged, WenjuError
from rag.index.repair import repair
from rag.index.store import Store

_PAGE = 4096
_COLUMNS = {
    "documents": "id source origin digest title text meta added checksum chunks seal".split(),
    "chunks": [
        *("document_id ordinal section start terms vector spans unit_vectors checksum".split()),
        '"end"',
    ],
    "meta": ["value", "checksum"],
}
Damage = Callable[[Path, random.Random], str]


def _value(folder: Path, draw: random.Random) -> str:
    """Another value in one column of one row."""
    with _database(folder) as database:
        while True:
            table = draw.choice(list(_COLUMNS))
            column, key = draw.choice(_COLUMNS[table]), "id" if table == "documents" else "key"
            (row,) = draw.choice(database.execute(f"SELECT {key} FROM {table}").fetchall())
            select = f"SELECT {column} FROM {table} WHERE {key} = ?"
            ((value,),) = database.execute(select, (row,)).fetchall()
            update = f"UPDATE {table} SET {column} = ? WHERE {key} = ?"
            with suppress(sqlite3.IntegrityError):  # the database itself refuses another's place
                database.execute(update, (_other(value, draw), row))
                return f"{table}.{column}"


def _other(value: object, draw: random.Random) -> object:
    if isinstance(value, int):
        return value + draw.choice([-3, -1, 1, 7, 1000])
    if isinstance(value, bytes):
        place = draw.randrange(len(value))
        return value[:place] + bytes([value[place] ^ (1 << draw.randrange(8))]) + value[place + 1 :]
    text = str(value)
    place = draw.randrange(len(text) + 1)
    return draw.choice([text[:place] + "改" + text[place:], text + "x", text[1:] or "y"])


def _row(folder: Path, draw: random.Random) -> str:
    """A row that is gone, or two that changed their places."""
    table, key = draw.choice([("documents", "id"), ("chunks", "key"), ("meta", "key")])
    with _database(folder) as database:
        rows = [row for (row,) in database.execute(f"SELECT {key} FROM {table}")]
        if table == "chunks" and draw.random() < 0.5:
            one, other = draw.sample(rows, 2)
            for former, new in ((one, -1), (other, one), (-1, other)):
                database.execute("UPDATE chunks SET key = ? WHERE key = ?", (new, former))
            return "chunks exchanged"
        database.execute(f"DELETE FROM {table} WHERE {key} = ?", (draw.choice(rows),))
    return f"{table} row gone"


def _page(folder: Path, draw: random.Random) -> str:
    """A page of the database's file that holds something else, or the file cut short."""
    path = folder / "wenju.db"
    data = bytearray(path.read_bytes())
    if draw.random() < 0.2:
        path.write_bytes(data[: int(len(data) * draw.uniform(0.3, 0.95))])
        return "file cut short"
    page = draw.randrange(1, len(data) // _PAGE)
    new = bytes(_PAGE) if draw.random() < 0.5 else draw.randbytes(_PAGE)
    data[page * _PAGE : (page + 1) * _PAGE] = new
    path.write_bytes(data)
    return "page overwritten"


def _search_file(folder: Path, draw: random.Random) -> str:
    """A search file with another byte, cut short, or gone; or two exchanged."""
    files = [*sorted(folder.glob("segment-*/*")), folder / "manifest.json"]
    path = draw.choice(files)
    data = bytearray(path.read_bytes())
    kind = draw.choice(["byte", "cut", "gone", "exchanged"])
    if kind == "exchanged":
        others = [each for each in files if each.read_bytes() != bytes(data)]
        other = draw.choice(others)
        content = other.read_bytes()
        other.write_bytes(data)
        path.write_bytes(content)
    elif kind == "gone" and path.name != "manifest.json":  # without it all is derived: no damage
        path.unlink()
    elif kind == "cut":
        path.write_bytes(data[: draw.randrange(len(data) - 1)])
    else:
        place = draw.randrange(len(data))
        data[place] = ord("#") if data[place] != ord("#") else ord("!")
        path.write_bytes(data)
    return f"{path.name} {kind}"


KINDS: tuple[Damage, ...] = (_value, _value, _row, _page, _search_file)


def run(count: int, seed: int, folder: Path) -> Counter[str]:
    """Damage so many copies of an index; counts what was found, mended, lost and named."""
    documents, index = folder / "docs", folder / "index"
    write_documents(documents, 40)
    build(index, documents)
    with closing(Store.open(index)) as store:
        words = {info.id: store.document(info.id).text for info in store.documents()}
    draw, counts = random.Random(seed), Counter[str]()
    for number in range(count):
        copy = folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(index, copy)
        what = KINDS[number % len(KINDS)](copy, draw)
        counts["injected"] += 1
        is_found = bool(_damage(copy))
        counts["found"] += is_found
        lines, left = _repaired(copy)
        missing = [] if left else _missing(copy, words)
        is_named = not missing or any("lost" in line or "not be read" in line for line in lines)
        counts["sound after repair"] += not left
        counts["every word there"] += not left and not missing
        counts["loss not named"] += not is_named
        if not is_found or left or not is_named:
            print(f"{number}: {what}: found {is_found}, left {left[:2]}, missing {missing[:3]}")
    return counts


def _damage(folder: Path) -> list[str]:
    try:
        with closing(Store.open(folder)) as store:
            return store.damage()
    except WenjuError as error:
        return [str(error)]


def _repaired(folder: Path) -> tuple[list[str], list[str]]:
    try:
        lines = repair(folder, HashEmbedder, load)
    except IndexDamaged as error:
        return [], [str(error)]
    return lines, _damage(folder)


def _missing(folder: Path, words: dict[str, str]) -> list[str]:
    with closing(Store.open(folder)) as store:
        there = {info.id: store.document(info.id).text for info in store.documents()}
    assert all(words.get(name) == text for name, text in there.items())
    return sorted(set(words) - set(there))


def _database(folder: Path) -> closing[sqlite3.Connection]:
    database = sqlite3.connect(folder / "wenju.db", isolation_level=None)
    database.execute("PRAGMA foreign_keys = OFF")
    return closing(database)


def main(count: int, seed: int) -> None:
    """Damage, print."""
    with tempfile.TemporaryDirectory() as folder:
        counts = run(count, seed, Path(folder))
    print("; ".join(f"{name} {number}" for name, number in counts.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    main(options.count, options.seed)
