"""Training of a line through some points, and the command with toys for networks and sets."""

import json
import runpy
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from toy_reader import WordTokenizer, examples, network

from rag.checking import judge_build
from rag.errors import BadSetting
from rag.models import e5
from rag.reading import reader_build
from rag.reading.cross_encoder import ReaderInput
from rag.reading.network import ReaderNetwork
from rag.training import batches, contrast, parallel, reading, retrieval, train
from rag.training.claims.example import ClaimExample
from rag.training.judge_network import JudgeNetwork
from rag.training.switch import Switcher
from rag.training.train import Trainer, run, share_of_rate


class Line(nn.Module):
    """`slope` and `height` of a line are learnt; the `unit` in which it is drawn is not."""

    def __init__(self, slope=0.0):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor([slope]))
        self.height = nn.Parameter(torch.tensor([0.0]))
        self.unit = nn.Parameter(torch.tensor([2.0]), requires_grad=False)


def loss(model, points, device):
    """Mean square of the distance to points, each (x, y)."""
    x, y = torch.tensor(points, device=device).T
    return (y - model.unit * (model.slope * x + model.height)).float().square().mean()


def rate_of(name):
    return {"slope": 0.1, "height": 0.05}[name]


def batches_of(epoch):
    """Three batches of two points, on the line of slope 3 that is 1 high where it begins."""
    for n in range(3):
        yield [(x, 2 * (3 * x + 1)) for x in (n / 3, (epoch + n) % 5 / 5)]


def trainer_of(steps, model=None):
    return Trainer(model or Line(), loss, rate_of, steps, "cpu")


def figures():
    yield {"of": "first", "share": 2 / 3}
    yield {"of": "second", "share": 1.0}


def log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def often(monkeypatch):
    monkeypatch.setattr(train, "CHECKED_EVERY", 2)
    monkeypatch.setattr(train, "LOGGED_EVERY", 3)


# A run


def test_a_toy_set_is_learnt(tmp_path):
    trainer = trainer_of(300)

    run(trainer, batches_of, list, tmp_path)

    losses = [line["loss"] for line in log(tmp_path)]
    assert losses[0] > 1
    assert losses[-1] < 0.01
    assert trainer.weights()["slope"] == pytest.approx(3, abs=0.05)
    assert trainer.weights()["height"] == pytest.approx(1, abs=0.05)


def test_the_log_tells_of_steps_and_figures(tmp_path, often):
    run(trainer_of(7), batches_of, figures, tmp_path / "new" / "folder")

    lines = log(tmp_path / "new" / "folder")
    seconds = [line.pop("seconds_a_step") for line in lines if "loss" in line]
    losses = [line.pop("loss") for line in lines if "loss" in line]
    assert lines == [
        {"step": 2, "of": "first", "share": 0.667},
        {"step": 2, "of": "second", "share": 1.0},
        {"step": 3},
        {"step": 4, "of": "first", "share": 0.667},
        {"step": 4, "of": "second", "share": 1.0},
        {"step": 6},
        {"step": 6, "of": "first", "share": 0.667},
        {"step": 6, "of": "second", "share": 1.0},
        {"step": 7, "of": "first", "share": 0.667},
        {"step": 7, "of": "second", "share": 1.0},
    ]
    assert all(each >= 0 for each in seconds)
    again = trainer_of(7)
    learnt = [again.learn(points) for epoch in range(2) for points in batches_of(epoch)]
    assert losses == [round(sum(each) / 3, 3) for each in (learnt[:3], learnt[3:])]


class Killed(Exception):
    """In the middle of a step."""


def test_a_run_that_was_killed_ends_with_the_weights_of_one_that_was_not(
    tmp_path, monkeypatch, often
):
    whole = trainer_of(7)
    run(whole, batches_of, figures, tmp_path / "whole")
    learn = Trainer.learn

    def learn_until_killed(trainer, points):
        if trainer.step == 5:
            raise Killed
        return learn(trainer, points)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "learn", learn_until_killed)
        with pytest.raises(Killed):
            run(trainer_of(7), batches_of, figures, tmp_path)
    resumed = trainer_of(7)
    run(resumed, batches_of, figures, tmp_path)

    assert resumed.step == whole.step == 7
    assert resumed.weights().keys() == whole.weights().keys() == {"slope", "height"}
    for name, value in whole.weights().items():
        assert np.array_equal(value, resumed.weights()[name]), name
    assert [line["step"] for line in log(tmp_path) if line.get("of") == "first"] == [2, 4, 6, 7]


