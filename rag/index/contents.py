"""The table of contents of a document, made of its headings."""

from __future__ import annotations

from collections.abc import Iterator

from rag.documents.headings import Section, sections
from rag.types import Heading

_FEWEST = 2  # headings: one alone says no more than the title


def contents(text: str, title: str = "") -> tuple[Heading, ...]:
    r"""The headings of a document in order, () where it has none beside its title.

    >>> [(each.depth, each.title) for each in contents("# 城市\n\n上海。\n\n## Zones\n\nHangzhou.")]
    [(1, '城市'), (2, 'Zones')]
    """
    found = []
    above: list[str] = []
    for section in sections(text):
        parts = section.path.split(" > ") if section.path else []
        if parts and title and _key(parts[0]) == _key(title):
            del parts[0]
        common = next((i for i, (a, b) in enumerate(zip(above, parts, strict=False)) if a != b),
                      min(len(above), len(parts)))  # fmt: skip
        found += list(_headings(text, section, parts, common))
        above = parts
    return tuple(found) if len(found) >= _FEWEST else ()


def _headings(text: str, section: Section, parts: list[str], common: int) -> Iterator[Heading]:
    """Those of its headings that open with the section, where they stand in its first lines."""
    place = section.start
    for depth, part in enumerate(parts[common:], start=common + 1):
        start = text.find(part, place, section.body)
        if start >= 0:
            place = start + len(part)
            yield Heading(part, depth, start, place)


def _key(heading: str) -> str:
    return "".join(filter(str.isalnum, heading))
