"""A yes–no question as the statement that it asks about: "Is it open?" is "It is open."."""

from __future__ import annotations

import re

from rag.language.question_kinds import is_yes_no
from rag.language.text import simplify_in_place

_POLITE = re.compile(r"^(?:请问|你?知道|我想知道)[，,]?")
_TAG = re.compile(r"[，,](?:对吗|对不对|是吗|是不是|没错吧|好吗)$|[，,]?是真的吗$")
_PARTICLE = re.compile(r"(?:了)?(?:吗|么)$")
_WHETHER = re.compile(r"是否|是不是")
_DOUBLED = re.compile(r"(?P<one>[能会可要该好行])不(?P=one)|(?P<have>有)没有|(?P<are>有)无")
_DENIED = re.compile(
    r"不(?!断|同|仅|久|少|锈|动产|管|论|足|良|明)|没(?!收|落|有没)|并未|未(?!来)|无(?!人机|线|锡)|非(?!洲|常)"
    r"|\b(?:not|never|no(?! ?\.? ?\d)|none|nobody|nothing|neither|nor|without)\b|n['’]t\b"
)
_AUXILIARY = re.compile(
    r"^(?P<aux>is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must)"
    r" (?P<rest>.+)$",
    re.IGNORECASE,
)
_TRUE = re.compile(r"^(?:is it (?:true|right|correct|the case) that) ", re.IGNORECASE)
_ENGLISH_TAG = re.compile(
    r", (?:right|correct|is (?:that|this|it) (?:right|true|correct))$", re.IGNORECASE
)
# Where the predicate begins, behind a subject of one word at least.
_PREDICATE = re.compile(
    r"(?<=\s)(?:still|also|really|ever|now|already|often|always|only|currently|allowed|able|likely"
    r"|an?|the|in|on|at|from|under|over|above|near|within|between|to|for|by|with|more|less|than"
    r"|\w{3,}(?:ed|ing)|born|built|made|held|found|written|known|given|sent|taken|won|lost|sold|set"
    r"|paid|bought|been|be|have|get|go|run|need|use|used)\b(?! of\b)",
)
_PRONOUN = re.compile(r"^(?:it|he|she|they|there|this|that|we|you|i) ", re.IGNORECASE)


def statement_of(question: str) -> str | None:
    """What a yes–no question asks to be so; None for another one and one that denies.

    >>> statement_of("灯塔还在使用吗？"), statement_of("公司是否在北港有仓库？")
    ('灯塔还在使用。', '公司在北港有仓库。')
    >>> statement_of("Was the pump house built in 1893?"), statement_of("Does it rain?")
    ('The pump house was built in 1893.', 'It does rain.')
    """
    if not is_yes_no(question):
        return None
    asked = question.strip().rstrip("？?。. ")
    plain = simplify_in_place(asked)
    if plain.isascii() or re.match(r"[A-Za-z ’']+ ", plain):
        return _english(asked)
    return _chinese(asked, plain)


def denies(words: str) -> bool:
    """Whether some words hold a "no" or "not".

    >>> denies("谁也没有来。"), denies("It isn't deep."), denies("非洲很远。")
    (True, True, False)
    """
    return bool(_DENIED.search(simplify_in_place(words).lower()))


def _chinese(asked: str, plain: str) -> str | None:
    """The question without what makes it one, in its own script."""
    cuts = [
        match.span()
        for match in (_POLITE.search(plain), _TAG.search(plain) or _PARTICLE.search(plain))
        if match
    ]
    end = max((b for a, b in cuts if a), default=0)
    tail = next((a for a, b in cuts if b == end and a), len(plain))
    start = next((b for a, b in cuts if a == 0), 0)
    words, plain = asked[start:tail], plain[start:tail]
    for match in _DOUBLED.finditer(plain):
        keep = match.start() + 1
        words = words[:keep] + words[match.end() :]
        plain = plain[:keep] + plain[match.end() :]
        break
    if whether := _WHETHER.search(plain):
        kept = 1 if whether[0] == "是不是" else 0
        words = words[: whether.start() + kept] + words[whether.end() :]
        plain = plain[: whether.start() + kept] + plain[whether.end() :]
    return None if _DENIED.search(plain) or len(plain) < 3 else f"{words}。"


def _english(asked: str) -> str | None:
    if _DENIED.search(asked.lower()):
        return None
    bare = _ENGLISH_TAG.sub("", asked)
    if bare != asked or _TRUE.match(asked):
        return _sentence(_TRUE.sub("", bare))
    match = _AUXILIARY.match(asked)
    if match is None:
        return None
    auxiliary, rest = match["aux"].lower(), match["rest"]
    if pronoun := _PRONOUN.match(rest):
        return _sentence(f"{pronoun[0]}{auxiliary} {rest[pronoun.end() :]}")
    if auxiliary in ("do", "does", "did"):
        return _sentence(rest)  # its verb is not bent; those who read it do not mind
    behind = _PREDICATE.search(rest)
    cut = behind.start() if behind else rest.rfind(" ") + 1
    return _sentence(f"{rest[:cut]}{auxiliary} {rest[cut:]}") if cut else None


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
