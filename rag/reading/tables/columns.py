"""Which column of a table a question asks for, by its name, its unit, or what it measures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rag.language.lexicon import LONGEST_PHRASE, Lexicon
from rag.language.terms import CHINESE_STOP, ENGLISH_STOP, runs, stem, tagged, words
from rag.reading.tables.dimensions import Likeness, dimensions_in
from rag.reading.tables.mentions import find
from rag.reading.tables.sheet import Sheet, dimension_of

HALF = 0.5  # of a name, from which on it is meant
LEAD = 0.15  # over the next column
_KIND = re.compile(r"(?:哪一?|什么)[个条种类款家座间支]?([\u4e00-\u9fff]{1,4})")
EXACT, NAMED, MEASURED, ALONE = 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Choice:
    """Columns that are asked for, and how well that is borne out: EXACT down to ALONE.

    `spans` are the words of the question that name them.
    """

    columns: tuple[int, ...]
    strength: int
    spans: tuple[tuple[int, int], ...] = ()


class Columns:
    """Chooses among the columns of a table."""

    def __init__(self, sheet: Sheet, lexicon: Lexicon, likeness: Likeness) -> None:
        self._sheet = sheet
        self._lexicon = lexicon
        self._likeness = likeness

    def named(self, rest: str, columns: Iterable[int]) -> Choice | None:
        """The columns that `rest` of a question names, wholly or in good part; several if apart."""
        kept = [column for column in columns if self._sheet.names[column]]
        if whole := self._whole(rest, kept):
            return whole
        shares = sorted(((self._share(rest, column), column) for column in kept), reverse=True)
        if not shares or shares[0][0] < HALF:
            return None
        best = shares[0]
        close = [column for share, column in shares if share > best[0] - LEAD]
        if len(close) == 1:
            return Choice((best[1],), NAMED)
        measured = self.measured(rest, close)
        return Choice(measured.columns, NAMED) if measured else None

    def measured(
        self, rest: str, columns: Iterable[int], wanted: Collection[str] = ()
    ) -> Choice | None:
        """The only column of a unit or dimension that the question asks for, or of `wanted`."""
        kept = list(columns)
        units = [column for column in kept if self._asks_unit(rest, self._sheet.units[column])]
        if len(units) == 1:
            return Choice((units[0],), MEASURED)
        for dimension in wanted or dimensions_in(rest):
            known = [column for column in kept if self._sheet.dimension(column) == dimension]
            if len(known) == 1:
                return Choice((known[0],), MEASURED)
            open_ = [column for column in kept if not self._sheet.dimension(column)]
            alike = [
                column
                for column in open_
                if self._likeness.of(self._sheet.names[column]) == dimension
            ]
            if not known and len(alike) == 1:
                return Choice((alike[0],), MEASURED)
        words_only = {"who", "where"} & set(dimensions_in(rest))
        kept = [column for column in kept if not (words_only and self._sheet.is_numeric[column])]
        return self._verbal(rest, kept) or self._kind(rest, kept)

    def _whole(self, rest: str, columns: Sequence[int]) -> Choice | None:
        found = [
            (start, end, column)
            for column in columns
            if len(self._sheet.names[column]) > 1
            for start, end in find(rest, self._sheet.names[column])
        ]
        kept = [
            each
            for each in found
            if not any(
                other[0] <= each[0] and each[1] <= other[1] and other[:2] != each[:2]
                for other in found
            )
        ]
        if not kept or len({each[:2] for each in kept}) < len({each[2] for each in kept}):
            return None  # nothing, or two columns of one name
        ordered = dict.fromkeys(column for _, _, column in sorted(kept))
        return Choice(tuple(ordered), EXACT, tuple(each[:2] for each in kept))

    def _share(self, rest: str, column: int) -> float:
        """How much of a column's name the question says, be it in the other language."""
        name = self._sheet.names[column]
        said = total = 0.0
        asked_words = set(_terms(rest))
        stems = [stem(run) for run, is_han in runs(rest) if not is_han]
        parts = [part for part in _parts(name) if part not in ENGLISH_STOP | CHINESE_STOP]
        for part in parts:
            weight = len(part) if part[0] >= "\u3400" else 4
            total += weight
            if part in asked_words or self._is_translated(part, rest, stems):
                said += weight
        if said < total and stems and self._is_translated(name, rest, stems):
            said = total
        return said / total if total else 0.0

    def _verbal(self, rest: str, columns: Iterable[int]) -> Choice | None:
        """The only column whose name shares a character with a verb: 产自, 产地."""
        verbs = {
            sign
            for word, tag in tagged(rest)
            if (tag.startswith("v") or len(word) == 1) and word not in CHINESE_STOP
            for sign in word
        }
        kept = [column for column in columns if verbs & set(self._sheet.names[column])]
        return Choice((kept[0],), MEASURED) if len(kept) == 1 else None

    def _kind(self, rest: str, columns: Iterable[int]) -> Choice | None:
        """The only column whose name shares a character with the kind asked for: 哪条线, 线路."""
        asked = _KIND.search(rest)
        word = next((word for word, _ in tagged(asked[1])), "") if asked else ""
        kept = [column for column in columns if set(word) & set(self._sheet.names[column])]
        return Choice((kept[0],), MEASURED) if len(kept) == 1 else None

    def _is_translated(self, part: str, rest: str, stems: Sequence[str]) -> bool:
        """Whether the question has a translation of a word of a name."""
        if part[0] >= "\u3400":
            phrases = [phrase.split() for phrase, _ in self._lexicon.to_english(part)]
            return any(
                stems[at : at + len(phrase)] == phrase
                for phrase in phrases
                for at in range(len(stems))
            )
        phrase = " ".join(stem(run) for run, is_han in runs(part) if not is_han)
        asked = {word for word in _terms(rest) if word[0] >= "\u3400" and len(word) > 1}
        if any(
            phrase == english for word in asked for english, _ in self._lexicon.to_english(word)
        ):
            return True
        if not phrase or phrase.count(" ") >= LONGEST_PHRASE:
            return False
        return any(
            word in rest
            for word, _ in self._lexicon.to_chinese(phrase)
            if len(word) > 1 and word not in CHINESE_STOP
        )

    def _asks_unit(self, rest: str, unit: str) -> bool:
        """Whether the question asks for how many of a unit: 多少元, how many hours."""
        head = unit.partition("/")[0].strip()
        if not head:
            return False
        if re.search(rf"(?:多少|几)[个]?{re.escape(head)}|\bhow many {re.escape(head)}", rest):
            return True
        asked = re.search(r"(?:多少|几)个?([\u4e00-\u9fff]{1,3})|\bhow many ([a-z]+)", rest)
        dimension = dimension_of(asked[1] or asked[2]) if asked else ""
        return bool(dimension) and dimension == dimension_of(head)


def _parts(name: str) -> list[str]:
    """The words that a name is made of, each character of it in one."""
    found = []
    for run, is_han in runs(name):
        found += [word for word, _ in tagged(run)] if is_han else [stem(run)]
    return found


def _terms(text: str) -> list[str]:
    """The words of a text, those of Han text as its longest and smallest, stems of the others."""
    found = []
    for run, is_han in runs(text):
        found += words(run) if is_han else [stem(run)]
    return found
