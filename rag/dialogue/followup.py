"""Follow-up questions made complete from the history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.dialogue.carryover import content, content_words, named_by
from rag.dialogue.ellipsis import ASKING, asks_for_more, fragment_of, is_bare, without_assent
from rag.dialogue.ordinals import with_things_of
from rag.dialogue.small_talk import is_small_talk
from rag.dialogue.substitution import substituted, with_times_of
from rag.language.entities import mentions, names
from rag.language.relative_years import with_plain_years
from rag.language.text import fold, han_share, has_words

MOST_TURNS = 6  # of the user, looked back at
LONGEST_CARRIED = 200  # characters
LONGEST_ANSWER = 300  # characters, looked at for names
ENOUGH_BEFORE_IT = 6  # content words, to hold what "it" is
ENOUGH_AFTER_AND = 4  # content words, a name among them, to be a question of their own

# Matched against the folded question. 其他 and 吉他 hold no "he", "is there" points nowhere.
_POINTS = re.compile(
    r"^(?:其(?!他|它|余|实|中)|当时|当年|当天|同年|次年|第二[年天])"
    r"|那里|那儿|那边|(?<!其)它|(?<![其吉维])他(?!人)|她|上述|其中"
    r"|^[和跟与同][^，,和跟与同]{1,20}有(?:什么|哪些|何)(?:区别|不同|关系|联系|差别)"
    r"|(?:为什么|怎么|如何).(?:[这那]些)|在(?:里面|其中|内|列)[吗？?]"
    r"|\b(?:on|about|of|for|with|to|by|at) (?:this|that)[?. ]*$"
    r"|(?:^|[，,在是对从到向由与和])(?:[这那][些个家位次项座届场笔年天]|[这那该](?:公司|企业|机构|城市|国家"
    r"|平台|计划|项目|会议))"
    r"|\b(?:its|they|their|them|he|his|him|she|her|those|these|that one|the same)\b"
    r"|\bit\b(?! (?:takes?|possible|likely|true|necessary|important|safe|difficult)\b)"
    r"|\b(?:this|that) (?:company|firm|city|country|place|year|day|plan|project|event|person|man"
    r"|woman|meeting|deal|number|platform|time)\b"
    r"|^(?:when|where|who|why|how|what) (?:is|was|did|does) (?:this|that)\b"
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\b(?! (?:is|are|was|were)\b)",
)
# These may mean somebody or something named before them in the same question.
_MAY_STAY_INSIDE = frozenset("he his she her its they their 他 她".split())
_CONNECTED = re.compile(
    r"^(?:那么?|这|该|此外|还有|另外|以及|后来|之后|随后|呢"
    r"|(?:and|but|so|then|also|or|what about|how about)\b)"
)
_WHAT_IT_IS = re.compile(r"是(?:谁|誰|什[么麼])[？? ]*$|\b(?:who|what) (?:is|was|are|were) ")
_WITHOUT_SUBJECT = re.compile(
    r"^(?:占|[到去见来]过|来自|属于|位于|共?有(?:多少|几|哪)|[一总]共|在哪|什么时候|何时|为什么|怎么"
    r"|多少|几|是(?:谁|哪|什么|几|多少))"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it is `searched`, and as its answer is chosen among the passages: `asked`."""

    searched: str
    asked: str


def resolved(question: str, history: Sequence[Mapping[str, str]]) -> Resolved:
    """`question` with what it lacks from the turns before it, itself where it lacks nothing.

    A question cut short takes its place in the frame of the one before. One that points back, or
    names nothing, is led by the words of those before it, and by the one or two names in a short
    answer. Small talk is no question, neither there nor at the head of one. What an answer lists
    may be meant by its place there, and a year be told by another.

    >>> lobsters = {"role": "user", "content": "加拿大2014年卖了多少龙虾？"}
    >>> resolved("那2013年呢？", [lobsters]).searched
    '加拿大2013年卖了多少龙虾？'
    >>> cities = {"role": "user", "content": "哪12个城市设了试验区？"}
    >>> resolved("那里要推广哪两个平台？", [cities]).searched
    '12个城市设了试验区 那里要推广哪两个平台？'
    """
    whole, replies = "", list[str]()
    question = question if is_small_talk(question) else without_assent(question)
    for earlier, reply in _turns(history):
        asked = with_things_of(without_assent(earlier), replies)
        whole = _short(_completed(asked, whole, replies[-1] if replies else "").searched)
        replies.append(reply)
    meant = with_plain_years(with_things_of(question, replies))
    return _completed(meant, whole, replies[-1] if replies else "")