@pytest.mark.parametrize("other", [(6,), (7, Line(slope=9.0))], ids=["length", "beginning"])
def test_the_checkpoint_of_another_run_is_not_taken_up(tmp_path, other):
    run(trainer_of(7), batches_of, figures, tmp_path)

    with pytest.raises(BadSetting, match=r"remove it, or train in another folder"):
        run(trainer_of(*other), batches_of, figures, tmp_path)


def test_a_checkpoint_that_does_not_say_how_it_began_is_not_taken_up(tmp_path):
    path = tmp_path / "old.pt"
    trainer_of(7).save(path)
    saved = torch.load(path)
    del saved["begun"]
    torch.save(saved, path)

    with pytest.raises(BadSetting, match=r"remove it, or train in another folder"):
        trainer_of(7).load(path)


def test_a_finished_run_learns_nothing_more(tmp_path, monkeypatch):
    trainer = trainer_of(2)
    run(trainer, batches_of, figures, tmp_path)
    monkeypatch.setattr(Trainer, "learn", None)
    again = trainer_of(2)

    run(again, batches_of, figures, tmp_path)

    assert again.step == 2
    assert np.array_equal(again.weights()["slope"], trainer.weights()["slope"])
    assert len(log(tmp_path)) == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["checkpoint.pt", "log.jsonl"]


def test_each_step_learns_from_the_next_batch(tmp_path, monkeypatch):
    seen = []

    def learn(trainer, points):
        seen.append(points)
        trainer.step += 1
        return 0.0

    monkeypatch.setattr(Trainer, "learn", learn)
    run(trainer_of(7), batches_of, figures, tmp_path)

    assert seen == [*batches_of(0), *batches_of(1), next(batches_of(2))]


# One step


@pytest.mark.parametrize(
    ("step", "share"),
    [(0, 1 / 6), (2, 3 / 6), (5, 1.0), (6, 1.0), (53, 47 / 94), (99, 1 / 94), (100, 0.0)],
)
def test_the_rate_rises_then_falls_to_nothing(step, share):
    assert share_of_rate(step, 100) == pytest.approx(share)  # six steps of warming up


def test_each_weight_learns_at_the_rate_of_its_name():
    trainer = trainer_of(100)
    trainer.step = 53  # where the rates are at half their height
    trainer.learn([(1.0, 2.0)])

    rates = {
        name: group["lr"]
        for name, value in trainer.learnt.items()
        for group in trainer.optimizer.param_groups
        if any(value is each for each in group["params"])
    }
    assert rates == pytest.approx({"slope": 0.05, "height": 0.025})


def test_weights_of_one_rate_are_one_group():
    trainer = Trainer(Line(), loss, lambda name: 0.1, 100, "cpu")

    assert [len(group["params"]) for group in trainer.optimizer.param_groups] == [2]


def test_of_what_was_learnt_a_share_is_kept():
    trainer = trainer_of(10, Line(slope=1.0))
    trainer.learnt["slope"].fill_(2.0)

    assert trainer.weights()["slope"].tolist() == [2.0]
    assert trainer.weights(kept=0.25)["slope"].tolist() == [1.25]
    assert trainer.weights(kept=0.25)["slope"].dtype == np.float32


def test_the_model_is_what_was_learnt_in_bfloat16():
    trainer = trainer_of(10)

    before = trainer.learn([(1.0, 2.0)])

    weights = trainer.weights()
    assert before == 4.0  # two high, where the line is at none
    assert trainer.step == 1
    assert weights.keys() == {"slope", "height"}
    assert weights["slope"].dtype == np.float32
    assert weights["slope"] == pytest.approx(0.1)  # the first step of Adam is as long as the rate
    assert torch.equal(trainer.model.slope, torch.tensor(weights["slope"]).bfloat16())
    assert trainer.model.slope.item() != weights["slope"][0]
    assert trainer.model.unit.tolist() == [2.0]


def test_what_a_step_learns_is_bounded_and_forgotten_after_it():
    trainer = trainer_of(10)

    trainer.learn([(1.0, 2000.0)])

    gradients = torch.cat([value.grad for value in trainer.learnt.values()])
    assert gradients.norm().item() == pytest.approx(1.0, abs=1e-4)
    assert all(each.grad is None for each in trainer.model.parameters())


# The command


ADAPTERS = {"retriever": e5.ADAPTER, "reader": reader_build.ADAPTER}
EVIDENCE = ReaderInput("灯塔", "塔高2米。")
PAIRS = [("下雪。", "It snows."), ("下雨。", "It rains."), ("刮风。", "Wind."), ("有雾。", "Fog.")]


