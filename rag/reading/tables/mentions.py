"""Which cells of a table a question names: word for word, without what all rows share, translated.

A code is compared sign by sign: a question for X300 names neither X200 nor X300B.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.language.lexicon import Lexicon
from rag.language.terms import ENGLISH_STOP, runs, stem
from rag.language.text import han_share
from rag.reading.tables.sheet import Sheet

LONGEST = 60  # characters of a cell that names
MOST_TRANSLATED = 200  # rows
_LATIN_EDGE = re.compile(r"[a-z0-9]")
_BEHIND = r"(?![a-z0-9]|[-.][a-z0-9])"
_BEFORE = r"(?<![a-z0-9])(?<![a-z0-9][-.])"
_CODE = re.compile(r"(?:[a-z]+|\d+)(?:[-./ ]?(?:[a-z]+|\d+))*")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a question, at half-open offsets, that name cells of a column, in these rows."""

    start: int
    end: int
    column: int
    rows: frozenset[int]


def mentions(asked: str, sheet: Sheet, lexicon: Lexicon) -> list[Mention]:
    """The cells that a folded question names; longer words win over those within them."""
    found: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    bare = _bare(asked)
    for column in range(sheet.table.width):
        is_key = _names(sheet, column)
        for words, rows in _distinct(sheet, column).items():
            if _bare(words) not in bare:  # before a pattern is made of each of many cells
                continue
            for start, end in _places(asked, words, is_key=is_key):
                found[start, end, column].update(rows)
    for column in sheet.keys:
        for name, rows in _short_names(sheet, column).items():
            for start, end in _places(asked, name, is_key=True):
                found[start, end, column].update(rows)
    every = [Mention(*place, frozenset(rows)) for place, rows in found.items()]
    kept = [
        each
        for each in every
        if not any(
            other.start <= each.start
            and each.end <= other.end
            and other.end - other.start > each.end - each.start
            for other in every
        )
    ]
    taken = {each.column for each in kept}
    untranslated = [column for column in sheet.keys if column not in taken]
    if not kept and len(sheet.cells) <= MOST_TRANSLATED:
        kept = list(_translated(asked, sheet, untranslated, lexicon))
    return sorted(kept, key=lambda each: (each.start, -each.end, each.column))


def _names(sheet: Sheet, column: int) -> bool:
    """Whether a bare figure names rows there: in the column of names, and years."""
    return column in sheet.keys or sheet.dimension(column) == "date"


def find(asked: str, words: str) -> Iterator[tuple[int, int]]:
    """Where words stand on their own in a folded question."""
    before = _BEFORE if _LATIN_EDGE.match(words[0]) else ""
    behind = _BEHIND if _LATIN_EDGE.match(words[-1]) else ""
    pattern = re.escape(words)
    if _CODE.fullmatch(words) and any(sign.isdigit() for sign in words):
        parts = re.findall(r"[a-z]+|\\?[^a-z\d]+|\d+", pattern)
        pattern = "".join(parts)
        for letters, digits in re.findall(r"([a-z])(\d)", pattern):
            pattern = pattern.replace(letters + digits, f"{letters}[- ]?{digits}")
        pattern = re.sub(r"(?<=[a-z])\\[- ](?=\d)", "[- ]?", pattern)
    for match in re.finditer(f"{before}{pattern}{behind}", asked):
        yield match.span()


def _distinct(sheet: Sheet, column: int) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(sheet.cells):
        if row[column]:
            rows[row[column]].append(number)
    return rows


def _places(asked: str, words: str, *, is_key: bool) -> Iterator[tuple[int, int]]:
    """Where a question has the words of a cell that say enough to name it."""
    if len(words) > LONGEST or words in ENGLISH_STOP or not any(map(str.isalnum, words)):
        return
    is_figure = not re.search(r"[^\W\d]", words)
    if is_figure and not is_key:
        return
    if len(words) < 2 and not (is_key and words.isascii()):
        return
    yield from find(asked, words)


def _bare(words: str) -> str:
    return "".join(filter(str.isalnum, words))


def _short_names(sheet: Sheet, column: int) -> dict[str, list[int]]:
    """The cells of a column without the beginning or end that all share: 云雀 of 云雀音箱."""
    cells = _distinct(sheet, column)
    if len(cells) < 2 or any(sign.isdigit() for words in cells for sign in words):
        return {}
    before = _shared_beginning(list(cells))
    behind = _shared_beginning([words[::-1] for words in cells])[::-1]
    if han_share("".join(cells)) < 0.5:
        before = before[: before.rfind(" ") + 1]
        behind = behind[behind.find(" ") :] if " " in behind else ""
    if not (before or behind):
        return {}
    return {
        words[len(before) : len(words) - len(behind)].strip(): rows
        for words, rows in cells.items()
        if len(words) > len(before) + len(behind) + 1
    }


def _shared_beginning(texts: Sequence[str]) -> str:
    columns = zip(*texts, strict=False)
    return "".join(signs[0] for signs in takewhile(lambda signs: len(set(signs)) == 1, columns))


def _translated(
    asked: str, sheet: Sheet, columns: list[int], lexicon: Lexicon
) -> Iterator[Mention]:
    """The cells whose translation the question has."""
    latin = [(match.span(), stem(match.group())) for match in re.finditer("[a-z]+", asked)]
    for column in columns:
        for words, rows in _distinct(sheet, column).items():
            is_han = han_share(words) >= 0.5
            place = (
                _phrase(latin, _english(words, lexicon))
                if is_han
                else _characters(asked, words, lexicon.to_chinese)
            )
            if place:
                yield Mention(*place, column, frozenset(rows))


def _english(words: str, lexicon: Lexicon) -> list[str]:
    """What Han words are in English, as stems."""
    phrases = [phrase for phrase, _ in lexicon.to_english(words)]
    meaning = lexicon.meaning_in_english(words)
    if meaning:
        phrases.append(" ".join(stem(run) for run, _ in runs(meaning.english)))
    return phrases


def _phrase(latin: list[tuple[tuple[int, int], str]], phrases: list[str]) -> tuple[int, int] | None:
    stems = [word for _, word in latin]
    for phrase in phrases:
        words = phrase.split()
        for first in range(len(stems) - len(words) + 1):
            if stems[first : first + len(words)] == words:
                return latin[first][0][0], latin[first + len(words) - 1][0][1]
    return None


def _characters(
    asked: str, words: str, to_chinese: Callable[[str], list[tuple[str, float]]]
) -> tuple[int, int] | None:
    phrase = " ".join(stem(run) for run, _ in runs(words))
    for chinese, weight in to_chinese(phrase) if phrase else ():
        if weight == 1.0 and len(chinese) > 1 and (at := asked.find(chinese)) >= 0:
            return at, at + len(chinese)
    return None
