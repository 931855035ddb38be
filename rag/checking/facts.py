"""The numbers and dates of a claim, checked against those of a passage."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from rag.checking.dates import Date, dates, fits
from rag.checking.quantities import Quantity, agrees, quantities
from rag.checking.units import MONEY, MONTH
from rag.language import numerals
from rag.language.text import fold_in_place

Fact = Quantity | Date
MOST_LISTED = 10
_COLON = re.compile(r"[^，。,.；;]{0,16}[:：]")
_FIRST_MONTHS = re.compile(
    r"(?:(?<![\d月一二三四五六七八九十])[1一]月?\s?[-–—~至到]|截[至止]|(?<![\d目之此以当先])前)\s?(\d{1,2}|[一二三四五六七八九十]{1,2})个?月"
)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers and dates of a text, and the years that it or its context names.

    `first_months` are how many months of a year are meant, and where: 1至4月, 截至11月.
    """

    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    years: frozenset[int]
    first_months: tuple[tuple[int, int], ...] = ()

    def between(self, start: int, end: int) -> Facts:
        """Those that lie between the offsets, at least in part; all the years."""
        return Facts(
            tuple(each for each in self.quantities if each.start < end and start < each.end),
            tuple(each for each in self.dates if each.start < end and start < each.end),
            self.years,
            tuple(each for each in self.first_months if start <= each[0] < end),
        )


def facts_of(text: str, context: str = "") -> Facts:
    """The facts of a text, whose title and section may imply a year."""
    said = tuple(dates(text))
    years = {each.year for each in said if each.year} | set(map(int, _YEAR.findall(context)))
    months = (
        (match.start(), int(numerals.value_of(match[1]) or 0))
        for match in _FIRST_MONTHS.finditer(fold_in_place(text))
    )
    return Facts(tuple(quantities(text)), said, frozenset(years), tuple(months))


def sure_facts(found: Facts, claim: str) -> Facts:
    """Those facts of a claim that are sure to be some: "one" and 一 are as often just words."""
    sure = (
        each
        for each in found.quantities
        if each.is_sure and not _is_one(each, claim) and not _announces(each, claim)
    )
    return replace(found, quantities=tuple(sure))


def lacking(claimed: Facts, passage: Facts, start: int, end: int) -> tuple[Fact, ...]:
    """The facts of the claim that do not stand between the offsets of the passage."""
    given = passage.between(start, end)
    money = {each.dimension for each in given.quantities} & MONEY
    numbers = [each for each in claimed.quantities if not _is_given(each, given, money, passage)]
    days = [
        each
        for each in claimed.dates
        if not _is_dated(each, given)
        and not any(
            _are_first_months(months, [d for d in claimed.dates if d.start == each.start])
            for months in given.quantities
        )
    ]
    return (*numbers, *days)


def is_telling(found: Fact) -> bool:
    """Whether a fact is hardly there by chance: a number of three significant digits, a day."""
    if isinstance(found, Date):
        return found.day is not None
    return found.number / found.step >= 100


def goes_without_saying(year: Fact, given: Sequence[Date], document: str) -> bool:
    """Whether only the year of a date is missing, which the folded document has elsewhere."""
    return (
        isinstance(year, Date)
        and year.year is not None
        and str(year.year) in document
        and (year.month is None or any(fits(replace(year, year=None), each) for each in given))
    )


def _is_one(found: Quantity, text: str) -> bool:
    return found.number == 1 and not text[found.start].isdecimal()


def _announces(found: Quantity, claim: str) -> bool:
    """Whether a number only says how many follow, as in 目标有两个 before a colon."""
    return (
        not found.dimension and found.number <= MOST_LISTED and bool(_COLON.match(claim, found.end))
    )


def _are_first_months(months: Quantity, dates: Sequence[Date]) -> bool:
    """Whether dates of a claim, 1至10月, are what is said as a number of months."""
    numbers = {each.month for each in dates}
    return months.dimension == "s" and months.worth == MONTH and {1, months.number} <= numbers


def _is_given(claimed: Quantity, given: Facts, money: Set[str], passage: Facts) -> bool:
    if any(agrees(claimed, each) for each in given.quantities):
        return True
    if claimed.dimension in money:  # "300 million dollars, of which 250 million"
        return any(
            not each.dimension
            and each.number >= 1000
            and agrees(claimed, replace(each, dimension=claimed.dimension))
            for each in given.quantities
        )
    if claimed.worth == MONTH and any(months == claimed.number for _, months in given.first_months):
        return True
    if claimed.dimension == "th":
        return any(agrees(claimed, each) for each in passage.quantities)
    return not claimed.dimension and any(each.year == claimed.number for each in given.dates)


def _is_dated(claimed: Date, given: Facts) -> bool:
    """Whether the date is said; a year may go unsaid where the passage or its title has it."""
    if any(fits(claimed, each) for each in given.dates):
        return True
    if claimed.year is None:
        return False
    if claimed.month is None and any(each.number == claimed.year for each in given.quantities):
        return True
    there = {each.year for each in given.dates if each.year}
    if claimed.year not in given.years or (there and claimed.year not in there):
        return False
    if claimed.month is None:
        return not there
    without_year = replace(claimed, year=None)
    return any(each.year is None and fits(without_year, each) for each in given.dates)
