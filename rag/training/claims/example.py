"""A claim with the evidence it is judged by, and files of such claims."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.language.text import han_share
from rag.reading.cross_encoder import ReaderInput

SUPPORTED, REFUTED, NOT_ENOUGH = "supported", "refuted", "not_enough"
CLASSES = (SUPPORTED, REFUTED, NOT_ENOUGH)
"""In the order of the network's logits."""
NOT_SUPPORTED = "not_supported"  # one of the latter two, not said which
_HAN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class ClaimExample:
    """A claim, the words it is judged by, and whether they bear it: one of CLASSES or neither.

    `kind` says what was done to make it, "" for those of public sets.
    """

    claim: str
    evidence: ReaderInput
    label: str
    source: str
    kind: str = ""
    held_out: bool = False

    @property
    def targets(self) -> tuple[int, ...]:
        """The places in CLASSES that the label allows."""
        return (1, 2) if self.label == NOT_SUPPORTED else (CLASSES.index(self.label),)

    @property
    def direction(self) -> str:
        """Languages of claim and evidence, as `en→zh`."""
        return f"{_language(self.claim)}→{_language(self.evidence.text)}"


def write(path: Path, examples: Iterable[ClaimExample]) -> None:
    """Write the examples to `path`, a JSON object a line; whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
    unfinished.replace(path)


def read(path: Path) -> list[ClaimExample]:
    """The examples that `write` wrote."""
    with path.open(encoding="utf-8") as file:
        return [_example(json.loads(line)) for line in file]


def _example(value: dict[str, Any]) -> ClaimExample:
    return ClaimExample(**{**value, "evidence": ReaderInput(**value["evidence"])})


def _language(text: str) -> str:
    return "zh" if han_share(text) >= _HAN_SHARE else "en"
