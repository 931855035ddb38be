"""Claims with another number, unit, date or code than the evidence gives."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.checking.dates import dates, fits
from rag.checking.quantities import Quantity, agrees, quantities
from rag.language.numerals import CHINESE_DIGITS, MONTHS, ONES, chinese_value, numeral_of
from rag.language.tables import table
from rag.training.claims.basis import Basis, Change, holds, otherwise
from rag.training.claims.example import REFUTED

FIGURES = re.compile(r"\d[\d,]*(?:\.\d+)?")
_CHINESE = re.compile(r"[〇零一二两三四五六七八九十百千]+")
_ONES = re.compile(rf"\b(?:{'|'.join(ONES[2:13])})\b", re.IGNORECASE)
CODE = re.compile(r"(?<![A-Za-z\d])(?=[A-Z\d-]*\d)[A-Z][A-Z\d-]{1,11}(?![A-Za-z\d])")
_MONTH = re.compile("|".join(MONTHS))
_MEASURE = re.compile(r"(?:\d|[百千万亿多余]|\d[ -]?(?:hundred|thousand|million|billion))[ -]?$")
_GRADE = re.compile(r"[级代度]")
_NEAR = 0.03  # a number that differs by less may be a rounded one
_SMALL = 20  # below, a number becomes one of the next few
_DRAWS = 8


def number(basis: Basis, drawn: random.Random) -> Change | None:
    """Another number in the claim, which the evidence does not hold."""
    found = [each for each in quantities(basis.claim) if each.is_sure]
    if not found:
        return None
    former = drawn.choice(found)
    given = quantities(basis.everything)
    for _ in range(_DRAWS):
        new = other_number(basis.claim[former.start : former.end], drawn)
        if new is None:
            return None
        claim = f"{basis.claim[: former.start]}{new}{basis.claim[former.end :]}"
        now = [each for each in quantities(claim) if each.start == former.start]
        if now and _differs(now[0], former) and not any(agrees(now[0], each) for each in given):
            return otherwise(former.start, former.end, new, REFUTED)
    return None


def other_number(words: str, drawn: random.Random) -> str | None:
    """A number's words with another value in the same notation, None where it is in another.

    >>> drawn = random.Random(1)
    >>> [other_number(words, drawn) for words in ("3.5亿元", "十二座", "twelve cities")]
    ['5.3亿元', '七座', 'six cities']
    """
    for pattern, other in (
        (FIGURES, _other_figures),
        (_CHINESE, _other_chinese),
        (_ONES, _other_ones),
    ):
        if match := pattern.search(words):
            new = other(match.group(), drawn)
            return None if new is None else words[: match.start()] + new + words[match.end() :]
    return None


def unit(basis: Basis, drawn: random.Random) -> Change | None:
    """Another unit behind a number: of another size, or of something else."""
    names = _unit_names("zh" if basis.is_chinese else "en")
    found = []
    for each in quantities(basis.claim):
        words = basis.claim[each.start : each.end]
        name = next((name for name in names if words.endswith(name.name)), None)
        number = words.removesuffix(name.name) if name else ""
        # 三年级, 嘉平四年, 三元: figures tell a measure, a border tells "nanometres".
        if name and _MEASURE.search(number) and not _GRADE.match(basis.claim, each.end):
            found.append((each.start, each.end, name))
    if not found:
        return None
    start, end, former = drawn.choice(found)
    kin = [
        each
        for each in names
        if (len(each.dimension) == len(former.dimension) == 3)
        or (each.dimension == former.dimension and each.worth != former.worth)
    ]
    fitting = [
        each.name
        for each in kin
        if (each.dimension, each.worth) != (former.dimension, former.worth)
        and not holds(basis.evidence.text, each.name)
    ]
    if not fitting:
        return None
    number = basis.claim[start:end].removesuffix(former.name)
    return otherwise(start, end, f"{number}{drawn.choice(fitting)}", REFUTED)


def date(basis: Basis, drawn: random.Random) -> Change | None:
    """Another year, month or day in the claim, which the evidence does not hold."""
    found = dates(basis.claim)
    if not found:
        return None
    former = drawn.choice(found)
    words = basis.claim[former.start : former.end]
    given = dates(basis.everything)
    for _ in range(_DRAWS):
        new = _other_date(words, drawn)
        if new is None:
            return None
        said = dates(new)
        is_given = bool(said) and any(fits(said[0], each) for each in given)
        if not is_given and not holds(basis.everything, new):
            return otherwise(former.start, former.end, new, REFUTED)
    return None


def code(basis: Basis, drawn: random.Random) -> Change | None:
    """Another code in the place of one that the evidence holds: X200 becomes X300."""
    found = [m for m in CODE.finditer(basis.claim) if m.group() in basis.everything]
    if not found:
        return None
    match = drawn.choice(found)
    for _ in range(_DRAWS):
        new = _other_digit(match.group(), drawn)
        if new not in basis.everything:
            return otherwise(match.start(), match.end(), new)
    return None


def _differs(new: Quantity, former: Quantity) -> bool:
    ours, theirs = new.value, former.value
    return abs(ours - theirs) > _NEAR * max(abs(ours), abs(theirs)) and not agrees(new, former)


def _other_figures(words: str, drawn: random.Random) -> str:
    """Figures of a value near by where they are small, else with another digit or two exchanged."""
    if words.isdecimal() and int(words) < _SMALL:
        value = int(words) + drawn.choice((-3, -2, -1, 1, 2, 3, 5, 10))
        return str(value if value > 0 else int(words) + 2)
    digits = [place for place, character in enumerate(words) if character.isdigit()]
    if len(digits) > 1 and drawn.random() < 0.2 and words[digits[0]] != words[digits[1]] != "0":
        a, b = digits[:2]
        return words[:a] + words[b] + words[a + 1 : b] + words[a] + words[b + 1 :]
    return _other_digit(words, drawn, digits[:2])


def _other_digit(words: str, drawn: random.Random, places: Sequence[int] = ()) -> str:
    places = places or [n for n, character in enumerate(words) if character.isdigit()]
    place = drawn.choice(places)
    digit = drawn.choice([each for each in "123456789" if each != words[place]])
    return words[:place] + digit + words[place + 1 :]


def _other_chinese(words: str, drawn: random.Random) -> str | None:
    value = chinese_value(words)
    if value is None:
        return None
    if value < 100 and value == int(value) and set(words) & set("十一二两三四五六七八九"):
        near = [n for n in range(max(1, int(value) - 6), int(value) + 7) if n != value]
        return numeral_of(drawn.choice(near))
    places = [n for n, character in enumerate(words) if character in CHINESE_DIGITS[1:]]
    if not places:
        return None
    place = drawn.choice(places)
    digit = drawn.choice([each for each in CHINESE_DIGITS[1:] if each != words[place]])
    return words[:place] + digit + words[place + 1 :]


def _other_ones(words: str, drawn: random.Random) -> str:
    new = drawn.choice([each for each in ONES[2:13] if each != words.lower()])
    return new.capitalize() if words[0].isupper() else new


def _other_date(words: str, drawn: random.Random) -> str | None:
    """The words of a date with another year, month or day, whichever is drawn."""
    parts: list[tuple[re.Match[str], Callable[[str, random.Random], str]]] = []
    for match in re.finditer(r"\d+", words):
        behind = words[match.end() : match.end() + 2].strip()[:1]
        before = words[: match.start()]
        if len(match.group()) == 4:
            parts.append((match, _other_year))
        elif behind == "月" or re.fullmatch(r"\d{4}[-/.]", before):
            parts.append((match, _other_month))
        elif behind not in ("年", "世"):
            parts.append((match, _other_day))
    parts += [(match, _other_month_name) for match in _MONTH.finditer(words)]
    if not parts:
        return None
    match, other = drawn.choice(parts)
    return words[: match.start()] + other(match.group(), drawn) + words[match.end() :]


def _other_year(words: str, drawn: random.Random) -> str:
    apart = drawn.choice((1, 1, 2, 3, 4, 5, 6, 8, 10, 11, 20, 100))
    return str(int(words) + drawn.choice((-1, 1)) * apart)


def _other_month(words: str, drawn: random.Random) -> str:
    return _padded(drawn.choice([n for n in range(1, 13) if n != int(words)]), words)


def _other_day(words: str, drawn: random.Random) -> str:
    return _padded(drawn.choice([n for n in range(1, 29) if n != int(words)]), words)


def _padded(value: int, like: str) -> str:
    return f"{value:02}" if like.startswith("0") else str(value)


def _other_month_name(words: str, drawn: random.Random) -> str:
    return drawn.choice([each for each in MONTHS if each != words])


@dataclass(frozen=True, slots=True)
class _UnitName:
    dimension: str
    worth: float
    name: str


def _unit_names(language: str) -> list[_UnitName]:
    """Those of a language, the longest first."""
    rows = (row for row in table("unit_names") if row[0] == language)
    names = [_UnitName(row[1], float(row[2]), row[3]) for row in rows]
    return sorted(names, key=lambda each: -len(each.name))
