"""How well the checker tells right sentences from wrong ones, and how fast; run by hand.

    python tests/bench/bench_check.py [CLAIMS.jsonl] [--corpus PATH]

Each claim is checked as a text of its own against the whole corpus, which is indexed into a
temporary folder. A row of CLAIMS has `id`, `claim`, `lang`, `supported` and `corruption`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, quantiles
from unittest.mock import patch

from rag.assistant import Assistant
from rag.checking.checker import Checker, Finding
from rag.config import Settings
from rag.index.fusion import Search
from rag.index.maintenance import build_index
from rag.index.rows import IndexedChunk

REPOSITORY = Path(__file__).resolve().parents[2]

Row = tuple[str, str, str]


@contextmanager
def timed_checks() -> Iterator[list[tuple[Finding, float]]]:
    """What checkers find from here on, each with the seconds that it took."""
    findings = []
    check = Checker.check

    def timed(self: Checker, claim: Search, passages: Sequence[IndexedChunk]) -> Finding:
        start = time.perf_counter()
        finding = check(self, claim, passages)
        findings.append((finding, time.perf_counter() - start))
        return finding

    with patch.object(Checker, "check", timed):
        yield findings


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim and what became of it: the reason of its first sentence that is not supported."""

    claim: dict[str, str]
    reason: str
    verdict: str
    claimed: str
    given: str
    seconds: float
    checker_seconds: float

    @property
    def is_rejected(self) -> bool:
        return self.verdict != "supported"


def checked(settings: Settings, claims: Iterable[dict[str, str]]) -> Iterator[Checked]:
    """Each claim as a text of its own."""
    with closing(Assistant.open(settings)) as assistant, timed_checks() as findings:
        assistant.check("Opens what is opened once. 打开模型。")
        for claim in claims:
            findings.clear()
            start = time.perf_counter()
            assistant.check(claim["claim"])
            seconds = time.perf_counter() - start
            found = [finding for finding, _ in findings]
            worst = next((each for each in found if each.verdict != "supported"), found[0])
            alone = sum(seconds for _, seconds in findings)
            yield Checked(
                claim, worst.reason, worst.verdict, worst.claimed, worst.given, seconds, alone
            )


def share(rows: Sequence[Checked]) -> str:
    """How many are rejected, as `0.91 (64/70)`."""
    rejected = sum(row.is_rejected for row in rows)
    return f"{rejected / len(rows):.3f} ({rejected}/{len(rows)})" if rows else "-"


def milliseconds(seconds: Sequence[float]) -> str:
    """Mean and 95th percentile, as `32 / 61`."""
    p95 = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return f"{1000 * mean(seconds):.0f} / {1000 * p95:.0f}"


def figures(rows: Sequence[Checked]) -> Iterator[Row]:
    """Name, figure and goal."""
    bad = [row for row in rows if not row.claim["supported"]]
    good = [row for row in rows if row.claim["supported"]]
    caught, rejected = (sum(row.is_rejected for row in kind) for kind in (bad, good))
    yield "corrupted, caught (recall)", share(bad), "≥ 0.90"
    for corruption in sorted({row.claim["corruption"] for row in bad}):
        of_kind = [row for row in bad if row.claim["corruption"] == corruption]
        goal = "≥ 0.98" if corruption in ("number", "unit", "date") else ""
        yield f"  {corruption}", share(of_kind), goal
    yield "supported, rejected", share(good), "≤ 0.05"
    yield "rejected ones that are corrupted (precision)", ratio(caught, caught + rejected), ""
    for language in sorted({row.claim["lang"] for row in rows}):
        for name, kind in (("corrupted, caught", bad), ("supported, rejected", good)):
            of_language = [row for row in kind if row.claim["lang"] == language]
            yield f"{language}: {name}", share(of_language), ""
    for name, kind in (("caught", bad), ("wrongly rejected", good)):
        for reason, count in Counter(row.reason for row in kind if row.is_rejected).most_common():
            yield f"{name} for: {reason}", str(count), ""
    yield "check, mean / p95 ms", milliseconds([row.seconds for row in rows]), "≤ 60"
    yield "  checker alone", milliseconds([row.checker_seconds for row in rows]), ""


def ratio(part: int, whole: int) -> str:
    """`0.97 (91/94)`."""
    return f"{part / whole:.3f} ({part}/{whole})" if whole else "-"


def main() -> None:
    """Measure and print a table, then the claims that are judged wrongly."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "claims", type=Path, nargs="?", default=REPOSITORY / "tests" / "checking" / "claims.jsonl"
    )
    parser.add_argument("--corpus", type=Path, default=REPOSITORY / "seeds")
    parser.add_argument("--errors", action="store_true", help="print the claims judged wrongly")
    options = parser.parse_args()
    claims = [json.loads(line) for line in options.claims.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings.from_environment(), indexes=Path(folder))
        build_index(settings, [options.corpus])
        rows = list(checked(settings, claims))
    for name, figure, goal in [("", "measured", "goal"), *figures(rows)]:
        print(f"{name:<46}{figure:>16}{goal:>10}")
    for row in rows if options.errors else ():
        if row.is_rejected == row.claim["supported"]:
            print(f"\n{row.claim['id']} {row.claim['corruption'] or 'supported'}: {row.reason}")
            print(f"  {row.claim['claim']}\n  “{row.claimed}” / “{row.given}”")


if __name__ == "__main__":
    main()
