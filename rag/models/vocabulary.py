"""The bundled model's tokens: how a text is cut into them, and the vector of each.

All networks made of the bundled model read the same tokens, so there is one table of word vectors.
It is mapped into memory and not read: of its 250,000 rows a question needs twenty.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelMissing
from rag.models import builds, e5_weights

NAME = "vocabulary"
BUILD = 1  # raise when what is built changes, so that older builds are replaced
BEGIN, END = 0, 2  # ids of <s> and </s>
_UNKNOWN = 3
_MARKS = frozenset({"<s>", "<pad>", "</s>", "<mask>"})  # which no text holds
_TOKENIZER_FILE = "tokenizer.model"
_VECTORS_FILE = "words.npy"
_MANIFEST = {"build": BUILD}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids of a text's tokens, and the half-open span of each in the text, in characters."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Vocabulary:
    """What `build` made; safe to share between threads. Raises ModelMissing."""

    def __init__(self, folder: Path) -> None:
        import sentencepiece

        if not is_built(folder):
            raise ModelMissing(f"the vocabulary is not prepared in {folder}", "run: wenju setup")
        with builds.damage_named(folder):
            self._processor: Any = sentencepiece.SentencePieceProcessor(
                model_file=str(folder / _TOKENIZER_FILE)
            )
            self._rows = np.load(folder / _VECTORS_FILE, mmap_mode="r")

    def encode(self, text: str) -> Tokens:
        """The tokens of a text, without those that begin and end a sequence."""
        data = text.encode("utf-8", "replace")  # half of a surrogate pair has no bytes
        pieces = self._processor.encode(data.decode("utf-8"), return_type="proto").pieces
        begins = (np.frombuffer(data, dtype=np.uint8) & 0xC0) != 0x80
        character = np.append(np.cumsum(begins) - begins, len(text)).tolist()
        offsets = [(character[piece.begin], character[piece.end]) for piece in pieces]
        return Tokens([piece.id for piece in pieces], [_own(text, *each) for each in offsets])

    def vectors(self, ids: Sequence[int]) -> np.ndarray:
        """(tokens, d) float32: the word vectors of these tokens."""
        return e5_weights.dequantised(self._rows[np.asarray(ids, dtype=np.int64)])


@functools.lru_cache(maxsize=2)
def open_vocabulary(folder: Path) -> Vocabulary:
    """The vocabulary in `folder`, opened once; raises ModelMissing."""
    return Vocabulary(folder)


def is_built(folder: Path) -> bool:
    """Whether `folder` holds a finished build of this version."""
    return builds.is_saved(folder, _MANIFEST)


def build(folder: Path, tokenizer: Path, rows: np.ndarray) -> None:
    """Make `folder` hold the vocabulary of a `tokenizer.json`; the last step is a rename.

    `rows` are the word vectors as `rag.models.e5_weights.read_rows` gives them.
    """

    def write(scratch: Path) -> None:
        (scratch / _TOKENIZER_FILE).write_bytes(_sentencepiece(json.loads(tokenizer.read_bytes())))
        np.save(scratch / _VECTORS_FILE, rows)

    builds.save(folder, _MANIFEST, write)


def _own(text: str, start: int, end: int) -> tuple[int, int]:
    """A token's span without the white space before it.

    "▁" before the first word of a text has no character of its own: it shares the next one.
    """
    while start < end - 1 and text[start].isspace():
        start += 1
    return start, max(end, min(start + 1, len(text)))


def _sentencepiece(tokenizer: dict[str, Any]) -> bytes:
    """The Unigram model of a `tokenizer.json` in the form of SentencePiece.

    That opens in half the time, in a fifth of the memory, and cuts text in half the time.
    """
    from sentencepiece import sentencepiece_model_pb2

    protobuf: Any = sentencepiece_model_pb2  # its classes are made at import
    model = protobuf.ModelProto()
    kinds = protobuf.ModelProto.SentencePiece
    for number, (piece, score) in enumerate(tokenizer["model"]["vocab"]):
        kind = kinds.CONTROL if piece in _MARKS else kinds.NORMAL
        kind = kinds.UNKNOWN if number == _UNKNOWN else kind
        model.pieces.add(piece=piece, score=score, type=kind)
    model.trainer_spec.model_type = protobuf.TrainerSpec.UNIGRAM
    model.trainer_spec.bos_id, model.trainer_spec.pad_id = BEGIN, 1
    model.trainer_spec.eos_id, model.trainer_spec.unk_id = END, _UNKNOWN
    characters = next(
        each["precompiled_charsmap"]
        for each in tokenizer["normalizer"]["normalizers"]
        if each["type"] == "Precompiled"
    )
    model.normalizer_spec.precompiled_charsmap = base64.b64decode(characters)
    return bytes(model.SerializeToString())
