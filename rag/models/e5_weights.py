"""The 4-bit weights of the bundled model, read into arrays."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights in 18 bytes


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Float32 arrays by their names in a `BertModel`, dequantised from the packed file.

    Layout (read off the C source in the package): a header of ten 32-bit fields, the tokenizer,
    a directory of tensors; a 4-bit matrix is rows of blocks of 32 weights, each a float16 scale
    and 16 bytes whose low nibbles are weights 0-15 and high nibbles 16-31, both offset by 8.
    """
    data = memoryview(path.read_bytes())
    hidden, layers, _heads, inner, words = struct.unpack_from("<5i", data, 8)
    tensors = _directory(data, _tokenizer_end(data))

    def matrix(name: str, columns: int) -> np.ndarray:
        return dequantised(_rows(data, tensors[name], columns))

    def vector(name: str) -> np.ndarray:
        return np.frombuffer(data, "<f4", tensors[name][1], tensors[name][0])

    weights = {
        "embeddings.word_embeddings.weight": matrix("emb.word", hidden)[:words],
        "embeddings.position_embeddings.weight": vector("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": vector("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": vector("emb.ln.b"),
    }
    linear = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "fi": "intermediate.dense",
        "fo": "output.dense",
    }
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        for short, name in linear.items():
            columns = inner if short == "fo" else hidden
            weights[f"{prefix}{name}.weight"] = matrix(f"l{layer}.{short}.w", columns)
            weights[f"{prefix}{name}.bias"] = vector(f"l{layer}.{short}.b")
        for short, name in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            weights[f"{prefix}{name}.weight"] = vector(f"l{layer}.{short}.w")
            weights[f"{prefix}{name}.bias"] = vector(f"l{layer}.{short}.b")
    return weights


def read_rows(path: Path) -> np.ndarray:
    """(words, bytes) uint8: the word vectors as they are packed in the file, a row a token."""
    data = memoryview(path.read_bytes())
    hidden, _layers, _heads, _inner, words = struct.unpack_from("<5i", data, 8)
    return _rows(data, _directory(data, _tokenizer_end(data))["emb.word"], hidden)[:words]


def dequantised(rows: np.ndarray) -> np.ndarray:
    """(rows, columns) float32 of packed rows (rows, bytes)."""
    blocks = np.ascontiguousarray(rows).view(_BLOCK)
    nibbles = blocks["nibbles"]
    signed = np.concatenate([nibbles & 15, nibbles >> 4], axis=2).astype(np.float32) - 8
    values = signed * blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(len(rows), 32 * blocks.shape[1])


def _rows(data: memoryview, tensor: tuple[int, int], columns: int) -> np.ndarray:
    offset, count = tensor
    length = columns // 32 * _BLOCK.itemsize
    return np.frombuffer(data, np.uint8, count // columns * length, offset).reshape(-1, length)


def _tokenizer_end(data: memoryview) -> int:
    """Offset behind the tokenizer, whose copy in the package of its own is used instead."""
    pieces = struct.unpack_from("<i", data, 44)[0]
    blob_bytes = struct.unpack_from("<Q", data, 64)[0]
    position = 72 + (pieces + 1) * 4 + pieces * 4 + blob_bytes
    return int(position + 8 + struct.unpack_from("<I", data, position + 4)[0])


def _directory(data: memoryview, position: int) -> dict[str, tuple[int, int]]:
    """Tensor name → (byte offset, number of weights)."""
    count = struct.unpack_from("<i", data, position)[0]
    position += 4
    tensors = {}
    for _ in range(count):
        length = struct.unpack_from("<H", data, position)[0]
        name = bytes(data[position + 2 : position + 2 + length]).decode("ascii")
        _dtype, size, offset, _bytes = struct.unpack_from("<BIQQ", data, position + 2 + length)
        tensors[name] = (offset, size)
        position += 2 + length + 21
    return tensors
