"""ONNX Runtime sessions: the home module of the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from rag.models import builds

Precision = Literal["int8", "float32"]  # the numbers that a network multiplies


def open_session(model: Path, threads: int = 0) -> Any:
    """An ONNX Runtime session on the CPU with so many threads, 0 for one a core.

    Raises ModelMissing where the file cannot be read.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    with builds.damage_named(model.parent):
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