def weights_of(model):
    return {name: value.numpy().copy() for name, value in model.state_dict().items()}


PUBLISHED, FORMER = (weights_of(network(seed).bert) for seed in (1, 2))


def bert_of(weights):
    made = network().bert
    made.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    return made


def reader_of(weights):
    return ReaderNetwork(bert_of(weights))


@pytest.fixture(scope="module")
def switcher(lexicon):
    return Switcher(lexicon)


@pytest.fixture
def commanded(tmp_path, lexicon_file, switcher, monkeypatch):
    """Runs a command line over toy networks and toy examples; gives what was done."""
    done = {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("WENJU_MODELS", str(lexicon_file.parent))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(contrast, "QUESTIONS", 3)

    stand_ins = {
        "rag.models.vocabulary.open_vocabulary": lambda folder: WordTokenizer(),
        "rag.models.e5.untrained": lambda: PUBLISHED,
        "rag.models.e5.merged": {Path("former.bin"): FORMER}.get,
        "rag.models.bert.bert": bert_of,
        "rag.reading.reader_build.untrained": lambda: PUBLISHED,
        "rag.reading.network.untrained": lambda: reader_of(PUBLISHED),
        "rag.reading.network.trained": lambda path: reader_of({Path("former.bin"): FORMER}[path]),
    }
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(name, stand_in)
    for module in (batches, contrast):  # it takes seconds to make
        monkeypatch.setattr(module, "Switcher", lambda lexicon: switcher)

    def prepare(data, path):
        done["data"] = data
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps(asdict(replace(each, held_out=n < 2)), ensure_ascii=False)
            for n, each in enumerate(examples())
        ]
        path.write_text("\n".join(lines), "utf-8")

    def write(path, weights, base):
        done.update(path=path, weights=weights, base=base)

    monkeypatch.setattr("rag.training.examples.prepare", prepare)
    monkeypatch.setattr("rag.models.weight_delta.write", write)
    _watch(monkeypatch, done)

    def commanded_(*line):
        done.clear()
        monkeypatch.setattr(sys, "argv", ["rag.training", *line])
        runpy.run_module("rag.training", run_name="__main__")
        return dict(done)

    yield commanded_
    torch.set_num_threads(threads)


def _watch(monkeypatch, done):
    """Notes which examples are learnt, lend names and answers, and are checked."""
    for made in (batches.Batcher, contrast.Contraster):

        def batches_(self, learnt, epoch, original=made.batches):
            done["learnt"] = [each.question for each in learnt]
            done["batches"] = list(original(self, learnt, epoch))
            return iter(done["batches"])

        monkeypatch.setattr(made, "batches", batches_)

    for module in (reading, retrieval):

        def check(model, maker, held_out, device, *, switched, original=module.check):
            done["held_out"] = {each.question for each in held_out}
            return original(model, maker, held_out, device, switched=switched)

        monkeypatch.setattr(module, "check", check)

    def exchanger(given, original=batches.Exchanger):
        done["lent"] = [each.question for each in given]
        return original(given)

    monkeypatch.setattr(batches, "Exchanger", exchanger)


@pytest.fixture
def at_once(monkeypatch):
    """A step counts as all of them, and changes nothing; gives how many there were."""
    steps = []

    def learn(trainer, batch):
        steps.append(trainer.steps)
        trainer.step = trainer.steps
        return 0.0

    monkeypatch.setattr(Trainer, "learn", learn)
    return steps


NAME = "encoder.layer.0.output.dense.weight"  # one of the weights that are learnt
IN_ADAPTER = {"retriever": NAME, "reader": f"bert.{NAME}"}

FIGURES = {
    "retriever": ["step", "switched", "first", "first_by_units"],
    "reader": ["step", "switched", "exact", "f1", "ranked_first"],
}


@pytest.mark.parametrize("what", ["retriever", "reader"])
def test_the_command_learns_from_what_is_not_held_out(commanded, tmp_path, capsys, what):
    done = commanded(what, "sets", "made", "--steps", "3")

    questions = [each.question for each in examples()]
    assert done["data"] == Path("sets")
    assert done["learnt"] == questions[2:]
    assert done["held_out"] == set(questions[:2])
    lines = log(tmp_path / "made" / what)
    assert [(line["step"], line["switched"]) for line in lines] == [(3, False), (3, True)]
    assert [list(line) for line in lines] == [FIGURES[what]] * 2
    assert done["path"] == ADAPTERS[what]
    assert done["base"] is PUBLISHED
    assert not np.array_equal(done["weights"][IN_ADAPTER[what]], PUBLISHED[NAME])
    assert capsys.readouterr().out == f"wrote {ADAPTERS[what]}; now run: wenju setup\n"


