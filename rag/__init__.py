"""Wenju 问据: questions answered from a folder of documents, with the exact words behind them.

>>> from rag import Citation
>>> Citation.__module__
'rag.types'

What is named here is the Python API (docs/python.md). A name is loaded when it is first used:
`import rag` itself loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Settings
    from rag.errors import WenjuError
    from rag.index.maintenance import build_index
    from rag.types import (
        Answer,
        CheckedSentence,
        Citation,
        DocumentOverview,
        Found,
        Hit,
        InputReport,
        Refusal,
        Retrieval,
        Token,
    )

__all__ = [
    "Answer",
    "Assistant",
    "CheckedSentence",
    "Citation",
    "DocumentOverview",
    "Found",
    "Hit",
    "InputReport",
    "Refusal",
    "Retrieval",
    "Settings",
    "Token",
    "WenjuError",
    "build_index",
]

_HOMES = {
    "Assistant": "rag.assistant",
    "Settings": "rag.config",
    "WenjuError": "rag.errors",
    "build_index": "rag.index.maintenance",
}


if not TYPE_CHECKING:  # for a type checker, a name that is not above is an error

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'rag' has no attribute {name!r}")
        return getattr(import_module(_HOMES.get(name, "rag.types")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
