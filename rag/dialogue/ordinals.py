"""Things of a list that an answer gave, meant by their place in it: 第二个, the former."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language.lists import enumerations
from rag.language.numerals import value_of
from rag.language.text import simplify_in_place

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_PLACE = re.compile(
    r"第(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})(?:[个家位座种项只块条]|(?=有|是|在|呢))"
    r"|(?P<last>最后(?:一|那)?[个家位座种项只块条])|(?P<former>前者)|(?P<latter>后者)"
    rf"|\b(?:and )?the (?P<word>{'|'.join(_ORDINALS)}|last) (?:one|of (?:them|these|those))\b"
    r"|\bthe (?P<english>former|latter)\b(?! [a-z]+(?:er|or|ent)\b)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?P<first>[^，,。；、\s和与跟及]{2,12})[和与跟及](?P<second>[^，,。；、\s]{2,12})"
)
_ENGLISH_PAIR = re.compile(
    r"(?P<first>(?:[tT]he )?[A-Z][\w'’-]*(?: [\w'’-]+){0,4}?) and "
    r"(?P<second>(?:the )?[A-Z][\w'’-]*(?: [\w'’-]+){0,3}?)"
    r"(?=[.,;:!?]|$| (?:are|is|was|were|have|has|had|in|at|on|to|for|which|that)\b)"
)
_MARKER = re.compile(r"\[\d+\]")
_JOINTS = re.compile(r"、|以及|[和与及]|, (?:and |or )?| and | or ")
_LEAD = re.compile(r"^.*(?:[有是为在]|包括|分别)(?=.{2})")
_ENGLISH_LEAD = re.compile(r"^.*\b(?:are|is|was|were|by|of|with|in|between) ")
_COUNTED = re.compile(r"这?[一二两三四五六七八九十\d]+[个家位座种项只块条].*$")


def with_things_of(question: str, replies: Sequence[str]) -> str:
    """`question` with the things themselves for those told by their place in the last list.

    `replies` are the answers so far, oldest first; itself where none of them has such a list.

    >>> with_things_of("第二个呢？", ["塔林有红杉塔和白桦塔两座塔。[1]", "红杉塔高六十二米。"])
    '白桦塔呢？'
    >>> with_things_of("How old is the latter?", ["The Alder mill and the Beech mill."])
    'How old is the Beech mill?'
    """
    match = _PLACE.search(simplify_in_place(question))
    if match is None:
        return question
    for reply in reversed(replies):
        things = _things(_MARKER.sub("", reply))
        thing = _at(match, things)
        if thing:
            return f"{question[: match.start()]}{thing}{question[match.end() :]}"
    return question


def _at(match: re.Match[str], things: Sequence[str]) -> str:
    """The thing at the place that is meant, "" where the list has none."""
    word = (match["word"] or match["english"] or "").lower()
    if (match["former"] or match["latter"] or word in ("former", "latter")) and len(things) != 2:
        return ""
    if match["last"] or match["latter"] or word in ("last", "latter"):
        place = len(things)
    elif match["former"] or word == "former":
        place = 1
    elif word:
        place = _ORDINALS.index(word) + 1
    else:
        place = int(value_of(match["number"]) or 0)
    return things[place - 1] if 2 <= len(things) >= place > 0 else ""


def _things(reply: str) -> list[str]:
    """The items of the first list of a reply, or of the first two things that it joins."""
    for found in enumerations(reply):
        words = reply[found.start : found.end]
        things = [each.strip() for each in _JOINTS.split(words) if each.strip()]
        if len(things) == found.items:
            return things
    pair = _PAIR.search(reply) or _ENGLISH_PAIR.search(reply)
    if pair is None:
        return []
    first = _ENGLISH_LEAD.sub("", _LEAD.sub("", pair["first"]))
    return [first, _COUNTED.sub("", pair["second"])]
