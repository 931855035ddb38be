"""The paragraphs of all pages as one text: what a column or a page cuts is whole again."""

from __future__ import annotations

from collections.abc import Sequence

from rag.documents.pdf.columns import Block
from rag.documents.pdf.paragraphs import Hyphens, Paragraph, hyphens, joined, paragraphs
from rag.language.text import is_wide


def assembled(pages: Sequence[Sequence[Block]]) -> tuple[str, tuple[int, ...]]:
    """The text of `pages`, and the offset at which each of them begins in it."""
    lines = (line.text for blocks in pages for block in blocks for line in block.lines)
    hyphen = hyphens([*lines])
    text, last, head = "", None, ""
    starts: list[int] = []
    for blocks in pages:
        is_new_page = True
        for block in blocks:
            is_new_block = True
            for paragraph in _paragraphs(block, hyphen):
                added = paragraph.text
                if paragraph.is_table and is_new_page and last and last.is_table:
                    if added.split("\n", 1)[0] == head:  # repeated on top of the page
                        added = added.partition("\n")[2]
                    between = "\n" if _columns(paragraph) == _columns(last) else "\n\n"
                elif last and is_new_block and _goes_on(last, paragraph):
                    between = ""
                    whole = joined(last.text, added, hyphen)
                    stem = min(len(last.text), _common(last.text, whole))
                    text = text[: len(text) - len(last.text) + stem]
                    added = whole[stem:]
                else:
                    between = "\n\n" if paragraph.gap or paragraph.is_table else "\n"
                    head = added.split("\n", 1)[0]
                text += between if text else ""
                if is_new_page:
                    starts.append(len(text))
                    is_new_page = False
                text += added
                last, is_new_block = paragraph, False
        if is_new_page:  # nothing on it
            starts.append(len(text))
    return text, tuple(starts)


def _paragraphs(block: Block, hyphen: Hyphens) -> list[Paragraph]:
    if block.rows:
        return [Paragraph("\n".join(block.rows), is_table=True)]
    if block.lines and block.lines[0].is_table:
        return [Paragraph(block.lines[0].text, is_table=True)]
    return paragraphs(block.lines, hyphen)


def _columns(table: Paragraph) -> int:
    return max(row.count("\t") for row in table.text.split("\n"))


def _common(text: str, other: str) -> int:
    """How many characters the two have in common at their beginning."""
    length = 0
    for a, b in zip(text, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _goes_on(last: Paragraph, paragraph: Paragraph) -> bool:
    """Whether a paragraph goes on with the last one of another column or page."""
    if not (last.is_open and paragraph.is_flush) or last.is_table or paragraph.is_table:
        return False
    sizes = sorted((last.height, paragraph.height))
    first = paragraph.text[:1]
    return sizes[1] < 1.1 * sizes[0] and (
        first.islower() or is_wide(first) or (first.isdigit() and last.text[-1:].islower())
    )
