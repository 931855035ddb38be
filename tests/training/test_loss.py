"""The loss of small batches, worked by hand, with a network whose logits are given."""

import math

import pytest
import torch
from torch import nn

from rag.reading.inputs import Pair
from rag.training.batches import Item
from rag.training.loss import RELEVANCE_WEIGHT, TWIN_WEIGHT, allowed, loss

LN2, LN3 = math.log(2), math.log(3)


class Given(nn.Module):
    """Logits as they were given, and what it was asked."""

    def __init__(self, spans, relevance):
        super().__init__()
        self.spans = torch.tensor(spans, dtype=torch.float64, requires_grad=True)
        self.relevance = torch.tensor(relevance, dtype=torch.float64, requires_grad=True)

    def forward(self, ids, types, mask):
        self.asked = (ids.tolist(), types.tolist(), mask.tolist())
        assert self.spans.shape[:2] == ids.shape
        return self.spans, self.relevance


def item(first=None, last=None, twin_of=None, question=1, passage=2):
    """`<s> question </s></s></s> passage </s>`; by default 8 tokens, the passage at 5 and 6."""
    ids = [0, *[11] * question, 2, 2, 2, *[21] * passage, 2]
    types = [0] * (4 + question) + [1] * passage + [0]
    offsets = [(n, n + 1) for n in range(passage)]
    return Item(Pair(ids, types, 4 + question, offsets), first, last, twin_of)


def logits(*rows):
    """Start and end logits of tokens, the same for both ends."""
    return [[[value, value] for value in row] for row in rows]


FLAT = [0.0, 9.0, 9.0, 9.0, 9.0, 0.0, 0.0, 9.0]  # 9: where no span may begin or end


def test_a_span_among_passage_tokens_and_none_is_one_of_three():
    found = loss(Given(logits(FLAT), [0.0]), [item(0, 1)], "cpu")

    assert found.item() == pytest.approx(LN3 + RELEVANCE_WEIGHT * LN2, abs=1e-6)


def test_no_answer_is_the_first_token():
    sure = [LN2, *FLAT[1:]]  # e^ln2 = 2 of 2 + 1 + 1

    found = loss(Given(logits(sure), [-LN3]), [item()], "cpu")

    assert found.item() == pytest.approx(LN2 + 0.5 * math.log(4 / 3), abs=1e-6)


def test_start_and_end_are_counted_apart_and_averaged():
    spans = logits(FLAT)
    spans[0][5][0] = LN2  # the start: 2 of 4
    spans[0][6][1] = math.log(6)  # the end: 6 of 8

    found = loss(Given(spans, [LN3]), [item(0, 1)], "cpu")

    expected = (LN2 + math.log(8 / 6)) / 2 + 0.5 * math.log(4 / 3)
    assert found.item() == pytest.approx(expected, abs=1e-6)


def test_question_context_ends_and_padding_are_forbidden_and_learn_nothing():
    network = Given(logits(FLAT, [*FLAT[:6], 9.0, 9.0]), [0.0, 0.0])
    items = [item(1, 1), item(passage=1)]  # the second is one token shorter

    loss(network, items, "cpu").backward()

    assert allowed(items, (2, 8)).int().tolist() == [
        [1, 0, 0, 0, 0, 1, 1, 0],
        [1, 0, 0, 0, 0, 1, 0, 0],
    ]
    moved = network.spans.grad.abs().sum(dim=2) > 0
    assert moved.int().tolist() == allowed(items, (2, 8)).int().tolist()
    assert network.asked[2] == [[1] * 8, [1] * 7 + [0]]


def test_equal_logits_of_twins_cost_nothing():
    alone = loss(Given(logits(FLAT, FLAT), [0.0, 0.0]), [item(0, 1), item(0, 1)], "cpu")
    twins = loss(Given(logits(FLAT, FLAT), [0.0, 0.0]), [item(0, 1), item(0, 1, 0)], "cpu")

    assert twins.item() == alone.item() == pytest.approx(LN3 + 0.5 * LN2, abs=1e-6)


def test_a_twin_that_disagrees_is_drawn_to_the_question_as_it_was_written():
    leaning = [*FLAT[:5], LN3, 0.0, 9.0]
    spans = logits(FLAT, leaning)
    alone = loss(Given(spans, [0.0, 0.0]), [item(0, 1), item(0, 1)], "cpu")
    twins = loss(Given(spans, [0.0, 0.0]), [item(0, 1), item(0, 1, 0)], "cpu")

    # In the passage (1/2, 1/2) against (3/4, 1/4): 1/2 ln(2/3) + 1/2 ln 2, at both ends.
    divergence = 2 * 0.5 * math.log(4 / 3)
    assert (twins - alone).item() == pytest.approx(TWIN_WEIGHT * divergence / 2, abs=1e-6)


def test_only_the_twin_learns_from_a_disagreement():
    items = [item(0, 1), item(0, 1)]
    twins = [items[0], item(0, 1, 0)]
    leaning = logits(FLAT, [*FLAT[:5], LN3, 0.0, 9.0])
    gradients = []
    for batch in (items, twins):
        network = Given(leaning, [0.0, 0.0])
        loss(network, batch, "cpu").backward()
        gradients.append(network.spans.grad)

    assert torch.equal(gradients[0][0], gradients[1][0])
    assert not torch.equal(gradients[0][1], gradients[1][1])


def test_twins_are_compared_over_what_both_hold_of_the_passage():
    # The twin's question is a token longer, its passage a token shorter.
    own = [0.0, 9.0, 9.0, 9.0, 9.0, 0.0, 0.0, LN3, 9.0]
    other = [0.0, 9.0, 9.0, 9.0, 9.0, 9.0, 0.0, 0.0, 9.0]
    batch = [item(0, 0, passage=3), item(0, 0, 0, question=2)]
    alone = [batch[0], item(0, 0, question=2)]

    figures = [
        loss(Given(logits(own, other), [0.0, 0.0]), items, "cpu").item() for items in (batch, alone)
    ]

    assert figures[0] == pytest.approx(figures[1], abs=1e-6)
