"""Yes or no: whether the words that answer a yes–no question bear out what it asks to be so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answering.citations import Quote
from rag.answering.messages import label
from rag.checking.checker import Checker, Finding
from rag.index.fusion import Search
from rag.language.assertions import is_denied_of, is_of_all, is_said, leaves_open, limits
from rag.language.sentences import sentences
from rag.language.statements import denies, statement_of
from rag.language.terms import CHINESE_STOP, index_terms
from rag.language.text import fold
from rag.reasons import Reason

_ONLY = re.compile(r"只[有是]|仅|\b(?:only|few|hardly)\b", re.IGNORECASE)
# Where the judge is less sure, "yes" was wrong of sentences that only speak of what is asked.
SURE = 0.9
# What happens once: another date of it denies this one. A profit of one year denies that of none.
_ONCE = re.compile(
    r"成立|创立|创办|创建|设立|[建修造]|落成|竣工|出生|生于|诞生|去世|逝世|撤销|解散|废除|发明"
    r"|\b(?:founded|established|born|died|built|completed|abolished|dissolved|invented|discovered)\b"
)
# What a statement has beside what it is about; words that deny it need not have it too.
_MODAL = CHINESE_STOP.union(
    "允许 必须 应该 已 已经 现在 目前 还 仍 仍然 全 全部 所有"
    " allow still alreadi now all everi alway ever realli current".split()
)


def verdict(
    question: str,
    quotes: Sequence[Quote],
    checker: Checker,
    prepare: Callable[[str], Search],
) -> bool | None:
    """Whether the quotes say yes or no, None where the checker finds neither in their own words.

    A yes needs words that deny nothing and a judge that is sure of them, or the very words of the
    statement where there is no judge: the rules of the checker take any words that speak of what
    is asked for words that say so. A no needs words that deny, or another value, of all that the
    statement speaks of. `prepare` gives the search of a sentence. Raises what it and the checker
    raise.
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
        return False if _is_denied(statement, found, words) else None
    if found.judgement is None:
        is_sure = is_said(statement, words)
    else:
        is_sure = found.judgement.supported >= SURE and not leaves_open(statement, words)
    return True if is_sure and not denies(words) else None


def _is_denied(statement: str, found: Finding, words: str) -> bool:
    """Whether words against which a statement stands are plain, and of all that it speaks of."""
    if leaves_open(statement, words):
        return False
    if found.reason is Reason.DATE:
        is_plain = bool(_ONCE.search(fold(statement)))
    elif found.reason is Reason.SAYS_OTHERWISE:
        is_plain = denies(words) or bool(_ONLY.search(words))
    else:
        is_plain = is_of_all(statement) or not limits(statement, words)
    return is_plain and (found.judgement is not None or _is_all_met(statement, found, words))


def _is_all_met(statement: str, found: Finding, words: str) -> bool:
    """Whether a sentence of the words has all terms of the statement but modals and the value."""
    needed = {term for term in index_terms(statement) if not term.startswith("^")}
    needed -= _MODAL.union(index_terms(found.claimed))
    has_denial = found.reason is Reason.NEGATION and bool(found.given)
    return any(
        needed.issubset(index_terms(sentence))
        and not (has_denial and not is_denied_of(needed, sentence, found.given))
        for sentence in (words[start:end] for start, end in sentences(words))
    )


def led(text: str, is_so: bool | None, language: str) -> str:
    """The text of an answer led by yes or no, itself where it is neither.

    >>> led("灯塔还在使用。[1]", True, "zh"), led("It is closed.[1]", False, "en")
    ('是：灯塔还在使用。[1]', 'No: It is closed.[1]')
    """
    if is_so is None:
        return text
    return f"{label('yes' if is_so else 'no', language)}{label('colon', language)}{text}"