def leans_back(question: str, earlier: str) -> bool:
    """Whether `question` is not complete without the `earlier` one."""
    folded = fold(question).strip()
    if not has_words(folded) or len(folded) > LONGEST_CARRIED or is_small_talk(question):
        return False
    if asks_for_more(question) or is_bare(question):
        return True
    if _points_back(question, folded) or fragment_of(question, earlier) is not None:
        return True
    words = content_words(folded)
    if _CONNECTED.search(folded):
        return not _is_complete_after_and(question, words)
    if re.search(r"[你您]|\byou\b", folded):
        return False
    if not _WITHOUT_SUBJECT.search(folded):
        return not words
    return len(words) <= (3 if folded[0] == "占" or folded[1] == "过" else 1)


def _is_complete_after_and(question: str, words: list[str]) -> bool:
    """Whether 那默克尔是谁 or "And when did Tmall start to sell lobsters?" asks by itself."""
    named = names(question)
    if not named or not ASKING.search(question):
        return False
    what_it_is = _WHAT_IT_IS.search(question)
    if what_it_is and question[: what_it_is.start()].endswith(named[0]):
        return True
    is_english = han_share(question) < 0.2
    return is_english and bool(what_it_is or len(words) >= ENOUGH_AFTER_AND)


def _points_back(question: str, folded: str) -> bool:
    return any(
        len(content_words(before := question[: match.start()])) < ENOUGH_BEFORE_IT
        and not (match.group() in _MAY_STAY_INSIDE and names(before))
        for match in _POINTS.finditer(folded)
    )


def _turns(history: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """The last questions of the user, oldest first, each with the reply to it."""
    found: list[tuple[str, str]] = []
    reply = ""
    for turn in reversed(history):
        content = (turn.get("content") or "").strip()
        if turn.get("role") == "assistant":
            reply = content or reply
        elif turn.get("role") == "user" and content:
            if not is_small_talk(content):
                found.append((_short(content), reply[:LONGEST_ANSWER]))
            reply = ""
            if len(found) == MOST_TURNS:
                break
    return found[::-1]


def _short(content: str) -> str:
    """A long message's last question, else its beginning."""
    if len(content) <= LONGEST_CARRIED:
        return content
    tail = re.split(r"(?<=[。！？?!\n])", content[-LONGEST_CARRIED:].rstrip())
    last = next((part for part in reversed(tail) if part.strip()), "").strip()
    return last if last.endswith(("?", "？")) else content[:LONGEST_CARRIED]


def _completed(question: str, earlier: str, answer: str) -> Resolved:
    if not earlier or not leans_back(question, earlier):
        return Resolved(question, question)
    if asks_for_more(question):
        return Resolved(earlier, earlier)
    fragment = fragment_of(question, earlier)
    if fragment and not _POINTS.search(fold(fragment)):
        whole = substituted(earlier, fragment) or _beside(earlier, fragment)
        return Resolved(whole, whole)
    carried = content(with_times_of(earlier, question), question)
    led = " ".join(filter(None, (carried, named_by(answer, earlier, question))))
    if not led:
        return Resolved(question, question)
    searched = _led(led, question)
    asked = _led(" ".join(names(led)), question) if content_words(question) else searched
    return Resolved(searched, asked)


def _led(by: str, question: str) -> str:
    return f"{by}{':' if by.isascii() else ''} {question.strip()}" if by else question


def _beside(earlier: str, fragment: str) -> str:
    if han_share(earlier) < 0.2:
        return f"{earlier.rstrip(' ?？。.')}, {fragment}?"
    if [(found.kind, found.text) for found in mentions(fragment)] == [("place", fragment)]:
        return f"{fragment} {earlier}"
    return f"{earlier.rstrip(' ?？。.')}，{fragment}？"
