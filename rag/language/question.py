"""What a question asks for, and whether some words show such a thing."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.language.numerals import MONTHS, ONES, value_of
from rag.language.sentences import CLAUSE_END
from rag.language.text import fold

_FIGURE = (
    r"\d|[二两三四五六七八九十百千万亿半][个家名人位项次座种只块条件天年月岁米吨万亿元倍成大多]"
    r"|[一二两三四五六七八九十百千][二三四五六七八九十百千万亿]"
    rf"|\b(?:{'|'.join(ONES[1:11])}|hundred|thousand|million|billion)\b"
)
_COUNT = r"(?:\d+|[二两三四五六七八九十]+)"
_WORD_COUNT = rf"(?:\d+|{'|'.join(ONES[2:13])})"

# kind: (how a question asks for it, how words show it)
_KINDS = {
    "address": (
        r"网址|网站地址|website|web address|\burl\b",
        r"www\.|https?://|\.(?:com|cn|org)\b",
    ),
    "share": (
        r"百分之几|百分之多少|百分比|比例|占.{0,12}多少|几成|增长(?:了)?多少|增幅|同比"
        r"|percent|what share|proportion|how fast",
        r"%|百分之|倍|成(?:以上|左右)|percent|\bhalf\b|一半|third|quarter",
    ),
    "when": (
        r"什么时候|何时|哪(?:一)?(?:年|天|个?月)|几月|几号|什么时间|(?:日期|时间)是|多久"
        r"|\bwhen\b|(?:which|what) (?:year|day|date|month)",
        r"\d{4}|\d月|\d日|年|周|季度|世纪|\bago\b"
        rf"|\b(?:{'|'.join(MONTHS).lower()})\b",
    ),
    "number": (
        r"多少|几(?!乎)|多大|多高|多长|多远|总额|金额|规模"
        r"|how (?:many|much|long|far|tall|large|big|old|high)"
        r"|what (?:number|amount|sum|price|value)",
        _FIGURE,
    ),
    "who": (
        r"谁|何人|哪(?:一)?(?:位|个人)|什么人|\bwho(?:m|se)?\b",
        r"[·•]|先生|女士|总裁|主席|总统|总理|部长|市长|创始人|ceo|president|minister|founder|\bmr\b|\bms\b",
    ),
    "where": (
        r"哪里|哪儿|何处|何地|在哪|哪(?:一)?(?:个|座)?(?:城市|国家|地方|省|地区)|什么地方"
        r"|\bwhere\b|(?:which|what) (?:city|country|place|province)",
        r"[省市县区国镇港岛]|在|于|\b(?:in|at|from|near)\b",
    ),
    "why": (r"为什么|为何|原因|\bwhy\b", r"因为|由于|原因|为了|导致|because|due to|since"),
    "name": (
        r"主题|题为|名称|名字|叫什么|代号|书名|口号|code ?name|\bcalled\b|\btitled?\b|\btheme\b"
        r"|\bname of\b|\bslogan\b",
        r"[《“「『\"]",
    ),
    "definition": (
        r"^什么是|是什么意思|的(?:定义|含义)|指的是什么|是指什么|^what (?:is|are) (?:an? )?\w+\?$"
        r"|what does .* (?:mean|stand for)|^define ",
        r"是|指|即|称为|\b(?:is|are|means|refers)\b",
    ),
    "list": (
        rf"哪(?:些|几|{_COUNT})|有哪|分别(?:是|为)|包括什么|列出|\b(?:which|what) {_WORD_COUNT}\b"
        r"|\b(?:which|what) are\b|\blist\b|\bname (?:the|all)\b"
        r"|\bwhich (?:[a-z]+ )?(?!(?:is|was|does|has)\b)[a-z]{2,}(?<![sui])s\b"
        r"(?! (?:is|was|has)\b)",
        r"、|一是|第一|分别(?:是|为)|包括|以及|[^温缓总]和|与|及|, .+(?:,| and )",
    ),
}
_PATTERNS = {kind: tuple(map(re.compile, patterns)) for kind, patterns in _KINDS.items()}


def kinds_of(question: str) -> frozenset[str]:
    """The kinds of thing that `question` asks for, none for an open one.

    >>> sorted(kinds_of("签署了多少项协议，总金额是多少？")), sorted(kinds_of("哪12个城市？"))
    (['number'], ['list'])
    """
    folded = fold(question)
    return frozenset(kind for kind, (asked, _) in _PATTERNS.items() if asked.search(folded))


def shown(kinds: Collection[str], words: str) -> float:
    """The share of `kinds` that `words` show, 0.5 where no kind is asked for.

    >>> shown({"number"}, "共有 43.2% 的股份"), shown({"number", "where"}, "2500 people")
    (1.0, 0.5)
    """
    if not kinds:
        return 0.5
    folded = fold(words)
    return sum(bool(_PATTERNS[kind][1].search(folded)) for kind in kinds) / len(kinds)


_JOINT = re.compile(
    r"、|，|；|;|[^温缓总]和(?![平谐解约])|与|及|,|\band\b|第[二三四五六七八九十]|[二三四五六七八九十]是"
)
_NO_JOINT = re.compile(  # commas in 20,000 and in March 9, 2015, and before what only explains
    r"(?<=\d),(?=\d{3})|(?<=\d), (?=\d{4}\b)|,(?= (?:the|an?|who|which|led|based)\b)"
)


def items(words: str) -> int:
    """How many things `words` may join.

    >>> items("天津、上海和重庆"), items("Tianjin"), items("20,000 on March 9, 2015")
    (3, 1, 1)
    """
    return len(_JOINT.findall(_NO_JOINT.sub(" ", words))) + 1


_ASKED_COUNT = re.compile(
    rf"哪(?P<chinese>{_COUNT})(?![\d二两三四五六七八九十年月日号世])"
    rf"|\b(?:which|what|name)(?: are)?(?: the)? (?P<english>{_WORD_COUNT})\b"
    r"(?!-| ?(?:nm|km|kg|%|percent))"
)
_MOST_COUNTED = 30  # what is more is a year or a measure


def count_of(question: str) -> int | None:
    """How many things `question` asks for, None where it does not say.

    >>> count_of("哪12个城市？"), count_of("which three cities"), count_of("which 2016 trend")
    (12, 3, None)
    """
    match = _ASKED_COUNT.search(fold(question))
    if match is None:
        return None
    word = match.group("chinese") or match.group("english")
    count = ONES.index(word) if word in ONES else value_of(word)
    return int(count) if count and 2 <= count <= _MOST_COUNTED else None


def counted_in(question: str) -> str:
    """The things that `question` asks for by their number, as it calls them; "" if none.

    >>> counted_in("那里要建哪两个平台？"), counted_in("哪里？")
    ('两个平台', '')
    """
    folded = fold(question)
    match = _ASKED_COUNT.search(folded)
    if match is None or count_of(question) is None or not match.group("chinese"):
        return ""
    return folded[match.start("chinese") : match.end() + 3].rstrip("？?。的是")


_CLAUSE = re.compile(rf"{CLAUSE_END}|、|以及|并且|还有|\band\b")
_ASKING = re.compile(
    r"多少|几(?!乎)|谁|哪|什么|何[时地处人年]|为何|怎么|如何|多久|多[大高长远重]"
    r"|^\s*(?:in |at |to |for |by |from |on )?(?:who|whom|whose|what|when|where|which|why|how)\b"
)
_EACH = re.compile(r"([^，；。]*)分别|(?:do|did|does|are|were) (.*)\brespectively")


def parts_of(question: str) -> int:
    """How many answers a question asks for by its clauses, its kinds, or the things it names.

    >>> parts_of("灯塔建于哪年，高多少米？"), parts_of("海鲜、猪肉、玩具分别来自哪里？")
    (2, 3)
    >>> parts_of("How many were sold and when did he come?"), parts_of("哪年建成？")
    (2, 1)
    """
    folded = fold(question)
    clauses = sum(bool(_ASKING.search(clause)) for clause in _CLAUSE.split(folded))
    kinds = kinds_of(question) - {"definition", "name", "share", "list"}
    each = _EACH.search(folded)
    named = items(next(filter(None, each.groups()), "")) if each else 1
    return max(1, clauses, len(kinds), named)


_BETWEEN = re.compile(r"[，,；;。？?]+\s*|以及|并且|还有|\band\b\s*", re.IGNORECASE)


def split(question: str) -> tuple[str, ...]:
    """The parts of a question that each ask by a word of their own, itself where there is one.

    >>> split("灯塔建于哪年，高多少米？"), split("When was it built, and by whom did it burn?")
    (('灯塔建于哪年', '高多少米？'), ('When was it built', 'by whom did it burn?'))
    """
    found, start = [], 0
    for match in _BETWEEN.finditer(question):
        before, after = question[start : match.start()], question[match.end() :]
        if all(_ASKING.search(fold(each).strip()) for each in (before, after)):
            found.append(before.strip(" ,，"))
            start = match.end()
    return (*found, question[start:].strip())


_FOCUS = re.compile(
    r"哪(?:[一二两三四五六七八九十\d]*[个家位种座项大条些])?(?P<after>[\u4e00-\u9fff]{2,4})"
    r"|(?P<before>[\u4e00-\u9fff]{2,4})(?:分别)?(?:是|为|有|达到?|了)?(?:什么|多少|谁|几)"
    r"|\b(?:which|what|how many|how much)\s+(?:is the |are the |was the |were the )?"
    rf"(?:{_WORD_COUNT}\s+)?(?P<english>(?:[a-z-]+ ?){{1,3}})"
)


def focus(question: str) -> str:
    """The words right beside the question word, "" if there are none: what is asked for.

    >>> focus("跨境电商综合试验区要建设哪两个平台？"), focus("演讲主题是什么？")
    ('平台', '演讲主题')
    """
    return " ".join(
        next(words for words in match.groups() if words)
        for match in _FOCUS.finditer(fold(question))
    )


def is_question(words: str) -> bool:
    """Whether some words end as a question does.

    >>> is_question("“谁？”"), is_question("Ask him.")
    (True, False)
    """
    return words.rstrip("”\"’'」』）)").endswith(("?", "？"))
