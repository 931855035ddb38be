"""The passages of a document: whole sentences, exact offsets, never across a heading.

A row of a table stays whole, and the header of a long table is known of each of its passages.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.documents.headings import Section, sections
from rag.documents.packing import HAN_IDEAL, HAN_LIMIT, LATIN_IDEAL, Break, Piece, joined, packed
from rag.language.sentences import sentences, trimmed
from rag.language.text import count_letters, han_share
from rag.language.text_tables import Table, header_above, tables_of
from rag.types import Chunk, Document

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

CONTEXT_LENGTH = 120
HEADER_LENGTH = 120

_MARKS = r"\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\u200d\U0001f3fb-\U0001f3ff"  # the usual ones
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")
_SEPARATORS = [
    r"[，、：,:](?!\d)",
    r"\s+",
    rf"[\s\S]{{63}}[^\u200d](?![{_MARKS}])",
    r"[\s\S]{64}",
]
_SENTENCE_ENDS = re.compile(r"[。！？｡；…!?;.][”’」』》）)】\"']*$")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz,")
_ITEM = re.compile(r"(?:[-*+•·]|\d{1,2}[.、)）])\s*\S")


def chunk(document: Document) -> list[Chunk]:
    """The passages of `document` in order: `chunk.text == document.text[start:end]`.

    At most 450 characters where mostly Han, 1,200 otherwise; no overlap; together all of the
    text but white space between passages.
    """
    text, tables = document.text, tables_of(document.text)
    spans = [
        (start, end, section.path)
        for section in sections(text)
        for start, end in _passages(text, section, tables)
    ]
    return [
        Chunk(
            *(f"{document.id}#{i}", document.id, path, text[start:end], start, end, i),
            header=header_above(text, start),
        )
        for i, (start, end, path) in enumerate(spans)
    ]


def context(document: Document, chunk: Chunk) -> str:
    """Title and section of `chunk`, a line each, to be indexed before its text; at most 120.

    The title is left out where the section names it. A passage that begins within a table has
    the table's header as another line, of at most as many characters.
    """
    section, title = chunk.section, document.title.strip()
    if title and title in section:
        title = ""
    title = title[: max(0, CONTEXT_LENGTH - len(section) - 2)].strip()
    return "".join(f"{line}\n" for line in (title, section, chunk.header[:HEADER_LENGTH]) if line)


@functools.cache
def _splitter() -> RecursiveCharacterTextSplitter:
    """A splitter of a sentence too long into parts that, joined, are the sentence."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=HAN_IDEAL,
        chunk_overlap=0,
        strip_whitespace=False,
    )


def _passages(text: str, section: Section, tables: Sequence[Table]) -> list[tuple[int, int]]:
    within = [each for each in tables if section.start <= each.start < section.end]
    pieces = [
        *_cut(text, section.start, section.body, within),
        *_cut(text, section.body, section.end, within),
    ]
    rows = {row.start for table in within for row in table.rows if row.start > table.start}
    costs = [
        Break.ROW if b.start in rows else _break_cost(text, a.end, b.start, section.body)
        for a, b in pairwise(pieces)
    ]
    return packed(*joined(pieces, costs))


def _cut(text: str, start: int, end: int, tables: Sequence[Table]) -> list[Piece]:
    """The pieces of `text[start:end]`, in order; white space lies between them."""
    spans: list[tuple[int, int]] = []
    for table in tables:
        if start <= table.start and table.end <= end:
            spans += [*_spans(text, start, table.start), *_rows(text, table)]
            start = table.end
    spans += _spans(text, start, end)
    trim = (trimmed(text, *span) for span in spans)
    return [Piece(a, b, *count_letters(text[a:b])) for a, b in trim if a < b]


def _rows(text: str, table: Table) -> Iterator[tuple[int, int]]:
    """The rows of a table, the header and what rules it off with the first; long ones in parts."""
    start = table.start
    for row in (*table.rows, None):
        end = row.end if row else table.end
        piece = Piece(start, end, *count_letters(text[start:end]))
        if piece.fits():
            yield start, end
        else:
            yield from _spans(text, start, end)
        start = end


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Paragraphs; the sentences of one that is longer than a passage should be; parts of those."""
    ends = [match.end() for match in _PARAGRAPH_END.finditer(text, start, end)]
    for left, right in pairwise([start, *ends, end]):
        if _is_short(text[left:right]):
            yield left, right
            continue
        for first, last in sentences(text[left:right]):
            place = left + first
            sentence = text[place : left + last]
            for part in [sentence] if _is_short(sentence) else _splitter().split_text(sentence):
                yield place, place + len(part)
                place += len(part)


def _is_short(text: str) -> bool:
    return len(text) <= HAN_IDEAL or (len(text) <= LATIN_IDEAL and han_share(text) < 0.5)


def _break_cost(text: str, left: int, right: int, body: int) -> float:
    """What it costs to end a passage at `left` and begin the next at `right`."""
    gap = text[left:right]
    if left <= body <= right:
        return Break.HEADING
    if not gap and _within_character(text, right):
        return Break.CHARACTER
    if "\n" in gap:
        line = text[text.rfind("\n", max(0, left - HAN_LIMIT), left) + 1 : left]
        are_items = _ITEM.match(text[right : right + 8]) and _ITEM.match(line.lstrip()[:8])
        if are_items or line[-1] in "：:":
            return Break.LIST
        if gap.count("\n") > 1:
            return Break.PARAGRAPH
        return Break.CLAUSE if line[-1] in _LOWER and text[right] in _LOWER else Break.LINE
    if _SENTENCE_ENDS.search(text[max(0, left - 8) : left]):
        return Break.SENTENCE
    if text[left - 1] in "，、：,:":
        return Break.CLAUSE
    return Break.WORD if gap else Break.LETTER


def _within_character(text: str, offset: int) -> bool:
    """Whether `offset` parts a base character from its marks, or the parts of an emoji."""
    joiner = "\u200d"
    here = text[offset]
    return (
        unicodedata.category(here)[0] == "M"
        or here == joiner
        or text[offset - 1] == joiner
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )
