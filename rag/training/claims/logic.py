"""Claims that deny what the evidence says, say it of all or of nothing else, or add to it."""

from __future__ import annotations

import random
import re

from rag.checking.negation import denials
from rag.language.terms import tagged
from rag.training.claims.basis import Basis, Change
from rag.training.claims.example import NOT_ENOUGH, REFUTED

# Words of a Chinese sentence that 不 or 没 stands before, and what denies with them.
_DENIED = {
    "是": "不是", "有": "没有", "会": "不会", "能": "不能", "能够": "不能够", "可以": "不可以",
    "位于": "并不位于", "属于": "不属于", "在": "不在", "包括": "不包括", "具有": "不具有",
    "需要": "不需要", "存在": "不存在", "应": "不应", "应该": "不应该", "必须": "不必",
    "使用": "不使用", "允许": "不允许", "适用": "不适用", "支持": "不支持", "由": "不是由",
}  # fmt: skip
_AFFIRMED = re.compile(
    r"(?:不|并不|并未|没有|未)(?=是|能|会|可|属于|包括|需要|在|位于|具有|存在|使用)"
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|could|will|would|should|must|has|have|had|may"
    r"|(?:does|do|did)(?= [a-z]))\b"
    r"(?!n't|'t| not\b| to\b| never\b)"
)
_ENGLISH_NOT = re.compile(r"(?<=[a-z]) not\b(?! only)|\bnever ")
_CONDITIONAL = re.compile(r"如果|若|假如|除非|是否|有没有|(?i:\b(?:if|whether|unless)\b)|[?？]")
# Patterns of a weaker word, and stronger ones that it does not bear out but that bear it out.
_STRONGER = {
    True: {
        r"(?<![大一二三四五六七八九十成的各这该分])部分(?=[^，。的是])": ("全部", "所有"),
        r"(?:一些|有些)(?=[^，。；])|许多|很多|不少|(?<!绝)大多数|(?<!大)多数": ("所有",),
        r"大部分": ("全部",),
        r"经常|通常|常常|有时候?|往往": ("总是", "一律"),
        r"(?<![不尽很])可能(?=[会是有在出发导])": ("必然", "一定"),
        r"(?<!不)可以(?=[^，。说])": ("必须",),
        r"主要(?=[由在分来以生]|用[于来])": ("只",),
    },
    False: {
        r"(?:\bsome|(?<!as )(?<!too )(?<!so )(?<![Hh]ow )\bmany|\bseveral)(?= [a-z]+s\b)"
        r"(?! (?:of|times|years|days|months|weeks|hours))": ("all",),
        r"(?<!the )(?<!at )\bmost(?= (?:of the|people|of its|of their)\b)": ("all",),
        r"\b(?:often|usually|sometimes|generally)\b": ("always",),
        r"\b(?:may|might)(?= [a-z]+\b)": ("must",),
        r"\bcan(?= (?:be|also)\b)": ("must",),
        r"\b(?:mainly|mostly|primarily|largely)\b": ("only", "exclusively"),
        r"\b(?:about|approximately|around|roughly)(?= \d)": ("exactly",),
    },
}  # fmt: skip
_ONLY_BEFORE = {
    "有": "只有", "由": "只由", "包括": "只包括", "位于": "只位于", "出现": "只出现",
    "适用": "只适用", "使用": "只使用", "用于": "仅用于", "生活": "只生活", "分布": "只分布",
}  # fmt: skip
_ENGLISH_ONLY = re.compile(
    r"\b(?:is|are|was|were|can be|has been)"
    r"(?= (?:\w+ed|found|used|made|sold|held|known|given) (?:in|by|for|at|on|to|with)\b)"
)


def negation(basis: Basis, drawn: random.Random) -> Change | None:
    """The claim denied, or affirmed where it denies."""
    if _CONDITIONAL.search(basis.claim):
        return None
    if denials(basis.claim):
        return _affirmed(basis)
    if not basis.is_chinese:
        match = _AUXILIARY.search(basis.claim)
        if not match or _is_inner(basis.claim[: match.start()]):
            return None
        said = match.group()
        new = drawn.choice(
            (f"{said} not", f"{said} never" if said in ("has", "had") else f"{said} not")
        )
        return _denial(match.start(), match.end(), new)
    return _denied(basis)


def strengthened(basis: Basis, drawn: random.Random) -> Change | None:
    """Some becomes all, may becomes must, and what is there becomes the only thing."""
    if re.search(r"[?？]", basis.claim):
        return None
    places: list[tuple[int, int, str]] = []
    for weak, strong in _STRONGER[basis.is_chinese].items():
        for match in re.finditer(weak, basis.claim):
            places.append((match.start(), match.end(), drawn.choice(strong)))
    if not places or drawn.random() < 0.4:
        places += _only(basis)
    if not places or re.search(r"只|仅|唯一|\bonly\b|\bsole", basis.claim):
        return None
    start, end, new = drawn.choice(places)
    return Change(start, end, new, NOT_ENOUGH, one_way=True, everywhere=False)


def _denial(start: int, end: int, new: str) -> Change:
    return Change(start, end, new, REFUTED, everywhere=False)


def _affirmed(basis: Basis) -> Change | None:
    pattern = _AFFIRMED if basis.is_chinese else _ENGLISH_NOT
    found = list(pattern.finditer(basis.claim))
    if len(found) != 1 or len(denials(basis.claim)) != 1:
        return None
    start, end = found[0].span()
    return _denial(start, end, "")


def _denied(basis: Basis) -> Change | None:
    """The first verb denied that the claim's own subject has: 是 becomes 不是, 去了 没有去."""
    start = 0
    words = tagged(basis.claim)
    for place, (word, tag) in enumerate(words):
        end = start + len(word)
        after = words[place + 1][0] if place + 1 < len(words) else ""
        before = words[place - 1] if place else ("", "")
        is_bare = before[1] not in ("d", "u", "uj", "uv") and before[0] not in _NO_DENIAL_BEHIND
        is_verb = tag.startswith("v") or word in "在由"
        if word in _DENIED and start and is_bare and is_verb and after:
            return _denial(start, end, _DENIED[word])
        if tag == "v" and after == "了" and is_bare and start:
            return _denial(start, end + 1, f"没有{word}")
        if word in "，。；" and start and place > 12:
            return None
        start = end
    return None


_NO_DENIAL_BEHIND = ("的", "所", "才", "就", "都", "也", "还", "只", "不", "没", "而", "并")


def _only(basis: Basis) -> list[tuple[int, int, str]]:
    if not basis.is_chinese:
        return [
            (m.start(), m.end(), f"{m.group()} only") for m in _ENGLISH_ONLY.finditer(basis.claim)
        ]
    found, start = [], 0
    for word, tag in tagged(basis.claim):
        if word in _ONLY_BEFORE and start and tag[0] in "vp":
            found.append((start, start + len(word), _ONLY_BEFORE[word]))
        start += len(word)
    return found


def _is_inner(before: str) -> bool:
    """Whether the words before belong to a clause within the sentence."""
    return bool(
        re.search(r"\b(?:which|who|that|whose|where|when|while|although|because)\b", before)
    )
