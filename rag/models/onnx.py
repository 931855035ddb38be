"""ONNX Runtime sessions and tokenizers: the home module of both packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelMissing


class TokenEncoder:
    """A transformer encoder in ONNX with its tokenizer: text in, one state per token out.

    Texts run one at a time: with dynamic int8 that is faster than padded batches, and a text's
    vectors do not depend on its neighbours in a batch.
    """

    def __init__(self, model: Path, tokenizer: Path, max_tokens: int) -> None:
        self._session = open_session(model)
        self._tokenizer = open_tokenizer(tokenizer)
        self._tokenizer.enable_truncation(max_tokens)

    def encode(self, text: str) -> tuple[np.ndarray, Sequence[tuple[int, int]]]:
        """States (tokens, d) float32 and each token's half-open span in `text`.

        The special tokens at both ends have the empty span (0, 0).
        """
        encoding = self._tokenizer.encode(text)
        ids = np.asarray([encoding.ids], dtype=np.int64)
        (states,) = self._session.run(None, {"input_ids": ids})
        return states[0], encoding.offsets


def open_session(model: Path, threads: int = 0) -> Any:
    """An ONNX Runtime session on the CPU with so many threads, 0 for one a core.

    Raises ModelMissing where the file cannot be read.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    with _damage_named(model):
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def open_tokenizer(path: Path) -> Any:
    """A `tokenizers.Tokenizer` that neither pads nor cuts; raises ModelMissing."""
    import tokenizers

    with _damage_named(path):
        tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # both packages raise errors straight below Exception
        raise ModelMissing(
            f"the model in {path.parent} is damaged",
            f"delete {path.parent} and run: wenju setup",
        ) from error
