"""Yes or no: whether the words that answer a yes–no question bear out what it asks to be so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answering.citations import Quote
from rag.answering.messages import label
from rag.checking.checker import Checker
from rag.index.fusion import Search
from rag.language.statements import denies, statement_of
from rag.reasons import Reason

_ONLY = re.compile(r"只[有是]|仅|\b(?:only|few|hardly)\b", re.IGNORECASE)
# Where the judge is less sure, "yes" was wrong of sentences that only speak of what is asked.
SURE = 0.9


def verdict(
    question: str,
    quotes: Sequence[Quote],
    checker: Checker,
    prepare: Callable[[str], Search],
) -> bool | None:
    """Whether the quotes say yes or no, None where the checker finds neither in their own words.

    A yes needs words that deny nothing, a no words that do, or another value: the checker alone
    takes "nobody has it" for what "has it" says, and hedged words for a denial.
    `prepare` gives the search of a sentence. Raises what it and the checker raise.
    """
    statement = statement_of(question)
    if statement is None or not quotes:
        return None
    passages = list({quote.passage.chunk.id: quote.passage for quote in quotes}.values())
    found = checker.check(prepare(statement), passages)
    if found.passage is None or found.verdict == "unsupported":
        return None
    decides = passages[found.passage].chunk.id
    words = passages[found.passage].text[found.start : found.end]
    is_quoted = any(
        quote.passage.chunk.id == decides and quote.start < found.end and found.start < quote.end
        for quote in quotes
    )
    if not is_quoted:
        return None
    if found.verdict == "contradicted":
        is_plain = found.reason is not Reason.SAYS_OTHERWISE or denies(words) or _ONLY.search(words)
        return False if is_plain else None
    is_sure = found.judgement is None or found.judgement.supported >= SURE
    return True if is_sure and not denies(words) else None


def led(text: str, is_so: bool | None, language: str) -> str:
    """The text of an answer led by yes or no, itself where it is neither.

    >>> led("灯塔还在使用。[1]", True, "zh"), led("It is closed.[1]", False, "en")
    ('是：灯塔还在使用。[1]', 'No: It is closed.[1]')
    """
    if is_so is None:
        return text
    return f"{label('yes' if is_so else 'no', language)}{label('colon', language)}{text}"
