"""Training of a network of two layers on a handful of examples."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch import nn
from toy_reader import WordTokenizer, example, examples, network, token_id

from rag.reading import cross_encoder, reader_build
from rag.reading.inputs import FOUND, READ
from rag.training import __main__ as command
from rag.training import train
from rag.training.batches import Batcher
from rag.training.train import Checked, Trainer, check, predict, run, share_of_rate


@pytest.fixture(scope="module")
def batcher(lexicon):
    return Batcher(WordTokenizer(), lexicon)


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    """Rates at which so small a network learns in few steps; a thread for so little work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(train, "RATE", 3e-3)
    monkeypatch.setattr(train, "FRESH_RATE", 1e-2)
    monkeypatch.setattr(train, "CHECKED_EVERY", 2)
    monkeypatch.setattr(train, "LOGGED_EVERY", 3)
    yield
    torch.set_num_threads(threads)


def log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def test_a_toy_set_is_learnt(batcher, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "CHECKED_EVERY", 1000)
    monkeypatch.setattr(train, "LOGGED_EVERY", 10)
    trainer = Trainer(network(), 60, "cpu")
    before = check(trainer, batcher, examples(), switched=False)

    run(trainer, batcher, examples(), examples(), tmp_path)

    losses = [line["loss"] for line in log(tmp_path) if "loss" in line]
    figures = [line for line in log(tmp_path) if "exact" in line]
    assert len(losses) == 6
    assert losses[-1] < losses[0] / 3
    assert before.exact < 1
    assert [(line["step"], line["switched"]) for line in figures] == [(60, False), (60, True)]
    assert [line["exact"] for line in figures] == [1.0, 1.0]
    assert figures[0]["ranked_first"] == 1.0
    assert all(line["seconds_a_step"] > 0 for line in log(tmp_path) if "loss" in line)


class Killed(Exception):
    """In the middle of a step."""


def test_a_run_that_was_killed_ends_with_the_weights_of_one_that_was_not(
    batcher, tmp_path, monkeypatch
):
    whole = Trainer(network(), 7, "cpu")
    (tmp_path / "whole").mkdir()
    run(whole, batcher, examples(), examples()[:1], tmp_path / "whole")
    killed = Trainer(network(), 7, "cpu")
    learn = Trainer.learn

    def learn_until_killed(trainer, items):
        if trainer.step == 5:
            raise Killed
        return learn(trainer, items)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "learn", learn_until_killed)
        with pytest.raises(Killed):
            run(killed, batcher, examples(), examples()[:1], tmp_path)
    resumed = Trainer(network(seed=9), 7, "cpu")
    word_vectors = killed.model.bert.embeddings.word_embeddings.weight  # these are not learnt
    resumed.model.bert.embeddings.word_embeddings.weight.data.copy_(word_vectors)
    run(resumed, batcher, examples(), examples()[:1], tmp_path)

    assert resumed.step == whole.step == 7
    assert resumed.weights().keys() == whole.weights().keys()
    for name, value in whole.weights().items():
        assert np.array_equal(value, resumed.weights()[name]), name
    steps = [line["step"] for line in log(tmp_path) if line.get("switched") is False]
    assert steps == [2, 4, 6, 7]


def test_a_finished_run_learns_nothing_more(batcher, tmp_path, monkeypatch):
    trainer = Trainer(network(), 2, "cpu")
    run(trainer, batcher, examples(), examples()[:1], tmp_path)
    monkeypatch.setattr(Trainer, "learn", None)
    again = Trainer(network(), 2, "cpu")

    run(again, batcher, examples(), examples()[:1], tmp_path)

    assert again.step == 2
    assert np.array_equal(again.weights()["span.weight"], trainer.weights()["span.weight"])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["checkpoint.pt", "log.jsonl"]


def test_each_step_learns_from_the_next_batch(batcher, tmp_path, monkeypatch):
    seen = []

    def learn(trainer, items):
        seen.append(items)
        trainer.step += 1
        return 0.0

    monkeypatch.setattr(Trainer, "learn", learn)
    monkeypatch.setattr("rag.training.batches.TOKENS", 200)
    run(Trainer(network(), 9, "cpu"), batcher, examples(), examples()[:1], tmp_path)

    expected = [items for epoch in range(9) for items in batcher.batches(examples(), epoch)]
    assert seen == expected[:9]
    assert len(list(batcher.batches(examples(), 0))) < 9  # an epoch ends within


# The command


@pytest.fixture
def commanded(tmp_path, lexicon_file, monkeypatch):
    """Runs the command over a toy network and toy examples; gives what it was asked to do."""
    done = {}
    monkeypatch.setenv("WENJU_MODELS", str(lexicon_file.parent))
    monkeypatch.setattr(command, "open_vocabulary", lambda folder: WordTokenizer())
    monkeypatch.setattr(command, "Batcher", lambda *given: given)
    monkeypatch.setattr(command, "untrained", lambda: network(seed=1))
    monkeypatch.setattr(command, "trained", lambda path: done.update(adapter=path) or network(2))
    monkeypatch.setattr("rag.reading.reader_build.untrained", lambda: "base")
    monkeypatch.setattr(
        "rag.reading.weight_delta.write",
        lambda path, weights, base: done.update(path=path, weights=weights, base=base),
    )

    def run_(trainer, batcher, learnt, held_out, folder):
        done.update(
            steps=trainer.steps, learnt=learnt, held_out=held_out, folder=folder,
            lent=batcher[2], start=trainer.weights()["span.bias"],
        )  # fmt: skip

    def prepare(data, path):
        done.update(data=data)
        path.parent.mkdir(parents=True)
        lines = [
            json.dumps(asdict(replace(each, held_out=n < 2)), ensure_ascii=False)
            for n, each in enumerate(examples())
        ]
        path.write_text("\n".join(lines), "utf-8")

    monkeypatch.setattr(command, "run", run_)
    monkeypatch.setattr("rag.training.examples.prepare", prepare)

    def commanded_(*given, **options):
        done.clear()
        command.main(tmp_path / "data", tmp_path / "training", *given, **options)
        return dict(done)

    return commanded_


