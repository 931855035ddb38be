"""What the judge makes of a claim over windows of evidence, beside the values that are compared.

Its verdict counts where no value differs: a number or a date that the evidence gives otherwise is
seen by comparing, and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.judge import ClaimJudge, Judgement
from rag.checking.windows import Claim, Window
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import context_of

WINDOWS = 4  # read for a claim, those that fit it best by words and meaning
SUPPORTS = 0.5  # least probability; `python -m rag.training.thresholds` shows what others cost


@dataclass(frozen=True, slots=True)
class Judged:
    """The window that bears a claim best, or else the one that speaks against it most."""

    window: Window
    judgement: Judgement

    @property
    def is_supported(self) -> bool:
        """Whether the claim may be shown as what the window says."""
        return self.judgement.supported >= SUPPORTS

    @property
    def is_contradicted(self) -> bool:
        """Whether the window says otherwise, rather than too little."""
        return self.judgement.contradicted > self.judgement.not_enough


def judged(claim: Claim, windows: Sequence[Window], judge: ClaimJudge) -> Judged:
    """The best of `windows`, best first by words and meaning, as the judge reads them."""
    read = windows[:WINDOWS]
    evidence = [ReaderInput(_context(window), window.words) for window in read]
    found = judge.judge(claim.text, claim.search.groups, evidence)
    all_judged = [Judged(window, each) for window, each in zip(read, found, strict=True)]
    best = max(all_judged, key=lambda each: each.judgement.supported)
    if best.is_supported:
        return best
    return max(all_judged, key=lambda each: each.judgement.contradicted)


def _context(window: Window) -> str:
    passage = window.text.indexed
    return context_of(passage.title, passage.chunk.section)
