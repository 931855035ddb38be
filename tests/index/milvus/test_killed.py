"""A process killed at any moment leaves the last commit, whole."""

import random
import signal
import subprocess
import sys
import time

import installed
import pytest

pytestmark = [pytest.mark.milvus, pytest.mark.process]

WRITER = """
import sys
import numpy as np
from rag.index.milvus.engine import Milvus
from rag.index.milvus.store import MilvusStore
from rag.index.rows import IndexedChunk, Origin
from rag.types import Chunk, Document

vector = np.full(64, 0.125, dtype=np.float32)
store = MilvusStore.create(Milvus(sys.argv[1]), "killed", "character-pairs", 64)
while True:
    number = store.generation + 1
    additions = []
    for name in ("甲", "乙"):
        text = f"第{number}版。Version {number}."
        chunk = Chunk(f"{name}#0", name, "", text, 0, len(text), 0)
        pieces = [IndexedChunk(chunk, ["version"], vector, [(0, len(text))], vector[None, :])]
        additions.append((Document(name, name, "", text), Origin("", "d"), pieces))
    store.replace(additions)
    print(number, flush=True)
"""

CHECK = """
import sys
from rag.index.milvus.engine import Milvus
from rag.index.milvus.store import MilvusStore

store = MilvusStore.open(Milvus(sys.argv[1]), "killed")
generation = store.generation
texts = {store.document(name).text for name in ("甲", "乙")}
chunks = store.chunks(store.keys_of(["甲", "乙"])).values()
assert store.damage() == [], store.damage()
assert texts == {each.chunk.text for each in chunks} == {f"第{generation}版。Version {generation}."}
store.compact()
assert store.damage() == [], store.damage()
print(generation)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_killed_while_it_commits_leaves_the_last_commit(milvus_uri, tmp_path):
    if milvus_uri.startswith("http"):
        pytest.skip("the server is not killed with its client")
    path, draw = str(tmp_path / "killed.db"), random.Random(3)
    last = 0
    for _ in range(3):
        command = [installed.PYTHON, "-c", WRITER, path]
        with installed.started(*command, stdout=subprocess.PIPE, encoding="utf-8") as writer:
            while int(writer.stdout.readline()) < last + 3:
                pass
            time.sleep(draw.uniform(0, 0.3))
            writer.send_signal(signal.SIGKILL)
            printed = [int(line) for line in writer.stdout]
        opened = installed.python(CHECK, path)
        assert opened.returncode == 0, opened.stderr.decode()
        generation = int(opened.stdout)
        assert generation >= max([last + 3, *printed])
        last = generation
