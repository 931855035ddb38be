"""Settings: the only module that reads the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rag.errors import BadSetting

BUNDLED_MODEL = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, which model to use, and how to serve.

    `indexes` is the folder of all indexes, `models` the folder into which `wenju setup` builds
    the bundled model, `embedding_model` the bundled model's name or any sentence-transformers
    model name or folder. Where `reader` is off, answers are picked without the trained reader:
    faster, and less exactly. `api_keys` turn on keys and login; `allowed_hosts` are names under
    which the server may be addressed beside loopback and IP addresses, `cors_origins` the web
    pages of other origins that may use it. `concurrency` answers are worked on at a time; others
    wait `wait_seconds`. An upload has at most `upload_files` files of `upload_mb` MB each.
    """

    indexes: Path = Path("indexes")
    models: Path = Path(sys.prefix) / "share" / "wenju"
    embedding_model: str = BUNDLED_MODEL
    api_keys: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    concurrency: int = 2
    wait_seconds: float = 2.0
    upload_mb: int = 50
    upload_files: int = 20
    reader: bool = True

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from `WENJU_` and each field's name in capitals; raises BadSetting.

        Lists are separated by commas.
        """
        env = os.environ if environ is None else environ
        given: dict[str, Any] = {}
        for field in fields(cls):
            variable = f"WENJU_{field.name.upper()}"
            if env.get(variable):
                given[field.name] = _value(variable, env[variable], type(field.default))
        return cls(**given)


def _value(variable: str, text: str, kind: type) -> object:
    """`text` as a setting of that kind."""
    if kind is bool:
        return _switch(variable, text)
    if kind is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind not in (int, float):
        return Path(text) if issubclass(kind, Path) else text
    try:
        number = kind(text)
    except ValueError:
        number = 0
    if not 0 < number < 10_000:
        raise BadSetting(f"{variable}={text} is not a number above 0", "correct or unset it")
    return number


def _switch(variable: str, text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise BadSetting(f"{variable}={text} is neither on nor off", "correct or unset it")
    return text.lower() == "on"
