"""What training makes small: the wrong span, the wrong relevance, twins that disagree."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from rag.reading.network import ReaderNetwork
from rag.training.batches import Item, padded

TWIN_WEIGHT = 0.5
RELEVANCE_WEIGHT = 0.5
FORBIDDEN = -1e4


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
