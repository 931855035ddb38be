"""Questions cut short: "那2013年呢？" and "and in Japan?" are said in an earlier one's frame."""

from __future__ import annotations

import re

from rag.mentions import PREPOSITION, TIMES, mentions, without
from rag.text import han_share, simplify_in_place

ASKING = re.compile(
    r"(?<!去)哪|去哪(?!儿)|什么|多少|(?<!好)几(?![乎何])|谁|何(?![况必不])|怎|多[大久高长远快深重]"
    r"|吗|是否|是不是|有没有|能不能|\b(?:who(?:m|se)?|what|when|where|which|why|how)\b"
    r"|^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should)\b",
    re.IGNORECASE,
)
_LONGEST = 60
_ENGLISH = re.compile(
    r"(?P<opening>(?:(?:and|but|so|then|also|or|what about|how about|what of)\b[ ,]*)+)?"
    r"(?P<words>.+?)[?. ]*",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?P<opening>(?:(?:那么|那(?![些个里儿边时年天位家次座种])|还有|以及|至于|换成|要是|如果是)"
    r"[，, ]*)*)"
    r"(?P<words>.+?)的?(?:情况)?(?:又?怎么样|又?如何)?(?P<closing>呢)?[？?。 ]*"
)
_ASKED_AGAIN = re.compile(
    r"^(?P<first>how (?:many|much|long|far|big|large|old)|who|where|what|when|which) "
    r"|(?:有|是|在|为)?(?P<last>多少|几|哪里|哪儿|谁)[个吨人家只元名位件项条座]?$",
    re.IGNORECASE,
)


def fragment_of(question: str, earlier: str) -> str | None:
    """What `question` puts into the frame of the `earlier` one, None where it has its own frame.

    >>> fragment_of("那2013年呢？", ""), fragment_of("and how many in May?", "How many in June?")
    ('2013年', 'in May')
    >>> fragment_of("它是谁建的？", "")
    """
    question = question.strip()
    simplified = simplify_in_place(question)
    pattern = _CHINESE if han_share(question) >= 0.2 or simplified.endswith("呢") else _ENGLISH
    match = pattern.fullmatch(simplified) if len(question) <= _LONGEST else None
    if match is None:
        return None
    start, end = match.span("words")
    again = _ASKED_AGAIN.search(match["words"])
    asks_again = again and (again["first"] or again["last"]).lower() in _folded(earlier)
    is_first = bool(again and asks_again and again["first"])
    if again and asks_again:
        start, end = (start + again.end(), end) if is_first else (start, start + again.start())
    words = question[start:end].strip()
    if not words or ASKING.search(simplify_in_place(words)):
        return None
    is_adjunct = bool(words.isascii() and PREPOSITION.match(words)) or _is_time(words)
    is_marked = bool(match["opening"] or match.groupdict().get("closing"))
    return words if is_adjunct or (is_marked and not is_first) else None


def _folded(text: str) -> str:
    return simplify_in_place(text).lower()


def _is_time(words: str) -> bool:
    found = mentions(words)
    is_whole = bool(found) and not without(words, found)
    return is_whole and all(mention.kind in TIMES for mention in found)
