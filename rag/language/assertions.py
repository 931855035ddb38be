"""Whether words say a statement outright: the same words, nothing open and nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from rag.language.sentences import CLAUSE_END, sentences
from rag.language.terms import stem
from rag.language.text import fold

# What leaves open whether something is so: hearsay, plans, conditions, exceptions.
_OPEN = re.compile(
    r"据说|据传|传言|传闻|据称|声称|可能|或许|也许|大概|似乎|预计|预期|计划|打算|拟|有望|准备|假如|如果|若|倘|只要|一旦|除非"
    r"|除外|除了|例外|除.{1,8}外|否则|原则上|通常|一般|谣言|误传|不实|当时|那时"
    r"|\b(?:may|might|could|would|perhaps|probably|possibly|likely|reportedly|allegedly|apparently"
    r"|rumou?r\w*|said to|supposed|claim\w*|plan\w*|propos\w*|expect\w*|intend\w*|hope\w*|if|unless"
    r"|except\w*|otherwise|usually|normally|generally|until|till|wrong\w*|false\w*|untrue|mistaken\w*)\b"
)
_LIMITED = re.compile(
    r"只[有是在限能可]|仅|唯|大部分|大多|多数|部分|有的|有些|少数|一半|其中|几乎|将近|限|直到|截至"
    r"|\b(?:only|most|mostly|some|sometimes|few|many|half|almost|nearly|part(?:ly|s)?)\b"
)
_ALL = re.compile(r"(?<![首成])都|所有|全部|每|一切|总是|\b(?:all|every\w*|each|always|whole)\b")
_TOKEN = re.compile(r"[a-z0-9][a-z0-9'’.,:%-]*[a-z0-9%]|[a-z0-9]|[\u3400-\u9fff]")
_SAME = {"are": "is", "were": "was", "an": "", "a": "", "the": "", "了": "", "has": "have"}
_BEEN = re.compile(r"\b(?:has|have|had) been\b")
_JOINS = (["and"], ["but"])
# What may follow in English and takes nothing back; a time or a place may, of what is not past.
_ADJUNCTS = frozenset(("and", "by", "since"))
_PAST_ADJUNCTS = _ADJUNCTS.union(("in", "on", "at", "from", "during"))
# A denial that is no part of what is said: the guests without a ticket, those who do not swim.
_RELATIVE = re.compile(
    r"的|者|\b(?:without|instead of|rather than|who|which|that|if|when|where|because)\b"
)
_DENIES_ALL = frozenset("禁止 不得 不准 不许 no none nobody nothing neither never".split())


def is_said(statement: str, words: str) -> bool:
    """Whether a sentence of `words` begins with the statement and leaves nothing open.

    What stands behind another clause may be said by others or of another time.

    >>> is_said("灯塔还在使用。", "灯塔还在使用，每晚点亮。")
    True
    >>> is_said("门票能退。", "门票可以退。"), is_said("门票可以退。", "据说门票可以退。")
    (True, False)
    >>> is_said("The pier was reopened.", "It is old, and the pier was reopened in June.")
    True
    """
    wanted = _tokens(statement)
    adjuncts = _PAST_ADJUNCTS if "was" in wanted else _ADJUNCTS
    return bool(wanted) and any(
        clause[: len(wanted)] == wanted
        and (len(clause) == len(wanted) or clause[len(wanted)] in adjuncts)
        for start, end in sentences(words)
        if not re.search(r"[?？]\W*$", words[start:end])
        if not leaves_open(statement, words[start:end])
        if not limits(statement, words[start:end])
        for clause in _clauses(words[start:end])
    )


def is_denied_of(terms: Set[str], sentence: str, denial: str) -> bool:
    """Whether the words `denial` of a sentence deny what it says of `terms`.

    >>> is_denied_of({"乘客", "上船"}, "乘客不得上船。", "不得")
    True
    >>> is_denied_of({"游客", "购票"}, "没有门票的游客可以购票。", "没有")
    False
    """
    plain = fold(sentence)
    before, found, behind = plain.partition(denial.lower())
    before = re.split(CLAUSE_END, before)[-1]
    is_of_them = denial.lower() in _DENIES_ALL or any(term in before for term in terms)
    at = min((place for term in terms if (place := behind.find(term)) >= 0), default=0)
    between = f"{_relative(before)}{found}{behind[:at]}"
    is_apart = _RELATIVE.search(between) or re.search(CLAUSE_END, behind[:at])
    return bool(found) and is_of_them and not is_apart


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
    return bool(_ALL.search(fold(statement)))


def _adds(pattern: re.Pattern[str], statement: str, words: str) -> bool:
    asked = set(pattern.findall(fold(statement)))
    return any(found not in asked for found in pattern.findall(fold(words)))


def _clauses(sentence: str) -> Iterator[list[str]]:
    """The tokens of the first clause, and of those that English joins to it."""
    for number, clause in enumerate(re.split(CLAUSE_END, sentence)):
        tokens = _tokens(clause)
        if number == 0 or tokens[:1] in _JOINS:
            yield tokens if number == 0 else tokens[1:]


def _relative(before: str) -> str:
    """English words before a denial: Chinese ones that belong to its subject may hold a 的."""
    return before if before.isascii() else ""


def _tokens(text: str) -> list[str]:
    """Stems of words and single characters, without articles, and forms of "be" by tense alone."""
    plain = re.sub("可以|能够", "能", _BEEN.sub("was", fold(text)))
    found = (_SAME.get(each, each) for each in _TOKEN.findall(plain))
    return [each if each in ("is", "was") else stem(each) for each in found if each]
