"""The parser for HTML pages."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from rag.documents.encoding import decode
from rag.documents.office.number_formats import formatted
from rag.documents.plain import Parsed, damaged

_NOT_TEXT = re.compile(
    "^(?:script|style|noscript|template|nav|footer|aside|button|select|svg|iframe|object|canvas)$"
)
_PARAGRAPHS = re.compile(
    "^(?:address|article|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figcaption|"
    "figure|form|h[1-6]|header|hr|main|ol|p|pre|section|summary|table|ul)$"
)
_LINES = re.compile("^(?:li|tr)$")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_META = {
    **dict.fromkeys(("article:published_time", "pubdate", "publishdate", "date"), "date"),
    **{"og:url": "url", "og:site_name": "publisher", "author": "author"},
}
# Stand-ins that no page contains once controls are gone: they survive the joining of spaces.
_PARAGRAPH, _LINE, _CELL, _KEPT_LINE, _KEPT_SPACE = "\x1c\x1d\x1e\x1f\x02"
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_UNNUMBERED = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*(?:[（(]?\w{1,3}[.、)）．]|第\w{1,4}[步条章节]|step \d)", re.IGNORECASE)
MOST_SPANNED = 100  # rows or columns of one cell
LONGEST_CELL = 300  # characters, where no header or caption tells a table from a layout
_STRAY = re.compile("[ \n]*([\x1c\x1d\x1e][\x1c\x1d\x1e \n]*)")


def parse_html(data: bytes) -> Parsed:
    """An HTML page, without its navigation, footer, scripts and hidden parts.

    Headings and paragraphs are set apart by blank lines; list items and table rows have lines
    of their own, with tabs between the cells; a cell that spans rows or columns stands in each.
    Items of numbered lists have the numbers that a browser shows.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XHTML read as HTML, text that looks like an address
        try:
            page = BeautifulSoup(_CONTROLS.sub("", decode(data)), "lxml")
        except (ValueError, RecursionError) as error:
            raise damaged(".html", error) from error
    title, meta = _title(page), _meta(page)
    body = page.body or page
    _drop(body)
    return Parsed(title, _text(body), meta)


def _title(page: BeautifulSoup) -> str:
    """The words of <title>; of the only <h1> where <title> repeats them with the site's name."""
    title = _words(page.title) if page.title else ""
    headings = [_words(heading) for heading in page.find_all("h1")]
    if len(headings) == 1 and headings[0] and (not title or headings[0] in title):
        return headings[0]
    return title


def _words(tag: Tag, between: str = "") -> str:
    return " ".join(tag.get_text(between).split())


def _meta(page: BeautifulSoup) -> dict[str, str]:
    meta: dict[str, str] = {}
    for tag in page.find_all("meta"):
        name = str(tag.get("property") or tag.get("name") or "").lower()
        value = str(tag.get("content") or "").strip()
        if name in _META and value:
            meta.setdefault(_META[name], value)
    canonical = page.find("link", rel="canonical", href=True)
    if isinstance(canonical, Tag):
        meta.setdefault("url", str(canonical["href"]))
    return meta


def _drop(body: Tag) -> None:
    """Takes out of `body` what is not the text of the page."""
    for text in body.find_all(string=lambda string: isinstance(string, PreformattedString)):
        text.extract()
    for tag in [tag for tag in body.find_all(True) if _is_unwanted(tag, body)]:
        tag.extract()
    length = len(body.get_text())
    for form in body.find_all("form"):
        if len(form.get_text()) < length / 2:  # some sites wrap the whole page in a form
            form.extract()


def _is_unwanted(tag: Tag, body: Tag) -> bool:
    is_hidden = tag.has_attr("hidden") or tag.get("aria-hidden") == "true"
    is_site_header = tag.name == "header" and tag.parent is body and not tag.find("h1")
    is_navigation = tag.get("role") == "navigation" or bool(_NOT_TEXT.match(tag.name))
    return (
        is_hidden
        or is_site_header
        or is_navigation
        or bool(_HIDDEN.search(str(tag.get("style") or "")))
    )


