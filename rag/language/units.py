"""The smallest quotable parts of a passage: sentences, long ones in their clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.language.sentences import sentences, trimmed
from rag.language.text import han_share

LONG = 60  # characters of Han text beyond which a sentence is cut at its clauses
SHORT = 16  # characters of Han text below which a clause stays with the next one
_CLAUSE_END = re.compile(r"[；;：，]+[”’」』》）)\"']*|[,:]+[”’\"')]*(?=\s)|(?<=[^\s])——+")
_LEADING = re.compile(r"[\s，,、；;：:。．.！!？?）)」』》]+")


def units(text: str) -> Iterator[tuple[int, int]]:
    """Half-open spans of the quotable parts of `text`, in order.

    >>> t = "，一是要聚焦；二是要有驱动力。"
    >>> [t[a:b] for a, b in units(t)]
    ['一是要聚焦；', '二是要有驱动力。']
    """
    scale = 1 if han_share(text) >= 0.5 else 2
    for start, end in sentences(text):
        lead = _LEADING.match(text, start, end)
        start = lead.end() if lead else start
        if start == end:
            continue
        if end - start <= LONG * scale:
            yield start, end
        else:
            yield from _clauses(text, start, end, scale)


def _clauses(text: str, start: int, end: int, scale: int) -> Iterator[tuple[int, int]]:
    position = start
    for match in _CLAUSE_END.finditer(text, start, end):
        if match.end() - position >= SHORT * scale and end - match.end() >= SHORT * scale:
            yield trimmed(text, position, match.end())
            position = match.end()
    yield trimmed(text, position, end)
