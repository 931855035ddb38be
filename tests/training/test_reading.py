"""The reader's training: losses worked by hand with given logits, what is read, and figures."""

import json
import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from toy_reader import WordTokenizer, example, examples, network, token_id

from rag.reading import cross_encoder
from rag.reading.inputs import FOUND, READ, Pair
from rag.training import reading, train
from rag.training.batches import Batcher, Item
from rag.training.reading import (
    RELEVANCE_WEIGHT,
    TWIN_WEIGHT,
    Checked,
    allowed,
    check,
    loss,
    predict,
    rate_of,
)
from rag.training.train import Trainer, run

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


# Learning


@pytest.fixture(scope="module")
def batcher(lexicon):
    return Batcher(WordTokenizer(), lexicon)


@pytest.fixture
def fast(monkeypatch):
    """Rates at which so small a network learns in few steps; a thread for so little work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(reading, "RATE", 3e-3)
    monkeypatch.setattr(reading, "FRESH_RATE", 1e-2)
    monkeypatch.setattr(train, "LOGGED_EVERY", 10)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("fast")
def test_a_toy_set_is_learnt(batcher, tmp_path):
    trainer = Trainer(network(), loss, rate_of, 60, "cpu")

    def checked():
        return [check(trainer.model, batcher, examples(), "cpu", switched=s) for s in (False, True)]

    before = checked()
    after = []

    def figures():
        after.extend(checked())
        return []

    run(trainer, lambda epoch: batcher.batches(examples(), epoch), figures, tmp_path)

    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    losses = [line["loss"] for line in lines]
    assert len(losses) == 6
    assert losses[-1] < losses[0] / 3
    assert before[0].exact < 1
    assert [found.exact for found in after] == [1.0, 1.0]
    assert after[0].ranked_first == 1.0


def test_what_begins_untrained_learns_faster():
    trainer = Trainer(network(), loss, rate_of, 100, "cpu")

    names = {id(value): name for name, value in trainer.learnt.items()}
    encoder, fresh = trainer.optimizer.param_groups
    assert (encoder["rate"], fresh["rate"]) == (1e-4, 5e-4)
    assert {names[id(value)] for value in fresh["params"]} == {
        "bert.embeddings.token_type_embeddings.weight",
        "span.weight",
        "span.bias",
        "relevance.weight",
        "relevance.bias",
    }
    assert len(encoder["params"]) + 5 == len(names)
    assert "bert.embeddings.word_embeddings.weight" not in trainer.learnt


# What is read


class PicksWord(nn.Module):
    """Finds one word: its tokens begin and end a span, and make a passage relevant."""

    def __init__(self, first, last):
        super().__init__()
        self.first, self.last = token_id(first), token_id(last)

    def forward(self, ids, types, mask):
        spans = torch.stack([ids == self.first, ids == self.last], dim=-1).float() * 5
        is_read = (types >= READ) & (types < FOUND)
        return spans, ((ids == self.last) & is_read).sum(dim=1).float()


def test_the_best_span_lies_in_the_passage_and_does_not_run_backwards(batcher):
    passage = examples()[0].passage  # 张三喜欢龙虾。张三住在天津，有3只猫。
    items = [batcher.item("天津是谁的", passage, None)] * 17  # more than are read at a time

    forwards = predict(PicksWord("天", "津"), items, "cpu")
    backwards = predict(PicksWord("津", "天"), items[:1], "cpu")

    assert [(found.first, found.last, found.relevance) for found in forwards] == [
        (11, 12, 1.0)
    ] * 17
    assert backwards[0].first <= backwards[0].last


def test_no_span_is_longer_than_the_reader_gives(batcher, monkeypatch):
    passage = replace(examples()[0].passage, text="天" + "龙" * 59 + "津")  # 61 tokens
    item = batcher.item("谁", passage, None)
    found = predict(PicksWord("天", "津"), [item], "cpu")[0]
    monkeypatch.setattr(cross_encoder, "LONGEST_SPAN", 61)

    assert found.last - found.first < 60
    assert predict(PicksWord("天", "津"), [item], "cpu")[0].last == 60


# Figures


def checked(batcher, *held_out, switched=False):
    return check(PicksWord("天", "津"), batcher, held_out, "cpu", switched=switched)


def test_the_figures_of_a_check(batcher):
    held_out = [example("张三", "天津"), example("李四", "天津塔")]

    found = checked(batcher, *held_out)

    assert found == Checked(exact=0.5, f1=pytest.approx((1 + 0.8) / 2), ranked_first=1.0)
    likened = replace(held_out[0], distractors=(*held_out[0].distractors, held_out[1].passage))
    assert checked(batcher, likened, switched=True).ranked_first == 0.0


def test_examples_whose_answer_is_cut_off_are_not_checked(batcher):
    far = example("李四", "上海")
    far = replace(
        far,
        passage=replace(far.passage, text="龙" * 600 + far.passage.text),
        start=far.start + 600,
        end=far.end + 600,
    )

    assert checked(batcher, far, example("张三", "天津")).exact == 1.0


def test_a_check_ends_after_so_many_questions(batcher, monkeypatch):
    monkeypatch.setattr(reading, "CHECKED", 1)

    assert checked(batcher, example("张三", "天津"), example("李四", "天津塔")).exact == 1.0


def test_switched_questions_are_asked_in_the_other_language(batcher):
    asked = []

    class Notes(PicksWord):
        def forward(self, ids, types, mask):
            asked.append(ids[0].tolist())
            return super().forward(ids, types, mask)

    given = example("张三", "天津", translated="Where")
    for switched in (False, True):
        check(Notes("天", "津"), batcher, [given], "cpu", switched=switched)

    own, other = asked
    assert own[1:8] == [token_id(each) for each in "张三住在哪里？"]
    assert other[1:3] == [token_id("Where"), 2]
