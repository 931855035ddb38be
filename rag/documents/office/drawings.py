"""The words of drawings: paragraphs of shapes, tables of slides, charts and diagrams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag.documents.office.grid import Cell, lines, one_line
from rag.documents.office.number_formats import formatted
from rag.documents.office.package import Package, attribute, child, children, local, whole

DRAWN_ELSEWHERE = frozenset({"chart", "relIds"})
_COUNTED = {  # automatic numbers of a slide's paragraphs: format and what stands around it
    "arabicPlain": ("decimal", "{}"),
    "arabicPeriod": ("decimal", "{}."),
    "arabicParenR": ("decimal", "{})"),
    "arabicParenBoth": ("decimal", "({})"),
    "alphaLcPeriod": ("lowerLetter", "{}."),
    "alphaLcParenR": ("lowerLetter", "{})"),
    "alphaLcParenBoth": ("lowerLetter", "({})"),
    "alphaUcPeriod": ("upperLetter", "{}."),
    "alphaUcParenR": ("upperLetter", "{})"),
    "alphaUcParenBoth": ("upperLetter", "({})"),
    "romanLcPeriod": ("lowerRoman", "{}."),
    "romanUcPeriod": ("upperRoman", "{}."),
    "circleNumDbPlain": ("decimalEnclosedCircle", "{}"),
    "circleNumWdBlackPlain": ("decimalEnclosedCircle", "{}"),
    "ea1ChsPlain": ("chineseCounting", "{}"),
    "ea1ChsPeriod": ("chineseCounting", "{}、"),
    "ea1ChtPlain": ("chineseCounting", "{}"),
    "ea1ChtPeriod": ("chineseCounting", "{}、"),
    "ea1JpnChsDbPeriod": ("chineseCounting", "{}、"),
}


def paragraphs(body: Any) -> Iterator[str]:
    """The paragraphs of a text body with the numbers that the program gives them."""
    counts: dict[int, int] = {}
    for paragraph in body.iter():
        if local(paragraph) != "p":
            continue
        text = _text(paragraph).strip()
        settings = child(paragraph, "pPr")
        level = whole("" if settings is None else attribute(settings, "lvl"))
        for below in [each for each in counts if each > level]:
            del counts[below]
        number = child(settings, "buAutoNum")
        if not text:
            continue
        if number is None:
            counts.pop(level, None)
            yield text
            continue
        counts[level] = counts.get(level, whole(attribute(number, "startAt"), 1) - 1) + 1
        style, around = _COUNTED.get(attribute(number, "type"), ("decimal", "{}."))
        yield f"{around.format(formatted(counts[level], style))} {text}"


def _text(paragraph: Any) -> str:
    parts = []
    for each in paragraph.iter():
        if local(each) == "t":
            parts.append(each.text or "")
        elif local(each) == "br":
            parts.append("\n")
    return "".join(parts)


def table(element: Any) -> str:
    """A table of a slide, a line for each row."""
    columns = len(list(children(child(element, "tblGrid"), "gridCol")))
    rows = []
    for row in children(element, "tr"):
        cells = []
        for cell in children(row, "tc"):
            words = one_line("\n".join(paragraphs(cell)))
            above = attribute(cell, "vMerge") in ("1", "true")
            left = attribute(cell, "hMerge") in ("1", "true")
            cells.append(Cell(words, 1, above, left))
        rows.append(_whole_row(cells))
    return "\n".join(lines(rows, max([columns, *map(len, rows)])))


def _whole_row(cells: list[Cell]) -> list[Cell]:
    """One cell where the first covers all others, which a slide lists as well."""
    is_one = len(cells) > 1 and all(cell.from_left for cell in cells[1:])
    return cells[:1] if is_one else cells


def drawn(package: Package, part: str, element: Any) -> str:
    """The words of a chart or a diagram that `element` of `part` shows; each is a part itself."""
    is_chart = local(element) == "chart"
    relation = package.relations(part).get(attribute(element, "id" if is_chart else "dm"))
    root = package.xml(relation.target) if relation else None
    return "" if root is None else (chart if is_chart else diagram)(root)


def chart(root: Any) -> str:
    """A chart as the table it is drawn from: its title, a header, a line for each category."""
    title = next((each for each in root.iter() if local(each) == "title"), None)
    above = [] if title is None else [one_line(" ".join(paragraphs(title)))]
    series = [each for each in root.iter() if local(each) == "ser"]
    names = [_first(child(each, "tx")) for each in series]
    categories = _points(_either(series[0], "cat", "xVal")) if series else {}
    values = [_points(_either(each, "val", "yVal")) for each in series]
    rows = [["", *names]] if any(names) else []
    for place in sorted(set(categories).union(*values)):
        rows.append([categories.get(place, ""), *(each.get(place, "") for each in values)])
    return "\n".join([*filter(None, above), *("\t".join(row) for row in rows)])


def _either(series: Any, name: str, other: str) -> Any:
    found = child(series, name)
    return child(series, other) if found is None else found


def _points(element: Any) -> dict[int, str]:
    """The values that a chart keeps of the sheet it is drawn from, by their place."""
    points: dict[int, str] = {}
    for each in () if element is None else element.iter():
        if local(each) == "pt":
            values = [_plain(one_line(v.text or "")) for v in children(each, "v")]
            place = whole(attribute(each, "idx"))
            points.setdefault(place, "".join(values))
    return points


def _plain(number: str) -> str:
    """A number as people write it: the file has 0.30000000000000004."""
    try:
        return f"{float(number):.12g}" if "." in number or "E" in number else number
    except ValueError:
        return number


def _first(element: Any) -> str:
    return next(iter(_points(element).values()), "")


def diagram(root: Any) -> str:
    """The words of a diagram's shapes, a line each."""
    bodies = [each for each in root.iter() if local(each) == "t" and len(each)]
    return "\n".join(line for body in bodies for line in paragraphs(body))
