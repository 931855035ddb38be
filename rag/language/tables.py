"""The word lists of `rag/data`: one file a table, with what it is and where it is from on top."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def table(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of `rag/data/NAME.tsv`, each split at its tabs; lines that open with # are none.

    >>> table("surnames")[0]
    ('王',)
    """
    text = (resources.files("rag") / "data" / f"{name}.tsv").read_text("utf-8")
    return tuple(
        tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#")
    )


@functools.cache
def column(name: str, *key: str) -> frozenset[str]:
    """The last fields of the rows of a table that open with the fields `key`.

    >>> "which" in column("stop_words", "en"), "which" in column("stop_words", "zh")
    (True, False)
    """
    return frozenset(row[-1] for row in table(name) if row[: len(key)] == key)