def test_the_command_learns_from_what_is_not_held_out(commanded, tmp_path, capsys):
    done = commanded()

    assert (done["data"], done["folder"]) == (tmp_path / "data", tmp_path / "training")
    assert [each.question for each in done["learnt"]] == [e.question for e in examples()[2:]]
    assert {each.question for each in done["held_out"]} == {e.question for e in examples()[:2]}
    assert done["lent"] == done["learnt"]  # names and answers, too, come from these alone
    assert done["steps"] == command.STEPS
    assert (done["path"], done["base"]) == (reader_build.ADAPTER, "base")
    assert np.array_equal(done["weights"]["span.bias"], done["start"])
    assert "adapter" not in done
    assert "now run: wenju setup" in capsys.readouterr().out


def test_the_command_uses_the_examples_that_are_there(commanded):
    commanded()

    again = commanded()

    assert "data" not in again
    assert len(again["learnt"]) == 3


def test_the_command_goes_on_from_an_adapter(commanded, tmp_path):
    first, further = commanded(), commanded(tmp_path / "former.bin", steps=7)

    assert (further["adapter"], further["steps"]) == (tmp_path / "former.bin", 7)
    assert not np.array_equal(further["start"], first["start"])


# One step


@pytest.mark.parametrize(
    ("step", "share"),
    [(0, 1 / 6), (2, 3 / 6), (5, 1.0), (6, 1.0), (53, 47 / 94), (99, 1 / 94), (100, 0.0)],
)
def test_the_rate_rises_then_falls_to_nothing(step, share):
    assert share_of_rate(step, 100) == pytest.approx(share)  # six steps of warming up


def test_what_begins_untrained_learns_faster(batcher):
    trainer = Trainer(network(), 100, "cpu")
    trainer.step = 53  # where the rates are at half their height
    trainer.learn([batcher.item("谁", examples()[0].passage, (0, 2))])
    encoder, fresh = trainer.optimizer.param_groups

    names = {id(value): name for name, value in trainer.learnt.items()}
    assert (encoder["lr"], fresh["lr"]) == pytest.approx((1.5e-3, 5e-3))
    assert {names[id(value)] for value in fresh["params"]} == {
        "bert.embeddings.token_type_embeddings.weight",
        "span.weight",
        "span.bias",
        "relevance.weight",
        "relevance.bias",
    }
    assert len(encoder["params"]) + 5 == len(names)


def test_the_model_is_what_was_learnt_in_bfloat16(batcher):
    trainer = Trainer(network(), 10, "cpu")
    before = trainer.weights()["span.weight"].copy()
    frozen = trainer.model.bert.embeddings.word_embeddings.weight.clone()

    trainer.learn([batcher.item("谁", examples()[0].passage, (0, 2))])

    learnt = trainer.weights()["span.weight"]
    assert learnt.dtype == np.float32
    assert not np.array_equal(learnt, before)
    assert torch.equal(trainer.model.span.weight, torch.tensor(learnt).bfloat16())
    assert torch.equal(trainer.model.bert.embeddings.word_embeddings.weight, frozen)
    assert "bert.embeddings.word_embeddings.weight" not in trainer.weights()


# Reading


class PicksWord(nn.Module):
    """Finds one word: its tokens begin and end a span, and make a passage relevant."""

    def __init__(self, first, last):
        super().__init__()
        self.first, self.last = token_id(first), token_id(last)
        self.span = nn.Linear(1, 1)

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


def test_the_figures_of_a_check(batcher):
    trainer = Trainer(network(), 1, "cpu")
    trainer.model = PicksWord("天", "津")
    held_out = [example("张三", "天津"), example("李四", "天津塔")]

    found = check(trainer, batcher, held_out, switched=False)

    assert found == Checked(exact=0.5, f1=pytest.approx((1 + 0.8) / 2), ranked_first=1.0)
    likened = replace(held_out[0], distractors=(*held_out[0].distractors, held_out[1].passage))
    assert check(trainer, batcher, [likened], switched=True).ranked_first == 0.0


def test_examples_whose_answer_is_cut_off_are_not_checked(batcher):
    far = example("李四", "上海")
    far = replace(
        far,
        passage=replace(far.passage, text="龙" * 600 + far.passage.text),
        start=far.start + 600,
        end=far.end + 600,
    )
    trainer = Trainer(network(), 1, "cpu")
    trainer.model = PicksWord("天", "津")

    assert check(trainer, batcher, [far, example("张三", "天津")], switched=False).exact == 1.0
