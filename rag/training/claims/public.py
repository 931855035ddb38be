"""Public sets of claims; a tenth of their documents is held out, and all that shares its words."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.language.text import han_share, has_words
from rag.reading.cross_encoder import ReaderInput
from rag.training.claims.example import ClaimExample
from rag.training.untokenised import untokenised

FOLDER = "claims"
PARALLEL = "pawsx-zh-en"  # the same rows in both languages
SETS = ("fever-en", "fever-symmetric-en", "cfever-zh-hant", PARALLEL, "nli-en")
HELD_OUT = 10  # one in so many documents
_LONGEST = 1_500  # characters of evidence, more than are read
_TITLED = 0.5  # share of the evidence that is read under its title


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a set and what its document is known by."""

    id: str
    language: str
    document: str
    example: ClaimExample


def read_sets(data: Path) -> list[ClaimExample]:
    """The claims of all sets in `data`, set by set; those of a set that is not there are none.

    Evidence of a document that is held out, and a claim about it, are in no row that is learnt.
    """
    rows = [row for name in SETS for row in _read(data / FOLDER / f"{name}.jsonl", name)]
    rows += _crossing(rows)
    kept_aside = {row.document for row in rows if _is_held_out(row.document)}
    words = {
        text
        for row in rows
        if row.document in kept_aside
        for text in (row.example.claim, row.example.evidence.text)
    }
    found = []
    for row in rows:
        is_held_out = row.document in kept_aside
        if is_held_out or not {row.example.claim, row.example.evidence.text} & words:
            found.append(replace(row.example, held_out=is_held_out))
    return found


def _read(path: Path, name: str) -> Iterator[_Row]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for value in map(json.loads, file):
            row = _row(value, name)
            claim, evidence = row.example.claim, row.example.evidence.text
            is_chinese = row.language.startswith("zh")
            # Some rows of the parallel set are not translated.
            if is_chinese and not (han_share(claim) and han_share(evidence)):
                continue
            if has_words(claim) and has_words(evidence):
                yield row


def _row(value: Mapping[str, Any], name: str) -> _Row:
    evidence = untokenised(value["evidence"])[:_LONGEST]
    number = value["id"].removesuffix(f"-{value['lang']}")
    title = value.get("title", "")
    shown = title if zlib.crc32(value["id"].encode()) / 2**32 < _TITLED else ""
    example = ClaimExample(
        untokenised(value["claim"]), ReaderInput(shown, evidence), value["label"], name
    )
    document = number if name == PARALLEL else title or evidence
    return _Row(number, value["lang"], document, example)


def _crossing(rows: Sequence[_Row]) -> list[_Row]:
    """Rows that are there in both languages, each claim with the evidence in the other one."""
    both: dict[str, dict[str, _Row]] = {}
    for row in rows:
        if row.example.source == PARALLEL:
            both.setdefault(row.id, {})[row.language] = row
    found = []
    for pair in both.values():
        if len(pair) == 2:
            chinese, english = pair["zh"], pair["en"]
            for row, other in ((chinese, english), (english, chinese)):
                example = replace(row.example, evidence=other.example.evidence)
                found.append(replace(row, example=replace(example, source=f"{PARALLEL}-across")))
    return found


def _is_held_out(document: str) -> bool:
    return zlib.crc32(document.encode()) % HELD_OUT == 0
