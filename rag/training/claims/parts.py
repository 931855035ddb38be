"""Sentences that say less than the evidence, or the same in another order: all supported."""

from __future__ import annotations

import random
import re

from rag.language.lists import enumerations
from rag.language.terms import tagged

_CONDITION = re.compile(
    r"如果|若|假如|除非|虽然|尽管|不但|不仅|因为|由于|认为|据说|传说|声称|否认|但|然而|而是|只有|无论|即使"
    r"|\b(?:if|unless|although|though|claim|said|say|believ|deni|alleg|but|however|not|never)"
)
_CHINESE_CLAUSE = re.compile("，")
_OPENS_ANEW = ("r", "c", "d", "f")
_BRACKETS = re.compile(r"\s?[（(][^（()）]{2,60}[）)]")
_ASIDE = re.compile(
    r", (?:which|who|where|when|whose|including|especially|such as) [^,.]{5,120}(?=\.$)"
)
_TIME_FIRST = re.compile(
    r"^(?P<time>(?:In|On|By|During|Since|After|Until|From) (?:[a-z]+ ){0,2}"
    r"(?:[A-Z][a-z]+ )?(?:\d{1,2},? )?\d{4}s?"
    r"(?: to \d{4})?),? (?P<rest>(?:the |a |an |he |she |it |they |[A-Z]).+?)(?P<end>[.])$"
)
_TIME_LAST = re.compile(
    r"^(?P<rest>[A-Z].{15,120}?) "
    r"(?P<time>(?:in|on) (?:[A-Z][a-z]+ )?(?:\d{1,2},? )?\d{4})(?P<end>[.])$"
)
_CHINESE_TIME = re.compile(
    r"^(?P<time>\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?)，(?P<rest>[^，。]{6,60})(?P<end>[，。])"
)
_RANKED = re.compile(r"分别|依次|先后|顺序|respectively|in order|followed by|through|then|至|到|从")


def part(sentence: str, is_chinese: bool, drawn: random.Random) -> str | None:
    """The sentence without one of its clauses or asides, None where all would be missed.

    >>> part("灯塔建于1893年，塔高42米，由李明设计。", True, random.Random(0))
    '灯塔建于1893年，塔高42米。'
    >>> part("The tower (now closed) is 42 metres high.", False, random.Random(1))
    'The tower is 42 metres high.'
    """
    shorter = [
        sentence[: match.start()] + sentence[match.end() :]
        for match in _BRACKETS.finditer(sentence)
    ]
    if not _CONDITION.search(sentence):
        shorter += _without_clause(sentence) if is_chinese else _without_aside(sentence)
    return drawn.choice(shorter) if shorter else None


def reordered(sentence: str, is_chinese: bool, drawn: random.Random) -> str | None:
    """The sentence with a list in another order, or its time at its other end.

    >>> reordered("In 1893, the tower was built by Lin Yue.", False, random.Random(1))
    'The tower was built by Lin Yue in 1893.'
    """
    found = [_moved(sentence, is_chinese), _shuffled(sentence, is_chinese, drawn)]
    changed = [each for each in found if each and each != sentence]
    return drawn.choice(changed) if changed else None


def _without_clause(sentence: str) -> list[str]:
    """Without a clause behind the first that does not open with a subject of its own."""
    clauses = _CHINESE_CLAUSE.split(sentence.rstrip("。"))
    if len(clauses) < 3 or "：" in sentence or any(c in sentence for c in "“”；"):
        return []
    found = []
    for place in range(1, len(clauses)):
        # What follows must go on with the subject of the first clause.
        rest = clauses[place + 1] if place + 1 < len(clauses) else ""
        if not rest or tagged(rest)[0][1][:1] in ("v", "p"):
            kept = [*clauses[:place], *clauses[place + 1 :]]
            found.append("，".join(kept) + "。")
    return found


def _without_aside(sentence: str) -> list[str]:
    """Without what is added behind the last comma."""
    return [f"{sentence[: match.start()]}." for match in _ASIDE.finditer(sentence)]


def _moved(sentence: str, is_chinese: bool) -> str | None:
    if is_chinese:
        match = _CHINESE_TIME.match(sentence)
        if not match or tagged(match["rest"])[0][1][:1] not in ("n", "r"):
            return None
        subject = tagged(match["rest"])[0][0]
        rest = match["rest"][len(subject) :]
        if tagged(rest)[0][1][:1] not in ("v", "p"):
            return None
        return f"{subject}在{match['time']}{rest}。"
    if match := _TIME_FIRST.match(sentence):
        time = match["time"][0].lower() + match["time"][1:]
        rest = match["rest"]
        if "," in rest or " and " in rest or re.search(r" (?:in|on) (?:\w+ )?\d{4}", rest):
            return None
        return f"{rest[0].upper()}{rest[1:]} {time}."
    match = _TIME_LAST.match(sentence)
    if not match or "," in match["rest"] or " and " in match["rest"]:
        return None
    time, rest = match["time"], match["rest"]
    opens = rest.split(" ")[0]
    rest = rest[0].lower() + rest[1:] if opens in _LOWERED else rest
    return f"{time[0].upper()}{time[1:]}, {rest}."


_LOWERED = ("The", "A", "An", "He", "She", "It", "They", "This", "These", "His", "Her", "Its")


_LEADS = re.compile(
    r"\b(?:of|in|by|with|includes?|including|included|are|were|as|between|from|for|to"
    r"|like) (?:the )?$"
)


def _are_alike(items: list[str]) -> bool:
    """Whether the items are short, and all names or none."""
    is_name = items[0][:1].isupper()
    return all(len(each.split()) <= 2 and each[:1].isupper() is is_name for each in items)


def _shuffled(sentence: str, is_chinese: bool, drawn: random.Random) -> str | None:
    """With the items of a list in another order, where that does not matter."""
    if _RANKED.search(sentence):
        return None
    for found in enumerations(sentence):
        words = sentence[found.start : found.end]
        pattern = r"、|以及|[和与及或]" if is_chinese else r", and |, or | and | or |, "
        items, joints = re.split(pattern, words), re.findall(pattern, words)
        is_plain = len(items) == found.items >= 3 and len(joints) == len(items) - 1
        if not is_chinese:
            is_plain &= _are_alike(items) and bool(_LEADS.search(sentence[: found.start]))
            is_plain &= bool(re.match(r"[.,;]", sentence[found.end :]))
        if not is_plain or any(len(each) < 2 or re.search(r"\d|[（()）]", each) for each in items):
            continue
        new = items[:]
        drawn.shuffle(new)
        if new != items:
            said = "".join(f"{a}{b}" for a, b in zip(new, [*joints, ""], strict=True))
            return sentence[: found.start] + said + sentence[found.end :]
    return None
