"""One question held against one table: what it names, what it asks for, and the answer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from rag.language.lexicon import Lexicon
from rag.language.text import fold
from rag.reading.tables import results
from rag.reading.tables.columns import ALONE, EXACT, MEASURED, NAMED, Choice, Columns
from rag.reading.tables.conditions import Condition, conditions, is_truth, truth
from rag.reading.tables.degrees import Degree, degree_in
from rag.reading.tables.dimensions import Likeness, dimensions_in
from rag.reading.tables.mentions import mentions
from rag.reading.tables.residue import names_in, unknown
from rag.reading.tables.results import FAIRLY_SURE, SURE, TableAnswer
from rag.reading.tables.sheet import Sheet, dimension_of

_WHICH = re.compile(r"哪|什么|谁|\b(?:which|what|who|whose)\b")
_HOW_MUCH = re.compile(
    r"多少|几(?!乎)|多[大高长重久快]|\bhow (?:much|many|long|far|high|tall|heavy)\b"
)
_COUNT = re.compile(r"几(?![乎点号月时楼层岁])|多少|\bhow many\b|\bnumber of\b")
_COUNTED = re.compile(r"[\u4e00-\u9fff]{1,2}")
_TOTAL = re.compile(r"一共|总共|总计|合计|共计|总|\b(?:total|sum|altogether|in all|combined)\b")
_AVERAGE = re.compile(r"平均|\b(?:average|mean)\b")
_EITHER = re.compile(r"哪[个一款种台家位本座]|还是|\bwhich\b|\bor\b")
_CHOOSING = re.compile(r"哪|更|比|\b(?:which|who|or|than)\b")


class Inquiry:
    """A question to a table; `place` is what stands above it, folded."""

    def __init__(
        self, question: str, sheet: Sheet, place: str, lexicon: Lexicon, likeness: Likeness
    ) -> None:
        self._question = question
        self._sheet = sheet
        self._place = place
        self._lexicon = lexicon
        self._asked = fold(question)
        self._columns = Columns(sheet, lexicon, likeness)
        self._likeness = likeness
        self._mentions = mentions(self._asked, sheet, lexicon)
        self._rest = _without(self._asked, [(each.start, each.end) for each in self._mentions])

    def answer(self) -> TableAnswer | None:
        """What the table says, None where rows or columns leave a doubt."""
        rows = self._named_rows()
        stated = conditions(self._rest, self._sheet, self._columns)
        if not rows or stated is None:
            return None
        named = {each.column for each in self._mentions}
        if named & set(self._keys):
            found = self._compared(rows) or self._looked_up(rows)
            if found or self._key in named:
                return found
        for each in stated:
            rows = [row for row in rows if row in each.rows]
        return (
            self._extreme(rows, stated)
            or self._aggregated(rows, stated)
            or self._selected(rows, stated)
        )

    def _named_rows(self) -> list[int]:
        """The rows of all that is named: in one column either, in several columns each."""
        by_column: dict[int, set[int]] = defaultdict(set)
        taken: dict[tuple[int, int], int] = {}
        for each in self._mentions:
            column = taken.setdefault((each.start, each.end), each.column)
            if column == each.column:
                by_column[column] |= each.rows
        rows = set(range(len(self._sheet.cells)))
        for kept in by_column.values():
            rows &= kept
        return sorted(rows)

    def _compared(self, rows: Sequence[int]) -> TableAnswer | None:
        """Of several rows that are named, the one that has more or less of what is asked."""
        spans = {(each.start, each.end) for each in self._mentions if each.column in self._keys}
        degree = degree_in(self._rest, compares=True)
        if len(spans) < 2 or degree is None or not _CHOOSING.search(self._rest):
            return None
        found = self._measure(degree, [])
        if found is None:
            return None
        return self._most(rows, found, degree, [self._named_by])

    def _looked_up(self, rows: Sequence[int]) -> TableAnswer | None:
        """The cells of the rows that are named, in the columns that are asked for."""
        others = self._others()
        degree = degree_in(self._rest)
        keyed = {(each.start, each.end) for each in self._mentions if each.column == self._key}
        if len(keyed) > 1 and _EITHER.search(self._rest):
            return None
        choice = self._columns.named(self._rest, others)
        choice = choice or self._columns.measured(self._rest, others)
        if choice is None and len(others) == 1 and self._sheet.table.width == 2:
            choice = Choice((others[0],), ALONE)
        if choice is None or (degree and choice.strength < NAMED and not degree.is_superlative):
            return None
        if not self._is_about(choice):
            return None
        sure = SURE if choice.strength >= NAMED else FAIRLY_SURE
        return results.of_cells(self._sheet, rows, choice.columns, sure)

    def _extreme(self, rows: Sequence[int], stated: Sequence[Condition]) -> TableAnswer | None:
        """The row that has the most or least of what is asked, or what it has."""
        rest = _without(self._rest, [(each.start, each.end) for each in stated])
        rest = self._columns_masked(rest)
        degree = degree_in(rest)
        if degree is None or not degree.is_superlative:
            return None
        found = self._measure(degree, stated)
        if found is None or not self._is_about(found, degree, stated, strictly=True):
            return None
        return self._most(rows, found, degree, self._wanted(found, degree))

    def _columns_masked(self, rest: str) -> str:
        """`rest` without the names of columns, in which 最高 is no word of degree."""
        whole = self._columns.named(rest, range(self._sheet.table.width))
        return _without(rest, whole.spans) if whole else rest

    def _measure(self, degree: Degree, stated: Sequence[Condition]) -> Choice | None:
        """The column in which rows are compared."""
        taken = {each.column for each in self._mentions} | {each.column for each in stated}
        numeric = [
            column
            for column, is_numeric in enumerate(self._sheet.is_numeric)
            if is_numeric and column not in taken and column != self._key
        ]
        rest = _without(self._rest, [(each.start, each.end) for each in stated])
        choice = self._columns.named(rest, numeric)
        choice = choice or self._columns.measured("", numeric, degree.dimensions)
        if choice is None and degree.direction("") is not None and len(numeric) == 1:
            choice = Choice((numeric[0],), ALONE)
        return choice if choice and len(choice.columns) == 1 else None

    def _wanted(self, measure: Choice, degree: Degree) -> list[int]:
        """The columns that are asked for of the row that has the most: its name if no other."""
        rest = _without(self._rest, [*measure.spans, (degree.start, degree.end)])
        others = [column for column in self._others() if column not in measure.columns]
        other = self._columns.named(rest, others)
        key = self._named_by
        if other and other.columns != (key,):
            return list(other.columns)
        name = self._sheet.names[measure.columns[0]]
        behind = self._rest[degree.end :]
        is_value = _HOW_MUCH.search(rest) or (
            name and re.match(rf"\W*的?{re.escape(name)}", behind)
        )
        return (
            list(measure.columns)
            if is_value and not re.search(r"哪|\bwhich\b|\bwho\b", rest)
            else [key]
        )

    def _most(
        self, rows: Sequence[int], measure: Choice, degree: Degree, wanted: Collection[int]
    ) -> TableAnswer | None:
        (column,) = measure.columns
        dimension = self._sheet.dimension(column) or self._likeness.of(self._sheet.names[column])
        direction = degree.direction(dimension)
        only = {sign for sign, _ in degree.senses}
        if direction is None and len(only) == 1 and measure.strength >= NAMED:
            (direction,) = only
        figures = {row: each for row in rows if (each := self._sheet.figures[column][row])}
        if direction is None or len(figures) < 2:
            return None
        best = max(each.value * direction for each in figures.values())
        winners = [row for row, each in figures.items() if each.value * direction == best]
        sure = SURE if measure.strength >= NAMED else FAIRLY_SURE
        return results.of_cells(self._sheet, winners, wanted, sure, len(figures))

    def _aggregated(self, rows: Sequence[int], stated: Sequence[Condition]) -> TableAnswer | None:
        """A sum or an average over a column, or how many rows there are."""
        total, mean = _TOTAL.search(self._rest), _AVERAGE.search(self._rest)
        numeric = [column for column, each in enumerate(self._sheet.is_numeric) if each]
        numeric = [column for column in numeric if column != self._key]
        rest = _without(self._rest, [(each.start, each.end) for each in stated])
        choice = self._columns.named(rest, numeric) or self._columns.measured(rest, numeric)
        if choice and (total or mean):
            if len(choice.columns) > 1 or not self._is_about(choice, None, stated, strictly=True):
                return None
            return self._figure(rows, choice.columns[0], is_mean=bool(mean))
        count = _COUNT.search(rest)
        if choice or mean or count is None or _is_of_unit(rest, count.end()):
            return None
        among = [column for column in range(self._sheet.table.width) if column != self._key]
        if held := truth(rest, self._sheet, self._columns, among):
            rows = [row for row in rows if row in held.rows]
            stated = [*stated, held]
        counted = Choice((), EXACT)
        if not rows or not self._is_about(counted, None, stated, strictly=True):
            return None
        return results.of_figure(self._sheet, str(len(rows)), rows, None, FAIRLY_SURE)

    def _figure(self, rows: Iterable[int], column: int, *, is_mean: bool) -> TableAnswer | None:
        figures = {row: each for row in rows if (each := self._sheet.figures[column][row])}
        if len(figures) < 2 or self._sheet.dimension(column) == "date":
            return None
        value = sum(each.value for each in figures.values()) / (len(figures) if is_mean else 1)
        unit = next(iter(figures.values())).unit
        short = f"{round(value, 2 if is_mean else 6):g}" if value % 1 else f"{value:.0f}"
        return results.of_figure(self._sheet, f"{short}{unit}", figures, column, SURE)

    def _selected(self, rows: Sequence[int], stated: Sequence[Condition]) -> TableAnswer | None:
        """What the rows hold, or are called, that meet what is said of them."""
        rest = _without(self._rest, [(each.start, each.end) for each in stated])
        named = {each.column for each in self._mentions}
        taken = {self._key, *(each.column for each in stated)}
        others = [column for column in self._others() if column not in taken]
        held = None
        if not named and not stated:
            held = truth(rest, self._sheet, self._columns, others)
            if held is None or not _WHICH.search(rest):
                return None
            rows, stated = [row for row in rows if row in held.rows], [held]
        if not _WHICH.search(rest) and not _HOW_MUCH.search(rest):
            return None
        wanted = self._columns.named(rest, [each for each in others if held is None])
        is_cell = wanted is not None and not is_truth(self._sheet, wanted.columns[0])
        choice = wanted if wanted and is_cell else Choice((self._named_by,), EXACT)
        if choice.columns[0] == self._named_by and not re.search(r"哪|什么|谁|\bwh", rest):
            return None
        if not rows or not self._is_about(choice, None, stated, strictly=True):
            return None
        computed = 0 if named and not stated else len(self._sheet.cells)
        return results.of_cells(self._sheet, rows, choice.columns, FAIRLY_SURE, computed)

    @property
    def _keys(self) -> list[int]:
        return self._sheet.keys

    @property
    def _key(self) -> int:
        """The column that names the rows."""
        return self._sheet.keys[0]

    @property
    def _named_by(self) -> int:
        """The column that names what is asked for: a code is the name of nobody."""
        if "who" not in dimensions_in(self._rest):
            return self._key
        cells = self._sheet.cells
        names = (
            key
            for key in self._keys
            if not any(sign.isdigit() for row in cells for sign in row[key])
        )
        return next(names, self._key)

    def _others(self) -> list[int]:
        """The columns in which nothing is named."""
        named = {each.column for each in self._mentions}
        return [column for column in range(self._sheet.table.width) if column not in named]

    def _is_about(
        self,
        choice: Choice,
        degree: Degree | None = None,
        stated: Iterable[Condition] = (),
        *,
        strictly: bool = False,
    ) -> bool:
        """Whether the question speaks of nothing that the table does not know.

        Where the column is named, names and figures must not be; otherwise, and `strictly`, words.
        """
        spans = [*choice.spans, *((each.start, each.end) for each in stated)]
        if degree:
            spans.append((degree.start, degree.end))
        rest = _without(self._rest, spans)
        left = unknown(rest, self._sheet, self._place, self._lexicon)
        related = "".join(self._sheet.names[each.column] for each in self._mentions)
        left = [word for word in left if not set(word) & set(related) or word.isascii()]
        if "who" not in dimensions_in(self._rest):  # a 房号 names a 房间
            left = [word for word in left if word[0] not in self._sheet.names[self._key]]
        if choice.strength == ALONE or (strictly and choice.strength < MEASURED):
            return not left
        return not left if strictly else not names_in(self._question, left)


def _is_of_unit(text: str, start: int) -> bool:
    """Whether what is counted there is a unit, as in 多少元: then no rows are."""
    counted = _COUNTED.match(text, start)
    return counted is not None and any(dimension_of(counted[0][:size]) for size in (1, 2))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with blanks in the place of the spans."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
