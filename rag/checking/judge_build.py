"""The judge as it is served: the bundled encoder with what training changed, and its verdict.

`rag/data/judge.bin` holds the differences, as the reader's file does; where it is missing there is
no judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rag.models import builds, e5
from rag.models.onnx import Precision
from rag.reading.reader_build import ENCODER, merged, untrained
from rag.storage import file_digest

__all__ = ["ADAPTER", "NAME", "build", "is_brought", "is_built", "merged", "untrained", "write"]

NAME = "judge"
ADAPTER = Path(__file__).parents[1] / "data" / "judge.bin"
BUILD = 1  # raise when what is built changes, so that older builds are replaced


def is_brought() -> bool:
    """Whether this version brings a judge."""
    return ADAPTER.is_file()


def is_built(folder: Path) -> bool:
    """Whether `folder` holds a finished build of the adapter that this version brings."""
    return is_brought() and builds.is_saved(folder, _manifest(ADAPTER))


def build(folder: Path, precision: Precision, path: Path | None = None) -> None:
    """Make `folder` hold the judge of the adapter at `path`; the last step is a rename.

    Raises ModelMissing where a package or the adapter is missing or damaged.
    """
    path = path or ADAPTER
    weights = merged(path)
    manifest = {**_manifest(path), "precision": precision}
    builds.save(folder, manifest, lambda made: write(made / e5.MODEL_FILE, weights, precision))


def write(path: Path, weights: Mapping[str, np.ndarray], precision: Precision) -> None:
    """Write the network of these weights: `verdict` (1, 3), as `rag.training.judge_network`."""
    from rag.models.encoder_graph import EncoderGraph  # set-up alone needs it

    named = {name.removeprefix(ENCODER): value for name, value in weights.items()}
    graph = EncoderGraph(named, e5.HEADS, precision, has_types=True)
    ends = graph.constant("begin", [0]), graph.constant("end", [1]), graph.constant("axis", [1])
    first = graph.node("Slice", graph.states, *ends)
    verdict = graph.node(
        "Reshape", graph.linear(first, "verdict"), graph.constant("classes", [1, 3])
    )
    graph.save(path, verdict=verdict)


def _manifest(path: Path) -> dict[str, object]:
    """What a build of the adapter at `path` is known by."""
    return {"build": BUILD, "adapter": file_digest(path)}
