"""Whether words say a statement outright: the same words, nothing open and nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.language.sentences import CLAUSE_END, sentences
from rag.language.terms import stem
from rag.language.text import fold, simplify_in_place

# What leaves open whether something is so: hearsay, plans, conditions, exceptions.
_OPEN = re.compile(
    r"据说|据传|传言|传闻|据称|声称|可能|或许|也许|大概|似乎|预计|预期|计划|打算|拟|有望|准备|假如|如果|若|倘|只要|一旦|除非"
    r"|除外|除了|例外|除.{1,8}外|否则|原则上|通常|一般"
    r"|\b(?:may|might|could|would|perhaps|probably|possibly|likely|reportedly|allegedly|apparently"
    r"|rumou?r\w*|said to|supposed|claim\w*|plan\w*|propos\w*|expect\w*|intend\w*|hope\w*|if|unless"
    r"|except\w*|otherwise|usually|normally|generally)\b"
)
_LIMITED = re.compile(
    r"只[有是在限能可]|仅|唯|大部分|大多|多数|部分|有的|有些|少数|一半|其中|几乎|将近"
    r"|\b(?:only|most|mostly|some|sometimes|few|many|half|almost|nearly|part(?:ly|s)?)\b"
)
_ALL = re.compile(r"都|所有|全部|每|一切|总是|\b(?:all|every\w*|each|always|whole)\b")
_TOKEN = re.compile(r"[a-z0-9][a-z0-9'’.,:%-]*[a-z0-9%]|[a-z0-9]|[\u3400-\u9fff]")
_SAME = {"are": "is", "were": "was", "an": "", "a": "", "the": "", "了": ""}
_BEEN = re.compile(r"\b(?:has|have|had) been\b")
_JOINS = ("and", "but")
# What may follow in English and takes nothing back; "with" and "before" may.
_ADJUNCTS = frozenset("in on at by since from during".split())


def is_said(statement: str, words: str) -> bool:
    """Whether a clause of `words` begins with the statement and leaves nothing open.

    >>> is_said("灯塔还在使用。", "灯塔还在使用，每晚点亮。")
    True
    >>> is_said("门票可以退。", "据说门票可以退。")
    False
    >>> is_said("The pier was reopened.", "It is old, and the pier was reopened in June.")
    True
    """
    wanted = _tokens(statement)
    return bool(wanted) and any(
        clause[: len(wanted)] == wanted
        and (len(clause) == len(wanted) or clause[len(wanted)] in _ADJUNCTS)
        for start, end in sentences(words)
        if not leaves_open(statement, words[start:end]) and not limits(statement, words[start:end])
        for clause in _clauses(words[start:end])
    )


def leaves_open(statement: str, words: str) -> bool:
    """Whether `words` hold what leaves something open and the statement does not.

    >>> leaves_open("It is sold.", "It may be sold."), leaves_open("狗可以上船。", "导盲犬除外。")
    (True, True)
    """
    return _adds(_OPEN, statement, words)


def limits(statement: str, words: str) -> bool:
    """Whether `words` speak of a part where the statement speaks of all or does not say.

    >>> limits("展厅有空调。", "大部分展厅没有空调。"), limits("Some are old.", "Some are old.")
    (True, False)
    """
    return _adds(_LIMITED, statement, words)


def is_of_all(statement: str) -> bool:
    """Whether a statement is of all there is: one part less makes it untrue.

    >>> is_of_all("展厅都有空调。"), is_of_all("The halls are cool.")
    (True, False)
    """
    return bool(_ALL.search(_plain(statement)))


def _adds(pattern: re.Pattern[str], statement: str, words: str) -> bool:
    asked = _plain(statement)
    return any(match[0] not in asked for match in pattern.finditer(_plain(words)))


def _clauses(sentence: str) -> Iterator[list[str]]:
    for clause in re.split(CLAUSE_END, sentence):
        tokens = _tokens(clause)
        yield tokens[1:] if tokens[:1] and tokens[0] in _JOINS else tokens


def _tokens(text: str) -> list[str]:
    """Stems of words and single characters, without articles, and forms of "be" by tense alone."""
    found = (_SAME.get(each, each) for each in _TOKEN.findall(_BEEN.sub("was", _plain(text))))
    return [each if each in ("is", "was") else stem(each) for each in found if each]


def _plain(text: str) -> str:
    return simplify_in_place(fold(text)).lower()
