"""What a question says beyond what a table knows: then it may be about something else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.language.lexicon import Lexicon
from rag.language.tables import column
from rag.language.terms import CHINESE_STOP, ENGLISH_STOP, runs, stem, tagged
from rag.language.text import fold
from rag.reading.tables.conditions import NO, YES
from rag.reading.tables.sheet import Sheet

_ASKING = re.compile(
    r"(?:多少|几)[个名位种款台家座本只辆项件条]?|哪[里儿些个种款台家位座本只辆项]?|什么|谁|何[时地处人]|怎[么样]|请问|分别|一共|总共|共有|合计|总|平均"
    r"|[是有吗呢的]|表[格里中]?|列出|记录|\b(?:tables?|list(?:s|ed)?|rows?|entr(?:y|ies)|total|sum|average"
    r"|altogether|many|much|long|number|please|give|tell|show"
    r"|have|has|had|holds?|makes?|made|comes?|located)\b"
)
_NAME_TAGS = ("nr", "ns", "nt", "nz")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")


def unknown(rest: str, sheet: Sheet, place: str, lexicon: Lexicon) -> list[str]:
    """The words of `rest` that stand neither in the table nor above it, nor translated there.

    `place` is the folded title, section and file name. Words of asking are none, nor single
    characters.
    """
    held = " ".join([place, *sheet.names, *sheet.units, *_named(sheet)])
    stems = {stem(run) for run, is_han in runs(held) if not is_han}
    found = []
    for run, is_han in runs(_ASKING.sub(" ", rest)):
        if not is_han:
            word = stem(run)
            if run in ENGLISH_STOP or word in stems or (run.isdigit() and run in held):
                continue
            chinese = [each for each, _ in lexicon.to_chinese(word)]
            if not any(len(each) > 1 and each in held for each in chinese):
                found.append(run)
            continue
        for word, _ in tagged(run):
            if len(word) < 2 or word in CHINESE_STOP | YES | NO or word in held:
                continue
            pairs = [word[at : at + 2] for at in range(len(word) - 1)]
            english = [set(phrase.split()) for phrase, _ in lexicon.to_english(word)]
            if not any(pair in held for pair in pairs) and not any(
                phrase <= stems for phrase in english
            ):
                found.append(word)
    return found


def names_in(question: str, words: Iterable[str]) -> list[str]:
    """Those of the unknown folded words of a question that are names, or hold figures."""
    capitals = {fold(match) for match in _CAPITAL.findall(question)}
    tags = dict(tagged(fold(question)))
    return [
        word
        for word in words
        if word in capitals
        or any(sign.isdigit() for sign in word)
        or (tags.get(word, "").startswith(_NAME_TAGS) and word not in column("stop_words", "zh"))
    ]


def _named(sheet: Sheet) -> list[str]:
    return [row[key] for row in sheet.cells[:200] for key in sheet.keys]
