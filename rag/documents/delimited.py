"""Tables in text files: values parted by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import itertools

from rag.documents.encoding import decode
from rag.documents.plain import Parsed
from rag.errors import Unreadable

_DELIMITERS = ",;\t|，；"
_SAMPLE_LINES = 50


def read_rows(data: bytes) -> list[list[str]]:
    """The rows of a table that have words, each cell on one line. Raises Unreadable."""
    text = decode(data)
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), skipinitialspace=True)
    try:
        rows = [[" ".join(cell.split()) for cell in row] for row in reader]
    except csv.Error as error:
        raise Unreadable(f"not a readable table: {error}") from error
    return [row for row in rows if any(row)]


def table_of(rows: list[list[str]]) -> Parsed:
    """A document with a line for each row and tabs between the cells."""
    return Parsed("", "\n".join("\t".join(row).rstrip("\t") for row in rows), is_exact=True)


def _delimiter(text: str) -> str:
    """The mark that parts the first lines into the same number of cells, more than one."""
    sample = list(itertools.islice(io.StringIO(text), _SAMPLE_LINES))
    best, fewest_sizes = ",", (0, 0.0)
    for mark in _DELIMITERS:
        rows = [row for row in _parsed(sample, mark) if any(cell.strip() for cell in row)]
        sizes = [len(row) for row in rows]
        if not sizes or max(sizes) < 2:
            continue
        usual = max(set(sizes), key=sizes.count)
        found = (int(usual > 1), sizes.count(usual) / len(sizes))
        if found > fewest_sizes:
            best, fewest_sizes = mark, found
    return best


def _parsed(lines: list[str], mark: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=mark))
    except csv.Error:
        return []