def test_names_and_answers_of_the_reader_come_from_what_is_learnt(commanded, at_once):
    done = commanded("reader", "sets")

    assert done["lent"] == done["learnt"] != []


def test_the_retriever_also_learns_from_what_was_translated(commanded, at_once, tmp_path):
    path = tmp_path / "sets" / parallel.FILE
    path.parent.mkdir(parents=True)
    rows = [
        {"id": f"{n}-{lang}", "lang": lang, "claim": claim}
        for n, pair in enumerate(PAIRS)
        for lang, claim in zip(("zh", "en"), pair, strict=True)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")

    (with_pairs,) = commanded("retriever", "sets")["batches"]
    path.unlink()
    (without,) = commanded("retriever", "sets", "other")["batches"]

    assert (len(with_pairs.questions), len(without.questions)) == (3 + contrast.CROSSING, 3)


@pytest.mark.parametrize(("what", "usual"), [("retriever", 600), ("reader", 2600)])
def test_the_command_uses_the_examples_that_are_there_and_goes_on_from_an_adapter(
    commanded, at_once, tmp_path, what, usual
):
    first = commanded(what, "sets")
    (tmp_path / "training" / what / "checkpoint.pt").unlink()

    further = commanded(what, "sets", "training", "--from", "former.bin", "--steps", "7")

    assert at_once == [usual, 7]
    assert "data" in first
    assert "data" not in further
    assert further["learnt"] == first["learnt"]
    assert first["base"] is further["base"] is PUBLISHED
    assert np.array_equal(first["weights"][IN_ADAPTER[what]], PUBLISHED[NAME])
    assert np.allclose(further["weights"][IN_ADAPTER[what]], FORMER[NAME], atol=1e-7)


@pytest.mark.parametrize(
    ("what", "line", "kept"),
    [("retriever", [], 0.6), ("reader", [], 1.0), ("reader", ["--keep", "0.5"], 0.5)],
)
def test_the_command_keeps_a_share_of_what_is_learnt(commanded, monkeypatch, what, line, kept):
    shares = []
    weights = Trainer.weights

    def watched(trainer, kept=1.0):
        shares.append(kept)
        return weights(trainer, kept)

    monkeypatch.setattr(Trainer, "weights", watched)
    commanded(what, "sets", "made", "--steps", "1", *line)

    assert shares == [kept]


def test_the_judge_learns_claims_and_begins_with_the_reader(
    commanded, monkeypatch, tmp_path, capsys
):
    begun = []

    def trained(path):
        begun.append(path)
        return JudgeNetwork(bert_of(PUBLISHED))

    def claim(number):
        held_out = number == 0
        return ClaimExample(f"塔高{number}米。", EVIDENCE, "supported", "toy", "", held_out)

    class Makes:
        def __init__(self, lexicon, given):
            self.given = given

        def made(self, given):
            return [replace(claim(n), source="made", kind="number") for n in range(len(given))]

    monkeypatch.setattr("rag.training.judge_network.trained", trained)
    monkeypatch.setattr("rag.checking.judge_build.untrained", lambda: PUBLISHED)
    monkeypatch.setattr(
        "rag.training.claims.public.read_sets", lambda data: [claim(n) for n in range(4)]
    )
    monkeypatch.setattr("rag.training.claims.made.ClaimMaker", Makes)

    done = commanded("judge", "sets", "made", "--steps", "2")

    lines = log(tmp_path / "made" / "judge")
    assert begun == [reader_build.ADAPTER]
    assert (done["path"], done["base"]) == (judge_build.ADAPTER, PUBLISHED)
    assert not np.array_equal(done["weights"][f"bert.{NAME}"], PUBLISHED[NAME])
    assert [line["claims"] for line in lines if line["by"] == "set"] == [1, 1]
    assert [line["of"] for line in lines if line["by"] == "kind"] == ["number"]
    assert capsys.readouterr().out == f"wrote {judge_build.ADAPTER}; now run: wenju setup\n"
    assert len((tmp_path / "made" / "claims.jsonl").read_text("utf-8").splitlines()) == 9


def test_the_command_says_what_can_be_trained(commanded, capsys):
    with pytest.raises(SystemExit) as ended:
        commanded("writer", "sets")

    assert ended.value.code == 2
    assert "retriever" in capsys.readouterr().err
