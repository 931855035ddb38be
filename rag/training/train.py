"""Training, whatever is trained: steps, checkpoints that resume, and a log."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from rag.errors import BadSetting

WARM_UP = 0.06  # share of the steps
DECAY = 0.01  # of weights
CHECKED_EVERY = 600  # steps
LOGGED_EVERY = 50  # the same


Network = TypeVar("Network", bound=nn.Module)
Batch = TypeVar("Batch")


class Trainer(Generic[Network, Batch]):
    """A model in bfloat16 whose float32 copy is what learns, to make `loss` small.

    `loss` is given the model, a batch and the device; `rate_of` says how fast a weight learns at
    most, by its name.
    """

    def __init__(
        self,
        model: Network,
        loss: Callable[[Network, Batch, str], Tensor],
        rate_of: Callable[[str], float],
        steps: int,
        device: str,
    ) -> None:
        self.device = device
        self.steps = steps
        self.step = 0
        self.model = model.to(device)
        self._loss = loss
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        self.learnt = {name: p.detach().float().clone() for name, p in named}
        self._before = {name: value.clone() for name, value in self.learnt.items()}
        self.model.to(torch.bfloat16)
        self._parameters = {name: dict(self.model.named_parameters())[name] for name, _ in named}
        groups: dict[float, list[Tensor]] = defaultdict(list)
        for name, value in self.learnt.items():
            groups[rate_of(name)].append(value)
        self.optimizer = torch.optim.AdamW(
            [{"params": values, "rate": rate} for rate, values in groups.items()],
            weight_decay=DECAY,
            fused=True,
        )

    def learn(self, batch: Batch) -> float:
        """One step; the loss before it."""
        found = self._loss(self.model, batch, self.device)
        found.backward()
        self._take_gradients()
        torch.nn.utils.clip_grad_norm_(self.learnt.values(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = group["rate"] * share_of_rate(self.step, self.steps)
        self.optimizer.step()
        self._give_weights()
        self.step += 1
        return float(found.detach())

    def weights(self, kept: float = 1.0) -> dict[str, np.ndarray]:
        """All weights that learn, by name, in float32; of what they learnt a share is `kept`.

        Between those before and after training lie some that do better on texts unlike it.
        """
        return {
            name: before.lerp(self.learnt[name], kept).cpu().numpy()
            for name, before in self._before.items()
        }

    def save(self, path: Path) -> None:
        """Write what resuming needs."""
        unfinished = path.with_suffix(".unfinished")
        torch.save(
            {
                "begun": self._begun(),
                "learnt": self.learnt,
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
            },
            unfinished,
        )
        unfinished.replace(path)

    def load(self, path: Path) -> None:
        """Go on from where `save` was called; raises BadSetting where another run did."""
        saved = torch.load(path, map_location=self.device)
        if saved.get("begun") != self._begun():  # those of older versions do not say
            raise BadSetting(
                f"{path} is from a training with another beginning or length",
                "remove it, or train in another folder",
            )
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step = saved["step"]
        for name, value in self.learnt.items():
            value.copy_(saved["learnt"][name])
        self._give_weights()

    def _begun(self) -> str:
        """What tells this run from others: a digest of its first weights and its length."""
        digest = hashlib.sha256(str(self.steps).encode())
        for name, value in sorted(self._before.items()):
            digest.update(name.encode())
            digest.update(value.cpu().numpy().tobytes())
        return digest.hexdigest()

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


def run(
    trainer: Trainer[Network, Batch],
    batches_of: Callable[[int], Iterator[Batch]],
    figures: Callable[[], Iterable[Mapping[str, object]]],
    folder: Path,
) -> None:
    """Train to the last step, from the checkpoint in `folder` where there is one.

    `batches_of` gives the batches of an epoch by its number. The log there gets a line of JSON for
    every 50 steps, and at each check the lines of `figures`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        trainer.load(checkpoint)
    epochs = (batches_of(epoch) for epoch in itertools.count())
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
                loss=float(np.mean(losses[-LOGGED_EVERY:])),
                seconds_a_step=float(np.median(seconds[-LOGGED_EVERY:])),
            )
        if trainer.step % CHECKED_EVERY == 0 or trainer.step == trainer.steps:
            trainer.save(checkpoint)
            for line in figures():
                _log(folder, step=trainer.step, **line)


def _log(folder: Path, **figures: object) -> None:
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        rounded = {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in figures.items()
        }
        file.write(json.dumps(rounded) + "\n")
