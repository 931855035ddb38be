"""Text in pictures, read by the models of RapidOCR, which come with its package (`wenju[ocr]`)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

HOW_TO_GET = "to read them: pip install 'wenju[ocr]'"
_SURE = 0.6  # of a line, 0..1; what is less sure is more often noise than text


class ReadLine(NamedTuple):
    """A line of text in a picture; its box in pixels from the upper left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


Reader = Callable[[Any], list[ReadLine]]


def is_installed() -> bool:
    """Whether pictures can be read; imports nothing."""
    return find_spec("rapidocr") is not None


@functools.cache
def open_reader() -> Reader | None:
    """What reads a picture (height, width, 3) in BGR; None where the extra is not installed.

    One thread reads: the sandbox allows no more.
    """
    if not is_installed():
        return None
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    engine = RapidOCR(params={"Global.log_level": "critical", **threads})

    def read(picture: Any) -> list[ReadLine]:
        found: Any = engine(picture, use_cls=False)
        if found.txts is None:
            return []
        return [
            ReadLine(text, *map(float, (*box.min(axis=0), *box.max(axis=0))))
            for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)
            if score >= _SURE
        ]

    return read
