"""The parser for PowerPoint files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from rag.documents.office.drawings import DRAWN_ELSEWHERE, drawn, paragraphs, table
from rag.documents.office.grid import one_line
from rag.documents.office.package import FAULTS, Package, attribute, child, children, local
from rag.documents.office.properties import properties
from rag.documents.plain import Parsed, damaged

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})  # on each slide the same


def parse_pptx(data: bytes) -> Parsed:
    """A PowerPoint file: its slides in order, each under its title, with its notes below."""
    try:
        package = Package(data, ".pptx")
        title, meta = properties(package)
        reader = _Reader(package)
        slides = list(reader.slides())
    except FAULTS as error:
        raise damaged(".pptx", error) from error
    first = next((heading for heading, _ in slides if heading), "")
    blocks = [block for _, slide in slides for block in slide]
    missing = [(name, f"{count} left out") for name, count in reader.dropped.items()]
    return Parsed(title or first, "\n\n".join(blocks), meta, tuple(missing), is_exact=True)


class _Reader:
    """Walks the slides of one file; `dropped` counts what is not in their text."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.related("", "officeDocument", "ppt/presentation.xml")
        self.dropped: Counter[str] = Counter()

    def slides(self) -> Iterator[tuple[str, list[str]]]:
        """Title and blocks of each slide, in the order in which they are shown."""
        presentation = self._package.xml(self._main)
        if presentation is None:
            raise KeyError(f"There is no item named {self._main!r} in the archive")
        relations = self._package.relations(self._main)
        for entry in children(child(presentation, "sldIdLst"), "sldId"):
            keys = [value for key, value in entry.attrib.items() if key.endswith("}id")]
            relation = relations.get(keys[0] if keys else "")
            slide = self._package.xml(relation.target) if relation else None
            if relation is None or slide is None:
                self.dropped["slides that are not there"] += 1
                continue
            yield self._slide(slide, relation.target)

    def _slide(self, slide: Any, part: str) -> tuple[str, list[str]]:
        title, blocks = "", []
        for is_title, block in self._blocks(slide, part):
            if is_title and not title:
                title = one_line(block)
                blocks.append(f"# {title}")
            else:
                blocks.append(block)
        notes = self._package.related(part, "notesSlide")
        if notes in self._package.names:
            blocks += [block for _, block in self._blocks(self._package.xml(notes), notes)]
        for relation in self._package.relations(part).values():
            if relation.kind == "comments":
                self.dropped["comments"] += len(self._package.xml(relation.target))
        return title, blocks

    def _blocks(self, element: Any, part: str) -> Iterator[tuple[bool, str]]:
        """The text of each shape, and whether it is the title of its slide."""
        for each in element:
            name = local(each)
            if name == "AlternateContent":
                yield from self._alternatives(each, part)
            elif name == "tbl":
                yield False, table(each)
            elif name in DRAWN_ELSEWHERE:
                text = drawn(self._package, part, each)
                if text:
                    yield False, text
            elif name == "blip":
                self.dropped["pictures"] += 1
            elif name == "sp":
                kind = _placeholder(each)
                body = child(each, "txBody")
                text = "" if body is None else "\n".join(paragraphs(body))
                if text and kind not in _FURNITURE:
                    yield kind in _TITLES, text
            else:
                yield from self._blocks(each, part)

    def _alternatives(self, element: Any, part: str) -> Iterator[tuple[bool, str]]:
        """The first way of showing something that shows any text."""
        for way in element:
            blocks = list(self._blocks(way, part))
            if blocks:
                yield from blocks
                return


def _placeholder(shape: Any) -> str:
    """What a shape is for on its slide: `title`, `ftr`, …; "" for others."""
    found = child(shape, "nvSpPr", "nvPr", "ph")
    return "" if found is None else attribute(found, "type", "body")
