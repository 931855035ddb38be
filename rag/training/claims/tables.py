"""Tables with claims about their cells: right ones, and those that cross rows or columns.

Headings are known in both languages, so that claims about what has no words (numbers, dates, codes)
are made across languages without a dictionary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.language.numerals import MONTHS
from rag.language.tables import table
from rag.reading.cross_encoder import ReaderInput
from rag.training.claims.basis import Made
from rag.training.claims.example import NOT_ENOUGH, NOT_SUPPORTED, REFUTED, SUPPORTED

CLAIMS = 4  # of a table
_KEYS = {
    "zh": ("型号", "零件", "编号", "项目", "名称"),
    "en": ("model", "part", "number", "item", "name"),
}
_CLAIMS = {
    "zh": (
        "{key}的{heading}是{value}。",
        "{key}的{heading}为{value}。",
        "{heading}：{key}，{value}。",
    ),
    "en": (
        "The {heading} of {key} is {value}.",
        "{key} has {heading} {value}.",
        "{key}: {heading} {value}.",
    ),
}
_LETTERS = "ABCDEGHKLMNPRSTWXZ"


@dataclass(frozen=True, slots=True)
class _Column:
    kind: str
    headings: Mapping[str, str]
    units: Mapping[str, str]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value: as it stands in the table, and as a claim says it in each language."""

    shown: str
    said: Mapping[str, str]


def made_table(
    language: str, names: Mapping[str, Sequence[str]], drawn: random.Random
) -> Iterator[Made]:
    """Claims about one table in a language; `names` lends its persons, places and firms."""
    columns = _columns(names, drawn)
    keys = _keys(drawn, names)
    rows = [[_cell(column, language, names, drawn) for column in columns] for _ in keys]
    key_heading = drawn.choice(_KEYS[language])
    headings = [column.headings[language] for column in columns]
    evidence = _shown(key_heading, headings, keys, rows, drawn)
    for _ in range(CLAIMS):
        yield _claim(language, evidence, columns, keys, rows, drawn)


def _claim(
    language: str,
    evidence: ReaderInput,
    columns: Sequence[_Column],
    keys: Sequence[str],
    rows: Sequence[Sequence[_Cell]],
    drawn: random.Random,
) -> Made:
    row, place = drawn.randrange(len(rows)), drawn.randrange(len(columns))
    key, column, cell = keys[row], columns[place], rows[row][place]
    label, draw = SUPPORTED, drawn.random()
    others = [other[place] for other in rows if other[place].shown != cell.shown]
    alike = [
        rows[row][n]
        for n, each in enumerate(columns)
        if n != place and each.kind == column.kind and rows[row][n].shown != cell.shown
    ]
    if draw < 0.27 and others:
        cell, label = drawn.choice(others), REFUTED
    elif draw < 0.37 and alike:
        cell, label = drawn.choice(alike), NOT_SUPPORTED
        # The value of another column, in the words of this one.
        cell = _in_unit(cell, column)
    elif draw < 0.5:
        key, label = _near(key, keys, drawn), NOT_ENOUGH
    is_wordless = column.kind in ("number", "year", "date", "code") and key.isascii()
    across = is_wordless and drawn.random() < 0.4
    spoken = ({"zh": "en", "en": "zh"}[language]) if across else language
    if label != SUPPORTED and cell.shown == rows[row][place].shown and key in keys:
        label = SUPPORTED
    template = drawn.choice(_CLAIMS[spoken])
    claim = template.format(key=key, heading=column.headings[spoken], value=cell.said[spoken])
    return Made(claim, evidence, label)


def _columns(names: Mapping[str, Sequence[str]], drawn: random.Random) -> list[_Column]:
    known = [
        _Column(kind, {"zh": zh, "en": en}, {"zh": unit, "en": english}, int(least), int(most))
        for kind, zh, en, unit, english, least, most in table("table_columns")
    ]
    usable = [
        each
        for each in known
        if each.kind not in ("person", "place", "firm") or names.get(each.kind)
    ]
    return drawn.sample(usable, drawn.randint(1, 4))


