"""`python -m rag.training DATA [FOLDER]`: trains the reader; a second call goes on."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from rag.config import BUNDLED_MODEL, Settings
from rag.engine import open_lexicon
from rag.models import e5
from rag.models.onnx import open_tokenizer
from rag.reading import reader_build, weight_delta
from rag.reading.network import untrained
from rag.training import examples
from rag.training.batches import Batcher
from rag.training.examples import Example
from rag.training.train import Trainer, run

STEPS = 3000


def main(data: Path, folder: Path) -> None:
    """Train on the sets in `data`; examples, indexes, checkpoint and log lie in `folder`."""
    # Without the reader, which may not be there yet, and which would choose what the next learns.
    settings = replace(
        Settings.from_environment(),
        indexes=folder / "indexes",
        embedding_model=BUNDLED_MODEL,
        reader=False,
    )
    path = folder / "examples.jsonl"
    if not path.exists():
        examples.prepare(settings, data, path)
    learnt, held_out = _parted(examples.read(path))
    tokenizer = open_tokenizer(e5.source_file("tokenizer"))
    batcher = Batcher(tokenizer, open_lexicon(settings))
    network = untrained()
    base = {name: value.numpy().copy() for name, value in network.state_dict().items()}
    trainer = Trainer(network, STEPS, "cuda" if torch.cuda.is_available() else "cpu")
    run(trainer, batcher, learnt, held_out, folder)
    weight_delta.write(reader_build.ADAPTER, trainer.weights(), base)
    print(f"wrote {reader_build.ADAPTER}; now run: wenju setup")


def _parted(found: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Those that are learnt, and in random order those that are held out."""
    held_out = [example for example in found if example.held_out]
    random.Random(0).shuffle(held_out)
    return [example for example in found if not example.held_out], held_out


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m rag.training DATA [FOLDER]")
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "training"))
