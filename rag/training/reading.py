"""The reader's training: what it makes small, and figures on what was held out.

It makes small the wrong span, the wrong relevance, and twins that disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from rag.evaluation.matching import exact_match, f1
from rag.reading.cross_encoder import span_logits
from rag.reading.network import ReaderNetwork
from rag.reading.reader_build import ENCODER
from rag.training.batches import Batcher, Item, padded
from rag.training.examples import Example

RATE = 1e-4  # of learning, at its highest
FRESH_RATE = 5e-4  # the same of what begins without any training
TWIN_WEIGHT = 0.5
RELEVANCE_WEIGHT = 0.5
FORBIDDEN = -1e4
CHECKED = 200  # held-out questions
PREDICTED = 16  # items at a time


@dataclass(frozen=True, slots=True)
class Checked:
    """Figures on held-out questions: with the passage that answers, and telling it from others."""

    exact: float
    f1: float
    ranked_first: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest span, counted in the passage's tokens, and the passage's relevance."""

    first: int
    last: int
    relevance: float


def rate_of(name: str) -> float:
    """How fast a weight of this name learns."""
    is_fresh = not name.startswith(ENCODER) or "token_type" in name
    return FRESH_RATE if is_fresh else RATE


def loss(model: ReaderNetwork, items: Sequence[Item], device: str) -> Tensor:
    """The loss of a batch: that of the spans, and by their weights of relevance and of twins.

    The span of an item that does not answer is the first token.
    """
    ids, types, mask = (torch.from_numpy(array).to(device) for array in padded(items))
    spans, relevance = model(ids, types, mask)
    logits = spans.float().masked_fill(~allowed(items, ids.shape).to(device)[..., None], FORBIDDEN)
    answers = torch.tensor([float(item.first is not None) for item in items], device=device)
    total = _of_spans(logits, items) + RELEVANCE_WEIGHT * (
        nn.functional.binary_cross_entropy_with_logits(relevance.float(), answers)
    )
    apart = [
        _divergence(logits[item.twin_of], logits[row], items[item.twin_of], item)
        for row, item in enumerate(items)
        if item.twin_of is not None
    ]
    if apart:
        total = total + TWIN_WEIGHT * torch.stack(apart).sum() / len(items)
    return total


def _of_spans(logits: Tensor, items: Sequence[Item]) -> Tensor:
    """Cross-entropy of the first and of the last token, their mean."""
    first = [0 if item.first is None else item.first + item.pair.first for item in items]
    last = [0 if item.last is None else item.last + item.pair.first for item in items]
    targets = torch.tensor([first, last], device=logits.device)
    starts = nn.functional.cross_entropy(logits[..., 0], targets[0])
    return (starts + nn.functional.cross_entropy(logits[..., 1], targets[1])) / 2


def allowed(items: Sequence[Item], shape: Sequence[int]) -> Tensor:
    """(items, tokens): where a span may begin or end: in the passage, or at token 0 for none."""
    mask = torch.zeros(tuple(shape), dtype=torch.bool)
    mask[:, 0] = True
    for row, item in enumerate(items):
        mask[row, item.pair.first : item.pair.first + len(item.pair.offsets)] = True
    return mask


def _divergence(own: Tensor, other: Tensor, item: Item, twin: Item) -> Tensor:
    """How far the twin's reading lies from that of the question as it was written, in nats.

    Over the tokens of the passage that both hold, and only the twin learns from it.
    """
    length = min(len(item.pair.offsets), len(twin.pair.offsets))
    kept = own[item.pair.first : item.pair.first + length].detach()
    given = other[twin.pair.first : twin.pair.first + length]
    target = torch.log_softmax(kept, dim=0)
    return nn.functional.kl_div(
        torch.log_softmax(given, dim=0), target, log_target=True, reduction="sum"
    )


@torch.no_grad()
def predict(model: ReaderNetwork, items: Sequence[Item], device: str) -> list[Prediction]:
    """What is read in each item."""
    found = []
    for start in range(0, len(items), PREDICTED):
        batch = items[start : start + PREDICTED]
        ids, types, mask = (torch.from_numpy(array).to(device) for array in padded(batch))
        spans, relevance = model(ids, types, mask)
        for row, item in enumerate(batch):
            begin = item.pair.first
            own = spans[row, begin : begin + len(item.pair.offsets)].float().cpu().numpy()
            table = span_logits(own)
            first, last = np.unravel_index(int(table.argmax()), table.shape)
            found.append(Prediction(int(first), int(last), float(relevance[row])))
    return found


def check(
    model: ReaderNetwork,
    batcher: Batcher,
    examples: Sequence[Example],
    device: str,
    *,
    switched: bool,
) -> Checked:
    """Figures on held-out examples, their questions as written or switched."""
    exact: list[float] = []
    overlap: list[float] = []
    first: list[float] = []
    for example in examples[:CHECKED]:
        question = batcher.question(example, "held out") if switched else example.question
        item = batcher.item(question, example.passage, (example.start, example.end))
        if item is None:
            continue
        others = [batcher.item(question, passage, None) for passage in example.distractors[:2]]
        read = [item, *(other for other in others if other)]
        best, *rest = predict(model, read, device)
        offsets, text = item.pair.offsets, example.passage.text
        words = text[offsets[best.first][0] : offsets[best.last][1]]
        answers = ((text[example.start : example.end],),)
        exact.append(float(exact_match(answers, words)))
        overlap.append(f1(answers, words))
        first.append(float(all(best.relevance > other.relevance for other in rest)))
    return Checked(float(np.mean(exact)), float(np.mean(overlap)), float(np.mean(first)))
