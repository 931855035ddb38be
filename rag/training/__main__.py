"""`python -m rag.training DATA [FOLDER] [--from ADAPTER]`: trains the reader."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import torch

from rag.config import Settings
from rag.engine import open_lexicon
from rag.models import vocabulary
from rag.models.vocabulary import open_vocabulary
from rag.reading import reader_build, weight_delta
from rag.reading.network import trained, untrained
from rag.training import examples
from rag.training.batches import Batcher
from rag.training.examples import Example
from rag.training.train import Trainer, run

STEPS = 2600


def main(data: Path, folder: Path, adapter: Path | None = None, steps: int = STEPS) -> None:
    """Train on the sets in `data`; examples, checkpoint and log lie in `folder`.

    With an `adapter` from what that one holds, otherwise from the bundled encoder.
    """
    path = folder / "examples.jsonl"
    if not path.exists():
        examples.prepare(data, path)
    learnt, held_out = _parted(examples.read(path))
    settings = Settings.from_environment()
    words = open_vocabulary(settings.models / vocabulary.NAME)
    batcher = Batcher(words, open_lexicon(settings), learnt)
    network = trained(adapter) if adapter else untrained()
    base = reader_build.untrained()
    trainer = Trainer(network, steps, "cuda" if torch.cuda.is_available() else "cpu")
    run(trainer, batcher, learnt, held_out, folder)
    weight_delta.write(reader_build.ADAPTER, trainer.weights(), base)
    print(f"wrote {reader_build.ADAPTER}; now run: wenju setup")


def _parted(found: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Those that are learnt, and in random order those that are held out."""
    held_out = [example for example in found if example.held_out]
    random.Random(0).shuffle(held_out)
    return [example for example in found if not example.held_out], held_out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m rag.training", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the public sets")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("training"))
    parser.add_argument("--from", dest="adapter", type=Path, help="an adapter to begin with")
    parser.add_argument("--steps", type=int, default=STEPS)
    given = parser.parse_args()
    main(given.data, given.folder, given.adapter, given.steps)
