"""Where a text says who somebody is or what something is, by patterns that leave no doubt.

Chinese puts a title before a name or after it, English an apposition; both say "is". Names must
stand there exactly as they are given, whatever the script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.language.sentences import CLAUSE_END
from rag.language.tables import column
from rag.language.terms import tagged
from rag.language.text import simplify_in_place

Span = tuple[int, int]
_FARTHEST = 30  # characters before a name in which its title stands
_LONGEST = 160  # characters of a description
_TITLE = "|".join(sorted(column("titles", "zh", "title"), key=lambda each: (-len(each), each)))
# What makes a word one for a person: 科学家, 发言人, 工程师, 运动员, 外交官.
_PERSON_WORD = re.compile(
    rf"(?:{_TITLE})$|.+(?:长|员|家|师|人|者|官|手|星|生|皇|帝|后|王)$|.*(?:歌手|教练|将军)$"
)
_NO_TITLE = frozenset(
    "别人 有人 他人 家人 本人 某人 国家 大家 学生 先生 人家 记者 客人 主人 后者 前者".split()
)
_NOMINAL = re.compile(r"^(?:n|j|eng|x$|b|f|s|vn|an|k|l|m|q|i|nz)")
_ENGLISH_TITLE = "|".join(
    sorted(
        column("titles", "en", "title")
        | {"CEO", "CFO", "CTO", "COO", "founder", "co-founder", "chair", "spokesman"}
        | {"spokeswoman", "spokesperson", "general", "king", "queen", "senator", "engineer"},
        key=lambda each: (-len(each), each),
    )
)
_BRACKETED = r"(?: ?[（(][^）)\n]{1,60}[）)])?"
_CLAUSE = rf"(?:(?!{CLAUSE_END})[^\n]){{2,{_LONGEST}}}"
_NO_IS = r"(?![在因由不否怎谁什如被从我他她它将要会对为以可这那非其指])"
_HAN_SAID = re.compile(_CLAUSE)
# Not up to the comma of "a basic, ionic salt", but up to that of "a river in Spain, which …".
_ENGLISH_SAID = re.compile(rf"(?:[^\s,.;]+,? ){{1,3}}[^,.;\n]{{1,{_LONGEST}}}(?=[,.;\n]|$)")
_IS = re.compile(
    rf"[”’」』》\"]?{_BRACKETED}[”’」』》\"]?，?(?:(?P<han>(?:就|也)?是{_NO_IS})"
    r"| (?:is|are|was|were) (?=(?:an?|the|one|any|all|those) ))"
)
_MEANS = re.compile(
    rf"[”’」』》\"]?{_BRACKETED}[”’」』》\"]?，?"
    r"(?:(?P<han>是指|就?是指的?是?|指的是|即(?:是|为|指)?|意为|意思是|意指|指(?![出向责导示着令定])的?是?)"
    rf"{_NO_IS}"
    r"| (?:(?:is|are) defined as|means?|refers? to|stands? for|denotes?) )"
)
_CLAUSE_BEGINS = re.compile(
    r"(?:^|[,.;:!?\n(（，。；：！？>#*\-—“\"])\s*(?:(?i:an?|the) )?"
    r"(?:(?!If |In |On |At |Of )[A-Z][\w.]* )*$"
)
_BODY = frozenset("站会部处局院所社司行店厂台馆网校署厅委办组团队")  # tagged as verbs at times
_STOP = re.compile(r"[，,；;。：:！!？?\n、“”\"（()）]")


def person_described(text: str, name: str) -> Span | None:
    """Where `text` says who `name` is: title and apposition, or what the name "is" or "was".

    >>> t = "上海市科委副主任陈杰表示，项目已经开工。"
    >>> t[slice(*person_described(t, "陈杰"))]
    '上海市科委副主任'
    >>> t = "Lin Yue, the chief engineer of the harbour, spoke."
    >>> t[slice(*person_described(t, "Lin Yue"))]
    'the chief engineer of the harbour'
    """
    plain = simplify_in_place(text)
    wanted = simplify_in_place(name)
    places = [at for at in _places(plain, wanted) if not _is_longer_name(plain, *at)]
    ways = (
        (_title_before, _title_behind, _is_person)
        if _is_han(wanted)
        else (
            _english_apposition,
            _english_is,
            _apposition_before,
            _english_title,
            _title_before,
        )
    )
    return next((found for way in ways for at in places if (found := way(plain, *at))), None)


def thing_described(text: str, thing: str, *, meaning: bool = False) -> Span | None:
    """Where `text` says what `thing` is; with `meaning` only where it says what that means.

    >>> t = "灰岩计划是一项海岸保护工程，始于1893年。"
    >>> t[slice(*thing_described(t, "灰岩计划"))]
    '一项海岸保护工程'
    >>> t = "A tide mill (TM) is a water mill driven by tides. It is old."
    >>> t[slice(*thing_described(t, "tide mill"))]
    'a water mill driven by tides'
    """
    plain = simplify_in_place(text)
    wanted = simplify_in_place(thing)
    places = list(_places(plain, wanted))
    ways = (_means, _bracketed) if meaning else (_is_thing, _means, _bracketed)
    return next((found for way in ways for at in places if (found := way(plain, *at))), None)


def _places(text: str, words: str) -> Iterator[Span]:
    """Where words stand by themselves: no part of a longer Latin word or code."""
    pattern = rf"(?<![A-Za-z0-9]){re.escape(words)}(?:e?s)?(?![A-Za-z0-9])"
    if _is_han(words):
        pattern = re.escape(words)
    flags = 0 if any(sign.isupper() for sign in words[1:]) else re.IGNORECASE
    return (match.span() for match in re.finditer(pattern, text, flags))


def _is_longer_name(text: str, start: int, end: int) -> bool:
    """Whether a Chinese name goes on: 陈杰 in 陈杰明."""
    if not _is_han(text[start:end]):
        return bool(re.match(r" [A-Z][a-z]+\b(?! (?:Inc|Ltd|Co)\b)", text[end : end + 20]))
    word, tag = tagged(text[start : end + 2])[0]
    return len(word) > end - start and tag.startswith("nr")


def _title_before(text: str, start: int, _: int) -> Span | None:
    """国际站总裁张阔: the words before the name, as far as they are nominal and end in a title."""
    before = text[max(0, start - _FARTHEST) : start]
    clause = max((match.end() for match in _STOP.finditer(before)), default=0)
    before = before[clause:]
    words = tagged(before)
    if not words or not _is_title(*words[-1]):
        return None
    length = 0
    for word, tag in reversed(words):
        if not (_NOMINAL.match(tag) or word in _BODY or word in "副前总原兼和"):
            break
        length += len(word)
    kept = before[len(before) - length :]
    return (start - len(kept), start) if len(kept) > 1 else None


def _title_behind(text: str, _: int, end: int) -> Span | None:
    """陈杰，市科委副主任，: an apposition of nominal words that ends in a title."""
    match = re.compile(rf"{_BRACKETED}[，,]({_CLAUSE})(?=[，,。；;])").match(text, end)
    if match is None:
        return None
    words = tagged(match[1])
    nominal = all(_NOMINAL.match(tag) or word in "的副前原兼和、" for word, tag in words)
    return match.span(1) if nominal and _is_title(*words[-1]) else None


def _is_person(text: str, _: int, end: int) -> Span | None:
    """陈杰是一位工程师, 陈杰现任市长: what the name is said to be."""
    held = re.compile(
        rf"{_BRACKETED}，?(?:(?P<held>(?:现|曾|时|历|先后)*(?:任|担任|出任))|(?:[也曾]?是|为){_NO_IS})"
        rf"({_CLAUSE})"
    ).match(text, end)
    if held is None:
        return None
    words = tagged(held[2])
    is_noun = words[-1][1][0] == "n" or _is_title(*words[-1])
    acts = text[held.end() - len(held[2]) - 1] == "为" and any(tag == "v" for _, tag in words)
    return held.span(2) if is_noun and not acts else None


def _english_apposition(text: str, start: int, end: int) -> Span | None:
    """What follows: Lin Yue, the chief engineer of the harbour, …; of whom, is open behind "of"."""
    if text[:start].endswith(" of "):
        return None
    match = re.compile(
        rf"{_BRACKETED}, ((?:(?:an?|the|its|their|then|former|chief|co-founder|founder) "
        rf"|(?:[\w'’&-]+ ){{0,4}}(?:{_ENGLISH_TITLE})\b)[^,.;\n]{{0,{_LONGEST}}})(?=[,.;])",
    ).match(text, end)
    if match is None or re.search(r"\b(?:and|who|which) \w+(?:ed|s)\b", match[1]):
        return None
    return match.span(1)


def _apposition_before(text: str, start: int, end: int) -> Span | None:
    """What precedes: the governor of the province, Lin Yue, …."""
    if not re.match(r"[,.]", text[end : end + 1]):
        return None
    offset = max(0, start - 100)
    match = re.search(
        rf"\b((?i:the|an?|its|their|his|her) (?:[^,.;\n]{{0,40}} )?(?:{_ENGLISH_TITLE})\b"
        r"[^,.;\n]{0,60}), $",
        text[offset:start],
        re.IGNORECASE,
    )
    return (offset + match.start(1), offset + match.end(1)) if match else None


def _english_is(text: str, start: int, end: int) -> Span | None:
    """Lin Yue (born 1970) was an engineer; not: the wife of Lin Yue was an engineer."""
    if not _begins_clause(text, start):
        return None
    match = re.compile(
        rf"{_BRACKETED}(?:, [^,.\n]{{1,60}},)? (?:is|was|are|were|became) "
        rf"((?:an?|the|one of) [^,.;\n]{{3,{_LONGEST}}})"
    ).match(text, end)
    return match.span(1) if match else None


def _english_title(text: str, start: int, _: int) -> Span | None:
    """Harbour director Lin Yue, President Lin Yue."""
    match = re.compile(
        rf"(?:^|(?<=[\s(“\"]))((?:[A-Z][\w'’&.-]*(?<!\.) ){{0,4}}"
        rf"(?:(?i:deputy|vice|former|acting) )?"
        rf"(?:(?i:{_ENGLISH_TITLE})|[a-z]{{3,}}(?:ian|ist))) $"
    ).search(text[max(0, start - 80) : start])
    if match is None:
        return None
    offset = max(0, start - 80)
    return offset + match.start(1), offset + match.end(1)


def _is_thing(text: str, start: int, end: int) -> Span | None:
    """What X is: X是…, X is a …."""
    return _predicate(_IS, text, start, end)


def _means(text: str, start: int, end: int) -> Span | None:
    """What X means: X指…, X means …."""
    return _predicate(_MEANS, text, start, end)


def _predicate(verb: re.Pattern[str], text: str, start: int, end: int) -> Span | None:
    """What a verb says of words at the beginning of a clause."""
    before = text[max(0, start - 1) : start]
    if _is_han(text[start:end]):
        if before and not re.match(rf"[{_BREAKS}]", before):
            return None
    elif not _begins_clause(text, start):
        return None
    match = verb.match(text, end)
    if match is None:
        return None
    said = (_HAN_SAID if match["han"] else _ENGLISH_SAID).match(text, match.end())
    if said is None or (match["han"] and tagged(said[0])[-1][1][0] not in "nvaljiqmtfsrk"):
        return None
    return said.span()


def _begins_clause(text: str, start: int) -> bool:
    """Whether an English clause begins at `start`, but for an article and titles before it."""
    before = text[max(0, start - _FARTHEST) : start]
    return bool(_CLAUSE_BEGINS.search(before))


def _bracketed(text: str, start: int, end: int) -> Span | None:
    """eWTP（世界电子贸易平台）, and ISO of International Organization for Standardization (ISO)."""
    match = re.compile(r"[”\"]? ?[（(]((?:即|全称为?|简称)?[^（）()\n]{3,60})[）)]").match(
        text, end
    )
    words = text[start:end]
    is_code = words.isascii() and sum(sign.isupper() or sign.isdigit() for sign in words) > 1
    is_whole = match and (_is_han(match[1]) or " " in match[1]) and not re.search(r"\d", match[1])
    return match.span(1) if match and is_code and is_whole else None


_BREAKS = '，。；：、！？\\s“”‘’「」『』《》（）()#>*"\\-—'


def _is_title(word: str, tag: str) -> bool:
    return bool(_PERSON_WORD.search(word)) and word not in _NO_TITLE and tag[0] in "nbvjx"


def _is_han(words: str) -> bool:
    return any("\u3400" <= sign <= "\u9fff" for sign in words)
