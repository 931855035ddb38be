"""Settings: the only module that reads the environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rag.errors import BadSetting

BUNDLED_MODEL = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, which model to use, and how to serve.

    `indexes` is the folder of all indexes, `models` the folder into which `wenju setup` builds
    the bundled model, `embedding_model` the bundled model's name or any sentence-transformers
    model name or folder. Where `reader` is off, answers are picked without the trained reader:
    faster, and less exactly. Answers are given from `confidence` on, a probability; 0 stands for
    the one that docs/reader.md argues for. `api_keys` turn on keys and login; `allowed_hosts` are
    names under which the server may be addressed beside loopback and IP addresses, `cors_origins`
    the web pages of other origins that may use it. Changes over HTTP are recorded in the file
    `audit`, where it is "-" on standard error. `concurrency` answers are worked on at a time;
    others wait `wait_seconds`. An upload has at most `upload_files` files of `upload_mb` MB each.

    Indexes are SQLite files, or where `store` is "milvus" in Milvus at `milvus_uri`: a file that
    ends in .db, for this process alone, or the address of a server.

    Conversations lie beside the indexes, or in PostgreSQL at `database_url`.

    A language model writes the answers where `llm_model` names one of the server at
    `llm_base_url`, which is OpenAI's unless given, and `llm` is on. An answer takes it
    `llm_seconds` at most, from passages of `llm_context_tokens` at most; those of the indexes in
    `llm_off_for` are never sent. Sentences that the passages do not support are dropped, or
    marked where `llm_unsupported` is "mark". Raises BadSetting.
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
    confidence: float = 0.0
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = field(default="", repr=False)
    llm: bool = True
    llm_off_for: tuple[str, ...] = ()
    llm_seconds: float = 30.0
    llm_context_tokens: int = 3000
    llm_unsupported: str = "drop"
    audit: str = ""
    store: str = "sqlite"
    milvus_uri: str = field(default="", repr=False)
    milvus_token: str = field(default="", repr=False)
    milvus_database: str = ""
    database_url: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.llm_base_url and not _is_plain_url(self.llm_base_url):
            # The value is not repeated: it may be a key that went into the wrong variable.
            message = "WENJU_LLM_BASE_URL is not an http(s) URL without a password"
            raise BadSetting(message, "give one such as http://127.0.0.1:11434/v1, or unset it")
        if not re.fullmatch(r"[!-~]*", self.llm_api_key):
            message = "WENJU_LLM_API_KEY holds a space or a character that no key has"
            raise BadSetting(message, "correct or unset it")
        if self.llm_base_url and not self.llm_model:
            message = "WENJU_LLM_BASE_URL is set, and WENJU_LLM_MODEL is not"
            raise BadSetting(message, "set it to the name of a model of that server")
        if self.store not in ("sqlite", "milvus"):
            raise BadSetting(
                f"WENJU_STORE={self.store} is neither sqlite nor milvus", "correct or unset it"
            )
        if (self.store == "milvus") != bool(self.milvus_uri):
            one, other = ("STORE", "MILVUS_URI")[:: 1 if self.store == "milvus" else -1]
            raise BadSetting(f"WENJU_{one} is set, and WENJU_{other} is not", "set both or neither")
        if self.milvus_uri and not (
            self.milvus_uri.endswith(".db") or _is_plain_url(self.milvus_uri)
        ):
            message = "WENJU_MILVUS_URI is neither a file that ends in .db nor an http(s) URL"
            raise BadSetting(message, "correct it; a password goes into WENJU_MILVUS_TOKEN")
        if not 0 <= self.confidence < 1:
            message = f"WENJU_CONFIDENCE={self.confidence:g} is not a probability below 1"
            raise BadSetting(message, "correct or unset it")
        if self.llm_unsupported not in ("drop", "mark"):
            message = f"WENJU_LLM_UNSUPPORTED={self.llm_unsupported} is neither drop nor mark"
            raise BadSetting(message, "correct or unset it")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from `WENJU_` and each field's name in capitals; raises BadSetting.

        Lists are separated by commas.
        """
        env = os.environ if environ is None else environ
        given: dict[str, Any] = {}
        for setting in fields(cls):
            variable = f"WENJU_{setting.name.upper()}"
            if env.get(variable):
                given[setting.name] = _value(variable, env[variable], type(setting.default))
        return cls(**given)


def _value(variable: str, text: str, kind: type) -> object:
    """`text` as a setting of that kind."""
    if kind is bool:
        if text.lower() not in ("on", "off"):
            raise BadSetting(f"{variable}={text} is neither on nor off", "correct or unset it")
        return text.lower() == "on"
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


def _is_plain_url(text: str) -> bool:
    """Whether it is an http(s) URL of a host, without a user or password."""
    try:
        url = urlsplit(text)
        is_whole = bool(url.hostname) and url.port != 0
    except ValueError:
        return False
    return is_whole and url.scheme in ("http", "https") and not re.search(r"[\s@]", text)
