"""The parser for Word files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from rag.documents.office.drawings import DRAWN_ELSEWHERE, drawn
from rag.documents.office.grid import Cell, lines, one_line
from rag.documents.office.numbering import Numbering
from rag.documents.office.package import (
    FAULTS,
    Package,
    attribute,
    child,
    children,
    is_on,
    local,
    value,
    whole,
)
from rag.documents.office.properties import properties
from rag.documents.office.runs import EMPTY_FIELDS, Inline, Runs
from rag.documents.office.styles import Styles
from rag.documents.plain import Parsed, damaged

_UNSEEN = frozenset("del moveFrom tblPr tblGrid trPr tcPr sectPr sdtPr sdtEndPr Fallback".split())
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


class _Block(NamedTuple):
    """A paragraph or a table; `level` counts from 1 for headings, `list` names what numbers it."""

    text: str
    level: int = 0
    list: str = ""
    is_title: bool = False


def parse_docx(data: bytes) -> Parsed:
    """A Word file as its reader sees it: numbers, text boxes and notes too, deleted words not.

    A heading is marked as in Markdown, a note stands below the paragraph that refers to it, behind
    `[^1]`; a table has a line for each row. What is left out is counted in `missing`.
    """
    try:
        package = Package(data, ".docx")
        title, meta = properties(package)
        reader = _Reader(package)
        blocks = [block for block in reader.blocks(reader.body) if block.text.strip()]
        missing = reader.missing()
    except FAULTS as error:
        raise damaged(".docx", error) from error
    titles = [block.text for block in blocks if block.is_title]
    headings = [block.text for block in blocks if block.level]
    title = title or next(iter(titles + headings), "")
    return Parsed(title, _joined(blocks), meta, missing, is_exact=True)


def _joined(blocks: list[_Block]) -> str:
    """The text of `blocks`: blank lines between them, but not between the items of one list."""
    parts = []
    for before, block in pairwise([_Block(""), *blocks]):
        is_next = block.list and block.list == before.list and not (block.level or before.level)
        mark = "#" * block.level + " " if block.level else ""
        parts += ["\n" if is_next else "\n\n", mark + block.text]
    return "".join(parts)


class _Reader:
    """Walks the parts of one Word file in order; counts what it leaves out."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.related("", "officeDocument", "word/document.xml")
        document = package.xml(self._main)
        if document is None:
            raise KeyError(f"There is no item named {self._main!r} in the archive")
        self.body = child(document, "body")
        self._dropped: Counter[str] = Counter()
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"))
        self._runs = Runs(self._styles, self._dropped)
        self._notes = {
            (kind, attribute(note, "id")): note
            for kind in ("footnote", "endnote")
            for note in children(self._part(f"{kind}s"), kind)
            if attribute(note, "type") not in _SEPARATORS
        }
        self._marks: dict[tuple[str, str], str] = {}

    def _part(self, kind: str) -> Any:
        return self._package.xml(self._package.related(self._main, kind))

    def blocks(self, container: Any) -> Iterator[_Block]:
        """The paragraphs and tables in `container`, each followed by its text boxes."""
        for each, inline in self._read(container):
            if inline is None:
                yield from self._table(each)
            else:
                yield from self._paragraph(each, inline)

    def _read(self, container: Any) -> Iterator[tuple[Any, Inline | None]]:
        """The tables in `container`, and its paragraphs with what they hold, in order.

        A paragraph whose end is deleted goes on in the next one.
        """
        carried: tuple[Any, Inline] | None = None
        for each in self._visible(container):
            if local(each) == "tbl":
                yield each, None
            elif self._styles.is_contents(each):
                self._runs.read(each, Inline())  # for the fields that begin and end there
                self._dropped["lines of contents"] += 1
            else:
                inline = self._runs.read(each, carried[1] if carried else Inline())
                carried = (each, inline) if _ends_deleted(each) else None
                if not carried:
                    yield each, inline
        if carried:
            yield carried

    def _visible(self, container: Any) -> Iterator[Any]:
        """The paragraphs and tables in `container`, in order."""
        for each in container:
            name = local(each)
            if name in ("p", "tbl"):
                yield each
            elif name == "altChunk":
                self._dropped["embedded documents"] += 1
            elif name == "sdt" and is_on(each, "sdtPr", "showingPlcHdr"):
                self._dropped[EMPTY_FIELDS] += 1
            elif name not in _UNSEEN:
                yield from self._visible(each)

    def _paragraph(self, paragraph: Any, inline: Inline) -> Iterator[_Block]:
        label, numbered = self._label(paragraph, inline)
        text, notes = self._with_notes(inline)
        text = text.strip()
        if text:
            text = label + text
            level = self._styles.heading_level(paragraph)
            if level:
                yield _Block(one_line(text), level, "", self._styles.is_title(paragraph))
            else:
                yield _Block("\n".join([text, *notes]), 0, numbered)
            if level and notes:
                yield _Block("\n".join(notes))
        yield from self._beside(inline.boxes)

    def _label(self, paragraph: Any, inline: Inline) -> tuple[str, str]:
        """The number that Word writes before a paragraph, and the list it is of; "" if none."""
        number, level, style = self._styles.numbering(paragraph)
        if number in ("", "0") or (_is_hidden(paragraph) and not inline.text.strip()):
            return "", ""
        if level is None:
            level = self._numbering.level_of(number, style)
        return self._numbering.label(number, level), number

    def _with_notes(self, inline: Inline) -> tuple[str, list[str]]:
        """The text with a mark at each reference, and the notes behind their marks."""
        text, notes = inline.text, []
        for place, key in enumerate(inline.notes):
            note = self._notes.pop(key, None)
            if note is not None:
                prefix = "e" if key[0] == "endnote" else ""
                count = sum(kind == key[0] for kind, _ in self._marks) + 1
                self._marks[key] = f"[^{prefix}{count}]"
                words = one_line(" ".join(block.text for block in self.blocks(note)))
                notes.append(f"{self._marks[key]}: {words}")
            text = text.replace(f"\0{place}\0", self._marks.get(key, ""))
        return text, notes

    def _table(self, table: Any) -> Iterator[_Block]:
        """A table; one of a single column is a frame around paragraphs."""
        rows = [list(_cells(row)) for row in _rows(table)]
        if all(len(row) == 1 for row in rows):
            for row in rows:
                yield from self.blocks(row[0])
            return
        columns = max([len(list(children(child(table, "tblGrid"), "gridCol"))), *map(len, rows)])
        beside: list[Any] = []
        notes: list[str] = []
        texts = []
        for row, cells in zip(_rows(table), rows, strict=True):
            before = whole(value(row, "trPr", "gridBefore"))
            first = [Cell("")] * min(max(0, before), columns)
            texts.append(first + [self._cell(cell, beside, notes) for cell in cells])
        yield _Block("\n".join([*lines(texts, columns), *notes]))
        yield from self._beside(beside)

    def _beside(self, elements: list[Any]) -> Iterator[_Block]:
        """Text boxes, charts and diagrams of a paragraph; those and tables of a cell."""
        for each in elements:
            if local(each) == "tbl":
                yield from self._table(each)
            elif local(each) in DRAWN_ELSEWHERE:
                yield _Block(drawn(self._package, self._main, each))
            else:
                yield from self.blocks(each)

    def _cell(self, cell: Any, beside: list[Any], notes: list[str]) -> Cell:
        """A cell; tables and text boxes in it are added to `beside`, its notes to `notes`."""
        texts = []
        for each, inline in self._read(cell):
            if inline is None:
                beside.append(each)
                continue
            label, _ = self._label(each, inline)
            text, new = self._with_notes(inline)
            texts.append(label + text if text.strip() else "")
            beside += inline.boxes
            notes += new
        settings = child(cell, "tcPr")
        return Cell(
            one_line("\n".join(texts)),
            whole(value(settings, "gridSpan"), 1),
            from_above=_goes_on(settings, "vMerge"),
            from_left=_goes_on(settings, "hMerge"),
        )

    def missing(self) -> tuple[tuple[str, str], ...]:
        """What of the file is not in its text: part and reason, a pair each."""
        self._dropped["comments"] = len(list(children(self._part("comments"), "comment")))
        missing = [(name, f"{count} left out") for name, count in self._dropped.items() if count]
        for kind in ("header", "footer"):
            texts: dict[str, None] = {}
            for relation in self._package.relations(self._main).values():
                part = self._package.xml(relation.target) if relation.kind == kind else None
                for block in () if part is None else self.blocks(part):
                    if any(character.isalpha() for character in block.text):
                        texts[one_line(block.text)] = None
            if texts:
                missing.append((f"{kind}s", f"left out: {' | '.join(texts)[:200]}"))
        return tuple(missing)


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table that are not deleted."""
    for each in table:
        if local(each) == "tr":
            if child(each, "trPr", "del") is None:
                yield each
        elif local(each) not in _UNSEEN:
            yield from _rows(each)


def _cells(row: Any) -> Iterator[Any]:
    for each in row:
        if local(each) == "tc":
            if child(each, "tcPr", "cellDel") is None:
                yield each
        elif local(each) not in _UNSEEN:
            yield from _cells(each)


def _goes_on(settings: Any, kind: str) -> bool:
    merged = child(settings, kind)
    return merged is not None and attribute(merged, "val", "continue") == "continue"


def _ends_deleted(paragraph: Any) -> bool:
    """Whether a tracked change deletes the end of a paragraph, so that the next one joins it."""
    marks = child(paragraph, "pPr", "rPr")
    return any(child(marks, name) is not None for name in ("del", "moveFrom"))


def _is_hidden(paragraph: Any) -> bool:
    return is_on(paragraph, "pPr", "rPr", "vanish")
