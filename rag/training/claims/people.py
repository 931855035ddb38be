"""Claims with another name, another title, or two who stand in each other's place."""

from __future__ import annotations

import functools
import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.language.entities import NAMES, mentions
from rag.language.tables import column, table
from rag.language.terms import tagged, word_class
from rag.training.claims.basis import Basis, Change, holds, otherwise
from rag.training.claims.example import REFUTED

_TAGS = {"nr": "person", "nrt": "person", "nrfg": "person", "ns": "place", "nt": "firm"}
_FROM_EVIDENCE = 0.5  # share of names that are put in from what stands near by
_LEAST_FREQUENT = 2  # times that a Chinese name must be seen to be lent
_JOINT = re.compile(r"[与與和同跟及、/]|[,;] |\b(?:and|with|or|between|plus)\b")
_MUTUAL = re.compile(
    r"结婚|离婚|相[邻同似等连距当]|毗邻|接壤|见面|会面|会谈|合作|合并|交界|等于|即|又[称名]|也称|简称|就是"
    r"|\b(?:marri|divorc|met\b|meet|merg|border|neighbo|cooperat|similar|same|equal|known as|called"
    r"|named|adjacent|join|near)"
)
_ACTS = re.compile(
    r"\b\w{3,}(?:ed|es|s)\b(?: by| from| to| over| into| in)?|\b(?:than|won|beat|of)\b"
)
_PERIOD = re.compile(r"(?<=[a-z])\.(?= |$)")
_FAR = 16  # characters between two names in Chinese, of which one acts on the other
_SENTENCE = re.compile(r"[。！？!?]|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Name:
    """A name at half-open offsets of a text; one of the same kind may stand in its place."""

    start: int
    end: int
    text: str
    kind: str


def names_in(text: str, is_chinese: bool) -> list[Name]:
    """The names of a text that are surely some, in its order.

    >>> [(each.text, each.kind) for each in names_in("马云在德国说。", True)]
    [('马云', 'person'), ('德国', 'place')]
    """
    return list(_chinese(text) if is_chinese else _english(text))


class Namer:
    """Lends names of the texts of one side of the split, so that none is a sign of a label."""

    def __init__(self, texts: Iterable[tuple[str, bool]]) -> None:
        seen: dict[tuple[bool, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for text, is_chinese in texts:
            for each in names_in(text, is_chinese):
                seen[is_chinese, each.kind][each.text] += 1
        self._names = {
            key: [name for name, count in counts.items() if count >= _LEAST_FREQUENT]
            for key, counts in seen.items()
        }

    def lent(self, is_chinese: bool) -> dict[str, list[str]]:
        """The names known of each kind."""
        return {kind: names for (of, kind), names in self._names.items() if of is is_chinese}

    def other(self, former: Name, is_chinese: bool, drawn: random.Random) -> str | None:
        """Another name of the kind, None where none is known."""
        known = self._names.get((is_chinese, former.kind), [])
        near = [each for each in known if abs(_size(each) - _size(former.text)) <= 1]
        return drawn.choice(near or known) if known else None

    def name(self, basis: Basis, drawn: random.Random) -> Change | None:
        """Another name in the claim's, which the evidence has for something else, or nowhere."""
        text = basis.everything
        found = [each for each in names_in(basis.claim, basis.is_chinese) if each.text in text]
        if not found:
            return None
        former = drawn.choice(found)
        new = None
        if drawn.random() < _FROM_EVIDENCE:
            new = self._from_evidence(basis, former, drawn)
        if new is None:
            new = self.other(former, basis.is_chinese, drawn)
            if new is None or new in text or former.text in new:
                return None
        return otherwise(former.start, former.end, new)

    @staticmethod
    def _from_evidence(basis: Basis, former: Name, drawn: random.Random) -> str | None:
        """A name of the kind in a sentence of the evidence that does not name the former."""
        parts = _SENTENCE.split(basis.evidence.text)
        others = [
            each.text
            for part in parts
            if former.text not in part
            for each in names_in(part, basis.is_chinese)
            if each.kind == former.kind
            and each.text not in basis.claim
            and each.text not in former.text
            and former.text not in each.text
        ]
        return drawn.choice(others) if others else None


def title(basis: Basis, drawn: random.Random) -> Change | None:
    """Another title in the claim: the deputy for the head, or the head of something else."""
    language = "zh" if basis.is_chinese else "en"
    titles, ranks = (sorted(column("titles", language, kind)) for kind in ("title", "rank"))
    pattern = "|".join(sorted(map(re.escape, titles), key=lambda each: -len(each)))
    ahead = "|".join(ranks)
    if basis.is_chinese:
        found = list(
            re.finditer(rf"(?<![大小总])(?P<rank>{ahead})?(?P<title>{pattern})", basis.claim)
        )
    else:
        whole = rf"\b(?:(?P<rank>{ahead})[ -])?(?P<title>{pattern})\b"
        found = list(re.finditer(whole, basis.claim, re.IGNORECASE))
    # Within a name (市长江路, 总统府) the title is nobody's.
    found = [match for match in found if not basis.claim[match.end() :].startswith(_NO_TITLE)]
    if not found:
        return None
    match = drawn.choice(found)
    gap = "" if basis.is_chinese else " "
    if match["rank"] and drawn.random() < 0.7:
        start, end, new = match.start(), match.end(), _cased(match["title"], match.group())
    elif drawn.random() < 0.65:
        new = f"{drawn.choice(ranks)}{gap}{match['title'].lower()}"
        start, end = match.start(), match.end()
        new = _cased(new, match.group())
    else:
        others = [each for each in titles if each not in basis.everything.lower()]
        if not others:
            return None
        start, end = match.span("title")
        new = _cased(drawn.choice(others), match["title"])
    if not basis.is_chinese:
        start, new = _with_article(basis.claim, start, new)
    is_given = new.lower() in basis.everything.lower() and new.lower() not in match.group().lower()
    return None if is_given else otherwise(start, end, new)


_NO_TITLE = (
    "府",
    "江",
    "城",
    "沙",
    "春",
    "大学",
    "制",
    "选举",
    "们",
    "任",
    "ial",
    "ship",
    "-general",
)


def exchanged(basis: Basis, drawn: random.Random) -> Change | None:
    """Two names in each other's place, where one acts on the other."""
    if _MUTUAL.search(basis.claim):
        return None
    claim = basis.claim
    found = [each for each in names_in(claim, basis.is_chinese) if _is_whole(claim, each)]
    pairs = [
        (a, b)
        for a, b in itertools.combinations(found, 2)
        if a.kind == b.kind
        and not holds(a.text, b.text)
        and not holds(b.text, a.text)
        and _acts(claim[a.end : b.start], basis.is_chinese)
    ]
    if not pairs:
        return None
    a, b = drawn.choice(pairs)
    between = basis.claim[a.end : b.start]
    return otherwise(a.start, b.end, f"{b.text}{between}{a.text}", REFUTED)


def _is_whole(text: str, name: Name) -> bool:
    """Whether the name is not a part of a longer one."""
    before, behind = text[: name.start], text[name.end :]
    if name.text.isascii():
        return not behind.startswith((" (", "'s", "’s", "-")) and not before.endswith(("-", "/"))
    if before.endswith(("·", "・", "-", "“", "《")) or behind.startswith(
        ("·", "・", "-", "”", "》")
    ):
        return False
    tags = [tag[:1] for word, tag in (tagged(before)[-1:] + tagged(behind)[:1])]
    return not {"n", "k", "g", "j", "m"} & set(tags)


def _acts(between: str, is_chinese: bool) -> bool:
    """Whether words between two names tell what one does to the other, and do not join them."""
    if _JOINT.search(between) or _SENTENCE.search(between) or "，" in between:
        return False
    if len(between) > (_FAR if is_chinese else 3 * _FAR):
        return False
    if not is_chinese:
        return bool(_ACTS.search(between))
    return "比" in between or any(
        tag == "v" and word not in ("是", "为", "有") for word, tag in tagged(between)
    )


def _chinese(text: str) -> Iterator[Name]:
    start = 0
    for word, tag in tagged(text):
        end = start + len(word)
        kind = _TAGS.get(tag)
        # What the dictionary does not know and the tagger guesses is as often no name.
        is_known = word_class(word) == tag or (
            kind == "person" and len(word) <= 3 and word[0] in column("surnames")
        )
        if kind and len(word) > 1 and is_known:
            is_firm = word in column("places", "firm")
            yield Name(start, end, text[start:end], "firm" if is_firm else kind)
        start = end


def _english(text: str) -> Iterator[Name]:
    for each in mentions(text):
        if each.kind not in NAMES or any(character.isdigit() for character in each.text):
            continue
        words = _PERIOD.split(each.text)[0]  # "Berlin. He" is two
        opens = not text[: each.start].strip() or text[: each.start].rstrip()[-1] in '.!?:;“"('
        is_one_word = " " not in words
        is_place = words in column("places", "place")
        if opens and is_one_word and not is_place:
            continue  # any word opens with a capital there
        # "English" may stand for "French", and for no name.
        kind = "people" if words.lower() in _peoples() else "place" if is_place else "name"
        yield Name(each.start, each.start + len(words), words, kind)


@functools.cache
def _peoples() -> frozenset[str]:
    return frozenset(row[0] for row in table("demonyms"))


def _size(name: str) -> int:
    return len(name.split()) if name.isascii() else len(name)


def _cased(new: str, like: str) -> str:
    """`new` with a capital where `like` has one, with one in each word where that has more."""
    if (" " in like and like.istitle()) or (like.istitle() and " " in new):
        return new.title()
    return new[:1].upper() + new[1:] if like[:1].isupper() else new


def _with_article(claim: str, start: int, new: str) -> tuple[int, str]:
    """Where a change begins and its words, with the "a" or "an" before them that fits."""
    before = re.search(r"\b([Aa])n? $", claim[:start])
    if not before:
        return start, new
    article = before[1] + ("n" if new[0].lower() in "aeiou" else "")
    return before.start(), f"{article} {new}"
