"""Names, dates and quantities in a question: the words that a follow-up may replace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.language.numerals import MONTHS
from rag.language.tables import column
from rag.language.terms import ENGLISH_STOP, tagged
from rag.language.text import simplify_in_place

_MONTH = rf"\b(?:{'|'.join(MONTHS)})\b"
_NUMERAL = r"(?:\d[\d,.]*|[一二两三四五六七八九十百千]+)"
_MEASURED = re.compile(
    r"(?P<year>(?<![\d.,])(?:19|20)\d\d(?![\d%]|[.,]\d)年?|[今去前明]年)"
    rf"|(?P<month>(?<!\d)\d{{1,2}}月份?|{_MONTH})"
    rf"|(?P<day>(?<!\d)\d{{1,2}}[日号]|\b\d{{1,2}}(?:st|nd|rd|th)?(?= {_MONTH})"
    rf"|(?:(?<=March )|(?<=April )|(?<=May )|(?<=June )|(?<=July )|(?<=ber )|(?<=ary )"
    r"|(?<=August ))\d{1,2}\b(?!,?\d))"
    rf"|第(?P<ordinal>{_NUMERAL})(?P<counted>[届期批次季轮条点项步章])"
    rf"|(?P<quantity>{_NUMERAL})"
    r"(?P<unit>[吨元米克岁寸]|万元|亿元|公里|平方米| ?(?:tons?|km|kg|mu)\b)"
)
_LATIN = r"(?:[\w'’&.-](?<![\u3400-\u9fff]))"
_LATIN_NAME = re.compile(
    rf"(?<![A-Za-z0-9-])(?:[a-z]{{1,2}}-?)?[A-Z]{_LATIN}*"
    rf"(?: (?:of |the |de |van )*(?!(?:19|20)\d\d(?!\d))[A-Z0-9]{_LATIN}*)*"
)
NAMES = frozenset(("place", "name"))
TIMES = frozenset(("year", "month", "day"))
PREPOSITION = re.compile(
    r"(?P<word>[在从到向对给于跟]|\b(?:in|at|on|from|to|for|by|with|about|through|during|since|under)\b)"
    r"(?: the)? ?",
    re.IGNORECASE,
)
ROLE = re.compile(
    r"(?<![A-Za-z])(?:C[EFOTIM]O|(?:vice[- ])?(?:president|chairman|chairwoman)|general manager"
    r"|king|queen)(?![A-Za-z])"
    r"|(?:副?董事长|副?总经理|副?总裁|首席\w{2,3}官|创始人|国王|王后|副?总理|副?总统"
    r"|(?:秘书|[行会部市校局院])长)",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(("城市", "城镇"))  # although tagged as places
_NAME_TAGS = frozenset(("nr", "nrt", "nrfg", "nt", "nz"))


@dataclass(frozen=True, slots=True)
class Mention:
    """Words at `start`..`end` of a text. One of the same `kind` may stand in their place.

    Kinds: `year`, `month`, `day`, `place`, `name` (of whatever else), and for quantities and
    ordinals their unit, as in `吨` and `第届`.
    """

    kind: str
    start: int
    end: int
    text: str


def mentions(text: str) -> list[Mention]:
    """The mentions of `text`, in its order; none overlaps another.

    >>> [(found.kind, found.text) for found in mentions("2015年3月马云在德国")]
    [('year', '2015年'), ('month', '3月'), ('name', '马云'), ('place', '德国')]
    """
    simplified = simplify_in_place(text)
    taken = [False] * len(text)
    found = []
    for kind, start, end in [*_measured(simplified), *_latin(text), *_chinese(simplified)]:
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            found.append(Mention(kind, start, end, text[start:end]))
    return sorted(found, key=lambda mention: mention.start)


def names(text: str) -> list[str]:
    """The places, persons, firms and the like that `text` names, in its order.

    >>> names("Who invited Prince William to China in March 2015?")
    ['Prince William', 'China']
    """
    return [mention.text for mention in mentions(text) if mention.kind in NAMES]


def without(text: str, found: Sequence[Mention]) -> str:
    """What `text` says besides `found`, in its order, and the prepositions before them.

    >>> without("那么在上海", mentions("那么在上海"))
    '那么'
    """
    for mention in reversed(found):
        text = cut(text, mention)
    return text.strip(" ,，的")


def cut(text: str, mention: Mention) -> str:
    """`text` without the mention and the preposition before it."""
    before, after = text[: mention.start], text[mention.end :]
    preposition = preposition_before(text, mention)
    if preposition:
        before = before[: preposition.start()]
    return before + after if after[:1].isalnum() else before.rstrip() + after


def preposition_before(text: str, mention: Mention) -> re.Match[str] | None:
    """The match of PREPOSITION that ends where the mention starts."""
    matches = PREPOSITION.finditer(text, 0, mention.start)
    return next((match for match in matches if match.end() == mention.start), None)


def _measured(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _MEASURED.finditer(text):
        if match.group("counted"):
            yield f"第{match.group('counted')}", match.start(), match.end()
        elif match.group("unit"):
            yield match.group("unit").strip().rstrip("s"), match.start(), match.end()
        else:
            yield str(match.lastgroup), match.start(), match.end()


def _latin(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _LATIN_NAME.finditer(text):
        start, end = match.span()
        while start < end:  # "Which US" is "US", "How" is nothing
            word = text[start:end].split(" ")[0]
            if word == "US" or word.lower() not in ENGLISH_STOP:
                break
            start += len(word) + 1
        if start < end and not ROLE.fullmatch(text, start, end):
            end = start + len(text[start:end].rstrip("."))
            is_place = text[start:end].removeprefix("the ") in column("places", "place")
            yield ("place" if is_place else "name"), start, end


def _chinese(text: str) -> Iterator[tuple[str, int, int]]:
    start = 0
    for word, tag in tagged(text):
        end = start + len(word)
        if len(word) > 1 and word[0] >= "\u3400" and word not in _NO_NAMES:
            if tag == "ns":
                yield ("name" if word in column("places", "firm") else "place"), start, end
            elif tag in _NAME_TAGS:
                yield "name", start, end
        start = end
