"""`python -m rag.training.thresholds FOLDER`: what each threshold of the judge costs.

Over the held-out claims that training wrote to FOLDER/claims.jsonl, as the served judge reads them:
how many of the false ones are caught and how many of the true ones are rejected, where a claim is
shown from that probability on; for all sets alike, and for each.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rag.checking import judge_build
from rag.checking.judge import ClaimJudge, Judge
from rag.config import Settings
from rag.engine import open_lexicon
from rag.language.lexicon import Lexicon
from rag.language.term_groups import query_groups
from rag.training.claims.example import SUPPORTED, ClaimExample, read
from rag.training.judging import sampled

STEPS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does: shares of the false claims caught and of the true ones rejected.

    `precision` is the share of true ones among those shown, None where none is.
    """

    threshold: float
    caught: float
    rejected: float
    precision: float | None


def judged(
    judge: ClaimJudge, lexicon: Lexicon, examples: Sequence[ClaimExample]
) -> list[tuple[ClaimExample, float]]:
    """Each claim with the probability that its evidence supports it."""
    found = []
    for each in examples:
        groups = query_groups(each.claim, lexicon)
        (judgement,) = judge.judge(each.claim, groups, [each.evidence])
        found.append((each, judgement.supported))
    return found


def curve(claims: Sequence[tuple[bool, float]], steps: Sequence[float] = STEPS) -> Iterator[Point]:
    """A point for each threshold, over claims that are true or not, and their probabilities.

    >>> [(p.caught, p.rejected, p.precision) for p in curve([(True, 0.9), (False, 0.4)], [0.5])]
    [(1.0, 0.0, 1.0)]
    """
    true = [probability for is_true, probability in claims if is_true]
    false = [probability for is_true, probability in claims if not is_true]
    for step in steps:
        shown_true = sum(each >= step for each in true)
        shown_false = sum(each >= step for each in false)
        shown = shown_true + shown_false
        yield Point(
            step,
            1 - shown_false / max(1, len(false)),
            1 - shown_true / max(1, len(true)),
            shown_true / shown if shown else None,
        )


def table(name: str, points: Sequence[Point]) -> Iterator[str]:
    """The points as lines of a Markdown table under a name."""
    yield f"| {name}: from | false ones caught | true ones rejected | true of those shown |"
    yield "|---|---|---|---|"
    for each in points:
        shown = "–" if each.precision is None else f"{each.precision:.2f}"
        yield f"| {each.threshold:.2f} | {each.caught:.2f} | {each.rejected:.2f} | {shown} |"
    yield ""


def main(folder: Path) -> None:
    """Print a table of all claims, and one for each set."""
    settings = Settings.from_environment()
    examples = sampled(each for each in read(folder / "claims.jsonl") if each.held_out)
    with (
        closing(open_lexicon(settings)) as lexicon,
        closing(Judge(settings.models / judge_build.NAME)) as judge,
    ):
        found = judged(judge, lexicon, examples)
    for name in ("all", *dict.fromkeys(each.source for each, _ in found)):
        claims = [
            (each.label == SUPPORTED, probability)
            for each, probability in found
            if name in ("all", each.source)
        ]
        for line in table(name, list(curve(claims))):
            print(line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m rag.training.thresholds", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("training"))
    main(parser.parse_args().folder)
