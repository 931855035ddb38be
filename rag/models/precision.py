"""In which numbers a network computes fastest on this processor."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from rag.models.onnx import Precision, open_session

_TOKENS = 128
_LAYERS = 2
_RUNS = 5


def speedup() -> float:
    """How many times as fast as in float32 two layers of the bundled model's size are in int8.

    The best of a few runs each; under a second in all. Processors with instructions for int8 (VNNI)
    give about 4, others little more than 1.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _seconds("float32", Path(folder)) / _seconds("int8", Path(folder))


def _seconds(precision: Precision, folder: Path) -> float:
    from rag.models.encoder_graph import EncoderGraph  # set-up alone needs it

    weights = _random_weights()
    graph = EncoderGraph(weights, 12, precision)
    graph.save(folder / precision, states=graph.states)
    session = open_session(folder / precision, threads=1)
    words = np.random.default_rng(0).normal(size=(1, _TOKENS, 384)).astype(np.float32)
    best = float("inf")
    for _ in range(_RUNS):
        start = time.perf_counter()
        session.run(None, {"words": words})
        best = min(best, time.perf_counter() - start)
    return best


def _random_weights() -> dict[str, np.ndarray]:
    drawn = np.random.default_rng(0)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return drawn.normal(scale=0.02, size=(rows, columns)).astype(np.float32)

    weights = {
        "embeddings.position_embeddings.weight": matrix(512, 384),
        "embeddings.token_type_embeddings.weight": matrix(1, 384),
    }
    norms = ["embeddings."]
    for layer in range(_LAYERS):
        prefix = f"encoder.layer.{layer}."
        norms += [f"{prefix}attention.output.", f"{prefix}output."]
        for name, rows, columns in (
            ("attention.self.query", 384, 384),
            ("attention.self.key", 384, 384),
            ("attention.self.value", 384, 384),
            ("attention.output.dense", 384, 384),
            ("intermediate.dense", 1536, 384),
            ("output.dense", 384, 1536),
        ):
            weights[f"{prefix}{name}.weight"] = matrix(rows, columns)
            weights[f"{prefix}{name}.bias"] = np.zeros(rows, np.float32)
    for norm in norms:
        weights[f"{norm}LayerNorm.weight"] = np.ones(384, np.float32)
        weights[f"{norm}LayerNorm.bias"] = np.zeros(384, np.float32)
    return weights
