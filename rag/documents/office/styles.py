"""The paragraph styles of a Word file: which are headings, numbered, hidden, or of the contents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rag.documents.office.package import attribute, child, children, is_on, value, whole

_BODY_TEXT = 9  # the outline level of what is no heading
_LOWEST = 6  # as in Markdown
_TITLE = re.compile(r"(?i)title|标题|標題|表題")
_HEADING = re.compile(r"(?i)(?:heading|head|标题|標題|見出し|überschrift|titre)\s*([1-9])")
_CONTENTS = re.compile(
    r"(?i)(?:toc|目录|目錄|table of figures|图表目录)\s*(?:\d|heading)?|contents \d"
)
_DEPTH = 20  # of styles based on others, which may be a circle


class Styles:
    """What the style of a paragraph or run says, with those that it is based on."""

    def __init__(self, root: Any) -> None:
        self._styles = {attribute(each, "styleId"): each for each in children(root, "style")}

    def heading_level(self, paragraph: Any) -> int:
        """From 1 for the outermost headings and titles to 6; 0 for a paragraph that is none."""
        own = value(paragraph, "pPr", "outlineLvl")
        if own:
            return _level(own)
        for style, name in self._chain(value(paragraph, "pPr", "pStyle")):
            outline = value(style, "pPr", "outlineLvl")
            if outline:
                return _level(outline)
            if match := _HEADING.fullmatch(name):
                return min(int(match[1]), _LOWEST)
            if _TITLE.fullmatch(name):
                return 1
        return 0

    def is_title(self, paragraph: Any) -> bool:
        """Whether a paragraph has the style for the title of the document."""
        style = value(paragraph, "pPr", "pStyle")
        return any(_TITLE.fullmatch(name) for _, name in self._chain(style))

    def is_contents(self, paragraph: Any) -> bool:
        """Whether a paragraph is an entry of a table of contents, which repeats headings."""
        style = value(paragraph, "pPr", "pStyle")
        return any(_CONTENTS.fullmatch(name) for _, name in self._chain(style))

    def numbering(self, paragraph: Any) -> tuple[str, int | None, str]:
        """The list of a paragraph ("" or "0": none), its level if given, and its style's id."""
        own = child(paragraph, "pPr", "numPr")
        number, level = value(own, "numId"), value(own, "ilvl")
        owner = ""
        for style, _ in () if number else self._chain(value(paragraph, "pPr", "pStyle")):
            level = level or value(style, "pPr", "numPr", "ilvl")
            number = value(style, "pPr", "numPr", "numId")
            if number:
                owner = attribute(style, "styleId")
                break
        return number, whole(level) if level else None, owner

    def is_hidden(self, run: Any) -> bool:
        """Whether a run is hidden text."""
        if child(run, "rPr", "vanish") is not None:
            return is_on(run, "rPr", "vanish")
        style = value(run, "rPr", "rStyle")
        return any(is_on(each, "rPr", "vanish") for each, _ in self._chain(style))

    def _chain(self, style: str) -> Iterator[tuple[Any, str]]:
        """The style of that id and those below it, each with its name; an unknown id is a name."""
        for _ in range(_DEPTH):
            if not style:
                return
            found = self._styles.get(style)
            yield found, value(found, "name", default=style).strip()
            style = value(found, "basedOn")


def _level(outline: str) -> int:
    level = whole(outline, _BODY_TEXT)
    return min(level + 1, _LOWEST) if 0 <= level < _BODY_TEXT else 0
