"""The judge's training: what it makes small, and figures on what was held out."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rag.reading.reader_build import ENCODER
from rag.training.batches import padded
from rag.training.claim_batches import ClaimBatcher, ClaimItem
from rag.training.claims.example import CLASSES, NOT_SUPPORTED, SUPPORTED, ClaimExample
from rag.training.judge_network import JudgeNetwork

RATE = 1e-4  # of learning, at its highest
FRESH_RATE = 5e-4  # the same of the head
CHECKED = 300  # held-out claims of each set in each direction
CHECKED_OF_KIND = 60  # the same of each kind of those that were made
_TOGETHER = 16  # claims that are padded to one length


@dataclass(frozen=True, slots=True)
class Checked:
    """Figures on held-out claims, each a share; None where nothing of the kind is among them.

    `supported` and `others` are the shares judged rightly among those that are supported and
    those that are not, whichever of the other two classes; `balanced` is the mean of both.
    """

    claims: int
    accuracy: float
    supported: float | None
    others: float | None
    balanced: float | None


def rate_of(name: str) -> float:
    """How fast a weight of this name learns."""
    return RATE if name.startswith(ENCODER) else FRESH_RATE


def loss(model: JudgeNetwork, items: Sequence[ClaimItem], device: str) -> Tensor:
    """Mean of the negative log of the share that the classes have which a label allows."""
    ids, types, mask = (torch.from_numpy(array).to(device) for array in padded(items))
    logits = model(ids, types, mask).float()
    barred = torch.ones(logits.shape, dtype=torch.bool)
    for row, item in enumerate(items):
        barred[row, list(item.targets)] = False
    allowed = logits.masked_fill(barred.to(device), -torch.inf)
    return (torch.logsumexp(logits, dim=-1) - torch.logsumexp(allowed, dim=-1)).mean()


@torch.no_grad()
def predict(model: JudgeNetwork, items: Sequence[ClaimItem], device: str) -> Tensor:
    """(items, 3): the probability of each class."""
    order = sorted(range(len(items)), key=lambda each: len(items[each].pair.ids))
    found = torch.zeros((len(items), len(CLASSES)))
    for start in range(0, len(order), _TOGETHER):
        rows = order[start : start + _TOGETHER]
        batch = [items[row] for row in rows]
        ids, types, mask = (torch.from_numpy(array).to(device) for array in padded(batch))
        found[rows] = torch.softmax(model(ids, types, mask).float(), dim=-1).cpu()
    return found


def check(
    model: JudgeNetwork, batcher: ClaimBatcher, examples: Sequence[ClaimExample], device: str
) -> Iterator[dict[str, object]]:
    """A line of figures for each group of held-out claims: a set, a direction, a label, a kind."""
    drawn = sampled(examples)
    probabilities = predict(model, [batcher.item(each) for each in drawn], device)
    classes = [CLASSES[place] for place in probabilities.argmax(dim=-1).tolist()]
    for by, name_of in GROUPS.items():
        groups: dict[str, list[tuple[ClaimExample, str]]] = defaultdict(list)
        for example, found in zip(drawn, classes, strict=True):
            if name := name_of(example):
                groups[name].append((example, found))
        for name in sorted(groups):
            figures = figures_of(groups[name])
            yield {"by": by, "of": name, **{k: getattr(figures, k) for k in _FIGURES}}


GROUPS: dict[str, Callable[[ClaimExample], str]] = {
    "set": lambda example: example.source,
    "direction": lambda example: f"{example.source} {example.direction}" if example.kind else "",
    "label": lambda example: f"{example.source} {example.label}",
    "kind": lambda example: example.kind,
}
_FIGURES = tuple(Checked.__dataclass_fields__)


def sampled(examples: Iterable[ClaimExample]) -> list[ClaimExample]:
    """Some of each set, kind and direction, the same in each run."""
    groups: dict[tuple[str, str, str], list[ClaimExample]] = defaultdict(list)
    for example in examples:
        groups[example.source, example.kind, example.direction].append(example)
    found = []
    for key, group in sorted(groups.items()):
        most = CHECKED_OF_KIND if key[1] else CHECKED
        found += random.Random(str(key)).sample(group, min(most, len(group)))
    return found


def figures_of(judged: Sequence[tuple[ClaimExample, str]]) -> Checked:
    """The figures over claims, each with the class that was found."""
    right = [is_right(example.label, found) for example, found in judged]
    borne = [found == SUPPORTED for each, found in judged if each.label == SUPPORTED]
    others = [found != SUPPORTED for each, found in judged if each.label != SUPPORTED]
    both = _share(borne), _share(others)
    balanced = None if None in both else (sum(borne) / len(borne) + sum(others) / len(others)) / 2
    return Checked(len(judged), sum(right) / len(right), *both, balanced)


def is_right(label: str, found: str) -> bool:
    """Whether a class is what the label says; either of two where it says no more."""
    return found != SUPPORTED if label == NOT_SUPPORTED else found == label


def _share(outcomes: Sequence[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None
