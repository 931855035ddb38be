"""The numbers that Word makes: computed as it does, since the file holds only how to count."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rag.documents.office.number_formats import formatted
from rag.documents.office.package import attribute, child, children, is_on, local, value, whole

BULLET = "•"
_PLACEHOLDER = re.compile(r"%([1-9])")
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    between: str = " "  # what follows the number
    restarts_after: int = -1  # the count of levels whose number begins this one anew; -1: all above
    is_legal: bool = False  # numbers of levels above are shown in digits


@dataclass(frozen=True, slots=True)
class _List:
    """One list of the document; lists of one `family` share their counters."""

    family: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)  # at its first paragraph


class Numbering:
    """The labels of numbered paragraphs, asked for in the order of the document."""

    def __init__(self, root: Any) -> None:
        families = {
            attribute(each, "abstractNumId"): each for each in children(root, "abstractNum")
        }
        self._lists = {
            attribute(each, "numId"): _list(each, families) for each in children(root, "num")
        }
        self._level_of_style = {
            (number, value(level, "pStyle")): whole(attribute(level, "ilvl"))
            for number, each in self._lists.items()
            for level in children(families.get(each.family), "lvl")
            if value(level, "pStyle")
        }
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def level_of(self, number: str, style: str) -> int:
        """The level of list `number` that belongs to a paragraph style."""
        return self._level_of_style.get((number, style), 0)

    def label(self, number: str, level: int) -> str:
        """What stands before the next paragraph of list `number`, with the space behind it."""
        found = self._lists.get(number)
        if found is None or level not in found.levels:
            return ""
        counts = self._counts.setdefault(found.family, {})
        if number not in self._begun:
            self._begun.add(number)
            for each, start in found.starts.items():
                counts[each] = start - 1
        here = found.levels[level]
        counts[level] = counts.get(level, here.start - 1) + 1
        for below in [each for each in counts if each > level]:
            after = found.levels[below].restarts_after if below in found.levels else -1
            if after < 0 or level < after:
                del counts[below]
        return _shown(found, level, counts)


def _shown(numbered: _List, level: int, counts: dict[int, int]) -> str:
    here = numbered.levels[level]
    if here.style == "bullet":
        return f"{BULLET} " if here.text.strip() else ""

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        shown = numbered.levels.get(at, _Level())
        is_digits = here.is_legal and shown.style != "none"
        style = "decimal" if is_digits else shown.style
        return formatted(counts.get(at, shown.start), style)

    text = _PLACEHOLDER.sub(number, here.text)
    return text + here.between if text.strip() else ""


def _list(num: Any, families: dict[str, Any]) -> _List:
    family = value(num, "abstractNumId")
    abstract = families.get(family)
    link = value(abstract, "numStyleLink")
    if link:  # the levels are those of the list style of that name
        for name, each in families.items():
            if value(each, "styleLink") == link:
                family, abstract = name, each
    levels = {whole(attribute(each, "ilvl")): _level(each) for each in children(abstract, "lvl")}
    starts = {}
    for override in children(num, "lvlOverride"):
        at = whole(attribute(override, "ilvl"))
        own = child(override, "lvl")
        if own is not None:
            levels[at] = _level(own)
        if child(override, "startOverride") is not None:
            starts[at] = whole(value(override, "startOverride"), 1)
    return _List(family, {at: level for at, level in levels.items() if 0 <= at < _LEVELS}, starts)


def _level(element: Any) -> _Level:
    between = {"nothing": "", "space": " "}.get(value(element, "suff"), " ")
    style = value(element, "numFmt", default="decimal")
    for choice in element.iter():  # a format that older programs do not know
        if local(choice) == "numFmt" and attribute(choice, "val") not in ("", "custom"):
            style = attribute(choice, "val")
            break
    return _Level(
        start=whole(value(element, "start"), 1) if child(element, "start") is not None else 0,
        style=style,
        text=value(element, "lvlText"),
        between=between,
        restarts_after=whole(value(element, "lvlRestart", default="-1"), -1),
        is_legal=is_on(element, "isLgl"),
    )
