"""Words that answer, grown to quotes that read well."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language.sentences import balanced
from rag.language.text import han_share
from rag.reading.candidates import Candidate
from rag.reading.results import Span, Unit

LENGTH = 110  # characters of Han text; Latin text may be twice as long
LINES_LENGTH = 140  # the same, to finish a sentence over lines that may be none of it
SENTENCE_LENGTH = 320  # the same, to finish a sentence of which clauses were read
_CLAUSE = re.compile(r"(?:[；;：，、,:]|——)[”’」』》）)\"']*$")
CLOSE_ENOUGH = 1.0  # rank of a quote beside the answer, below the best one's


def grown(heart: Sequence[Unit], units: Sequence[Unit]) -> list[Unit]:
    """`heart` as whole sentences, and with the sentences beside it while all is short."""
    same = [unit for unit in units if unit.passage == heart[0].passage]
    first, last = heart[0].number, heart[-1].number
    headings = [unit.number for unit in same if unit.text.startswith("#")]
    top = max((number + 1 for number in headings if number < first), default=0)
    bottom = min((number - 1 for number in headings if number > last), default=len(same) - 1)
    while last < bottom and not _ends_sentence(same[last].text):
        if length_of(same[first : last + 2]) > _most(same[last]):
            break
        last += 1
    while first > top and not _ends_sentence(same[first - 1].text):
        if length_of(same[first - 1 : last + 1]) > _most(same[first - 1]):
            break
        first -= 1
    while last < bottom:
        end = next((n for n in range(last + 1, bottom) if not _is_clause(same[n])), bottom)
        if length_of(same[first : end + 1]) > LENGTH:
            break
        last = end
    while first > top:
        start = next((n for n in range(first - 1, top, -1) if not _is_clause(same[n - 1])), top)
        if length_of(same[start : last + 1]) > LENGTH:
            break
        first = start
    return same[first : last + 1]


def _most(unit: Unit) -> int:
    """How long a quote may grow to finish the sentence that this unit does not end."""
    return SENTENCE_LENGTH if _is_clause(unit) else LINES_LENGTH


def _is_clause(unit: Unit) -> bool:
    """Whether its sentence certainly goes on behind it."""
    return bool(_CLAUSE.search(unit.text))


def length_of(units: Sequence[Unit]) -> float:
    """Characters from the first to the last unit; two of Latin text count as one."""
    length = units[-1].end - units[0].start
    return length if han_share(units[0].text) >= 0.5 else length / 2


def _ends_sentence(text: str) -> bool:
    return text.rstrip("”\"’'」』）)").endswith(("。", "！", "？", "!", "?", ".", "…"))


def quotes_of(answers: Sequence[Candidate], units: Sequence[Unit]) -> list[Span]:
    """The answers in their sentences; those of one passage that meet in one quote."""
    quotes: list[Span] = []
    for answer in answers:
        held = quoted(answer, units)
        start, end = balanced(answer.text, answer.span.start, answer.span.end)
        words = (max(start, held[0].start), min(end, held[-1].end))
        span = Span(answer.passage, held[0].start, held[-1].end, (words,))
        for number, other in enumerate(quotes):
            if meet(span, other):
                quotes[number] = merged(other, span)
                break
        else:
            quotes.append(span)
    return quotes


def beside(
    ranked: Sequence[Candidate], answers: Sequence[Candidate], units: Sequence[Unit]
) -> Span | None:
    """What another passage says to the same, where it ranks nearly as high."""
    taken = {answer.passage for answer in answers}
    second = next((each for each in ranked if each.passage not in taken), None)
    if second is None or second.rank < ranked[0].rank - CLOSE_ENOUGH:
        return None
    held = quoted(second, units)
    return Span(second.passage, held[0].start, held[-1].end)


def quoted(answer: Candidate, units: Sequence[Unit]) -> list[Unit]:
    """The units that hold the answer, grown; a span may lie between two of them."""
    same = [unit for unit in units if unit.passage == answer.passage]
    held = [u for u in same if u.start < answer.span.end and u.end > answer.span.start]
    return grown(held, units)


def meet(first: Span, second: Span) -> bool:
    """Whether two spans share words of a passage."""
    is_apart = first.end <= second.start or second.end <= first.start
    return first.passage == second.passage and not is_apart


def merged(first: Span, second: Span) -> Span:
    """Two spans that meet as one, with the highlights of both."""
    return Span(
        first.passage,
        min(first.start, second.start),
        max(first.end, second.end),
        tuple(sorted((*first.highlights, *second.highlights))),
    )
