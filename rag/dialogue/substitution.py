"""A question said again with other words in the place of their counterparts."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.language.entities import NAMES, ROLE, Mention, cut, mentions, preposition_before, without
from rag.language.terms import frequency, tagged
from rag.language.text import han_share, simplify_in_place

_CONTRASTS = [
    frozenset(group)
    for group in (
        "上中下 内外 进出 男女 东西南北中 前中后 左右 大中小 新老旧 高低 横竖纵 买卖 公私".split()
    )
]
_APART = 5  # characters between the parts of one date
_LONGEST_NAME = 4
_AFTER_NAMES = frozenset(
    "的在是有去到来和与跟对为被把将了说要会能从向给同见买卖做当讲谈问第什哪多何访任出就也都曾又还已几上下开写创带用建办"
)
_JOINED = re.compile(r".+[和与跟、及].+")
_FIRST_JOINED = re.compile(
    r"[^，,。？?]{1,12}?[和与跟及].{1,12}?(?=是|在|于|的(?![是在哪])|有|什么|哪|何|几|多少)"
)


def substituted(earlier: str, fragment: str) -> str | None:
    """The `earlier` question with `fragment` in the place of its counterpart.

    None where no words of it are surely the counterpart.

    >>> substituted("How many lobsters did Canada sell in 2014?", "in 2013")
    'How many lobsters did Canada sell in 2013?'
    >>> substituted("线上的平台叫什么？", "线下"), substituted("网购额是多少？", "增幅")
    ('线下的平台叫什么？', None)
    """
    found = mentions(fragment)
    rest = without(fragment, found)
    times = [mention for mention in found if mention.kind not in NAMES]
    names = [mention for mention in found if mention.kind in NAMES]
    role = ROLE.fullmatch(simplify_in_place(re.sub(r"^the ", "", fragment)))
    old = ROLE.search(simplify_in_place(earlier)) if role else None
    if role and old:
        return _put(earlier, old.span(), fragment[-len(role.group()) :])
    if times:
        outer = without(fragment, times) if rest or names else ""
        inner = substituted(earlier, outer) if outer else earlier
        return None if inner is None else _timed(inner, times, fragment)
    joined = _joined_like(earlier, fragment)
    if joined:
        return _put(earlier, joined, fragment)
    if len(names) == 1 and not rest:
        counterpart = _named_like(earlier, names[0], fragment)
        if counterpart:
            return _put(earlier, (counterpart.start, counterpart.end), names[0].text)
        is_adjunct = preposition_before(fragment, names[0]) and (fragment + earlier).isascii()
        return f"{earlier.rstrip(' ?？.')} {fragment}?" if is_adjunct else None
    span = _shaped_like(earlier, fragment) or _sorted_like(earlier, fragment)
    return _put(earlier, span, fragment) if span else None


def with_times_of(earlier: str, later: str) -> str:
    """`earlier` without the dates and quantities that `later` has its own of.

    >>> with_times_of("How many lobsters in May 2014?", "Who sold them in 2013?")
    'How many lobsters in May?'
    """
    kinds = {mention.kind for mention in mentions(later)} - NAMES
    for mention in reversed(mentions(earlier)):
        if mention.kind in kinds:
            earlier = cut(earlier, mention)
    return earlier


def _put(text: str, span: tuple[int, int], words: str) -> str:
    """`words` in the place of a span; a Latin word and a number stay apart."""
    start, end = span
    is_glued = words.isascii() and text[end : end + 1].isascii() and text[end : end + 1].isalnum()
    return text[:start] + words + (" " if is_glued else "") + text[end:]


def _timed(earlier: str, times: list[Mention], fragment: str) -> str:
    """`earlier` at the times of the fragment; a new month takes the old day away."""
    kinds = {time.kind for time in times}
    replaced = kinds | {"day"} if "month" in kinds else kinds
    old = [mention for mention in mentions(earlier) if mention.kind in replaced]
    words = fragment[times[0].start : times[-1].end]
    if not any(mention.kind in kinds for mention in old):
        return _added(earlier, times, fragment, words)
    if all(later.start - mention.end <= _APART for mention, later in pairwise(old)):
        return _put(earlier, (old[0].start, old[-1].end), _as_written(words, old[-1].text))
    for mention in reversed(old):
        new = next((time.text for time in times if time.kind == mention.kind), "")
        earlier = _put(earlier, (mention.start, mention.end), _as_written(new, mention.text))
    return earlier


def _added(earlier: str, times: list[Mention], fragment: str, words: str) -> str:
    if han_share(earlier) >= 0.5:
        return words + earlier
    before = preposition_before(fragment, times[0])
    return f"{earlier.rstrip(' ?？.')} {before['word'] if before else 'in'} {words}?"


def _as_written(words: str, old: str) -> str:
    """A year with or without its 年, as the `old` one."""
    if re.fullmatch(r"\d{4}年?", words) and re.fullmatch(r"\d{4}年?", old):
        return words[:4] + old[4:]
    return words


def _named_like(earlier: str, name: Mention, fragment: str) -> Mention | None:
    """The one name of `earlier` that plays the part of `name` in `fragment`."""
    there = [mention for mention in mentions(earlier) if mention.kind in NAMES]
    if not there and name.kind == "name":
        return _unknown_subject(earlier)
    before = preposition_before(fragment, name)
    if before and fragment.isascii() == earlier.isascii():
        preposition = before["word"].lower()
        after = re.search(rf"\b{preposition}\b|{preposition}(?=[\u3400-\u9fff])", earlier)
        there = [mention for mention in there if after and mention.start >= after.end()]
        return there[0] if len(there) == 1 else None
    same = [mention for mention in there if mention.kind == name.kind]
    is_sure = len(same) == 1 and (name.kind == "place" or len(there) == 1)
    return same[0] if is_sure and _is_whole(same[0], earlier) else None


def _is_whole(name: Mention, text: str) -> bool:
    """Whether the name surely ends where it was cut: 杨浩 is not the whole of 杨浩涌."""
    if name.text[0] < "\u3400" or frequency(simplify_in_place(name.text)):
        return True
    end = 0
    for word, _ in tagged(simplify_in_place(text)):
        if end == name.end:
            return len(word) > 1 or word < "\u3400" or word in _AFTER_NAMES
        end += len(word)
    return True


def _unknown_subject(text: str) -> Mention | None:
    """The words at the head of a Chinese question that no dictionary holds: 优衣库."""
    end, is_known = 0, True
    for word, tag in tagged(simplify_in_place(text)):
        if tag[0] != "n" or word[0] < "\u3400":
            break
        end += len(word)
        is_known = is_known and frequency(word) > 0
    return None if is_known or end > _LONGEST_NAME else Mention("name", 0, end, text[:end])


def _joined_like(earlier: str, fragment: str) -> tuple[int, int] | None:
    """Two things joined at the head of `earlier`, for a fragment that joins two as well."""
    if not _JOINED.fullmatch(simplify_in_place(fragment)):
        return None
    match = _FIRST_JOINED.match(simplify_in_place(earlier))
    return match.span() if match else None


def _shaped_like(earlier: str, fragment: str) -> tuple[int, int] | None:
    """The last words of `earlier` that differ from `fragment` in a part: 线上 and 线下."""
    if " " in fragment or len(fragment) < 2:
        return None
    if han_share(fragment) == 0:
        spans = [match.span() for match in re.finditer(r"[A-Za-z][\w-]+", earlier)]
    else:
        spans = _word_spans(simplify_in_place(earlier), len(fragment))
    named = [mention for mention in mentions(earlier) if mention.kind in NAMES]
    folded, new = simplify_in_place(earlier).lower(), simplify_in_place(fragment).lower()
    alike = [
        (start, end)
        for start, end in spans
        if _are_alike(folded[start:end], new)
        and not any(mention.start < end and start < mention.end for mention in named)
    ]
    return alike[-1] if alike else None


def _sorted_like(earlier: str, fragment: str) -> tuple[int, int] | None:
    """The thing at the head of a Chinese question of the same sort as the fragment: 红杉塔, 白桦塔.

    Not where a place names it: of 英国馆 it is not sure what may take its place.
    """
    end, found = 0, None
    named = {mention.start for mention in mentions(earlier) if mention.kind == "place"}
    new = simplify_in_place(fragment)
    if not 2 <= len(new) <= _LONGEST_NAME + 2 or han_share(new) < 1:
        return None
    for word, tag in tagged(simplify_in_place(earlier)):
        end += len(word)
        if tag[0] not in "njabi" or word[0] < "\u3400" or 0 in named:
            break
        if word[-1] == new[-1] and end > 1:
            found = (0, end)
    return found


def _word_spans(text: str, length: int) -> list[tuple[int, int]]:
    bounds, end = {0}, 0
    for word, _ in tagged(text):
        end += len(word)
        bounds.add(end)
    return [(start, start + length) for start in sorted(bounds) if start + length in bounds]


def _are_alike(old: str, new: str) -> bool:
    if old == new:
        return False
    if han_share(new) > 0:
        differing = [{a, b} for a, b in zip(old, new, strict=False) if a != b]
        is_contrast = len(differing) == 1 and any(differing[0] <= group for group in _CONTRASTS)
        return is_contrast or (len(new) > 2 and 2 * len(differing) <= len(new))
    common = next((n for n in range(min(len(old), len(new)), 0, -1) if old[-n:] == new[-n:]), 0)
    return common >= 4 and 2 * common >= max(len(old), len(new))
