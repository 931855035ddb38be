"""The cells of an Excel file as they are shown, from its parts."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.documents.office.cell_formats import shown
from rag.documents.office.grid import one_line
from rag.documents.office.package import (
    Package,
    attribute,
    child,
    children,
    local,
    whole,
)

GENERAL = "General"
_BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"},
    **{14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM"},
    **{19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm"},
    **{31: 'yyyy"年"m"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"', 45: "mm:ss"},
    **{37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00"},
}
_NO_DATE_PARTS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].|General|AM/PM', re.IGNORECASE)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_MOST_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class Area:
    """A range of merged cells; rows and columns count from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Workbook:
    """The sheets of a package. Raises KeyError for one that is no workbook."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.related("", "officeDocument", "xl/workbook.xml")
        self._book = package.xml(self._main)
        if self._book is None:
            raise KeyError(f"There is no item named {self._main!r} in the archive")
        is_1904 = _counts_from_1904(self._book)
        self._epoch = datetime.datetime(1904, 1, 1) if is_1904 else datetime.datetime(1899, 12, 30)
        self._strings = [_words(each) for each in children(self._part("sharedStrings"), "si")]
        self._styles = _styles(self._part("styles"))
        self.unvalued = 0  # formulas read whose value nobody has computed and stored
        self.hidden = 0  # sheets that are left out

    def _part(self, kind: str) -> Any:
        return self._package.xml(self._package.related(self._main, kind))

    def sheets(self) -> Iterator[tuple[str, Any]]:
        """Name and root element of each sheet that is not hidden, in order."""
        relations = self._package.relations(self._main)
        for sheet in children(child(self._book, "sheets"), "sheet"):
            if attribute(sheet, "state", "visible") != "visible":
                self.hidden += 1
                continue
            relation = relations.get(attribute(sheet, "id"))
            root = self._package.xml(relation.target) if relation else None
            if root is not None:
                yield attribute(sheet, "name"), root

    def rows(self, sheet: Any) -> Iterator[tuple[int, dict[int, str]]]:
        """Number of each row that the file lists, and the words of its cells by their column."""
        number = 0
        for row in children(child(sheet, "sheetData"), "row"):
            number = whole(attribute(row, "r"), number + 1)
            cells: dict[int, str] = {}
            column = 0
            for cell in children(row, "c"):
                column = _column(attribute(cell, "r")) or column + 1
                cells[min(column, _MOST_COLUMNS)] = self._text(cell)
            yield number, cells

    def _text(self, cell: Any) -> str:
        kind = attribute(cell, "t", "n")
        stored = child(cell, "v")
        text = "" if stored is None else stored.text or ""
        if not text and child(cell, "f") is not None and kind != "str":
            self.unvalued += 1
        if kind == "inlineStr":
            return one_line(_words(child(cell, "is")))
        if kind == "s":
            place = whole(text, -1)
            return one_line(self._strings[place]) if 0 <= place < len(self._strings) else ""
        if kind == "b":
            return shown(text == "1", GENERAL) if text else ""
        if kind != "n":
            return one_line(text)
        style = whole(attribute(cell, "s"))
        return one_line(self._number(text, self._styles.get(style, GENERAL)))

    def _number(self, text: str, style: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return text
        if not is_date(style):
            is_whole = number.is_integer() and "." not in text and "E" not in text.upper()
            return shown(int(text) if is_whole else number, style)
        try:
            moment = self._epoch + datetime.timedelta(days=number)
        except OverflowError:
            return text
        return shown(_rounded(moment), style)


def _counts_from_1904(book: Any) -> bool:
    """Whether the days of a workbook count from 1904, as on old Macintoshes."""
    settings = child(book, "workbookPr")
    return settings is not None and attribute(settings, "date1904") in ("1", "true")


def merged(sheet: Any) -> list[Area]:
    """The ranges of merged cells of a sheet."""
    areas = []
    for each in children(child(sheet, "mergeCells"), "mergeCell"):
        first, _, last = attribute(each, "ref").partition(":")
        corners = [_REFERENCE.fullmatch(corner) for corner in (first, last or first)]
        if corners[0] and corners[1]:
            places = [(int(match[2]), _column(match[0])) for match in corners if match]
            areas.append(Area(*places[0], *places[1]))
    return areas


def is_date(style: str) -> bool:
    """Whether a number format shows a day or a time.

    >>> is_date('yyyy"年"m"月"'), is_date('#,##0"d"'), is_date("[Red]0.0")
    (True, False, False)
    """
    return bool(re.search("[ymdhse]", _NO_DATE_PARTS.sub("", style).lower().replace("e+", "")))


def _rounded(moment: datetime.datetime) -> datetime.datetime:
    """To whole seconds: a day's fraction holds no exact minutes."""
    return (moment + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)


def _words(element: Any) -> str:
    """The text of a string in runs, without the reading aids beside it."""
    if element is None:
        return ""
    parts = []
    for each in element:
        if local(each) == "t":
            parts.append(each.text or "")
        elif local(each) == "r":
            parts.append(_words(each))
    return "".join(parts)


def _styles(root: Any) -> dict[int, str]:
    """The number format of each cell style, by its place in the list."""
    own = {
        whole(attribute(each, "numFmtId")): attribute(each, "formatCode")
        for each in children(child(root, "numFmts"), "numFmt")
    }
    formats = {**_BUILT_IN, **own}
    return {
        place: formats.get(whole(attribute(each, "numFmtId")), GENERAL)
        for place, each in enumerate(children(child(root, "cellXfs"), "xf"))
    }


def _column(reference: str) -> int:
    """The number of the column in `AB12`, from 1; 0 where there is none."""
    number = 0
    for letter in reference.replace("$", ""):
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
