"""What a question asks for: the kind of answer, and how to see it in a sentence."""

from __future__ import annotations

import re

from rag.text import fold

_KINDS = (
    (
        "definition",
        r"^什么是|是什么意思|的定义|的含义|指的是什么|是指什么|^what (?:is|are) (?!the |its )"
        r"|what does .* (?:mean|stand for)|^define ",
    ),
    (
        "share",
        r"百分之几|百分之多少|百分比|比例|占.{0,12}多少|占比|几成|增长(?:了)?多少|增幅"
        r"|percent|percentage|what share|proportion|how fast",
    ),
    (
        "when",
        r"什么时候|何时|哪(?:一)?年|哪(?:一)?天|几月|几号|哪个月|什么时间|时间是|多久"
        r"|\bwhen\b|(?:which|what) (?:year|day|date|month)",
    ),
    (
        "number",
        r"多少|几(?!乎|次三番)|多大|多高|多长|多远|总额|金额|规模|how (?:many|much|long|far|tall|large|big|high)"
        r"|what (?:number|amount|sum|price|value)",
    ),
    ("who", r"谁|何人|哪(?:一)?(?:位|个人)|什么人|创始人|总裁是|\bwho(?:m|se)?\b"),
    (
        "where",
        r"哪里|哪儿|何处|何地|在哪|哪(?:个|一个|一座|座)?(?:城市|国家|地方|省|地区)|什么地方|地点"
        r"|\bwhere\b|(?:which|what) (?:city|country|place|province)",
    ),
    ("why", r"为什么|为何|原因|\bwhy\b"),
)
_KIND_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS]
_LIST = re.compile(
    r"哪(?:些|几|[二两三四五六七八九十\d]+)(?!年|月|天|位)|有哪|分别(?:是|为|有)|包括|列出"
    r"|\b(?:which|what|list|name)(?: are)?(?: the)? (?:\w+ ){0,2}?"
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve)\b|\bwhat are\b|\blist\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"哪(\d+|[二两三四五六七八九十]+)|\b(\d+|two|three|four|five|six|seven|eight|nine|ten|twelve)\b",
    re.IGNORECASE,
)
_DIGITS = r"[\d０-９]|[一二两三四五六七八九十百千万亿半]"
_SHOWS = {
    "number": re.compile(
        rf"(?:{_DIGITS})|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand"
        r"|million|billion|dozen)s?\b", re.IGNORECASE),
    "share": re.compile(r"%|％|百分之|成(?:以上|左右)?|倍|percent|\bhalf\b|一半|third|quarter"),
    "when": re.compile(
        r"\d{4}|年|月|日|(?:January|February|March|April|May|June|July|August|September|October"
        r"|November|December)|\bago\b|周|季度|世纪"),
    "who": re.compile(r"[A-Z][a-z]+|[·•]|氏|先生|女士|总裁|主席|总统|总理|部长|创始人|人|员|者|王"),
    "where": re.compile(
        r"[省市县区州国镇港岛]|[东西南北]|在|于|\b(?:in|at|from|near)\s+(?:the\s+)?[A-Z]"),
    "why": re.compile(r"因为|由于|原因|为了|导致|所以|because|due to|since|in order to"),
    "definition": re.compile(r"是|指|即|为|称|\b(?:is|are|means|refers)\b"),
}  # fmt: skip


def kind_of(question: str) -> str:
    """`number`, `share`, `when`, `who`, `where`, `why`, `definition`, or `what`.

    >>> kind_of("总金额是多少？"), kind_of("Who leads it?"), kind_of("主题是什么？")
    ('number', 'who', 'what')
    """
    folded = fold(question)
    for kind, pattern in _KIND_PATTERNS:
        if pattern.search(folded):
            return kind
    return "what"


def wants_list(question: str) -> bool:
    """Whether several things are asked for.

    >>> wants_list("哪12个城市？"), wants_list("在哪一年？")
    (True, False)
    """
    return bool(_LIST.search(fold(question)))


def shows(kind: str, text: str) -> bool:
    """Whether `text` holds something of the kind asked for; always so for `what`."""
    pattern = _SHOWS.get(kind)
    return pattern is None or bool(pattern.search(text))
