"""What training changed in a network, in a tenth of the bytes: differences in few steps.

A matrix is kept as its difference to the weights it began with, each row in whole steps of its
own size; the steps' counts are compressed together. Half a deviation a step leaves an error of a
seventh of a deviation. What began without weights, and what is small, is kept as it is.

The file: the magic, then one zlib stream of the length of a JSON header, the header, the weights.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelMissing

_MAGIC = b"WENJUADA"
_STEP = 0.5  # standard deviations of a row
_SMALL = 10_000  # weights

Weights = Mapping[str, np.ndarray]


def write(path: Path, learnt: Weights, base: Weights) -> None:
    """Write what `learnt` holds beyond `base`; a later `read` gives it back nearly."""
    entries = []
    body = bytearray()
    for name, value in sorted(learnt.items()):
        is_step = (
            name in base
            and base[name].shape == value.shape
            and value.ndim == 2
            and value.size > _SMALL
        )
        entries.append({"name": name, "shape": list(value.shape), "is_steps": is_step})
        if is_step:
            difference = value - base[name]
            sizes = (_STEP * np.sqrt(np.square(difference).mean(axis=1))).astype("<f2")
            sizes[sizes == 0] = 1
            counts = np.round(difference / sizes.astype(np.float32)[:, None])
            body += sizes.tobytes() + np.clip(counts, -127, 127).astype(np.int8).tobytes()
        else:
            body += value.astype("<f4").tobytes()
    header = json.dumps({"tensors": entries}).encode()
    path.write_bytes(_MAGIC + _compressed(struct.pack("<I", len(header)) + header + body))


def _compressed(content: bytes) -> bytes:
    # Counts are as good as random, so to look for repetitions is in vain: LZMA takes up to a minute
    # for 21 MB and saves nothing (8.87 to 9.10 MB, against 8.85 in 0.2 s).
    compressor = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)
    return compressor.compress(content) + compressor.flush()


def read(path: Path, base: Weights) -> dict[str, np.ndarray]:
    """The weights of which `write` kept the differences to `base`, float32 by name.

    Raises ModelMissing where the file is missing, is not one of these, is damaged or cut.
    """
    try:
        data = path.read_bytes()
        if data[: len(_MAGIC)] != _MAGIC:
            raise ValueError("another format")
        content = zlib.decompress(memoryview(data)[len(_MAGIC) :])
        (length,) = struct.unpack_from("<I", content)
        entries = json.loads(content[4 : 4 + length])["tensors"]
        return dict(_tensors(entries, content[4 + length :], base))
    except OSError as error:
        raise ModelMissing(f"the adapter {path} cannot be read", "reinstall wenju") from error
    except (ValueError, KeyError, struct.error, zlib.error) as error:
        raise ModelMissing(f"the adapter {path} is damaged", "reinstall wenju") from error


def _tensors(
    entries: Iterable[Mapping[str, Any]], body: bytes, base: Weights
) -> Iterator[tuple[str, np.ndarray]]:
    position = 0
    for entry in entries:
        name, shape = entry["name"], tuple(entry["shape"])
        size = int(np.prod(shape))
        if entry["is_steps"]:
            steps = np.frombuffer(body, "<f2", shape[0], position).astype(np.float32)
            counts = np.frombuffer(body, np.int8, size, position + 2 * shape[0])
            position += 2 * shape[0] + size
            yield name, base[name] + counts.reshape(shape) * steps[:, None]
        else:
            yield name, np.frombuffer(body, "<f4", size, position).reshape(shape)
            position += 4 * size