def _keys(drawn: random.Random, names: Mapping[str, Sequence[str]]) -> list[str]:
    """What the rows are of: codes that differ in a sign or two, or names."""
    count = drawn.randint(1, 9)
    places = names.get("place", ())
    if drawn.random() < 0.3 and len(places) >= count:
        return list(dict.fromkeys(drawn.sample(list(places), count)))
    head = "".join(drawn.choice(_LETTERS) for _ in range(drawn.randint(1, 2)))
    joint, digits = drawn.choice(("-", "")), drawn.choice((2, 3))
    numbers = drawn.sample(range(1, 10**digits), count)
    return [f"{head}{joint}{number:0{digits}}" for number in numbers]


def _cell(
    column: _Column, language: str, names: Mapping[str, Sequence[str]], drawn: random.Random
) -> _Cell:
    if column.kind == "number":
        value = drawn.randint(column.least, column.most)
        said = _measured(str(value), column)
        shown = str(value) if drawn.random() < 0.6 else said[language]
        return _Cell(shown, said)
    if column.kind == "year":
        figures = str(drawn.randint(column.least, column.most))
        return _Cell(figures, {"zh": f"{figures}年", "en": figures})
    if column.kind == "date":
        year, month, day = (
            drawn.randint(column.least, column.most),
            drawn.randint(1, 12),
            drawn.randint(1, 28),
        )
        said = {"zh": f"{year}年{month}月{day}日", "en": f"{MONTHS[month - 1]} {day}, {year}"}
        shown = f"{year}-{month:02}-{day:02}" if drawn.random() < 0.5 else said[language]
        return _Cell(shown, said)
    if column.kind == "code":
        code = f"{drawn.choice(_LETTERS)}{drawn.randint(100, 9999)}"
        return _Cell(code, {"zh": code, "en": code})
    name = drawn.choice(list(names[column.kind]))
    return _Cell(name, {"zh": name, "en": name})


def _measured(value: str, column: _Column) -> dict[str, str]:
    english = column.units["en"]
    return {"zh": f"{value}{column.units['zh']}", "en": f"{value} {english}".strip()}


def _in_unit(cell: _Cell, column: _Column) -> _Cell:
    if column.kind != "number":
        return cell
    figure = "".join(character for character in cell.shown if character.isdigit())
    return _Cell(cell.shown, _measured(figure, column))


def _near(key: str, keys: Sequence[str], drawn: random.Random) -> str:
    """A key much like one of the table's, and none of them."""
    if not any(character.isdigit() for character in key):
        return f"{drawn.choice(_LETTERS)}-{drawn.randint(10, 99)}"
    place = drawn.choice([n for n, character in enumerate(key) if character.isdigit()])
    new = [key[:place] + digit + key[place + 1 :] for digit in "0123456789"]
    return drawn.choice([each for each in new if each not in keys])


def _shown(
    key_heading: str,
    headings: Sequence[str],
    keys: Sequence[str],
    rows: Sequence[Sequence[_Cell]],
    drawn: random.Random,
) -> ReaderInput:
    """The table as text: of Markdown, of tabs, or a line of headings and values for each row."""
    shape = drawn.randrange(3)
    lines = [[key, *(cell.shown for cell in row)] for key, row in zip(keys, rows, strict=True)]
    whole = [key_heading, *headings]
    if shape == 0:
        text = "\n".join(
            f"| {' | '.join(each)} |" for each in (whole, ["---"] * len(whole), *lines)
        )
    elif shape == 1:
        text = "\n".join("\t".join(each) for each in (whole, *lines))
    else:
        colon, gap = drawn.choice((("：", "；"), (": ", "; ")))
        text = "\n".join(
            gap.join(f"{name}{colon}{value}" for name, value in zip(whole, each, strict=True))
            for each in lines
        )
    return ReaderInput("", text)
