"""`python -m rag.training (retriever|reader|judge) DATA [FOLDER] [--from ADAPTER]`: trains it."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from rag.checking import judge_build
from rag.config import Settings
from rag.engine import open_lexicon
from rag.errors import WenjuError
from rag.language.lexicon import Lexicon
from rag.models import e5, vocabulary, weight_delta
from rag.models.bert import bert
from rag.models.vocabulary import Vocabulary, open_vocabulary
from rag.reading import network, reader_build
from rag.training import examples, judge_network, judging, reading, retrieval
from rag.training.batches import Batcher
from rag.training.claim_batches import ClaimBatcher
from rag.training.claims import example as claim_examples
from rag.training.claims import public
from rag.training.claims.made import ClaimMaker
from rag.training.contrast import Contraster
from rag.training.examples import Example
from rag.training.parallel import read_parallel
from rag.training.train import Trainer, run


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: from what, for how many steps, from which epoch on, how much of it to keep."""

    adapter: Path | None
    steps: int
    epoch: int
    kept: float


def train_retriever(data: Path, folder: Path, plan: Plan) -> None:
    """Train on the sets in `data`; examples, checkpoint and log lie in `folder`.

    With an adapter from what that one holds, otherwise from the bundled encoder.
    """
    learnt, held_out = _parted(_examples(data, folder))
    contraster = Contraster(*_words(), read_parallel(data))
    base = e5.untrained()
    encoder = bert(e5.merged(plan.adapter) if plan.adapter else base)
    trainer = Trainer(encoder, retrieval.loss, retrieval.rate_of, plan.steps, _device())

    def figures() -> Iterator[dict[str, object]]:
        for is_switched in (False, True):
            found = retrieval.check(
                encoder, contraster, held_out, trainer.device, switched=is_switched
            )
            yield {"switched": is_switched, **asdict(found)}

    run(
        trainer,
        lambda epoch: contraster.batches(learnt, plan.epoch + epoch),
        figures,
        folder / "retriever",
    )
    weight_delta.write(e5.ADAPTER, trainer.weights(plan.kept), base)
    print(f"wrote {e5.ADAPTER}; now run: wenju setup")


def train_reader(data: Path, folder: Path, plan: Plan) -> None:
    """The same for the reader."""
    learnt, held_out = _parted(_examples(data, folder))
    batcher = Batcher(*_words(), learnt)
    model = network.trained(plan.adapter) if plan.adapter else network.untrained()
    trainer = Trainer(model, reading.loss, reading.rate_of, plan.steps, _device())

    def figures() -> Iterator[dict[str, object]]:
        for is_switched in (False, True):
            found = reading.check(model, batcher, held_out, trainer.device, switched=is_switched)
            yield {"switched": is_switched, **asdict(found)}

    run(
        trainer,
        lambda epoch: batcher.batches(learnt, plan.epoch + epoch),
        figures,
        folder / "reader",
    )
    weight_delta.write(reader_build.ADAPTER, trainer.weights(plan.kept), reader_build.untrained())
    print(f"wrote {reader_build.ADAPTER}; now run: wenju setup")


def train_judge(data: Path, folder: Path, plan: Plan) -> None:
    """The same for the judge, which begins with what the reader learnt unless told otherwise."""
    path = folder / "claims.jsonl"
    tokenizer, lexicon = _words()
    if not path.exists():
        asked = _examples(data, folder)
        made = ClaimMaker(lexicon, asked).made(asked)
        claim_examples.write(path, [*public.read_sets(data), *made])
    claims = claim_examples.read(path)
    learnt = [each for each in claims if not each.held_out]
    held_out = [each for each in claims if each.held_out]
    batcher = ClaimBatcher(tokenizer, lexicon)
    model = judge_network.trained(plan.adapter or reader_build.ADAPTER)
    trainer = Trainer(model, judging.loss, judging.rate_of, plan.steps, _device())
    run(
        trainer,
        lambda epoch: batcher.batches(learnt, plan.epoch + epoch),
        lambda: judging.check(model, batcher, held_out, trainer.device),
        folder / "judge",
    )
    weight_delta.write(judge_build.ADAPTER, trainer.weights(plan.kept), judge_build.untrained())
    print(f"wrote {judge_build.ADAPTER}; now run: wenju setup")


TRAINED = {
    "retriever": (train_retriever, 600, retrieval.KEPT),
    "reader": (train_reader, 2600, 1.0),
    "judge": (train_judge, 4000, 1.0),
}


def _examples(data: Path, folder: Path) -> list[Example]:
    path = folder / "examples.jsonl"
    if not path.exists():
        examples.prepare(data, path)
    return examples.read(path)


def _parted(found: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Those that are learnt, and in random order those that are held out."""
    held_out = [example for example in found if example.held_out]
    random.Random(0).shuffle(held_out)
    return [example for example in found if not example.held_out], held_out


def _words() -> tuple[Vocabulary, Lexicon]:
    settings = Settings.from_environment()
    return open_vocabulary(settings.models / vocabulary.NAME), open_lexicon(settings)


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m rag.training", description=__doc__)
    parser.add_argument("what", choices=TRAINED)
    parser.add_argument("data", type=Path, help="folder of the public sets")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("training"))
    parser.add_argument("--from", dest="adapter", type=Path, help="an adapter to begin with")
    parser.add_argument("--steps", type=int, help="how many steps, if not as many as usual")
    parser.add_argument("--epoch", type=int, default=0, help="with which to begin, the first is 0")
    parser.add_argument("--keep", type=float, help="share of what is learnt, if not as usual")
    given = parser.parse_args()
    train, steps, kept = TRAINED[given.what]
    plan = Plan(
        given.adapter,
        steps if given.steps is None else given.steps,
        given.epoch,
        kept if given.keep is None else given.keep,
    )
    try:
        train(given.data, given.folder, plan)
    except WenjuError as error:
        sys.exit(str(error))
