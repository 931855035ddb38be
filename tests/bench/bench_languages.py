"""How well one index over both languages is searched in either; run by hand.

    python tests/bench/bench_languages.py DATA

The index holds XQuAD's passages in Chinese and in English, and those of `cmrc2018-dev`. A question
has found its passage where a version of it comes first, in whichever language. Printed for each
direction in which XQuAD was written – the questions are the same – with the tokens that the reader
read for a question.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from rag.assistant import Assistant
from rag.config import Settings
from rag.index.maintenance import build_index

LANGUAGES = ("zh", "en")
BESIDE = "cmrc2018-dev"


def main(data: Path) -> None:
    """Index, ask, print."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "both.jsonl"
        rows = [*_documents(data), *_rows(data / BESIDE / "corpus.jsonl")]
        corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        settings = replace(Settings.from_environment(), indexes=Path(folder) / "indexes")
        build_index(settings, [corpus])
        with closing(Assistant.open(settings)) as assistant:
            for over in LANGUAGES:
                for asked in LANGUAGES:
                    _print_direction(assistant, data / f"xquad-{over}-a", asked, over)


def _print_direction(assistant: Assistant, folder: Path, asked: str, over: str) -> None:
    firsts, own, tokens = [], [], []
    for row in _rows(folder / f"questions-{asked}.jsonl"):
        passages, reading = assistant.read(row["question"])
        tokens.append(reading.tokens)
        best = passages[reading.ranking[0].passage if reading.ranking else 0]
        language, _, name = best.chunk.document_id.partition("/")
        firsts.append(name in row["gold_ids"])
        own.append(name in row["gold_ids"] and language == over)
    print(
        f"{asked}→{over}: a parallel passage first in {mean(firsts):.3f} of {len(firsts)}, that of"
        f" the corpus in {mean(own):.3f}; {mean(tokens):,.0f} tokens a question"
    )


def _documents(data: Path) -> Iterator[dict[str, Any]]:
    for language in LANGUAGES:
        for row in _rows(data / f"xquad-{language}-a" / "corpus.jsonl"):
            yield {**row, "id": f"{language}/{row['id']}"}


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of the public sets")
    main(parser.parse_args().data)
