"""The judge's training: its loss, its figures, and that a toy learns to judge."""

import math
import warnings

import numpy as np
import pytest
import torch
from toy_reader import WordTokenizer
from toy_reader import network as reader_network

from rag.reading.cross_encoder import ReaderInput
from rag.training import judge_network, judging
from rag.training.claim_batches import ClaimBatcher
from rag.training.claims.example import ClaimExample
from rag.training.judge_network import JudgeNetwork
from rag.training.judging import Checked, figures_of, is_right, loss, predict, rate_of, sampled
from rag.training.train import Trainer


def network(seed=1):
    torch.manual_seed(seed)
    return JudgeNetwork(reader_network(seed).bert)


def example(claim="塔高42米。", label="supported", source="toy", kind="", text="塔高42米。"):
    return ClaimExample(claim, ReaderInput("", text), label, source, kind)


@pytest.fixture
def batcher(lexicon):
    return ClaimBatcher(WordTokenizer(), lexicon)


class Fixed(torch.nn.Module):
    """Gives the same logits for each claim."""

    def __init__(self, *logits):
        super().__init__()
        self.logits = torch.tensor([logits])

    def forward(self, ids, types, mask):
        return self.logits.repeat(len(ids), 1)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("supported", math.log(2)),
        ("refuted", math.log(4)),
        ("not_enough", math.log(4)),
        ("not_supported", math.log(2)),  # either of the two has a half together
    ],
)
def test_the_loss_is_that_of_the_classes_which_the_label_allows(batcher, label, expected):
    model = Fixed(math.log(2), 0.0, 0.0)

    found = loss(model, [batcher.item(example(label=label))], "cpu")

    assert found.item() == pytest.approx(expected, abs=1e-6)


def test_probabilities_stand_at_the_places_of_the_claims(batcher):
    model = network()
    items = [batcher.item(example(text="塔高42米。" * n)) for n in (3, 1, 2)]

    together = predict(model, items, "cpu")

    alone = torch.cat([predict(model, [item], "cpu") for item in items])
    assert torch.allclose(together, alone, atol=1e-5)
    assert torch.allclose(together.sum(dim=-1), torch.ones(3), atol=1e-5)


def test_the_head_learns_faster_than_the_encoder():
    assert rate_of("bert.encoder.layer.0.output.dense.weight") == judging.RATE
    assert rate_of("verdict.weight") == judging.FRESH_RATE


@pytest.mark.training
def test_a_toy_learns_to_judge(batcher):
    pairs = [("塔高42米。", "supported"), ("塔高45米。", "refuted"), ("船停了。", "not_enough")]
    items = [batcher.item(example(claim, label)) for claim, label in pairs]
    trainer = Trainer(network(), loss, lambda name: 5e-3, 60, "cpu")

    first = trainer.learn(items)
    for _ in range(59):
        last = trainer.learn(items)

    assert last < 0.2 < first
    assert predict(trainer.model, items, "cpu").argmax(dim=-1).tolist() == [0, 1, 2]


def test_figures_count_each_label_and_support_alone():
    judged = [
        (example(label="supported"), "supported"),
        (example(label="supported"), "refuted"),
        (example(label="refuted"), "not_enough"),
        (example(label="not_supported"), "not_enough"),
    ]

    assert figures_of(judged) == Checked(4, 0.5, 0.5, 1.0, 0.75)
    assert figures_of(judged[:1]) == Checked(1, 1.0, 1.0, None, None)
    assert is_right("not_supported", "refuted")
    assert not is_right("refuted", "not_enough")


def test_a_check_tells_sets_directions_labels_and_kinds(batcher):
    examples = [example(), example(label="refuted", source="made", kind="number")]

    lines = list(judging.check(Fixed(1.0, 0.0, 0.0), batcher, examples, "cpu"))

    assert [(line["by"], line["of"], line["accuracy"]) for line in lines] == [
        ("set", "made", 0.0),
        ("set", "toy", 1.0),
        ("direction", "made zh→zh", 0.0),
        ("label", "made refuted", 0.0),
        ("label", "toy supported", 1.0),
        ("kind", "number", 0.0),
    ]


def test_a_sample_has_some_of_each_kind(monkeypatch):
    monkeypatch.setattr(judging, "CHECKED", 3)
    monkeypatch.setattr(judging, "CHECKED_OF_KIND", 2)
    examples = [example(kind=kind) for kind in ["number", "date", ""] * 10]

    found = [each.kind for each in sampled(examples)]

    assert sorted(found) == ["", "", "", "date", "date", "number", "number"]
    assert sampled(examples) == sampled(examples)


def test_the_judge_begins_with_the_encoder_of_an_adapter_and_a_head_of_its_own(monkeypatch):
    given = {name: value.numpy().copy() for name, value in reader_network(2).state_dict().items()}

    def bert_of(weights):
        made = reader_network().bert
        made.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()})
        return made

    monkeypatch.setattr(judge_network, "bert", bert_of)
    monkeypatch.setattr(judge_network.judge_build, "merged", lambda path: given)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = judge_network.trained("reader.bin").state_dict()

    name = "bert.encoder.layer.0.output.dense.weight"
    assert np.array_equal(state[name].numpy(), given[name])
    assert state["verdict.weight"].shape == (3, 32)
    assert not any(each.startswith(("span", "relevance")) for each in state)
