"""Settings: the only module that reads the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BUNDLED_MODEL = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and which model to use.

    `indexes` is the folder of all indexes, `models` the folder into which `wenju setup` builds
    the bundled model, `embedding_model` the bundled model's name or any sentence-transformers
    model name or folder.
    """

    indexes: Path = Path("indexes")
    models: Path = Path(sys.prefix) / "share" / "wenju"
    embedding_model: str = BUNDLED_MODEL

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from `WENJU_INDEXES`, `WENJU_MODELS` and `WENJU_EMBEDDING_MODEL`."""
        env = os.environ if environ is None else environ
        default = cls()
        return cls(
            indexes=Path(env.get("WENJU_INDEXES") or default.indexes),
            models=Path(env.get("WENJU_MODELS") or default.models),
            embedding_model=env.get("WENJU_EMBEDDING_MODEL") or default.embedding_model,
        )
