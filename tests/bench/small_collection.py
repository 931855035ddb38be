"""A small collection in both languages and an embedder that costs nothing, for runs by hand."""

from __future__ import annotations

import json
import random
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np

from rag.index.indexer import Indexer
from rag.index.store import Store
from rag.models.embedding import EmbeddingInput, PassageVectors

_CHINESE = "港口 渡轮 灯塔 博物馆 账册 龙虾 天津 上海 桥梁 船长 医院 学校 市场 铁路 茶叶".split()
_ENGLISH = "harbour ferry lighthouse museum ledger lobster bridge captain market tea".split()


class HashEmbedder:
    """Counts character pairs into 32 places."""

    name = "hash-pairs"
    dimension = 32

    def embed_query(self, query: str) -> np.ndarray:
        """(32,) of unit length."""
        vector = np.zeros(self.dimension, dtype=np.float32)
        for start in range(len(query)):
            vector[zlib.crc32(query[start : start + 2].encode()) % self.dimension] += 1
        return vector / max(float(np.linalg.norm(vector)), 1e-12)

    def embed_passage(self, passage: EmbeddingInput) -> PassageVectors:
        """Vectors of a passage and its units."""
        units = [self.embed_query(passage.text[start:end]) for start, end in passage.spans]
        whole = self.embed_query(passage.context + passage.text)
        return PassageVectors(whole, np.array(units).reshape(len(units), self.dimension))


def text_of(number: int, version: int = 0) -> str:
    """A document of some sentences in either language; another for each number and version."""
    draw = random.Random(f"{number}.{version}")
    sentences = [f"第{number}号文件，第{version}版。Document {number}, version {version}."]
    for _ in range(draw.randint(2, 30)):
        words = draw.choices(_CHINESE, k=6)
        sentences.append("".join(words) + "。")
        sentences.append(" ".join(draw.choices(_ENGLISH, k=8)).capitalize() + ".")
    return "\n\n".join(sentences)


def write_documents(folder: Path, count: int) -> None:
    """So many text files, and a corpus file with a tenth as many rows."""
    folder.mkdir()
    for number in range(count):
        (folder / f"文件{number}.txt").write_text(text_of(number), "utf-8")
    rows = [{"id": f"row{n}", "text": text_of(n, 1)} for n in range(max(count // 10, 1))]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def build(index: Path, documents: Path) -> None:
    """An index of the documents, in two segments."""
    embedder = HashEmbedder()
    with closing(Store.create(index, embedder.name, embedder.dimension)) as store:
        Indexer(store, embedder).index([documents])
        store.refresh()
        extra = documents / "later.txt"
        extra.write_text(text_of(10_000), "utf-8")
        Indexer(store, embedder).index([extra])
        store.remember_questions(["渡轮几点开？", "When does the ferry leave?"])
        store.remember_glossaries({"/glossary.tsv": "天津\tTientsin\n"})
        store.refresh()
