"""The retriever's training: a question lies nearer to what answers it than to all else.

Both for the vectors of passages and for those of their units, means of the same token states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from rag.training.contrast import Contrast, Contraster, Embedded
from rag.training.examples import Example

TEMPERATURE = 0.02
UNITS_WEIGHT = 0.5
TOGETHER = 12  # texts that are padded to one length
KEPT = 0.6  # share of what was learnt that is kept
RATE = 5e-5  # of learning, at its highest
CHECKED = 300  # held-out questions
_EXCLUDED = -1e4


@dataclass(frozen=True, slots=True)
class Found:
    """Shares of held-out questions whose passage comes first among those of all of them.

    By the vectors of passages, and by the nearest unit of each.
    """

    first: float
    first_by_units: float


def rate_of(name: str) -> float:  # noqa: ARG001
    """How fast a weight of this name learns: all alike."""
    return RATE


def loss(encoder: Any, batch: Contrast, device: str) -> Tensor:
    """Cross-entropy of each question's passage and, by its weight, of its answering unit."""
    count = len(batch.questions)
    questions, _ = encoded(encoder, batch.questions, device)
    passages, units = encoded(encoder, batch.passages, device)
    owners = [n for n, passage in enumerate(batch.passages) for _ in passage.units]
    barred = torch.zeros((count, len(batch.passages)), dtype=torch.bool, device=device)
    for row, place in batch.excluded:
        barred[row, place] = True
    logits = (questions @ passages.T / TEMPERATURE).masked_fill(barred, _EXCLUDED)
    total = nn.functional.cross_entropy(logits, torch.arange(count, device=device))
    rows = [row for row, unit in enumerate(batch.answering) if unit is not None]
    if not rows:
        return total
    # Other units of a question's own passage may answer as well, or lead to what does.
    others = torch.tensor(owners, device=device)
    barred = barred[:, others] | (others == torch.arange(count, device=device)[:, None])
    firsts = [owners.index(row) for row in rows]
    targets = torch.tensor(
        [first + (batch.answering[row] or 0) for first, row in zip(firsts, rows, strict=True)],
        device=device,
    )
    barred = barred[rows].scatter(1, targets[:, None], value=False)
    logits = (questions[rows] @ units.T / TEMPERATURE).masked_fill(barred, _EXCLUDED)
    return total + UNITS_WEIGHT * nn.functional.cross_entropy(logits, targets)


def encoded(encoder: Any, texts: Sequence[Embedded], device: str) -> tuple[Tensor, Tensor]:
    """Unit vectors (texts, d) of the texts, and (units, d) of the units of all, in their order."""
    order = sorted(range(len(texts)), key=lambda each: len(texts[each].ids))
    wholes: dict[int, Tensor] = {}
    parts: dict[int, list[Tensor]] = {}
    for start in range(0, len(order), TOGETHER):
        group = order[start : start + TOGETHER]
        longest = max(len(texts[each].ids) for each in group)
        ids = torch.zeros((len(group), longest), dtype=torch.int64)
        mask = torch.zeros((len(group), longest), dtype=torch.int64)
        for row, each in enumerate(group):
            count = len(texts[each].ids)
            ids[row, :count] = torch.tensor(texts[each].ids)
            mask[row, :count] = 1
        states = encoder(
            input_ids=ids.to(device), attention_mask=mask.to(device)
        ).last_hidden_state.float()
        for row, each in enumerate(group):
            own = states[row, : len(texts[each].ids)]
            wholes[each] = own.mean(dim=0)
            parts[each] = [own[a:b].mean(dim=0) for a, b in texts[each].units]
    everything = range(len(texts))
    units = [part for each in everything for part in parts[each]]
    whole = nn.functional.normalize(torch.stack([wholes[each] for each in everything]), dim=-1)
    return whole, nn.functional.normalize(torch.stack(units), dim=-1) if units else whole[:0]


@torch.no_grad()
def check(
    encoder: Any,
    contraster: Contraster,
    examples: Sequence[Example],
    device: str,
    *,
    switched: bool,
) -> Found:
    """Figures on held-out examples, their questions as written or switched."""
    examples = examples[:CHECKED]
    asked = [
        contraster.switched(each, "held out") if switched else each.question for each in examples
    ]
    passages = list(dict.fromkeys(p for e in examples for p in (e.passage, *e.distractors)))
    questions, _ = encoded(encoder, [contraster.question(each) for each in asked], device)
    embedded = [contraster.passage(each) for each in passages]
    wholes, units = encoded(encoder, embedded, device)
    owners = torch.tensor([n for n, each in enumerate(embedded) for _ in each.units], device=device)
    gold = torch.tensor([passages.index(each.passage) for each in examples], device=device)
    first = (questions @ wholes.T).argmax(dim=1) == gold
    by_units = owners[(questions @ units.T).argmax(dim=1)] == gold
    return Found(float(first.float().mean()), float(by_units.float().mean()))
