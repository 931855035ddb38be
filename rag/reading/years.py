"""Years that questions and the sentences of their answers name."""

from __future__ import annotations

import re

from rag.language.question import kinds_of
from rag.language.sentences import CLAUSE_END, sentences

_CLAUSE_END = re.compile(CLAUSE_END)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


def years_in(text: str) -> set[int]:
    """The years that a text names in figures.

    >>> sorted(years_in("从2010年到2014年，1200万人"))
    [2010, 2014]
    """
    return {int(year) for year in _YEAR.findall(text)}


def is_of_another_year(question: str, text: str, start: int) -> bool:
    """Whether the sentence at `start` of a text names years, and none that the question names.

    In a sentence that names it beside others, whether the clause does so. A question that asks
    when does not say which year it is about.

    >>> text = "2013年买了2万只。2014年卖出9万只。"
    >>> [is_of_another_year("2014年卖了几只？", text, text.index(n)) for n in ("2万", "9万")]
    [True, False]
    """
    asked = years_in(question)
    if not asked or "when" in kinds_of(question):
        return False
    for first, end in sentences(text):
        if first <= start < end:
            named = years_in(text[first:end])
            if named & asked:
                named = years_in(_clause(text, first, end, start))
            return bool(named) and not named & asked
    return False


def _clause(text: str, first: int, end: int, at: int) -> str:
    """The clause at an offset of a sentence."""
    stops = [first, *(match.end() for match in _CLAUSE_END.finditer(text, first, end)), end]
    start = max(stop for stop in stops if stop <= at)
    return text[start : min(stop for stop in stops if stop > at)]
