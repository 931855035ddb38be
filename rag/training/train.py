"""The training itself: steps, checkpoints that resume, and figures on what was held out."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from rag.evaluation.matching import exact_match, f1
from rag.reading.cross_encoder import span_logits
from rag.reading.network import ReaderNetwork
from rag.reading.reader_build import ENCODER
from rag.training.batches import Batcher, Item, padded
from rag.training.examples import Example
from rag.training.loss import loss

RATE = 1e-4  # of learning, at its highest
FRESH_RATE = 5e-4  # the same of what begins without any training
WARM_UP = 0.06  # share of the steps
DECAY = 0.01  # of weights
CHECKED = 200  # held-out questions
CHECKED_EVERY = 600  # steps
LOGGED_EVERY = 50  # the same
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


class Trainer:
    """A model in bfloat16 whose float32 copy is what learns."""

    def __init__(self, model: ReaderNetwork, steps: int, device: str) -> None:
        self.device = device
        self.steps = steps
        self.step = 0
        self.model = model.to(device)
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        self.learnt = {name: p.detach().float().clone() for name, p in named}
        self.model.to(torch.bfloat16)
        self._parameters = {name: dict(self.model.named_parameters())[name] for name, _ in named}
        fresh = {n for n in self.learnt if not n.startswith(ENCODER) or "token_type" in n}
        groups = [
            {"params": [v for n, v in self.learnt.items() if n not in fresh], "rate": RATE},
            {"params": [v for n, v in self.learnt.items() if n in fresh], "rate": FRESH_RATE},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=DECAY, fused=True)

    def learn(self, items: Sequence[Item]) -> float:
        """One step; the loss before it."""
        found = loss(self.model, items, self.device)
        found.backward()
        self._take_gradients()
        torch.nn.utils.clip_grad_norm_(self.learnt.values(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = group["rate"] * share_of_rate(self.step, self.steps)
        self.optimizer.step()
        self._give_weights()
        self.step += 1
        return float(found.detach())

    def weights(self) -> dict[str, np.ndarray]:
        """All that was learnt, by name, in float32."""
        return {name: value.cpu().numpy() for name, value in self.learnt.items()}

    def save(self, path: Path) -> None:
        """Write what resuming needs."""
        unfinished = path.with_suffix(".unfinished")
        torch.save(
            {"learnt": self.learnt, "optimizer": self.optimizer.state_dict(), "step": self.step},
            unfinished,
        )
        unfinished.replace(path)

    def load(self, path: Path) -> None:
        """Go on from where `save` was called."""
        saved = torch.load(path, map_location=self.device)
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step = saved["step"]
        for name, value in self.learnt.items():
            value.copy_(saved["learnt"][name])
        self._give_weights()

    def _take_gradients(self) -> None:
        """Those of the model, in float32, to what learns."""
        for name, value in self.learnt.items():
            gradient = self._parameters[name].grad
            value.grad = None if gradient is None else gradient.float()
            self._parameters[name].grad = None

    @torch.no_grad()
    def _give_weights(self) -> None:
        """What was learnt to the model, in bfloat16."""
        for name, value in self.learnt.items():
            self._parameters[name].copy_(value)


def share_of_rate(step: int, steps: int) -> float:
    """Of the learning rate at this step: up in even steps, then down to nothing."""
    warm = max(1, int(steps * WARM_UP))
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / (steps - warm))


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
    trainer: Trainer, batcher: Batcher, examples: Sequence[Example], *, switched: bool
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
        best, *rest = predict(trainer.model, read, trainer.device)
        offsets, text = item.pair.offsets, example.passage.text
        words = text[offsets[best.first][0] : offsets[best.last][1]]
        answers = ((text[example.start : example.end],),)
        exact.append(float(exact_match(answers, words)))
        overlap.append(f1(answers, words))
        first.append(float(all(best.relevance > other.relevance for other in rest)))
    return Checked(float(np.mean(exact)), float(np.mean(overlap)), float(np.mean(first)))


def run(
    trainer: Trainer,
    batcher: Batcher,
    learnt: Sequence[Example],
    held_out: Sequence[Example],
    folder: Path,
) -> None:
    """Train to the last step, from the checkpoint in `folder` where there is one.

    The log there gets a line of JSON for every 50 steps and for each check.
    """
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        trainer.load(checkpoint)
    epochs = (batcher.batches(learnt, epoch) for epoch in itertools.count())
    batches = itertools.islice(itertools.chain.from_iterable(epochs), trainer.step, None)
    losses: list[float] = []
    seconds: list[float] = []
    while trainer.step < trainer.steps:
        began = time.perf_counter()
        losses.append(trainer.learn(next(batches)))
        seconds.append(time.perf_counter() - began)
        if trainer.step % LOGGED_EVERY == 0:
            _log(
                folder,
                step=trainer.step,
                loss=round(float(np.mean(losses[-LOGGED_EVERY:])), 3),
                seconds_a_step=round(float(np.median(seconds[-LOGGED_EVERY:])), 3),
            )
        if trainer.step % CHECKED_EVERY == 0 or trainer.step == trainer.steps:
            trainer.save(checkpoint)
            for switched in (False, True):
                found = check(trainer, batcher, held_out, switched=switched)
                figures = {name: round(value, 3) for name, value in asdict(found).items()}
                _log(folder, step=trainer.step, switched=switched, **figures)


def _log(folder: Path, **figures: object) -> None:
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(figures) + "\n")
