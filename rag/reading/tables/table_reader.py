"""Questions answered by a table: by a cell, by the rows that meet conditions, by a figure.

The one interface is `TableReader.answer`. A table answers only where the row is named word for
word, the column by its words, its unit or what it measures, and nothing in the question speaks of
something else; where two rows or columns are as good, it gives both or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.language.lexicon import Lexicon
from rag.language.text import fold
from rag.reading.tables.dimensions import Embed, Likeness
from rag.reading.tables.inquiry import Inquiry
from rag.reading.tables.results import TableAnswer
from rag.reading.tables.sheet import Sheet, sheets_of

MOST_TABLES = 30


@dataclass(frozen=True, slots=True)
class TableSource:
    """A document whose tables may answer: `place` is its title, its file's name and the sections.

    `sections` gives the section of the text at an offset.
    """

    document_id: str
    text: str
    place: str
    sections: Sequence[tuple[int, str]] = ()

    def place_of(self, offset: int) -> str:
        """The words above an offset, folded."""
        section = [name for start, name in self.sections if start <= offset][-1:]
        return fold(" ".join([self.place, *section]))


class TableReader:
    """Answers questions from tables; `embed` gives the vector of a question."""

    def __init__(self, embed: Embed) -> None:
        self._likeness = Likeness(embed)

    def answer(
        self, question: str, sources: Iterable[TableSource], lexicon: Lexicon
    ) -> TableAnswer | None:
        """What the tables of some documents, best first, say to a question; None where in doubt.

        Of several tables that answer, the one whose place the question speaks of more.
        """
        found: list[tuple[int, TableAnswer]] = []
        for source, sheet in _sheets(sources):
            place = source.place_of(sheet.table.start)
            if caption := sheet.table.caption:
                place = f"{place} {fold(source.text[caption.start : caption.end])}"
            inquiry = Inquiry(question, sheet, place, lexicon, self._likeness)
            if answer := inquiry.answer():
                found.append((_spoken_of(question, place), answer))
        if not found:
            return None
        most = max(spoken for spoken, _ in found)
        best = [answer for spoken, answer in found if spoken == most]
        return _agreed(best)


def _sheets(sources: Iterable[TableSource]) -> list[tuple[TableSource, Sheet]]:
    every = [(each, sheet) for each in sources for sheet in sheets_of(each.document_id, each.text)]
    return every[:MOST_TABLES]


def _spoken_of(question: str, place: str) -> int:
    """How many pairs of characters and words of a table's place the question has."""
    asked = fold(question)
    han = re.findall(r"[\u4e00-\u9fff]+", asked)
    pairs = {run[at : at + 2] for run in han for at in range(len(run) - 1)}
    return sum(each in place for each in pairs | set(re.findall(r"[a-z0-9]{3,}", asked)))


def _agreed(best: Sequence[TableAnswer]) -> TableAnswer | None:
    """The answer, where all say the same or each is a cell's words of its own."""
    if len({answer.short for answer in best}) == 1:
        return best[0]
    if len(best) > 2 or any(answer.computed_from for answer in best):
        return None
    return TableAnswer(
        (", " if "," in best[0].short or best[0].short.isascii() else "、").join(
            answer.short for answer in best
        ),
        tuple(row for answer in best for row in answer.rows),
        min(answer.confidence for answer in best),
    )
