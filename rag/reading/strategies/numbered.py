"""A part of a document that is asked for by its number, or the number of what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.index.passage import Passage
from rag.language.numerals import value_of
from rag.language.series import series
from rag.language.text import fold
from rag.reading.results import Span
from rag.reading.strategies.base import Answered, Asked, Read, heading_terms_in, terms_in

NUMBERED = 0.6  # how sure such a part is at least
MOSTLY = 0.6  # of a heading's terms: under 更换墨盒 stands no step of 更换硒鼓
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_NUMBER = r"\d{1,3}|[一二两三四五六七八九十百]{1,5}"
_STEP = re.compile(
    rf"第(?P<chinese>{_NUMBER})(?:个?步骤?|点|项)|\bstep (?P<figure>\d{{1,2}})\b"
    r"|(?P<last>最后一?(?:个?步骤?|点|项)|\blast (?:step|item|point)\b)"
    rf"|\b(?P<word>{'|'.join(_ORDINALS)}) (?:step|item|point)\b"
)
_ARTICLE = re.compile(
    rf"第(?P<chinese>{_NUMBER})(?P<unit>[条章节款])的?(?:内容|规定|(?P<head>标题|题目|名称))?(?:主要)?"
    r"(?:是|叫|规定|说|讲|写|约定|要求)?了?(?:什么|哪些|啥)"
    r"|\bwhat (?:does|is in|is) (?P<kind>article|section|clause|chapter) "
    r"(?P<figure>\d{1,3}(?:\.\d{1,3}){0,3})\b(?P<called> called)?"
)

_WHICH = re.compile(
    r"(?:第几|哪一?)(?P<unit>[条章节款])"
    r"|\b(?:which|what) (?P<kind>article|section|clause|chapter)\b"
)

_Place = tuple[int, int, int]  # passage, start, end


def by_number(asked: Asked, read: Read) -> Answered | None:
    """The article, section or chapter with a number, or the step under a heading that is named."""
    folded = fold(asked.query)
    found = _article(folded, read.passages) or _step(folded, read.passages)
    if found is None:
        return _number(folded, read)
    number, start, end = found
    candidate = next((each for each in read.ranked if each.passage == number), None)
    if candidate is None:
        return None
    span = Span(number, start, end, ((start, end),))
    return Answered(candidate.moved(start, end), (span,), least=NUMBERED)


def _article(folded: str, passages: Sequence[Passage]) -> _Place | None:
    """The article, section or chapter that is asked for by its number."""
    match = _ARTICLE.search(folded)
    if match is None:
        return None
    number = match["figure"] or str(_value(match["chinese"]))
    head = re.compile(
        rf"^\W{{0,6}}第({_NUMBER}){match['unit']}"
        if match["chinese"]
        else rf"^\W{{0,6}}(?:{match['kind']} )?(\d{{1,3}}(?:\.\d{{1,3}}){{0,3}})[.)]?(?=\s)",
        re.MULTILINE | re.IGNORECASE,
    )
    for place, passage in enumerate(passages):
        heads = [(found.start(), _written(found[1])) for found in head.finditer(passage.text)]
        for at, (start, own) in enumerate(heads):
            if own == number:
                behind = (each for each, other in heads[at + 1 :] if not _is_below(other, own))
                end = next(behind, len(passage.text))
                words = passage.text[start:end].rstrip()
                start += len(words) - len(words.lstrip("# \n"))
                words = words.lstrip("# \n")
                if match["head"] or match["called"]:
                    words = words.partition("\n")[0]
                return place, start, start + len(words)
    return None


def _number(folded: str, read: Read) -> Answered | None:
    """The article that holds the best words, its number marked, where that is asked for."""
    match = _WHICH.search(folded)
    if match is None:
        return None
    best = read.best
    head = re.compile(
        rf"^[^\S\n]*(?:#+ )?(第(?:{_NUMBER}){match['unit']})"
        if match["unit"]
        else rf"^[^\S\n]*(?:#+ )?((?:{match['kind']} )?\d{{1,3}}(?:\.\d{{1,3}}){{0,3}})(?=[.)]?\s)",
        re.MULTILINE | re.IGNORECASE,
    )
    before = [each for each in head.finditer(best.text) if each.start() <= best.span.start]
    if not before:
        return None
    mark = before[-1]
    end = max(best.unit.end, best.span.end, mark.end())
    span = Span(best.passage, mark.start(1), end, (mark.span(1),))
    return Answered(best, (span,))


def _written(number: str) -> str:
    return number if number[0].isascii() else str(_value(number))


def _is_below(other: str, own: str) -> bool:
    """Whether one number is of a part of the other: 2.2.1 of 2.2."""
    return other.startswith(f"{own}.")


def _step(folded: str, passages: Sequence[Passage]) -> _Place | None:
    """The step of the first list under words of the question, its heading or the line above."""
    match = _STEP.search(folded)
    if match is None:
        return None
    named = match["chinese"] or match["figure"] or match["word"]
    value = _value(named) if named else None
    for number, passage in enumerate(passages):
        is_headed = heading_terms_in(folded, passage) >= MOSTLY
        for each in series(passage.text):
            if not is_headed and terms_in(folded, passage.text[slice(*each.lead)]) < 1:
                continue
            first = each.first
            last = first + len(each.items) - 1
            wanted = last if match["last"] else value
            if each.is_numbered and wanted is not None and first <= wanted <= last:
                item = each.items[wanted - first]
                return number, item.mark, item.end
    return None


def _value(numeral: str) -> int | None:
    if numeral in _ORDINALS:
        return _ORDINALS.index(numeral) + 1
    value = value_of(numeral)
    return None if value is None else int(value)