def _text(body: Tag) -> str:
    for items in body.find_all("ol"):
        if not _UNNUMBERED.search(str(items.get("style") or "")):
            _number(items)
    for string in list(body.find_all(string=True)):
        string.replace_with(NavigableString(_spaced(string)))
    for table in body.find_all("table"):
        if _is_data(table):
            _spread(table)
    for cell in body.find_all(["td", "th"]):
        _flatten(cell)
    for tag in body.find_all("br"):
        tag.replace_with(NavigableString(_LINE))
    for names, mark in ((_PARAGRAPHS, _PARAGRAPH), (_LINES, _LINE)):
        for tag in body.find_all(names):
            tag.insert_before(NavigableString(mark))
            tag.insert_after(NavigableString(mark))
    joined = re.sub(r" +", " ", body.get_text())
    joined = _STRAY.sub(_break, joined)
    return joined.replace(_KEPT_LINE, "\n").replace(_KEPT_SPACE, " ").strip()


def _spaced(string: NavigableString) -> str:
    """The words of `string` with single spaces; those of <pre> as they are."""
    if string.find_parent("pre"):
        return str(string).replace("\n", _KEPT_LINE).replace(" ", _KEPT_SPACE)
    return re.sub(r"\s+", " ", str(string))


def _number(items: Tag) -> None:
    """Writes its number before the words of each item, unless they begin with one."""
    style = _STYLES.get(str(items.get("type")), "decimal")
    number = _whole(items.get("start"), 1)
    for item in items.find_all("li", recursive=False):
        number = _whole(item.get("value"), number)
        words = next((each for each in item.find_all(string=True) if each.strip()), None)
        if words is not None and words.find_parent("li") is item and not _NUMBERED.match(words):
            words.replace_with(NavigableString(f"{formatted(number, style)}. {words.lstrip()}"))
        number += 1


def _whole(written: object, otherwise: int) -> int:
    """The whole number that an attribute holds, up to nine digits of it."""
    text = str(written).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _rows(table: Tag) -> list[list[Tag]]:
    return [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]


def _is_data(table: Tag) -> bool:
    """Whether a table is no layout: it names its columns, or all rows have as many short cells."""
    rows = [row for row in _rows(table) if row]
    if table.find("table") is not None or len(rows) < 2:
        return False
    if table.find("th") or table.find("caption"):
        return True
    widths = {sum(_span(cell, "colspan") for cell in row) for row in rows}
    spans_rows = any(cell.has_attr("rowspan") for row in rows for cell in row)
    is_even = min(widths) > 1 and (len(widths) == 1 or spans_rows)
    return is_even and all(len(_words(cell)) <= LONGEST_CELL for row in rows for cell in row)


def _span(cell: Tag, name: str) -> int:
    """How many rows or columns a cell says that it spans; 0, the rest of them, is taken for one."""
    written = str(cell.get(name) or "1").strip()
    return min(int(written), MOST_SPANNED) or 1 if written.isascii() and written.isdigit() else 1


def _spread(table: Tag) -> None:
    """Makes each row of a table a line of all its cells, those that reach into it among them."""
    reaching: dict[int, tuple[int, str]] = {}  # column → rows to go, words
    for row, cells in zip(table.find_all("tr"), _rows(table), strict=True):
        line: list[str] = []
        waiting = [(_words(cell, " "), cell) for cell in cells]
        while waiting or len(line) in reaching:
            column = len(line)
            if column in reaching:
                left, words = reaching.pop(column)
                line.append(words)
                if left > 1:
                    reaching[column] = left - 1, words
                continue
            words, cell = waiting.pop(0)
            for spanned in range(column, column + _span(cell, "colspan")):
                line.append(words)
                if (below := _span(cell, "rowspan") - 1) and spanned not in reaching:
                    reaching[spanned] = below, words
        row.clear()
        row.append(NavigableString(_CELL.join(line)))


def _flatten(cell: Tag) -> None:
    """Makes a table cell one run of words, unless it holds a layout: a table, or paragraphs."""
    if cell.find("table") is not None or len(cell.find_all(_PARAGRAPHS)) > 1:
        cell.name = "div"
        return
    words = _words(cell, " ")
    cell.clear()
    cell.append(NavigableString(words))
    if cell.find_next_sibling(["td", "th"]):
        cell.append(NavigableString(_CELL))


def _break(match: re.Match[str]) -> str:
    marks = match.group(1)
    behind = max(marks.rfind(_PARAGRAPH), marks.rfind(_LINE)) + 1
    empty = "\t" * marks.count(_CELL, behind)  # cells, at the beginning of a row
    if _PARAGRAPH in marks:
        return f"\n\n{empty}"
    return f"\n{empty}" if _LINE in marks else empty
